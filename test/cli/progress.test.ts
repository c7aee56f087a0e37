import { describe, expect, it, onTestFinished, vi } from "vitest"
import { progressBar } from "../../src/cli/progress.js"

describe("a progress bar", () => {
  it("shows the total from the start, and no time left while that is unknown", () => {
    const shown = onTerminal(() => {
      const bar = progressBar("reading", true)
      bar.update(0, 300)
      bar.update(300, 300)
      bar.end()
    })

    expect(shown).toMatch(/0 % 0\/300 \S*\n?/)
    expect(shown).toContain("100 % 300/300")
    expect(shown).not.toMatch(/0\/1 |LL|NF|NULL|INF/)
  })

  it("shows nothing when nothing was done", () => {
    expect(onTerminal(() => progressBar("reading", true).end())).toBe("")
  })
})

/** What is written to a terminal. */
function onTerminal(use: () => void): string {
  const { isTTY } = process.stderr
  process.stderr.isTTY = true
  let text = ""
  const write = vi.spyOn(process.stderr, "write").mockImplementation(chunk => {
    text += String(chunk)
    return true
  })
  const restore = () => {
    write.mockRestore()
    process.stderr.isTTY = isTTY
  }
  onTestFinished(restore)
  use()
  restore()
  return text
}
