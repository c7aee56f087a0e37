import { Presets, SingleBar } from "cli-progress"

export interface Progress {
  update(done: number, total: number): void
  end(): void
}

/** A progress bar on standard error, where that is a terminal. */
export function progressBar(title: string, wanted: boolean): Progress {
  if (!wanted || !process.stderr.isTTY) return { update() {}, end() {} }
  const format = `${title} {bar} {percentage} % {value}/{total} {eta_formatted}`
  const bar = new SingleBar({ format, stream: process.stderr, hideCursor: true }, Presets.shades_classic)
  bar.start(1, 0)
  return {
    update(done, total) {
      bar.setTotal(Math.max(1, total))
      bar.update(done)
    },
    end: () => bar.stop(),
  }
}
