import { existsSync, readFileSync } from "node:fs"
import { describe, expect, it } from "vitest"
import { named, stagesOf, wordsOf } from "./support/dockerfile.js"

const stages = stagesOf("docker/Dockerfile")
const last = stages.at(-1)
if (last === undefined) throw new Error("docker/Dockerfile has no stage")

const ignored = readFileSync("docker/Dockerfile.dockerignore", "utf8").split("\n")

describe("docker/Dockerfile", () => {
  it("copies what exists and is not ignored", () => {
    const copies = stages.flatMap(stage => named(stage, "COPY"))
    const sources = copies
      .filter(({ options }) => options.from === undefined)
      .flatMap(({ text }) => text.split(" ").slice(0, -1))
    expect(sources.length).toBeGreaterThan(5)
    expect(sources.filter(source => !existsSync(source))).toEqual([])
    const top = new Set(sources.map(source => source.split("/")[0] ?? ""))
    expect([...top].filter(name => !ignored.includes(`!${name}`))).toEqual([])
  })

  it("copies from earlier stages alone", () => {
    stages.forEach((stage, i) => {
      const earlier = new Set(stages.slice(0, i).map(({ name }) => name))
      const from = named(stage, "COPY").flatMap(({ options }) => options.from ?? [])
      expect(from.filter(name => !earlier.has(name))).toEqual([])
    })
  })

  it("builds with the package's own steps, from the lock file", () => {
    const { scripts } = JSON.parse(readFileSync("package.json", "utf8")) as {
      scripts: Record<string, string>
    }
    const runs = stages.flatMap(stage => named(stage, "RUN").map(({ text }) => text))
    const own = runs.flatMap(text => /^npm run (\w+)/.exec(text)?.[1] ?? [])
    expect(own).toEqual(["build"])
    expect(own.filter(name => scripts[name] === undefined)).toEqual([])
    expect(runs.filter(text => text.startsWith("npm ci "))).toHaveLength(2)
    expect(runs.filter(text => /npm (install|i) /.test(text))).toEqual([])
  })

  it("runs the package's program as a user who is not root, on a Node that it supports", () => {
    const { bin, engines } = JSON.parse(readFileSync("package.json", "utf8")) as {
      bin: { guildhall: string }
      engines: { node: string }
    }
    expect(wordsOf(last, "ENTRYPOINT")).toEqual(["node", bin.guildhall])
    expect(wordsOf(last, "CMD")).toEqual(["serve"])
    expect(named(last, "USER").map(({ text }) => text)).toEqual(["node"])
    expect(last.from).toMatch(/^node:20\.\d+\.\d+-/)
    expect(engines.node).toBe(">=20.19.0")
  })

  it("brings what is only for building into no later stage", () => {
    const packages = stages.find(({ name }) => name === "packages")
    expect(packages && named(packages, "RUN").map(({ text }) => text)).toEqual([
      expect.stringContaining("npm prune --omit=dev"),
    ])
    const modules = named(last, "COPY").filter(({ text }) => text.includes("node_modules"))
    expect(modules.map(({ options }) => options.from)).toEqual(["packages"])
  })
})
