import { readFileSync } from "node:fs"
import { describe, expect, test } from "vitest"
import { loadConfig } from "../../src/app/config.js"
import { monsterFields, swordFields } from "../../src/domain/catalogue.js"
import { foundGuild } from "../../src/domain/commands/foundGuild.js"
import { OPEN_TRADES_MAX } from "../../src/domain/commands/offerTrade.js"
import { START_GOLD, START_HEALTH } from "../../src/domain/commands/registerPlayer.js"
import { REST_HEALTH } from "../../src/domain/commands/rest.js"
import { eventTypes } from "../../src/domain/events.js"
import { GOODS_TYPES_MAX, SWORD_COUNT_MAX } from "../../src/domain/goods.js"
import { CAPACITY_MAX, GOLD_MAX, GRANT_MAX, HEALTH_MAX } from "../../src/domain/kinds.js"
import { refusalCodes } from "../../src/domain/refusals.js"
import { BASE_COLUMNS, tableColumns } from "../../src/lake/columns.js"
import { NOTHING_HAPPENED } from "../../src/load/sender.js"
import { Fault, type FaultCode, nothingHappened } from "../../src/ports/faults.js"
import { LIMITS } from "../../src/server/limits.js"

const errors = readFileSync("docs/errors.md", "utf8")
const configuration = readFileSync("docs/configuration.md", "utf8")

