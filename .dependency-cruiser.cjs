// The import rules of docs/architecture.md: which folder may import which.
const may = {
  domain: [],
  ports: ["domain"],
  log: ["domain", "ports"],
  projections: ["domain", "ports", "log"],
  lander: ["domain", "ports", "log"],
  tail: ["domain", "ports", "log"],
  commands: ["domain", "ports", "log", "tail"],
  // Of the lander only what tells how the table is made and read: landing is not the history's.
  history: ["domain", "ports", "log", "tail", "lander/(delta|columns|realmTable|whole)"],
  audit: ["domain", "ports", "log", "projections", "lander"],
  resolvers: ["domain", "ports", "commands", "tail", "history"],
  health: ["ports", "tail", "commands", "projections", "lander", "history"],
  server: ["resolvers", "ports"],
  adapters: ["domain", "ports", "log"],
}

/** The client libraries that only adapters may import. */
const clients = "kafkajs|ioredis|lmdb|@duckdb|parquetjs-lite"

const folderRules = Object.entries(may).map(([folder, allowed]) => ({
  name: `${folder}-imports`,
  comment: `src/${folder} may import ${allowed.join(", ") || "nothing of ours"}`,
  severity: "error",
  from: { path: `^src/${folder}/` },
  to: { path: "^src/", pathNot: `^src/(${[folder, ...allowed].join("|")})[/.]` },
}))

module.exports = {
  forbidden: [
    { name: "no-cycle", severity: "error", from: {}, to: { circular: true } },
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
