import { fileURLToPath } from "node:url"
import { defineConfig } from "vitest/config"

// Two projects: `local` needs only Node, `stack` needs the real services of scripts/stack.
export default defineConfig({
  resolve: {
    // One copy of graphql, or its instances do not know each other.
    alias: [{ find: /^graphql$/, replacement: fileURLToPath(import.meta.resolve("graphql")) }],
  },
  test: {
    expect: { requireAssertions: true },
    testTimeout: 30_000,
    hookTimeout: 60_000,
    projects: [
      {
        extends: true,
        test: { name: "local", include: ["test/**/*.test.ts"], exclude: ["test/stack/**"] },
      },
      {
        extends: true,
        test: { name: "stack", include: ["test/stack/**/*.test.ts"], fileParallelism: false },
      },
    ],
  },
})
