/**
 * Runs a command with a disk of a given size mounted on a folder, 2 MB of it taken by a file `ballast`; unmounted when
 * it ends. Mounting needs root, and Linux.
 */
export function onSmallDisk(folder: string, megabytes = 20): string[] {
  const setup = `mount -t tmpfs -o size=${megabytes}m none "$0" && head -c 2097152 /dev/zero > "$0/ballast" && exec "$@"`
  return ["unshare", "--mount", "sh", "-c", setup, folder]
}

export const canMount = process.platform === "linux" && process.getuid?.() === 0
