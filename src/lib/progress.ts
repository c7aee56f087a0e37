/** Shows how far something is. */
export interface Progress {
  update(done: number, total: number): void
  end(): void
}
