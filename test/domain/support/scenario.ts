import { expect, test } from "vitest"
import type { GameEvent } from "../../../src/domain/events.js"
import type { RefusalCode } from "../../../src/domain/refusals.js"
import { Game, type GameCommand } from "./game.js"

/**
 * A rule of the game as a sentence, and a test of it:
 *
 *   scenario("buying with too little gold records nothing")
 *     .given(registered("alice", { gold: 50 })).when(buy("alice", "excalibur")).thenRefused("NOT_ENOUGH_GOLD")
 */
export function scenario(title: string) {
  return new Scenario(title)
}

class Scenario {
  readonly #title: string
  readonly #events: GameEvent[] = []

  constructor(title: string) {
    this.#title = title
  }

  /** What has happened before. */
  given(...events: readonly GameEvent[]): this {
    this.#events.push(...events)
    return this
  }

  when(command: GameCommand) {
    return {
      /** Exactly these events, in this order; and they fold. */
      // biome-ignore lint/suspicious/noThenProperty: the word of given, when, then; nobody awaits it
      then: (...events: readonly GameEvent[]) => {
        this.#test(game => expect(game.perform(command)).toEqual({ events }))
      },
      /** With this code, and a message that names somebody or something. */
      thenRefused: (code: RefusalCode) => {
        const refusal = { code, message: expect.stringMatching(/\S+ \S+/) }
        this.#test(game => expect(game.perform(command)).toEqual({ refusal }))
      },
      /** What is true afterwards. */
      thenState: (check: (game: Game) => void) => {
        this.#test(game => {
          expect(game.perform(command)).toHaveProperty("events")
          check(game)
        })
      },
    }
  }

  #test(check: (game: Game) => void): void {
    test(this.#title, () => {
      const game = new Game()
      for (const event of this.#events) game.happened(event)
      check(game)
    })
  }
}
