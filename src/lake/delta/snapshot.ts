import type { Action, Add, MetaData, ProtocolAction, Remove, Txn } from "./actions.js"

/** What a Delta table holds at a version: the fold of its log. */
export class Snapshot {
  /** The version of the last commit; -1 before the first. */
  version = -1
  protocol: ProtocolAction | null = null
  metaData: MetaData | null = null
  /** The files in the table, by path. */
  readonly files = new Map<string, Add>()
  /** Files no longer in the table, which readers of older versions still read. */
  readonly removed = new Map<string, Remove>()
  readonly txns = new Map<string, Txn>()

  /** Applies a commit, which must be the next one; or applies a checkpoint. */
  apply(version: number, actions: readonly Action[]): void {
    for (const action of actions) this.#apply(action)
    this.version = version
  }

  /** The actions that make up the snapshot: the content of a checkpoint. */
  actions(): Action[] {
    return [
      ...(this.protocol === null ? [] : [{ protocol: this.protocol }]),
      ...(this.metaData === null ? [] : [{ metaData: this.metaData }]),
      ...[...this.txns.values()].map(txn => ({ txn })),
      ...[...this.removed.values()].map(remove => ({ remove })),
      ...[...this.files.values()].map(add => ({ add })),
    ]
  }

  #apply({ protocol, metaData, add, remove, txn }: Action): void {
    if (protocol) this.protocol = protocol
    if (metaData) this.metaData = metaData
    if (txn) this.txns.set(txn.appId, txn)
    if (remove) {
      this.files.delete(remove.path)
      this.removed.set(remove.path, remove)
    }
    if (add) {
      this.removed.delete(add.path)
      this.files.set(add.path, add)
    }
  }
}
