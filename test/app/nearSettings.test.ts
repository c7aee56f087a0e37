import { describe, expect, it } from "vitest"
import { loadConfig } from "../../src/app/config.js"

const doubtsOf = (environment: Readonly<Record<string, string>>) => loadConfig(environment).doubts

describe("a name in the environment", () => {
  it.each([
    ["KAFKA_BROKER", "KAFKA_BROKERS"],
    ["REDIS_URI", "REDIS_URL"],
    ["DATADIR", "DATA_DIR"],
    ["LOGLEVEL", "LOG_LEVEL"],
    ["kafka_brokers", "KAFKA_BROKERS"],
    ["GUILDHALL_PORT", "PORT"],
    ["ROLE", "ROLES"],
  ])("that is nearly a setting is asked about: %s", (name, meant) => {
    expect(doubtsOf({ [name]: "x" })).toEqual([`${name} is not a setting: did you mean ${meant}?`])
  })

  it.each([
    "HOME",
    "PATH",
    "KAFKA_PORT",
    "KAFKA_HEAP",
    "REDIS_PORT",
    "HDFS_PORT",
    "STACK_DIR",
    "REDIS_SERVICE_HOST",
  ])("of another program is left alone: %s", name => {
    expect(doubtsOf({ [name]: "x" })).toEqual([])
  })

  it("is left alone where the setting is there too, or where it is empty", () => {
    expect(doubtsOf({ ROLE: "admin", ROLES: "api,projector" })).toEqual([])
    expect(doubtsOf({ KAFKA_BROKER: "" })).toEqual([])
  })
})
