"""Plays a season of the game over GraphQL, so that there is something to report on.

The players' habits are invented, and differ by region and by what happens to them: a report on players who
all choose at random would have nothing to say. `scripts/load` is for that: it plays at random, and checks
every answer."""

import random
import time
from collections import Counter
from dataclasses import dataclass, field

from .graphql import GraphQL

ROUNDS = 6

#: How many of all arrivals come in each round.
ARRIVALS = (0.28, 0.22, 0.18, 0.14, 0.10, 0.08)


@dataclass(frozen=True)
class Habits:
    """Probabilities, and how fast gold is spent, of the players of a region."""

    share: float
    buys: float
    joins: float
    returns: float
    packs: float


REGIONS = {
    "eu": Habits(share=0.36, buys=0.88, joins=0.50, returns=0.62, packs=0.10),
    "us": Habits(share=0.30, buys=0.84, joins=0.35, returns=0.56, packs=0.22),
    "asia": Habits(share=0.22, buys=0.52, joins=0.45, returns=0.60, packs=0.12),
    "africa": Habits(share=0.12, buys=0.80, joins=0.60, returns=0.66, packs=0.06),
}

#: Names and capacities, in the order in which they are founded.
GUILDS = (
    ("Iron Circle", 20),
    ("Silver Fleet", 12),
    ("Ashen Crown", 30),
    ("Night Owls", 8),
    ("Moon Harbour", 16),
    ("Old Mill", 10),
    ("Red Lanterns", 25),
)

#: How many buyers are collectors, who buy gold whenever theirs is gone.
COLLECTORS = 0.07

_GOODS = "gold guild { id } health inventory { sword { type } count }"


@dataclass
class Player:
    id: str
    region: str
    will_buy: bool
    is_collector: bool
    gold: int = 0
    health: int = 0
    guild: str | None = None
    swords: Counter = field(default_factory=Counter)
    #: (offerer, trade) of those that wait for this player's answer.
    offers: list = field(default_factory=list)

    @property
    def habits(self) -> Habits:
        return REGIONS[self.region]


