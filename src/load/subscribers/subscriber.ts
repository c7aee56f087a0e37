import type { SubscriptionConnection } from "../../client/connection.js"
import { type CursorNotice, type FollowOptions, follow } from "../../client/follow.js"
import { UserError } from "../../lib/userError.js"
import type { Deed, NoticeCheck } from "./check.js"
import type { SubscriberFindings } from "./findings.js"
import { type Interest, requestOf } from "./interest.js"

export interface SubscriberOptions<N extends CursorNotice> {
  /** Its name in reports. */
  readonly name: string
  readonly interest: Interest
  readonly check: NoticeCheck<N>
  readonly findings: SubscriberFindings
}

/** One subscriber of the load. It resumes by itself. */
export class Subscriber<N extends CursorNotice = CursorNotice> {
  readonly interest: Interest
  notices = 0
  resumed = 0
  readonly #check: NoticeCheck<N>
  readonly #findings: SubscriberFindings
  readonly #name: string
  #isInterrupted = false
  #hasEnded = false

  constructor({ name, interest, check, findings }: SubscriberOptions<N>) {
    this.interest = interest
    this.#check = check
    this.#findings = findings
    this.#name = name
  }

  /** Whether nothing is missing, or nothing more can come. */
  get isDone(): boolean {
    return this.#hasEnded || this.#check.isComplete
  }

  promised(deed: Deed): void {
    this.#check.promised(deed)
  }

  /**
   * Resolves at the first notice: from then on nothing may be missed. Rejects with UserError if none comes.
   */
  begin(connection: SubscriptionConnection, options: FollowOptions): Promise<void> {
    return new Promise((resolve, reject) => {
      const following = follow<N>(connection, this.#subscription(resolve), options)
      following.catch((error: unknown) => {
        this.#ended(error)
        reject(error)
      })
    })
  }

  /** Records what is wrong in the end. */
  end(): void {
    this.#check.end()
  }

  #subscription(begun: () => void) {
    return {
      ...requestOf(this.interest),
      take: (notice: N) => {
        begun()
        if (this.#isInterrupted) this.resumed += 1
        this.#isInterrupted = false
        if (this.#check.received(notice, performance.now())) this.notices += 1
      },
      interrupted: () => {
        this.#isInterrupted = true
      },
    }
  }

  #ended(error: unknown): void {
    // A bug of ours must not pass for a fault of the server.
    if (!(error instanceof UserError)) throw error
    this.#hasEnded = true
    this.#findings.add("ended", `${this.#name}: ${error.message}`)
  }
}
