#!/usr/bin/env node
import "reflect-metadata"
import { runProgram } from "./cli/program.js"

// Who reads the output may stop reading, as `head` does. That is no reason to end; the exit code tells how it went.
for (const stream of [process.stdout, process.stderr]) {
  stream.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error
  })
}

await runProgram(process.argv)
