import { ParquetjsWriter } from "../../../src/adapters/parquetjs/parquetWriter.js"
import { parquetWriterContract } from "../../contract/parquetWriter.js"

parquetWriterContract("parquetjs-lite", () => new ParquetjsWriter())
