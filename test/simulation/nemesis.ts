import type { NemesisOp, Plan } from "./plan.js"
import type { System } from "./system.js"

/** Does something to the system now, and undoes it after `forMs`. */
export function runNemesisOp(system: System, { players }: Plan, nemesis: NemesisOp): void {
  const { forMs } = nemesis
  const undo = begin(system, players, nemesis)
  if (undo !== null) system.shared.clock.after(forMs, undo)
}

/** Returns what undoes it; null when nothing does. */
function begin(system: System, players: number, { kind, who, forMs }: NemesisOp): (() => void) | null {
  const { log, views, settings } = system.shared
  const host = system.hosts[who % system.hosts.length] ?? ""
  const sign = who % 2 === 0 ? 1 : -1
  switch (kind) {
    case "pause api":
      return pause(system.api(who).clock)
    case "suspend api":
      return system.api(who).suspend()
    case "hold tail":
      return pause(system.api(who).reading)
    case "restart api":
      system.api(who).kill()
      system.startApi(who % settings.apis)
      return null
    case "stop api":
      void system.api(who).stop()
      return () => system.startApi(who % settings.apis)
    case "pause projector":
      return pause(system.projecting(who).clock)
    case "restart projector":
      system.projecting(who).kill()
      system.startProjecting(who % settings.projectors)
      return null
    case "pause views":
      return pause(views)
    case "cut views":
      views.cut(host)
      return () => views.heal(host)
    case "empty views":
      system.emptyViews()
      return null
    case "roll views back":
      return system.rememberViews()
    case "fill views":
      views.share = sign > 0 ? 0.95 : 1
      return () => {
        views.share = 0
      }
    case "log down":
      log.goDown()
      return () => log.comeBack()
    case "cut log":
      log.cut(host)
      return () => log.heal(host)
    case "jump hours":
      log.skewMs += sign * forMs * 3600
      return null
    case "jump seconds":
      log.skewMs += sign * forMs
      return null
    case "write newer":
      // The others go on.
      if (players > 1) system.writeNewer(`p${players - 1}`)
      return null
  }
}

function pause(what: { pause(): void; resume(): void }): () => void {
  what.pause()
  return () => what.resume()
}
