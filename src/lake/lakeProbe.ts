import type { Lake } from "../ports/lake.js"
import { EVENTS_FOLDER } from "./realmTable.js"

/** Beside the table's folders, under a name that readers ignore; the next probe removes what a crash has left. */
const PATH = `${EVENTS_FOLDER}/_probe`

/** Asks the lake for a file, which need not exist. Throws what `Lake.read` throws. */
export async function probeReading(lake: Pick<Lake, "read">): Promise<void> {
  await lake.read(PATH)
}

/** Writes a small file into the lake and deletes it again. Throws what `Lake.write` and `Lake.delete` throw. */
export async function probeLake(lake: Pick<Lake, "write" | "delete">): Promise<void> {
  await lake.write(PATH, Buffer.from("probe"))
  await lake.delete(PATH)
}
