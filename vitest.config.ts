import { fileURLToPath } from "node:url"
import { defineConfig } from "vitest/config"

// Three projects: `local` needs only Node, `browser` Chromium and the pages of scripts/web, `stack` the real services of
// scripts/stack.
export default defineConfig({
  resolve: {
    // One copy of graphql, or its instances do not know each other.
    alias: [{ find: /^graphql$/, replacement: fileURLToPath(import.meta.resolve("graphql")) }],
  },
  test: {
    // A bound on waiting, not a speed that is tested: a busy machine needs more than vitest's second.
    expect: { requireAssertions: true, poll: { timeout: 30_000 } },
    testTimeout: 120_000,
    hookTimeout: 120_000,
    projects: [
      {
        extends: true,
        test: {
          name: "local",
          include: ["test/**/*.test.ts"],
          exclude: ["test/stack/**", "test/browser/**"],
        },
      },
      {
        extends: true,
        test: {
          name: "browser",
          include: ["test/browser/**/*.test.ts"],
          fileParallelism: false,
          // After the others, which take all the processors there are.
          sequence: { groupOrder: 1 },
          testTimeout: 60_000,
        },
      },
      {
        extends: true,
        test: { name: "stack", include: ["test/stack/**/*.test.ts"], fileParallelism: false },
      },
    ],
  },
})
