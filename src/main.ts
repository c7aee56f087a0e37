#!/usr/bin/env node
import "reflect-metadata"
import { passConsoleTo } from "./app/logger.js"
import { tolerateLostOutput } from "./cli/output.js"
import { runProgram } from "./cli/program.js"
import { SILENT } from "./ports/logger.js"

tolerateLostOutput()
// Until a command has opened its log, what libraries print is dropped: the command itself reports what matters.
passConsoleTo(SILENT)
await runProgram(process.argv)
