import { DuckdbParquetWriter } from "../../../src/adapters/duckdb/parquetWriter.js"
import { parquetWriterContract } from "../../contract/parquetWriter.js"

parquetWriterContract("DuckDB", database => new DuckdbParquetWriter(database))
