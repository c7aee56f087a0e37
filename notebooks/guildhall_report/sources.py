"""Where the figures come from: the game's state now, and the lake's table of all events.

`Embedded` and `Stack` answer the same questions, so the cells of the notebook are the same for both."""

import json
import os
import time
from abc import ABC, abstractmethod

import duckdb
import pandas as pd
import redis
from deltalake import DeltaTable

from .graphql import GraphQL
from .presto import ask_presto

MINUTE_MS = 60_000
WIDTHS = {86_400_000: "day", 3_600_000: "hour", MINUTE_MS: "minute", 5_000: "5-second step"}
BUCKETS_MIN = 4

LANDS_WITHIN_S = 120

BOARDS = {"gold": "GOLD", "swords": "SWORDS", "monsters": "MONSTERS", "guildSize": "GUILD_SIZE"}


class Source(ABC):
    """One realm: its server, its state now, and its history. State is
    {player: {region, gold, health, guild, swords}} and {guild: {name, capacity, members}}."""

    #: In words, for the reader.
    state_from: str
    state_how: str
    lake_from: str
    #: Whether the state is read without the server.
    state_is_independent: bool
    #: The acting time of an event in whole milliseconds since 1970, in the engine's SQL.
    _at_ms: str

    def __init__(self, url: str):
        self.graphql = GraphQL(url)
        self._landed = 0
        self.width_ms = MINUTE_MS

    @abstractmethod
    def players(self) -> dict[str, dict]: ...

    @abstractmethod
    def guilds(self) -> dict[str, dict]: ...

    @abstractmethod
    def leaderboard(self, board: str, first: int = 10) -> list[tuple[str, int]]:
        """Ids with their scores, the highest first, equal scores by id. Boards: BOARDS."""

    @abstractmethod
    def _table(self) -> str:
        """The lake's table, as the engine names it."""

    @abstractmethod
    def _rows(self, sql: str) -> tuple[list[str], list]:
        """Column names, and rows."""

    def sql(self, query: str) -> pd.DataFrame:
        """Asks the lake. `events` is its table as of `settle`, with two columns more, in milliseconds since
        1970: at_ms, when the event happened, and bucket, when its bucket of width_ms begins."""
        until = f"realm = 0 AND log_offset < {self._landed}"
        landed = f"SELECT *, {self._at_ms} AS at_ms FROM {self._table()} WHERE {until}"
        events = f"SELECT *, at_ms - at_ms % {self.width_ms} AS bucket FROM ({landed}) AS landed"
        columns, rows = self._rows(f"WITH events AS ({events}) {query}")
        return pd.DataFrame(rows, columns=columns)

    def settle(self):
        """Waits until the views and the lake have everything that happened. From then on nothing may
        happen."""
        until = time.monotonic() + LANDS_WITHIN_S
        while True:
            status = self.graphql.ask("{ status { head tail projected } }")["status"]
            # The part that reports read from the lake, as opposed to what they add from memory.
            sales = self.graphql.ask("{ sales { landedThrough through } }")["sales"]
            if sales["landedThrough"] == sales["through"] and status["projected"] >= status["head"]:
                self._landed = status["tail"]
                self.width_ms = self._width()
                return
            if time.monotonic() > until:
                raise TimeoutError(f"the lake did not have everything after {LANDS_WITHIN_S} s: {status}")
            time.sleep(0.2)

    def _width(self) -> int:
        """The widest buckets of which the history has several: a world of minutes is not shown by the day."""
        [[span]] = self.sql("SELECT max(at_ms) - min(at_ms) FROM events").to_numpy()
        return next((width for width in WIDTHS if span >= BUCKETS_MIN * width), min(WIDTHS))

    @property
    def width(self) -> str:
        """In words, in the singular."""
        return WIDTHS[self.width_ms]


