import type { Game } from "../../../src/resolvers/game.js"
import { stubGame } from "./stubGame.js"

/** A game whose commands wait until the test releases them. */
export function held(): Game & { arrived: Promise<void>; letGo: () => void } {
  let letGo = () => {}
  let arrive = () => {}
  const gate = new Promise<void>(resolve => {
    letGo = resolve
  })
  const arrived = new Promise<void>(resolve => {
    arrive = resolve
  })
  const game = stubGame()
  const execute: Game["commands"]["execute"] = async request => {
    arrive()
    await gate
    return game.commands.execute(request)
  }
  return { ...game, commands: { execute }, arrived, letGo: () => letGo() }
}
