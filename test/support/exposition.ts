/** One line of the text format. */
export interface ExposedSample {
  readonly name: string
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
}

export interface ExposedMetric {
  readonly help: string
  readonly type: string
  readonly samples: readonly ExposedSample[]
}

const NAME = "[a-zA-Z_:][a-zA-Z0-9_:]*"
const LABEL = '([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\\\\n]|\\\\[\\\\"n])*)"'
const HELP_LINE = new RegExp(`^# HELP (${NAME}) (.+)$`)
const TYPE_LINE = new RegExp(`^# TYPE (${NAME}) (counter|gauge|histogram|summary)$`)
const SAMPLE_LINE = new RegExp(`^(${NAME})(?:\\{(${LABEL}(?:,${LABEL})*)\\})? (\\S+)$`)

/**
 * What a scrape of `/metrics` holds, by name. Takes only what Prometheus takes: a HELP and a TYPE line, then samples of
 * that name, no series twice. https://prometheus.io/docs/instrumenting/exposition_formats
 */
export function parseExposition(text: string): Map<string, ExposedMetric> {
  if (!text.endsWith("\n")) throw new Error("expected a line break at the end")
  const metrics = new Map<string, ExposedMetric & { readonly samples: ExposedSample[] }>()
  const series = new Set<string>()
  const lines = text.split("\n").filter(line => line !== "")
  let help: readonly string[] | null = null
  let current = ""
  for (const line of lines) {
    if (line.startsWith("# HELP")) {
      help = must(HELP_LINE.exec(line), line)
      continue
    }
    if (line.startsWith("# TYPE")) {
      const [, name = "", type = ""] = must(TYPE_LINE.exec(line), line)
      if (help?.[1] !== name || metrics.has(name)) throw new Error(`out of place: ${line}`)
      metrics.set(name, { help: help[2] ?? "", type, samples: [] })
      current = name
      continue
    }
    const sample = parseSample(line)
    const metric = metrics.get(current)
    if (metric === undefined || !belongs(sample.name, current, metric.type)) {
      throw new Error(`out of place: ${line}`)
    }
    const id = `${sample.name}${JSON.stringify(Object.entries(sample.labels).sort())}`
    if (series.has(id)) throw new Error(`a series twice: ${line}`)
    series.add(id)
    metric.samples.push(sample)
  }
  return metrics
}

function parseSample(line: string): ExposedSample {
  const [, name = "", labelText = ""] = must(SAMPLE_LINE.exec(line), line)
  const labels = [...labelText.matchAll(new RegExp(LABEL, "g"))].map(([, label = "", value = ""]) => [
    label,
    value,
  ])
  const text = line.slice(line.lastIndexOf(" ") + 1)
  const value = text === "+Inf" ? Number.POSITIVE_INFINITY : Number(text)
  if (Number.isNaN(value) && text.toLowerCase() !== "nan") throw new Error(`no number: ${line}`)
  return { name, labels: Object.fromEntries(labels) as Record<string, string>, value }
}

function belongs(name: string, metric: string, type: string): boolean {
  const endings = type === "histogram" ? ["_bucket", "_sum", "_count"] : [""]
  return endings.some(ending => name === metric + ending)
}

function must(found: RegExpExecArray | null, line: string): RegExpExecArray {
  if (found === null) throw new Error(`not of the text format: ${line}`)
  return found
}

/** The value of the one series with these labels, and perhaps others; of a histogram how many there are. */
export function valueIn(
  metrics: ReadonlyMap<string, ExposedMetric>,
  name: string,
  labels: Readonly<Record<string, string>> = {},
): number {
  const metric = metrics.get(name)
  if (metric === undefined) throw new Error(`no metric ${name}`)
  const found = metric.samples.filter(
    sample =>
      sample.name === (metric.type === "histogram" ? `${name}_count` : name) &&
      Object.entries(labels).every(([label, value]) => sample.labels[label] === value),
  )
  const [first] = found
  if (first === undefined || found.length > 1) {
    throw new Error(`${name} ${JSON.stringify(labels)}: expected one series, got ${found.length}`)
  }
  return first.value
}