class Embedded(Source):
    """Guildhall in one process: its state by GraphQL, its table by deltalake and DuckDB, from the folder
    itself."""

    state_from = "GraphQL"
    state_how = "This run has no Redis: its views are an LMDB file of the server, which is asked by GraphQL."
    state_is_independent = False
    lake_from = "DuckDB, on the Parquet files that the Delta table names"
    _at_ms = "epoch_ms(appended_at)"

    def __init__(self, url: str, table: str):
        super().__init__(url)
        self._folder = table

    def players(self):
        # GraphQL has no list of all players: the lake knows who registered.
        ids = self.sql("SELECT player FROM events WHERE type = 'PlayerRegistered' ORDER BY player").player
        query = """query ($ids: [ID!]!) { players(ids: $ids) {
            id region gold health guild { id } inventory { sword { type } count } } }"""
        found = {}
        for begin in range(0, len(ids), 50):
            for player in self.graphql.ask(query, ids=list(ids[begin : begin + 50]))["players"]:
                found[player["id"]] = {
                    "region": player["region"],
                    "gold": player["gold"],
                    "health": player["health"],
                    "guild": player["guild"] and player["guild"]["id"],
                    "swords": {slot["sword"]["type"]: slot["count"] for slot in player["inventory"]},
                }
        return found

    def guilds(self):
        query = """query ($after: Cursor) { guilds(first: 10, after: $after) {
            edges { node { id name capacity members(first: 100) { edges { node { id } } } } }
            pageInfo { hasNextPage endCursor } } }"""
        found, after = {}, None
        while True:
            page = self.graphql.ask(query, after=after)["guilds"]
            for guild in (edge["node"] for edge in page["edges"]):
                members = [edge["node"]["id"] for edge in guild["members"]["edges"]]
                found[guild["id"]] = {
                    "name": guild["name"],
                    "capacity": guild["capacity"],
                    "members": members,
                }
            if not page["pageInfo"]["hasNextPage"]:
                return found
            after = page["pageInfo"]["endCursor"]

    def leaderboard(self, board, first=10):
        return graphql_leaderboard(self.graphql, board, first)

    def _table(self):
        # Only the files that the table's log names count: others may lie beside them.
        files = ", ".join(f"'{uri}'" for uri in DeltaTable(self._folder).file_uris())
        return f"read_parquet([{files}], union_by_name = true)"

    def _rows(self, sql):
        with duckdb.connect() as connection:
            answer = connection.execute(sql)
            return [column[0] for column in answer.description], answer.fetchall()


class Stack(Source):
    """Guildhall on services: its state off Redis, its table by Presto."""

    state_from = "Redis"
    state_how = "The projector keeps its views there, as JSON, and they are read there without the server."
    state_is_independent = True
    lake_from = "Presto, on the Delta table in HDFS"
    _at_ms = "CAST(round(to_unixtime(appended_at) * 1000) AS bigint)"

    def __init__(self, url: str, redis_url: str, presto_url: str, table: str):
        super().__init__(url)
        self._redis = redis.Redis.from_url(redis_url, decode_responses=True)
        self._presto = presto_url
        self._path = table

    def _key(self, part):
        # src/adapters/redis/scripts.ts has the layout of the keys: one pointer names the live generation.
        tag = next(self._redis.scan_iter("{guildhall/0}:*:live:*")).rsplit(":live:", 1)[0]
        generation = self._redis.get(next(self._redis.scan_iter(f"{tag}:live:*")))
        return f"{tag}:{generation}:{part}"

    def _states(self, kind):
        documents = self._redis.hgetall(self._key("documents"))
        states = {
            name.removeprefix(f"{kind}/"): json.loads(text)["state"]
            for name, text in documents.items()
            if name.startswith(f"{kind}/")
        }
        # A guild that is dissolved has a document without a state.
        return {name: state for name, state in states.items() if state is not None}

    def players(self):
        kept = ("region", "gold", "health", "guild", "swords")
        return {name: {key: state[key] for key in kept} for name, state in self._states("player").items()}

    def guilds(self):
        kept = ("name", "capacity", "members")
        return {name: {key: state[key] for key in kept} for name, state in self._states("guild").items()}

    def leaderboard(self, board, first=10):
        scores = self._redis.zrange(self._key(f"board:{board}"), 0, -1, withscores=True)
        ranked = sorted(((name, int(score)) for name, score in scores), key=lambda row: (-row[1], row[0]))
        return ranked[:first]

    def _table(self):
        return f'delta."$path$"."{self._path}"'

    def _rows(self, sql):
        return ask_presto(self._presto, sql)


def graphql_leaderboard(graphql: GraphQL, board: str, first: int = 10) -> list[tuple[str, int]]:
    query = """query ($board: Board!, $first: Int!) {
        leaderboard(board: $board, first: $first) { score player { id } guild { id } } }"""
    rows = graphql.ask(query, board=BOARDS[board], first=first)["leaderboard"]
    return [((row["player"] or row["guild"])["id"], row["score"]) for row in rows]


def connect() -> Source:
    """The realm that scripts/notebook has started for this notebook."""
    settings = os.environ
    if "GUILDHALL_URL" not in settings:
        raise RuntimeError("this notebook needs a server of its own: run scripts/notebook, which starts one")
    url, table = settings["GUILDHALL_URL"], settings["GUILDHALL_TABLE"]
    if "PRESTO_URL" in settings:
        return Stack(url, settings["REDIS_URL"], settings["PRESTO_URL"], table)
    return Embedded(url, table)
