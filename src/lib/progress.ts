/** Shows how far a task has come. */
export interface Progress {
  update(done: number, total: number): void
  end(): void
}
