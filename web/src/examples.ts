/**
 * The tabs of a first visit; they run in this order on the demo world. GraphiQL names each tab after its
 * operation. Lines of up to 50 characters are fully visible next to the answer.
 */
export const examples: readonly string[] = [
  `# What the shop sells. Run it: the pink button, or
# Ctrl-Enter. Then continue with the next tab.
query Swords {
  swords { type name price power }
  monsters { type name strength gold }
}
`,
  `# Your own player, with 1000 gold. Run it twice:
# by the idempotencyKey the server recognizes the
# second run as a retry, and answers with what the
# first one did.
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
  `# Each run buys one more sword. When the gold is
# gone, the rules say no, in "refusal".
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
# many. Cut the network: thanks to $after it
# resumes without a gap.
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
  `# One commit changes both the player and guild.
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
  `# Won if the strongest sword's power and a tenth
# of the health reach the monster's strength. A
# dragon is another matter.
mutation Fight {
  fightMonster(
    input: { playerId: "hero", monster: "wolf" }
  ) {
    fight { won goldWon healthLost }
    player { gold health }
    refusal { code message }
  }
}
`,
  `# Gives 20 health, up to 100.
mutation Rest {
  rest(input: { playerId: "hero" }) {
    player { health }
    refusal { code message }
  }
}
`,
  `# Gold or a sword for another player, in one
# commit: nobody sees it with both, or neither.
mutation Gift {
  gift(
    input: {
      fromPlayerId: "hero"
      toPlayerId: "alice"
      gold: 50
    }
  ) {
    gift { id gold givenAt }
    from { name gold }
    to { name gold }
    refusal { code message }
  }
}
`,
  `# Nothing is held back until bob accepts. Copy
# the trade's id for the next two tabs.
mutation Offer {
  offerTrade(
    input: {
      playerId: "hero"
      toPlayerId: "bob"
      gives: {
        swords: [
          { swordType: "katana", count: 1 }
        ]
      }
      wants: { gold: 200 }
    }
  ) {
    trade { id state }
    refusal { code message }
  }
}
`,
  `# Put in the id of the trade that you offered:
# everything changes hands, or nothing does.
mutation Accept {
  acceptTrade(
    input: {
      playerId: "bob"
      fromPlayerId: "hero"
      tradeId: "0-0"
    }
  ) {
    trade { id state gives { swords { count } } }
    player { name gold }
    refusal { code message }
  }
}
`,
  `# Or put the id in here: you withdraw the trade.
# The other player can decline it likewise.
mutation Withdraw {
  withdrawTrade(
    input: {
      playerId: "hero"
      otherPlayerId: "bob"
      tradeId: "0-0"
    }
  ) {
    trade { id state }
    refusal { code message }
  }
}
`,
  `# What your player has by now.
query Hero {
  player(id: "hero") {
    name
    gold
    health
    version
    trades { id to { name } wants { gold } }
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
  `# At half the catalogue's price.
mutation Sell {
  sellSword(
    input: {
      playerId: "hero"
      swordType: "katana"
    }
  ) {
    player {
      gold
      inventory { sword { name } count }
    }
    refusal { code message }
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
  `# Who has the most; equal scores share a rank.
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
  `# Everything ever sold, up to the last second:
# from the lake, with what has not landed yet.
query Sales {
  sales(by: [SWORD]) {
    rows { sword { name } purchases revenue }
    live
    landedThrough
  }
}
`,
  `# How long the log is, and how far it is read.
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
