import { problemsOf } from "./check.js"
import { effectOf, isAboutGuild, type LoadCommand, type PromisedEffect } from "./command.js"
import { inParallel } from "./inParallel.js"
import type { Journal } from "./journal.js"
import type { Account, Ledger } from "./ledger.js"
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
  performing: Performing,
  account: Account,
  command: LoadCommand,
): Promise<Sent | null> {
  const { ledger, sender, journal } = performing
  const goldNow = account.asked(command)
  if (isAboutGuild(command)) account.guildBusy = true
  const sent = await sender.send(command)
  if (sent.kind === "sent") {
    for (const problem of problemsOf(command, sent, account, goldNow())) ledger.wrong(problem)
    await record(performing, account, command, sent)
    return sent
  }
  if (sent.doubted) {
    ledger.inDoubt.push(command)
    await journal.write({ kind: "inDoubt", command })
    return null
  }
  ledger.fail(sent.reason)
  account.refused(command)
  if (isAboutGuild(command)) account.guildBusy = false
  return null
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
  } else if (payload.refusal !== null) account.refused(command)
  if (isAboutGuild(command)) account.guildBusy = false
}
