// Prints the sum of vitest's JSON reports as one line: `N passed, N failed`.
import { readFileSync } from "node:fs"

let passed = 0
let failed = 0
for (const file of process.argv.slice(2)) {
  const report = JSON.parse(readFileSync(file, "utf8"))
  passed += report.numPassedTests
  // A file that does not load has no tests, but fails its suite.
  const broken = report.testResults.filter(
    one => one.status === "failed" && one.assertionResults.length === 0,
  )
  failed += report.numFailedTests + broken.length
}
process.stdout.write(`${passed} passed, ${failed} failed\n`)
