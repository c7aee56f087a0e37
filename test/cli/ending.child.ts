import { Ending, EndSignals } from "../../src/cli/ending.js"
import { SILENT } from "../../src/ports/logger.js"

const [, , what] = process.argv

if (what === "throw") {
  new Ending(SILENT)
  setTimeout(() => {
    throw new Error("a bug, thrown by the test")
  }, 10)
} else {
  new EndSignals(() => {
    for (;;);
  })
  setInterval(() => {}, 1000)
  process.stdout.write("waiting\n")
}
