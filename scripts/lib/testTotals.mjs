// Reads vitest's JSON reports; prints what failed, then the totals in one line: `N passed, N failed`.
import { readFileSync } from "node:fs"

/** How much of a failure's message is printed. */
const MESSAGE_MAX = 600

let passed = 0
let failed = 0
const failures = []
for (const path of process.argv.slice(2)) {
  const report = JSON.parse(readFileSync(path, "utf8"))
  passed += report.numPassedTests
  failed += report.numFailedTests
  for (const { name: file, status, message, assertionResults } of report.testResults) {
    const tests = assertionResults.filter(test => test.status === "failed")
    failures.push(
      ...tests.map(({ fullName, failureMessages }) => ({ file, fullName, why: failureMessages[0] })),
    )
    // A file that does not load has no tests, but its suite fails.
    if (status === "failed" && assertionResults.length === 0) {
      failures.push({ file, fullName: "does not load", why: message })
      failed += 1
    }
  }
}
for (const { file, fullName, why = "" } of failures) {
  process.stdout.write(`FAILED ${file}: ${fullName}\n${why.slice(0, MESSAGE_MAX)}\n`)
}
process.stdout.write(`${passed} passed, ${failed} failed\n`)
