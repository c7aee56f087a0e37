// Reads package-lock.json and what is installed: what an attacker, or a lawyer, would look at first. Prints the findings
// and docs/licences.md's table; exit code 1 if there is a finding. Called by scripts/dependencies.
import { readFileSync, writeFileSync } from "node:fs"

/** Licences that may go into a product under Apache-2.0, by their SPDX ids. */
const ALLOWED = new Set([
  "0BSD",
  "Apache-2.0",
  "BlueOak-1.0.0",
  "BSD-2-Clause",
  "BSD-3-Clause",
  "ISC",
  "MIT",
  "Unlicense",
  "Zlib",
])

const PAGE = "docs/licences.md"
const BEGIN = "<!-- scripts/dependencies -->\n"

const LOCKFILES = ["package-lock.json", "web/package-lock.json"]

function packagesOf(lockfile) {
  const { packages } = JSON.parse(readFileSync(lockfile, "utf8"))
  return Object.entries(packages)
    .filter(([path, { link }]) => path.startsWith("node_modules/") && !link)
    .map(([path, rest]) => ({ name: path.replace(/.*node_modules\//, ""), ...rest }))
}

/** Whether an SPDX expression asks for nothing but allowed licences. */
function isAllowed(expression = "") {
  return expression
    .replace(/[()]/g, "")
    .split(" AND ")
    .every(part => part.split(" OR ").some(one => ALLOWED.has(one)))
}

function findingsOf(lockfile) {
  return packagesOf(lockfile).flatMap(({ name, version, integrity, license, dev }) => {
    const findings = []
    if (integrity === undefined) findings.push("has no checksum in the lockfile")
    if (!dev && !isAllowed(license))
      findings.push(`has the licence ${license ?? "(none named)"}, which is not allowed`)
    return findings.map(finding => `${lockfile}: ${name} ${version} ${finding}`)
  })
}

/** Of what is shipped: not of what only builds and tests it. */
function tableOf() {
  const byLicence = new Map()
  for (const { name, version, license = "?", dev } of packagesOf("package-lock.json")) {
    if (dev) continue
    byLicence.set(license, [...(byLicence.get(license) ?? []), `${name} ${version}`])
  }
  const rows = [...byLicence]
    .sort(([a], [b]) => a.localeCompare(b))
    .map(([license, packages]) => {
      return `| ${license} | ${[...new Set(packages)].sort().join(", ")} |`
    })
  return ["| licence | packages |", "|---|---|", ...rows, ""].join("\n")
}

const page = readFileSync(PAGE, "utf8")
const current = page.slice(0, page.indexOf(BEGIN) + BEGIN.length) + tableOf()
const findings = LOCKFILES.flatMap(findingsOf)
if (process.argv.includes("--write")) writeFileSync(PAGE, current)
else if (current !== page) findings.push(`${PAGE} is out of date: scripts/dependencies --write`)
for (const finding of findings) process.stdout.write(`${finding}\n`)
process.exitCode = findings.length === 0 ? 0 : 1
