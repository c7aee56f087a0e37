import { open } from "node:fs/promises"
import { using } from "./using.js"

/** Makes the names in a folder durable: a synced file is still lost if its folder loses the name. */
export async function syncFolder(folder: string): Promise<void> {
  await using(open(folder, "r"), handle => handle.sync())
}
