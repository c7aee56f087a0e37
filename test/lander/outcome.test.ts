import { expect, test } from "vitest"
import type { ReadCommit } from "../../src/lake/delta/table.js"
import { outcomeOf } from "../../src/lander/outcome.js"

const attempt = { appId: "guildhall/0/log-1", start: 10, end: 20, uuid: "ours" }

function commit(uuid: string, end: number, appId = attempt.appId): ReadCommit {
  const commitInfo = { timestamp: 0, operation: "WRITE", uuid }
  return { version: 0, actions: [{ commitInfo }, { txn: { appId, version: end } }] }
}

const foreign: ReadCommit = { version: 0, actions: [{ commitInfo: { timestamp: 0, operation: "OPTIMIZE" } }] }

test.each([
  ["nobody committed anything", 10, [], null],
  ["others appended or optimized", 10, [foreign, foreign], null],
  ["another realm landed", 10, [commit("theirs", 20, "guildhall/1/log-9")], null],
  ["ours is among them", 20, [foreign, commit("ours", 20)], "landed"],
  ["ours is, and others went on from there", 30, [commit("ours", 20), commit("theirs", 30)], "landed"],
  ["somebody else landed the same", 20, [commit("theirs", 20)], "moved"],
  ["somebody else landed a part of it", 15, [commit("theirs", 15)], "moved"],
  ["somebody else landed more", 25, [commit("theirs", 25)], "moved"],
  ["somebody else landed, unseen behind a checkpoint", 25, [], "moved"],
  ["ours is of another realm", 20, [commit("ours", 20, "guildhall/1/log-9")], "moved"],
  ["ours landed a part of it, after we had given that up", 15, [foreign, commit("ours", 15)], "moved"],
  ["it did, and somebody else continued", 18, [commit("ours", 15), commit("theirs", 18)], "moved"],
])("when %s", (_, landed, commits, outcome) => {
  expect(outcomeOf(attempt, landed, commits)).toBe(outcome)
})
