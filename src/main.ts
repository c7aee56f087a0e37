#!/usr/bin/env node
import "reflect-metadata"
import { bearLostOutput } from "./cli/output.js"
import { runProgram } from "./cli/program.js"

bearLostOutput()
await runProgram(process.argv)
