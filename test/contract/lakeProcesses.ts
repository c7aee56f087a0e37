import { describe, expect, onTestFinished, test } from "vitest"
import type { Lake } from "../../src/ports/lake.js"
import { type Child, startChild } from "../support/child.js"

/** A fresh, empty lake that other processes can open too. */
export interface SharedLakeFixture {
  readonly lake: Lake
  /** Its place, for lakeWriter.child.ts. */
  readonly place: readonly string[]
  readonly cleanup: () => Promise<void>
}

export const WRITER = new URL("./lakeWriter.child.ts", import.meta.url)

const RACERS = ["ann", "bob", "cleo", "dan"]
const RACE_FILES = 30
const RACE_BYTES = 3_000

const KILL_ROUNDS = 3
const KILLED_AFTER = 5
const KILLED_BYTES = 500_000

/** What every lake must do that several processes share. */
export function lakeProcessesContract(name: string, make: () => Promise<SharedLakeFixture>): void {
  /** Closed and removed when the test is over, whatever becomes of it. */
  const open = async (): Promise<SharedLakeFixture> => {
    const fixture = await make()
    onTestFinished(async () => {
      await fixture.lake.close()
      await fixture.cleanup()
    })
    return fixture
  }

  describe(`${name}, shared by several processes:`, () => {
    test("of those that put the same files one wins each file, and its content stays", async () => {
      const { lake, place } = await open()
      const children = RACERS.map(racer =>
        startWriter({ name: racer, bytes: RACE_BYTES, files: [0, RACE_FILES], place }),
      )
      await Promise.all(children.map(({ line }) => line(text => text === "ready")))

      for (const child of children) begin(child)
      await Promise.all(children.map(({ ended }) => ended))

      for (let at = 0; at < RACE_FILES; at++) {
        const winners = RACERS.filter((_, index) => children[index]?.lines.includes(`won ${at}`))
        const losers = RACERS.filter((_, index) => children[index]?.lines.includes(`lost ${at}`))
        expect([winners.length, losers.length]).toEqual([1, RACERS.length - 1])
        const [winner = ""] = winners
        expect(await lake.read(pathOf(at))).toEqual(contentOf(winner, at, RACE_BYTES))
      }
    }, 180_000)

    test("one that is killed with -9 while it puts leaves only whole files, including all that were acknowledged", async () => {
      const { lake, place } = await open()
      let files = 0
      for (let round = 0; round < KILL_ROUNDS; round++) {
        const name = `round-${round}`
        const child = startWriter({ name, bytes: KILLED_BYTES, files: [files, 10_000], place })
        await child.line(text => text === "ready")
        begin(child)
        await child.line(() => wonBy(child).length >= KILLED_AFTER)
        child.process.kill("SIGKILL")
        await child.ended

        for (const at of wonBy(child)) {
          // Not toEqual: it compares byte by byte.
          const found = await lake.read(pathOf(at))
          expect(contentOf(name, at, KILLED_BYTES).equals(found ?? Buffer.alloc(0))).toBe(true)
        }
        const listed = await lake.list(FOLDER)
        expect(listed.length).toBeGreaterThan(files)
        expect(new Set(listed.map(({ bytes }) => bytes))).toEqual(new Set([KILLED_BYTES]))
        files = listed.length
      }
    }, 180_000)
  })
}

export interface WriterOptions {
  readonly name: string
  /** Of each file. */
  readonly bytes: number
  /** Half-open. */
  readonly files: readonly [start: number, end: number]
  readonly place: readonly string[]
  readonly wrap?: readonly string[]
}

export function startWriter({ name, bytes, files, place, wrap = [] }: WriterOptions): Child {
  return startChild(WRITER, [name, `${bytes}`, ...files.map(String), ...place], wrap)
}

export function begin({ process }: Child): void {
  process.stdin.write("begin\n")
}

export function wonBy({ lines }: Child): number[] {
  return lines.filter(text => text.startsWith("won ")).map(text => Number(text.slice(4)))
}

const FOLDER = "events/_delta_log"

export function pathOf(at: number): string {
  return `${FOLDER}/${String(at).padStart(20, "0")}.json`
}

/** The writer of a file, which each of its lines names. */
export function contentOf(name: string, at: number, bytes: number): Buffer {
  return Buffer.alloc(bytes, `${name} ${at}\n`)
}