class Season:
    """A season of ROUNDS rounds of `round_s` seconds each. The same seed plays the same, as far as the server
    answers the same; every command has its own idempotency key, so that a retry does nothing twice."""

    def __init__(self, graphql: GraphQL, *, newcomers: int, round_s: float, seed: int = 7):
        self._graphql = graphql
        self._newcomers = newcomers
        self._round_s = round_s
        self._seed = seed
        self._random = random.Random(seed)
        self._players: list[Player] = []
        self._guilds: list[str] = []
        self._commands = 0
        catalogue = graphql.ask("{ swords { type price power } monsters { type strength } }")
        self._swords = catalogue["swords"]
        self._monsters = catalogue["monsters"]
        self._power = {sword["type"]: sword["power"] for sword in self._swords}
        #: How many mutations did something, by name, and how many were refused, by code.
        self.done: Counter = Counter()
        self.refused: Counter = Counter()

    def play(self):
        # On the clock, so that rounds are the buckets of the report.
        time.sleep(-time.time() % self._round_s)
        for number in range(ROUNDS):
            begin = time.monotonic()
            active = [player for player in self._players if self._comes_back(player)]
            arrivals = self._arrive(round(ARRIVALS[number] * self._newcomers))
            sessions = active + arrivals
            self._random.shuffle(sessions)
            for i, player in enumerate(sessions):
                # Spread over the round, as people are over a day.
                time.sleep(max(0, begin + self._round_s * i / len(sessions) - time.monotonic()))
                self._session(player)
            time.sleep(max(0, begin + self._round_s - time.monotonic()))

    def _comes_back(self, player: Player) -> bool:
        if not player.swords:
            return self._random.random() < 0.12
        is_loyal = player.guild or player.is_collector
        return self._random.random() < player.habits.returns * (1.35 if is_loyal else 0.8)

    def _arrive(self, count: int) -> list[Player]:
        regions = self._random.choices(list(REGIONS), [habits.share for habits in REGIONS.values()], k=count)
        arrived = []
        for region in regions:
            number = len(self._players)
            will_buy = self._random.random() < REGIONS[region].buys
            player = Player(f"p{number:03}", region, will_buy, self._random.random() < COLLECTORS)
            self._do("registerPlayer", player, name=f"Player {number}", region=region)
            self._players.append(player)
            arrived.append(player)
        return arrived

    def _session(self, player: Player):
        if not player.will_buy:
            # Looks around, perhaps fights once, and goes.
            if self._random.random() < 0.5:
                self._fight(player)
            return
        if not player.swords:
            self._buy(player)
        for _ in range(self._random.randint(2, 7)):
            self._one(player)

    def _one(self, player: Player):
        actions = {
            self._buy: 5,
            self._fight: 5,
            self._rest: 1 if player.health > 60 else 4,
            self._sell: 0.8,
            self._gift: 0.7,
            self._offer: 1.2,
            self._answer: 4 if player.offers else 0,
            self._guild: 3 * player.habits.joins if player.guild is None else 0.25,
            self._pack: self._wants_pack(player),
        }
        [action] = self._random.choices(list(actions), list(actions.values()))
        action(player)

    def _buy(self, player: Player):
        affordable = [sword for sword in self._swords if sword["price"] <= player.gold]
        if not affordable:
            return
        best = len(affordable)
        # Mostly something near what the player can pay; seldom the best, except for collectors.
        if player.is_collector:
            choice = self._random.randrange(max(0, best - 2), best)
        else:
            choice = min(int(self._random.triangular(0, best, best * 0.75)), best - 1)
        sword = affordable[choice]
        # Some buy while they travel.
        abroad = self._random.choice(list(REGIONS)) if self._random.random() < 0.03 else player.region
        self._do("buySword", player, swordType=sword["type"], region=abroad)

    def _sell(self, player: Player):
        owned = sorted(player.swords.elements(), key=self._power.__getitem__)
        if len(owned) > 1:
            self._do("sellSword", player, swordType=owned[0])

    def _fight(self, player: Player):
        might = max((self._power[sword] for sword in player.swords), default=0) + player.health // 10
        # Players overrate themselves a little.
        reach = [m for m in self._monsters if m["strength"] <= might * 1.25] or self._monsters[:1]
        monster = self._random.choice(reach[-3:])
        self._do("fightMonster", player, monster=monster["type"])

    def _rest(self, player: Player):
        self._do("rest", player)

    def _gift(self, player: Player):
        friends = [one for one in self._players if one.guild == player.guild and one is not player]
        if not friends or player.guild is None:
            return
        friend = self._random.choice(friends)
        if player.swords.total() > 3:
            weakest = min(player.swords, key=self._power.__getitem__)
            self._do("gift", player, other=friend, toPlayerId=friend.id, swordType=weakest)
        elif player.gold > 60:
            self._do("gift", player, other=friend, toPlayerId=friend.id, gold=self._random.randint(5, 30))

    def _offer(self, player: Player):
        if not player.swords:
            return
        other = self._random.choice(self._players)
        if other is player:
            return
        sword = self._random.choice(sorted(player.swords))
        price = next((one["price"] for one in self._swords if one["type"] == sword), 10)
        wants = {"gold": max(1, round(price * self._random.uniform(0.6, 1.3)))}
        gives = {"swords": [{"swordType": sword, "count": 1}]}
        answer = self._do("offerTrade", player, toPlayerId=other.id, gives=gives, wants=wants)
        if answer["trade"]:
            other.offers.append((player.id, answer["trade"]["id"]))

    def _answer(self, player: Player):
        offerer, trade = player.offers.pop(0)
        if self._random.random() < 0.7:
            self._do("acceptTrade", player, fromPlayerId=offerer, tradeId=trade)
        else:
            self._do("withdrawTrade", player, otherPlayerId=offerer, tradeId=trade)

    def _guild(self, player: Player):
        if player.guild is not None:
            self._do("leaveGuild", player, guildId=player.guild)
        elif len(self._guilds) < len(GUILDS) and self._random.random() < 0.2:
            name, capacity = GUILDS[len(self._guilds)]
            answer = self._do("foundGuild", player, name=name, capacity=capacity)
            if answer["guild"]:
                self._guilds.append(answer["guild"]["id"])
        elif self._guilds:
            # The older, the better known.
            guild = self._random.choices(self._guilds, range(len(self._guilds) + 2, 2, -1))[0]
            self._do("joinGuild", player, guildId=guild)

    @staticmethod
    def _wants_pack(player: Player) -> float:
        if player.is_collector:
            return 12 if player.gold < 1000 else 1
        return 6 * player.habits.packs if player.gold < 150 else 0.05

    def _pack(self, player: Player):
        amount = self._random.choices(
            (500, 2000, 6000), (10, 60, 30) if player.is_collector else (75, 22, 3)
        )[0]
        self._do("grantGold", player, amount=amount, reason="gold pack")

    def _do(self, name: str, player: Player, /, *, other: Player | None = None, **fields) -> dict:
        actor = {"foundGuild": "founderId", "gift": "fromPlayerId"}.get(name, "playerId")
        selection = {
            "offerTrade": "trade { id } player { %s }",
            "foundGuild": "guild { id } player { %s }",
            "gift": "player: from { %s } other: to { %s }",
        }.get(name, "player { %s }").replace("%s", _GOODS)
        kind = f"{name[0].upper()}{name[1:]}Input"
        asked = f"refusal {{ code }} {selection}"
        query = f"mutation ($input: {kind}!) {{ answer: {name}(input: $input) {{ {asked} }} }}"
        self._commands += 1
        key = f"season-{self._seed}-{self._commands}"
        answer = self._graphql.ask(query, input={actor: player.id, "idempotencyKey": key, **fields})["answer"]
        for one, state in ((player, answer.get("player")), (other, answer.get("other"))):
            if one is not None and state is not None:
                self._learn(one, state)
        if answer["refusal"] is None:
            self.done[name] += 1
        else:
            self.refused[answer["refusal"]["code"]] += 1
        return answer

    @staticmethod
    def _learn(player: Player, state: dict):
        player.gold, player.health = state["gold"], state["health"]
        player.guild = state["guild"] and state["guild"]["id"]
        player.swords = Counter({slot["sword"]["type"]: slot["count"] for slot in state["inventory"]})
