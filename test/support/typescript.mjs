import { readFile } from "node:fs/promises"
import { register } from "node:module"
import { fileURLToPath } from "node:url"

/**
 * Lets a child process of a test run TypeScript as it stands: `node --import <this file> child.ts`.
 * This file is both the entry that registers the hooks and the hooks themselves.
 */
if (!import.meta.url.includes("?hooks")) register(`${import.meta.url}?hooks`)

/** Our imports end in `.js`, as the compiled files do; the sources end in `.ts`. */
export async function resolve(specifier, context, next) {
  const ours =
    specifier.startsWith(".") && specifier.endsWith(".js") && !context.parentURL?.includes("node_modules")
  return next(ours ? specifier.replace(/\.js$/, ".ts") : specifier, context)
}

export async function load(url, context, next) {
  if (!url.endsWith(".ts")) return next(url, context)
  const { transform } = await import("@swc/core")
  const source = await readFile(fileURLToPath(url), "utf8")
  const { code } = await transform(source, {
    filename: fileURLToPath(url),
    sourceMaps: "inline",
    jsc: {
      target: "es2022",
      parser: { syntax: "typescript", decorators: true },
      transform: { legacyDecorator: true, decoratorMetadata: true },
    },
  })
  return { format: "module", source: code, shortCircuit: true }
}
