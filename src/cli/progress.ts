import cliProgress from "cli-progress"
import type { Progress } from "../lib/progress.js"

// Its formats are not among the names that Node finds in this CommonJS module.
const { Format, Presets, SingleBar } = cliProgress

/** A progress bar on standard error if that is a terminal. It appears with the first update, which has the total. */
export function progressBar(title: string, wanted: boolean): Progress {
  if (!wanted || !process.stderr.isTTY) return { update() {}, end() {} }
  const format = `${title} {bar} {percentage} % {value}/{total} {eta_formatted}`
  const options = { format, formatTime: timeLeft, stream: process.stderr, hideCursor: true }
  const bar = new SingleBar(options, Presets.shades_classic)
  let isStarted = false
  return {
    update(done, total) {
      if (!isStarted) bar.start(total, done)
      else bar.setTotal(total)
      isStarted = true
      bar.update(done)
    },
    end: () => bar.stop(),
  }
}

/** Empty while the time is unknown: cli-progress then passes the word NULL and would show the end of it. */
const timeLeft: typeof Format.TimeFormat = (seconds, ...rest) =>
  Number.isFinite(seconds) ? Format.TimeFormat(seconds, ...rest) : ""
