import { Fault } from "../../src/ports/faults.js"

/** The fault that a promise rejects with. Throws if it does not reject, or rejects with anything else. */
export async function faultOf(promise: Promise<unknown>): Promise<Fault> {
  const outcome = await promise.then(
    value => ({ value }),
    (error: unknown) => ({ error }),
  )
  if ("error" in outcome && outcome.error instanceof Fault) return outcome.error
  throw new Error(`expected a fault, got ${JSON.stringify(outcome)}`)
}
