#!/usr/bin/env node
import "reflect-metadata"
import { passConsoleTo } from "./cli/logger.js"
import { bearLostOutput } from "./cli/output.js"
import { runProgram } from "./cli/program.js"
import { SILENT } from "./ports/logger.js"

bearLostOutput()
// Until a command has a log of its own: what it prints is for it to say.
passConsoleTo(SILENT)
await runProgram(process.argv)
