import { Database } from "../../src/adapters/duckdb/database.js"
import { historyContract } from "../contract/history.js"
import { Past } from "./support/past.js"

historyContract("DuckDB", 25, async () => {
  const database = await Database.open()
  return {
    async open() {
      const past = await Past.open({ database })
      return { past, engine: past.engine() }
    },
    cleanup: () => database.close(),
  }
})
