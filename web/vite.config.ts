import { readdir, readFile, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { promisify } from "node:util"
import { gzip } from "node:zlib"
import { defineConfig, type Plugin } from "vite"

/** Bundles the playground, so that all of it comes from the server: see `scripts/web`. */
export default defineConfig({
  root: import.meta.dirname,
  // Where src/server/pages.ts serves it.
  base: "/playground/",
  build: {
    target: "es2023",
    modulePreload: { polyfill: false },
    // Monaco, the editor, is large.
    chunkSizeWarningLimit: 5000,
    reportCompressedSize: false,
    rolldownOptions: {
      // "use client" in GraphiQL's packages is for servers that render.
      onLog: (level, log, handle) => {
        if (log.code !== "MODULE_LEVEL_DIRECTIVE") handle(level, log)
      },
    },
  },
  worker: { format: "es" },
  plugins: [gzipped()],
})

/** Writes `name.gz` next to each file, so that the server never compresses anything. */
function gzipped(): Plugin {
  return {
    name: "gzipped",
    async writeBundle({ dir = "" }) {
      const names = await readdir(dir, { recursive: true })
      const packed = names.filter(name => /\.(html|js|css)$/.test(name))
      await Promise.all(packed.map(name => pack(join(dir, name))))
    },
  }
}

async function pack(file: string): Promise<void> {
  const bytes = await readFile(file)
  await writeFile(`${file}.gz`, await promisify(gzip)(bytes, { level: 9 }))
}
