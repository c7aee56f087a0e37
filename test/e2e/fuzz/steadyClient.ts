import { ask } from "../../support/guildhall.js"
import { playerChanged, Subscriber } from "../../support/subscriber.js"

const GOLD_AT_FIRST = 1000

const REGISTER =
  'mutation { registerPlayer(input: { playerId: "steady", name: "Steady", region: "eu" }) { player { gold } } }'
const GRANT =
  'mutation { grantGold(input: { playerId: "steady", amount: 1, reason: "r" }) { player { gold } replayed } }'
const GOLD = '{ player(id: "steady") { name gold } }'

/** A client that behaves well, beside others: it grants, asks and listens, and knows what must come. */
export class SteadyClient {
  readonly #url: string
  readonly #subscriber: Subscriber
  #granted = 0
  #isStopped = false
  #running: Promise<void> = Promise.resolve()

  private constructor(url: string, subscriber: Subscriber) {
    this.#url = url
    this.#subscriber = subscriber
  }

  static async begin(url: string): Promise<SteadyClient> {
    await ask(url, REGISTER)
    const client = new SteadyClient(url, await Subscriber.begin(url, playerChanged("steady")))
    client.#running = client.#run()
    // Awaited by `stop`.
    client.#running.catch(() => {})
    return client
  }

  get granted(): number {
    return this.#granted
  }

  /** Throws what went wrong: a wrong answer, or one that did not come in time. */
  async stop(): Promise<void> {
    this.#isStopped = true
    await this.#running
    await this.#subscriber.stop()
  }

  /** By its subscription, which goes on over one socket. */
  get subscriber(): Subscriber {
    return this.#subscriber
  }

  async #run(): Promise<void> {
    while (!this.#isStopped) {
      await this.#expect(GRANT, { grantGold: { player: { gold: this.#gold + 1 }, replayed: false } })
      this.#granted += 1
      await this.#expect(GOLD, { player: { name: "Steady", gold: this.#gold } })
    }
  }

  get #gold(): number {
    return GOLD_AT_FIRST + this.#granted
  }

  async #expect(query: string, data: object): Promise<void> {
    const { data: given, errors } = await ask(this.#url, query)
    const [answer, expected] = [JSON.stringify(errors ?? given), JSON.stringify(data)]
    if (answer !== expected) throw new Error(`the steady client expected ${expected}, got ${answer}`)
  }
}
