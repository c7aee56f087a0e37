import { describe, expect, it } from "vitest"
import { ConfigError, graphqlUrl, loadConfig } from "../../src/app/config.js"
import { problemsOf } from "./support/problems.js"

type Environment = Readonly<Record<string, string>>

/** The settings that the problems name, in their order. */
function wrong(environment: Environment): readonly string[] {
  return problemsOf(environment).map(problem => problem.slice(0, problem.indexOf(":")))
}

const SERVICES = { KAFKA_BROKERS: "a:9092,b:9092", REDIS_URL: "redis://127.0.0.1:6379/0" }

describe("the configuration", () => {
  it("needs no setting at all: embedded, on loopback", () => {
    const config = loadConfig({})

    expect(config).toMatchObject({
      host: "127.0.0.1",
      port: 4000,
      dataDir: "data",
      realm: 0,
      keyRetention: 3_600_000,
      commandDeadlineMs: 5000,
      logLevel: "info",
      kafka: null,
      redisUrl: null,
    })
    expect([...config.roles]).toEqual(["api", "projector", "lander"])
  })

  it("takes Kafka and Redis", () => {
    const config = loadConfig({ ...SERVICES, KAFKA_REPLICATION_FACTOR: "3", KAFKA_MIN_INSYNC_REPLICAS: "2" })

    expect(config.kafka).toEqual({
      brokers: ["a:9092", "b:9092"],
      topic: "guildhall",
      replicationFactor: 3,
      minInsyncReplicas: 2,
      tls: false,
      sasl: null,
    })
    expect(config.redisUrl).toBe(SERVICES.REDIS_URL)
  })

  it("takes the origins of pages", () => {
    const ALLOWED_ORIGINS = "https://game.example, http://192.0.2.7:5173,http://[2001:db8::1]:8080"

    expect(loadConfig({ ALLOWED_ORIGINS }).allowedOrigins).toEqual([
      "https://game.example",
      "http://192.0.2.7:5173",
      "http://[2001:db8::1]:8080",
    ])
    expect(loadConfig({}).allowedOrigins).toEqual([])
  })

  it("takes an empty setting as one that is not set", () => {
    expect(loadConfig({ PORT: "", KAFKA_BROKERS: "", REDIS_URL: "" })).toMatchObject({
      port: 4000,
      kafka: null,
    })
  })

  it.each([
    ["HOST", "0.0.0.0"],
    ["HOST", "example.org"],
    ["PORT", "65536"],
    ["PORT", "4000.5"],
    ["ROLES", "api,king"],
    ["ROLES", ","],
    ["REALM", "-1"],
    ["KEY_RETENTION", "60"],
    ["COMMAND_DEADLINE", "0s"],
    ["SOCKETS_PER_ADDRESS", "0"],
    ["SOCKETS_PER_ADDRESS", "10001"],
    ["ALLOWED_ORIGINS", "*"],
    ["ALLOWED_ORIGINS", "null"],
    ["ALLOWED_ORIGINS", "file://"],
    ["ALLOWED_ORIGINS", "game.example"],
    ["ALLOWED_ORIGINS", "https://game.example/"],
    ["ALLOWED_ORIGINS", "https://game.example:443"],
    ["ALLOWED_ORIGINS", "https://Game.example"],
    ["ALLOWED_ORIGINS", "https://*.game.example"],
    ["ALLOWED_ORIGINS", "https://game.example;https://other.example"],
    // Longer than a server that shuts down waits for open commands.
    ["COMMAND_DEADLINE", "10001ms"],
    ["LOG_LEVEL", "loud"],
    ["KAFKA_BROKERS", "localhost"],
    ["KAFKA_BROKERS", "::1:9092"],
    ["KAFKA_BROKERS", "[::g]:9092"],
    ["KAFKA_BROKERS", "[127.0.0.1]:9092"],
    ["KAFKA_TOPIC", "a b"],
    ["KAFKA_REPLICATION_FACTOR", "0"],
    ["KAFKA_TLS", "yes"],
    ["KAFKA_MECHANISM", "gssapi"],
    ["REDIS_URL", "127.0.0.1:6379"],
    ["REDIS_URL", "redis://127.0.0.1:6379/main"],
    ["REDIS_URL", "redis://:100%@127.0.0.1:6379"],
    ["REDIS_URL", "redis://127.0.0.1:6379/0?db=5"],
    ["REDIS_URL", "redis://:pass#word@127.0.0.1:6379"],
    ["REDIS_URL", "redis://127.0.0.1:6379/0#1"],
  ])("rejects %s=%s, and complains about nothing else", (name, value) => {
    expect(wrong({ [name]: value })).toEqual([name])
  })

  it("names every mistake at once", () => {
    const environment = { PORT: "x", REALM: "x", KAFKA_BROKERS: "x", KAFKA_MIN_INSYNC_REPLICAS: "2" }

    expect(wrong(environment)).toEqual(["PORT", "REALM", "KAFKA_BROKERS", "KAFKA_MIN_INSYNC_REPLICAS"])
  })

  it.each([{ KAFKA_USERNAME: "ann" }, { KAFKA_PASSWORD: "sesame" }])("takes no half login: %o", login => {
    expect(problemsOf({ ...SERVICES, ...login })).toEqual([
      expect.stringContaining("expected both or neither"),
    ])
  })

  it.each([
    ["api", {}],
    ["projector", { KAFKA_BROKERS: SERVICES.KAFKA_BROKERS }],
    ["api", { REDIS_URL: SERVICES.REDIS_URL }],
  ])("does not share an embedded folder: %s alone with %o", (ROLES, services) => {
    expect(problemsOf({ ROLES, ...services })).toEqual([expect.stringContaining("one process only")])
  })

  it("lets the roles run apart where both are services", () => {
    expect(problemsOf({ ...SERVICES, ROLES: "api" })).toEqual([])
  })

  it("takes addresses of IPv6", () => {
    const config = loadConfig({
      ...{ KAFKA_BROKERS: "[::1]:9092,[2001:db8::2]:9093", REDIS_URL: "redis://[::1]:6379" },
      ...{ WEBHDFS_URL: "http://[::1]:9870", HDFS_URL: "hdfs://[::1]:8020", WEBHDFS_DATANODE_HOST: "::1" },
      PRESTO_URL: "http://[::1]:8080",
    })

    expect(config.kafka?.brokers).toEqual(["[::1]:9092", "[2001:db8::2]:9093"])
    expect(config.hdfs).toMatchObject({ datanodeHost: "::1", prestoUrl: "http://[::1]:8080" })
  })

  it("shows no secret", () => {
    const secrets = { REDIS_URL: "redis://ann:sesame@h:1", KAFKA_USERNAME: "ann", KAFKA_PASSWORD: "sesame" }

    const { settings } = loadConfig({ KAFKA_BROKERS: "a:1", ...secrets })

    expect(JSON.stringify(settings)).not.toContain("sesame")
    expect(settings).toContainEqual(expect.objectContaining({ name: "REDIS_URL", value: "redis://h:1" }))
  })
})

describe("the address of a server", () => {
  it.each([
    [{}, "http://127.0.0.1:4000/graphql"],
    [{ PORT: "4001" }, "http://127.0.0.1:4001/graphql"],
    [{ HOST: "::1" }, "http://[::1]:4000/graphql"],
  ])("of %o is %s", (environment, url) => {
    expect(graphqlUrl(environment)).toBe(url)
  })

  it("asks for HOST and PORT alone", () => {
    expect(graphqlUrl({ REALM: "x" })).toBe("http://127.0.0.1:4000/graphql")
    expect(() => graphqlUrl({ PORT: "x" })).toThrow(ConfigError)
  })
})
