"""The figures of the report, each worked out twice: from the lake, and by the server or the views."""

import pandas as pd

from .figures import Figures, keyed
from .fold import members_of, players_of
from .sources import BOARDS, Source, graphql_leaderboard

_MINUTE = "at_ms - at_ms % 60000"


def sales(figures: Figures, source: Source):
    sold = source.sql(f"""
        SELECT {_MINUTE} AS minute, sword_type, region, count(*) AS purchases, sum(price) AS revenue
        FROM events WHERE type = 'SwordBought' GROUP BY {_MINUTE}, sword_type, region""")
    rows = source.graphql.ask("""{ sales(by: [SWORD, REGION], bucket: MINUTE) {
        rows { bucket sword { type } region purchases revenue } } }""")["sales"]["rows"]
    answered = {
        (_ms(row["bucket"]), row["sword"]["type"], row["region"]): (row["purchases"], row["revenue"])
        for row in rows
    }
    by = "SQL on the lake, and GraphQL's sales"
    figures.compare(
        "sales by minute, sword and region", keyed(sold, ["minute", "sword_type", "region"]), answered, by
    )
    [total] = source.graphql.ask("{ sales { rows { purchases revenue } } }")["sales"]["rows"]
    both = {"purchases": int(sold.purchases.sum()), "revenue": int(sold.revenue.sum())}
    figures.compare("all purchases, and the revenue", both, total, by)


def guild_growth(figures: Figures, source: Source):
    grown = source.sql(f"""
        SELECT guild, {_MINUTE} AS minute, sum(CASE WHEN type = 'GuildLeft' THEN 0 ELSE 1 END) AS joined,
          sum(CASE WHEN type = 'GuildLeft' THEN 1 ELSE 0 END) AS gone
        FROM events WHERE type IN ('GuildFounded', 'GuildJoined', 'GuildLeft')
        GROUP BY guild, {_MINUTE} ORDER BY guild, minute""")
    grown["members"] = (grown.joined - grown.gone).groupby(grown.guild).cumsum()
    rows = source.graphql.ask("""{ guildGrowth(bucket: MINUTE) {
        rows { guildId bucket joined left members } } }""")["guildGrowth"]["rows"]
    answered = {
        (row["guildId"], _ms(row["bucket"])): (row["joined"], row["left"], row["members"]) for row in rows
    }
    by = "SQL on the lake, and GraphQL's guildGrowth"
    figures.compare("guild growth by minute", keyed(grown, ["guild", "minute"]), answered, by)


def state(figures: Figures, source: Source, events: pd.DataFrame, people: dict, guilds: dict):
    """`people` and `guilds` as the source has them."""
    players = players_of(events)
    by = f"the events in the lake, and {source.state_from}"
    folded = {name: _holding(p.gold, p.health, p.guild, p.swords) for name, p in players.items()}
    viewed = {name: _holding(p["gold"], p["health"], p["guild"], p["swords"]) for name, p in people.items()}
    figures.compare("gold, health, guild and swords of each player", folded, viewed, by)
    members = {name: sorted(guild["members"]) for name, guild in guilds.items()}
    figures.compare("members of each guild", members_of(players), members, by)


def leaderboards(figures: Figures, source: Source, events: pd.DataFrame):
    players = players_of(events)
    scores = {
        "gold": {name: player.gold for name, player in players.items()},
        "swords": {name: player.swords.total() for name, player in players.items()},
        "monsters": {name: player.beaten for name, player in players.items()},
        "guildSize": {name: len(members) for name, members in members_of(players).items()},
    }
    for board in BOARDS:
        ranked = sorted(scores[board].items(), key=lambda row: (-row[1], row[0]))[:10]
        answered = dict(enumerate(graphql_leaderboard(source.graphql, board), 1))
        by = "the events in the lake, and GraphQL's leaderboard"
        figures.compare(f"leaderboard {board}", dict(enumerate(ranked, 1)), answered, by)
        if source.state_is_independent:
            viewed = dict(enumerate(source.leaderboard(board), 1))
            by = f"{source.state_from}, and GraphQL's leaderboard"
            figures.compare(f"leaderboard {board}, once more", viewed, answered, by)


def past(figures: Figures, events: pd.DataFrame, player: str, as_of: dict):
    """`as_of`: what `playerAsOf` answered, by time in milliseconds."""
    then = {at: players_of(events, at)[player] for at in as_of}
    folded = {at: (p.gold, p.health, p.guild, p.swords.total()) for at, p in then.items()}
    answered = {
        at: (p["gold"], p["health"], p["guild"] and p["guild"]["id"], sum(s["count"] for s in p["inventory"]))
        for at, p in as_of.items()
    }
    by = "the events in the lake, and GraphQL's playerAsOf"
    figures.compare(f"{player} at {len(as_of)} times", folded, answered, by)


def _holding(gold, health, guild, swords):
    return gold, health, guild, sorted((sword, count) for sword, count in swords.items() if count)


def _ms(text: str) -> int:
    return int(pd.Timestamp(text).timestamp() * 1000)
