// The import rules of docs/architecture.md: which folder may import which. Every folder may import lib.
const may = {
  lib: [],
  domain: [],
  ports: ["domain"],
  log: ["domain", "ports"],
  tail: ["domain", "ports", "log"],
  projections: ["domain", "ports", "log", "tail"],
  commands: ["domain", "ports", "log", "tail", "projections"],
  lake: ["domain", "ports", "log"],
  lander: ["domain", "ports", "log", "lake"],
  history: ["domain", "ports", "log", "tail", "projections", "lake"],
  audit: ["domain", "ports", "log", "projections", "lake"],
  health: ["ports", "log", "tail", "projections", "commands", "lake", "lander", "history"],
  resolvers: ["domain", "ports", "log", "tail", "projections", "commands", "history"],
  server: ["ports", "resolvers"],
  adapters: ["domain", "ports", "log", "projections", "lake"],
  client: [],
  load: ["domain", "client"],
}

/** The client libraries that only adapters may import. */
const clients = "kafkajs|ioredis|lmdb|@duckdb|parquetjs-lite"

const folderRules = Object.entries(may).map(([folder, allowed]) => ({
  name: `${folder}-imports`,
  comment: `src/${folder} may import ${["lib", ...allowed].join(", ")}`,
  severity: "error",
  from: { path: `^src/${folder}/` },
  to: { path: "^src/", pathNot: `^src/(${[folder, "lib", ...allowed].join("|")})/` },
}))

module.exports = {
  forbidden: [
    { name: "no-cycle", severity: "error", from: {}, to: { circular: true } },
    {
      name: "app-imports",
      comment: "src/app puts a process together; the commands of src/cli use it",
      severity: "error",
      from: { path: "^src/app/" },
      to: { path: "^src/(cli|client|load)/" },
    },
    {
      name: "clients-in-adapters",
      comment: "only src/adapters imports database and broker clients",
      severity: "error",
      from: { path: "^src/", pathNot: "^src/adapters/" },
      to: { path: `node_modules/(${clients})/` },
    },
    {
      name: "adapters-apart",
      comment: "adapters do not import each other",
      severity: "error",
      from: { path: "^src/adapters/([^/]+)/" },
      to: { path: "^src/adapters/", pathNot: "^src/adapters/$1/" },
    },
    {
      name: "rules-stay",
      comment:
        "only the simulation gives other rules for the write path: what opens a realm cannot name them",
      severity: "error",
      from: { path: "^src/", pathNot: "^src/(commands/|app/realm\\.ts$)" },
      to: { path: "^src/commands/rules\\.ts$" },
    },
    { name: "not-to-unresolvable", severity: "error", from: {}, to: { couldNotResolve: true } },
    ...folderRules,
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    parser: "swc",
    tsPreCompilationDeps: true,
    enhancedResolveOptions: { extensions: [".ts", ".js"] },
  },
}