/** The cells of the rows of all tables, without their formatting. */
function rowsOf(page: string): string[][] {
  return page
    .split("\n")
    .filter(line => line.startsWith("| "))
    .map(line =>
      line
        .slice(2, -2)
        .split(" | ")
        .map(cell => cell.replaceAll(/[`*]/g, "")),
    )
}

/** Every fault code, of which there is only a type. */
const faultCodes = [
  ...readFileSync("src/ports/faults.ts", "utf8").matchAll(/^ {2}([A-Z_]+): (?:true|false),$/gm),
].map(([, code]) => code as FaultCode)

describe("docs/game.md", () => {
  const page = readFileSync("docs/game.md", "utf8").replaceAll("\n", " ")
  const count = (value: number) => value.toLocaleString("en")
  const { capacity } = foundGuild.input

  test.each([
    `${START_GOLD} gold and ${START_HEALTH} health`,
    `grants 1 to ${count(GRANT_MAX)}`,
    `Plus ${REST_HEALTH} health, up to ${HEALTH_MAX};`,
    `up to ${GOODS_TYPES_MAX} types of swords, 1 to ${count(SWORD_COUNT_MAX)} of each`,
    `at most ${OPEN_TRADES_MAX} open trades that it offered, and ${OPEN_TRADES_MAX} that were`,
    `1 to ${CAPACITY_MAX} members, ${capacity.fallback} by default`,
  ])("has the figures of the code: %s", text => {
    expect(page).toContain(text)
  })
})

describe("docs/lake.md", () => {
  test("lists the columns of all fields", () => {
    const base = BASE_COLUMNS.map(({ name }) => name)
    const fields = tableColumns().flatMap(({ name }) => (base.includes(name) ? [] : [name]))
    const row = readFileSync("docs/lake.md", "utf8")
      .split("\n")
      .find(line => line.includes("| by the field |"))
    const [, listed = ""] = row?.split("|") ?? []
    expect([...listed.matchAll(/`(\w+)`/g)].map(([, name]) => name)).toEqual(fields.sort())
  })
})

describe("docs/errors.md", () => {
  test("says of each fault whether the key may be tried again", () => {
    const retry = new Map(rowsOf(errors).map(([code = "", , again = ""]) => [code, again]))
    expect(faultCodes.length).toBeGreaterThan(15)
    const wrong = faultCodes.filter(code => {
      return retry.get(code)?.startsWith("yes") !== new Fault(code, "").retryable
    })
    expect(wrong).toEqual([])
  })

  const saysNo = rowsOf(errors.slice(0, errors.indexOf("## Close codes")))
    .filter(([, happened = ""]) => happened === "no" || happened === "not by this request")
    .flatMap(([codes = ""]) => codes.split(", "))

  test("says of each fault whether the request may have done something", () => {
    const faults: readonly string[] = faultCodes
    expect(saysNo.filter(code => faults.includes(code)).sort()).toEqual([...nothingHappened].sort())
  })

  test("says after which errors the load may be sure that nothing happened", () => {
    // The load's own code, for a connection that was refused.
    expect([...saysNo, "NO_SERVER"].sort()).toEqual([...NOTHING_HAPPENED].sort())
  })

  test("lists each refusal, and no other", () => {
    const section = errors.slice(errors.indexOf("## Refusals"))
    const listed = rowsOf(section).map(([code = ""]) => code)
    expect(listed.filter(code => /^[A-Z_]+$/.test(code)).sort()).toEqual([...refusalCodes].sort())
  })

  test("gives the limits of a request as they are", () => {
    const section = errors.slice(errors.indexOf("## LIMIT_EXCEEDED"), errors.indexOf("## Refusals"))
    const listed = rowsOf(section).filter(([name = ""]) => name in LIMITS)
    const allowed = listed.map(([name, number = ""]) => [name, Number(number.replaceAll(",", ""))])
    expect(allowed.length).toBeGreaterThan(8)
    expect(allowed.filter(([name, number]) => Reflect.get(LIMITS, String(name)) !== number)).toEqual([])
  })
})

test("docs/configuration.md lists each setting with its default, and no other", () => {
  const listed = new Map(
    rowsOf(configuration).flatMap(([names = "", value = ""]) => names.split(", ").map(name => [name, value])),
  )
  const { settings } = loadConfig({})
  const names = new Set(settings.map(({ name }) => name))
  expect([...listed.keys()].filter(name => /^[A-Z_]+$/.test(name) && !names.has(name))).toEqual([])
  expect(settings.length).toBeGreaterThan(20)
  // Its default is made of another setting.
  listed.set("WORK_DIR", "–")
  const wrong = settings.filter(({ name, value }) => listed.get(name) !== (value === "" ? "–" : value))
  expect(wrong.map(({ name, value }) => `${name}: ${value}, the page says ${listed.get(name)}`)).toEqual([])
})

test("docs/catalogue.md gives the fields and limits of a catalogue, and an example that is valid", () => {
  const listed = rowsOf(readFileSync("docs/catalogue.md", "utf8")).slice(1)
  const names = new Set([...Object.keys(swordFields), ...Object.keys(monsterFields)])
  expect(listed.map(([name]) => name)).toEqual([...names])
  const highest = Object.values({ ...swordFields, ...monsterFields }).map(({ expected }) => {
    const limit = / to (\d+)/.exec(expected)?.[1] ?? ""
    return Number(limit) === GOLD_MAX ? "2^53 - 1" : Number(limit).toLocaleString("en")
  })
  const limits = new Map(listed.map(([name, , meaning = ""]) => [name, meaning]))
  expect([...names].filter((name, i) => !limits.get(name)?.includes(highest[i] ?? "?"))).toEqual([])

  const { catalogue } = loadConfig({ CATALOGUE: "docs/catalogue.example.json" })
  expect(catalogue.swords.length * catalogue.monsters.length).toBeGreaterThan(1)
})

test("docs/lake.md gives a query for each SQL view, and no other", () => {
  const rows = rowsOf(readFileSync("docs/lake.md", "utf8"))
  const listed = rows.filter(([, query = ""]) => query.startsWith("SELECT "))
  expect(listed.map(([view]) => view)).toEqual([...eventTypes.values()].map(({ sqlView }) => sqlView))
  expect(listed.filter(([view, query = ""]) => !query.includes(` FROM ${view}`))).toEqual([])
})

test("docs/events.md lists each event type with its version's fields, and no other", () => {
  const events = readFileSync("docs/events.md", "utf8")
  const section = events.slice(events.indexOf("## The events"), events.indexOf("## New versions"))
  const listed = rowsOf(section).slice(1)
  const fieldsOf = (text: string) => text.replace(/ \(.*?\)|personal /g, "").split(/[,;] /)
  const told = listed.map(([name = "", fields = ""]) => [name, fieldsOf(fields).sort()])
  const declared = [...eventTypes.values()].map(({ name, fields }) => {
    return [
      name,
      Object.keys(fields)
        .filter(field => field !== "player")
        .sort(),
    ]
  })
  expect(told).toEqual(declared)
})
