import type { Catalogue } from "../domain/catalogue.js"
import type { Account } from "./account.js"
import { problemsOf } from "./check.js"
import { effectOf, isAboutGuild, isAboutHealth, type LoadCommand, type PromisedEffect } from "./command.js"
import { inParallel } from "./inParallel.js"
import type { Journal } from "./journal.js"
import type { Ledger } from "./ledger.js"
import type { MutationSender, Sent } from "./sender.js"

/** Is notified of each effect as soon as it was promised. */
export interface Witness {
  promised(command: LoadCommand, effect: PromisedEffect): void
}

/** What performing commands needs. */
export interface Performing {
  readonly ledger: Ledger
  readonly sender: MutationSender
  readonly journal: Journal
  readonly witness?: Witness
}

/**
 * Sends a command until its answer is definite, checks the answer, and records what it promises. Null if it
 * was given up: then the ledger has it as failed or in doubt. The caller ensures that a player's guild
 * commands go one at a time.
 */
export async function perform(
  performing: Performing & { readonly catalogue: Catalogue },
  account: Account,
  command: LoadCommand,
): Promise<Sent | null> {
  const { ledger, sender, journal, catalogue } = performing
  ledger.ask(command)
  const rangeNow = account.watch()
  const otherRangeNow = ledger.account(command.other ?? "")?.watch()
  markBusy(ledger, account, command, true)
  const sent = await sender.send(command)
  if (sent.kind === "sent") {
    const ranges = { player: rangeNow(), other: otherRangeNow?.() }
    for (const problem of problemsOf(command, sent, { account, ranges, catalogue })) ledger.wrong(problem)
    await record(performing, account, command, sent)
    return sent
  }
  if (sent.doubted) {
    ledger.inDoubt.push(command)
    await journal.write({ kind: "inDoubt", command })
    return null
  }
  ledger.fail(sent.reason)
  ledger.release(command)
  markBusy(ledger, account, command, false)
  return null
}

/** Of each kind a player, or a trade, has one command in flight or in doubt at a time. */
function markBusy(ledger: Ledger, account: Account, command: LoadCommand, busy: boolean): void {
  if (isAboutGuild(command)) account.guildBusy = busy
  if (isAboutHealth(command)) account.healthBusy = busy
  if (command.trade === undefined) return
  if (busy) ledger.busyTrades.add(command.trade.id)
  else ledger.busyTrades.delete(command.trade.id)
}

/**
 * Sends the commands in doubt again, each under its key, which gives the one true answer. What stays in doubt
 * stays in the ledger; once one does, the rest are not sent, as each would take as long.
 */
export async function settleDoubts(performing: Performing, concurrency: number): Promise<void> {
  const { ledger, sender, journal } = performing
  let gaveUp = false
  await inParallel(ledger.inDoubt.splice(0), concurrency, async command => {
    const account = ledger.account(command.player)
    const sent = gaveUp ? null : await sender.send(command, true)
    if (sent?.kind === "sent" && account !== undefined) {
      await record(performing, account, command, sent)
      await journal.write({ kind: "settled", player: command.player, key: command.key })
    } else {
      gaveUp = true
      ledger.inDoubt.push(command)
    }
  })
}

async function record(
  { ledger, journal, witness }: Performing,
  account: Account,
  command: LoadCommand,
  { payload }: Sent,
): Promise<void> {
  const effect = effectOf(command, payload)
  if (effect !== null) {
    ledger.apply(effect)
    witness?.promised(command, effect)
    await journal.write(effect)
  }
  if (payload.refusal !== null || (effect?.kind === "fight" && effect.gold === 0)) ledger.release(command)
  markBusy(ledger, account, command, false)
}
