"""What became of players: who came back, and how far they got."""

import pandas as pd

from .fold import players_of


def retention(source) -> pd.DataFrame:
    """Of the players who first bought in a bucket, the percentage that did anything in the buckets after it.
    A row for each bucket of first purchases, a column for each bucket since; the number of buyers is the
    row's level `buyers`."""
    first = source.sql(
        "SELECT player, min(bucket) AS first FROM events WHERE type = 'SwordBought' GROUP BY 1"
    )
    # Gold is granted to a player, and not something that it does.
    acts = source.sql("SELECT DISTINCT player, bucket FROM events WHERE type <> 'GoldGranted'")
    end = int(acts.bucket.max())
    both = acts.merge(first, on="player")
    both["since"] = (both.bucket - both["first"]) // source.width_ms
    both = both[both.since >= 0]
    buyers = first.groupby("first").player.nunique()
    shares = both.groupby(["first", "since"]).player.nunique().unstack(fill_value=0).div(buyers, axis=0) * 100
    for begin in shares.index:
        # What has not happened yet is unknown, not 0.
        shares.loc[begin, [since for since in shares.columns if begin + since * source.width_ms > end]] = (
            float("nan")
        )
    shares.index = pd.MultiIndex.from_arrays([shares.index, buyers[shares.index]], names=["first", "buyers"])
    return shares


def funnel(source) -> pd.DataFrame:
    """A row for each region of players: how many registered, bought a sword, and also were ever in a
    guild."""
    return source.sql("""
        SELECT region, count(*) AS registered, sum(bought) AS bought, sum(bought * joined) AS guild
        FROM (
          SELECT player, max(CASE WHEN type = 'PlayerRegistered' THEN region END) AS region,
            max(CASE WHEN type = 'SwordBought' THEN 1 ELSE 0 END) AS bought,
            max(CASE WHEN type IN ('GuildJoined', 'GuildFounded') THEN 1 ELSE 0 END) AS joined
          FROM events GROUP BY player
        ) AS players
        GROUP BY region ORDER BY registered DESC, region""").set_index("region")


def spenders(source) -> pd.DataFrame:
    """A row for each player who bought: what it spent, in how many purchases, and whether it was ever in a
    guild."""
    return source.sql("""
        SELECT player, sum(CASE WHEN type = 'SwordBought' THEN price ELSE 0 END) AS spent,
          sum(CASE WHEN type = 'SwordBought' THEN 1 ELSE 0 END) AS purchases,
          max(CASE WHEN type IN ('GuildJoined', 'GuildFounded') THEN 1 ELSE 0 END) AS in_guild,
          max(bucket) AS last_seen, min(bucket) AS first_seen
        FROM events WHERE type <> 'GoldGranted' GROUP BY player
        HAVING sum(CASE WHEN type = 'SwordBought' THEN 1 ELSE 0 END) > 0
        ORDER BY spent DESC, player""")


def gold_through_time(events: pd.DataFrame, player: str) -> pd.Series:
    """What it had after each time at which it was changed, and at the end; by seconds since it registered."""
    changed = events[(events.player == player) | (events["to"] == player) | (events["from"] == player)].at_ms
    times = sorted({*changed, events.at_ms.max()})
    return pd.Series({(at - times[0]) / 1000: players_of(events, at)[player].gold for at in times})


def as_of(source, events: pd.DataFrame, player: str) -> dict[int, dict]:
    """What the server answers for a player as of 7 times, evenly spread from its registration to the end."""
    begin, end = int(events.at_ms[events.player == player].min()), int(events.at_ms.max())
    query = """query ($id: ID!, $at: DateTime!) {
        playerAsOf(id: $id, at: $at) { gold health guild { id } inventory { count } } }"""
    answers = {}
    for at in (begin + step * (end - begin) // 6 for step in range(7)):
        when = pd.Timestamp(at, unit="ms").isoformat() + "Z"
        answers[at] = source.graphql.ask(query, id=player, at=when)["playerAsOf"]
    return answers
