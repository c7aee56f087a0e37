/**
 * The tabs of a first visit: they run in this order on the demo world. GraphiQL calls a tab as its operation; lines of
 * up to 50 characters are seen whole beside the answer.
 */
export const examples: readonly string[] = [
  `# What the shop sells. Run it: the pink button, or
# Ctrl-Enter. Then go on with the next tab.
query Swords {
  swords { type name price power }
  monsters { type name strength gold }
}
`,
  `# A player of your own, with 1000 gold. Run it
# twice: by its idempotencyKey the server knows
# the second as a repetition, and says what the
# first did.
mutation Register {
  registerPlayer(
    input: {
      playerId: "hero"
      name: "Hero"
      region: "eu"
      idempotencyKey: "hero-1"
    }
  ) {
    player { id name gold health }
    refusal { code message }
    replayed
    position
  }
}
`,
  `# Each run buys one more, until the gold is gone:
# then the rules say no, in "refusal".
mutation Buy {
  buySword(
    input: {
      playerId: "hero"
      swordType: "katana"
    }
  ) {
    purchase { id price region purchasedAt }
    player {
      gold
      inventory { sword { name } count }
    }
    refusal { code message }
  }
}
`,
  `# Purchases as they happen; the last one is shown.
# Run it, then press the sword; scripts/load buys
# many. Cut the network: by $after it goes on
# without a gap.
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
  `# One commit changes two: the player, the guild.
mutation Join {
  joinGuild(
    input: {
      playerId: "hero"
      guildId: "night-watch"
    }
  ) {
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
      edges {
        node {
          id
          price
          sword { name }
          purchasedAt
        }
      }
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
        members(first: 10) {
          edges { node { name region } }
        }
      }
    }
  }
}
`,
  `# Who has most; equal scores share a rank.
query Leaders {
  rich: leaderboard(board: GOLD, first: 5) {
    rank
    score
    player { name region }
  }
  big: leaderboard(board: GUILD_SIZE, first: 5) {
    rank
    score
    guild { name }
  }
}
`,
  `# All that was ever sold, to the last second:
# from the lake, joined with what is on its way.
query Sales {
  sales(by: [SWORD]) {
    rows { sword { name } purchases revenue }
    live
    landedThrough
  }
}
`,
  `# How far the log goes, and how far it is read.
query Status {
  status {
    ready
    head
    tail
    projected
    engines { log views }
  }
}
`,
]
