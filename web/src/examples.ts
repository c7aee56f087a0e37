/** The tabs of a first visit. They run in this order on the demo world; GraphiQL calls a tab as its operation. */
export const examples: readonly string[] = [
  `# What the shop sells. Run it with the pink button, or Ctrl-Enter.
# Go on with the next tab; each works on the demo world of scripts/start.
query Swords {
  swords { type name price power }
  monsters { type name strength gold }
}
`,
  `# A player of your own, with 1000 gold. Run it twice: the fixed
# idempotencyKey makes the second a repetition of the first.
mutation Register {
  registerPlayer(
    input: { playerId: "hero", name: "Hero", region: "eu", idempotencyKey: "hero-1" }
  ) {
    player { id name gold health }
    refusal { code message }
    replayed
    position
  }
}
`,
  `# Without an idempotencyKey each run buys one more, until the gold
# is gone: then the rules say no, in "refusal".
mutation Buy {
  buySword(input: { playerId: "hero", swordType: "katana" }) {
    purchase { id price region purchasedAt }
    player { gold inventory { sword { name } count } }
    refusal { code message }
  }
}
`,
  `# Purchases as they happen, the last one shown; none in it: nothing
# was bought for 10 s. Run it, then press the sword beside it, or buy
# in another window, or let \`scripts/load\` do it.
# Cut the network: with $after it goes on without a gap.
subscription Purchases($after: Cursor) {
  purchases(after: $after, heartbeat: true) {
    cursor
    purchase {
      id
      price
      purchasedAt
      player { name gold }
      sword { name }
      guild { name }
    }
  }
}
`,
  `# Two aggregates change in one commit: the player and the guild.
mutation Join {
  joinGuild(input: { playerId: "hero", guildId: "night-watch" }) {
    guild { name capacity memberCount }
    player { guild { name } }
    refusal { code message }
  }
}
`,
  `# What has become of your player.
query Hero {
  player(id: "hero") {
    name
    gold
    version
    inventory { sword { name power } count }
    guild { name founder { name } }
    purchases(first: 5) {
      edges { node { id price sword { name } purchasedAt } }
    }
  }
}
`,
  `# All guilds and their members.
query Guilds {
  guilds(first: 10) {
    edges {
      node {
        name
        memberCount
        capacity
        members(first: 10) { edges { node { name region } } }
      }
    }
  }
}
`,
  `# How the server is: how far the log goes, how far it is read.
query Status {
  status { ready head tail projected engines { log views } }
}
`,
]
