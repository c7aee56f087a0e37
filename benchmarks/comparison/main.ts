import { comparePurchases } from "./comparePurchases.js"

// Started by benchmarks/compare, which checks the arguments.
let interrupted = false
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  // The servers are its children and get the signal too: the turn fails, and everything is closed.
  process.once(signal, () => {
    interrupted = true
  })
}
try {
  process.exitCode = await comparePurchases(process.argv.includes("--quick"))
} catch (error) {
  process.stderr.write(`compare: ${interrupted ? "interrupted" : describe(error)}\n`)
  process.exitCode = interrupted ? 130 : 1
}

function describe(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
