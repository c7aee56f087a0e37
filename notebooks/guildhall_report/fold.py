"""Players and guilds, worked out from the events alone: what any view of the present must agree with."""

import json
from collections import Counter
from dataclasses import dataclass, field

import pandas as pd


@dataclass
class Player:
    region: str
    gold: int
    health: int
    guild: str | None = None
    swords: Counter = field(default_factory=Counter)
    beaten: int = 0


def players_of(events, until_ms: int | None = None) -> dict[str, Player]:
    """All players after these events, a DataFrame in the log's order; or after the longest beginning of them
    in which nothing is later than `until_ms`, as `playerAsOf` defines it."""
    players: dict[str, Player] = {}
    for event in events.to_dict("records"):
        if until_ms is not None and event["at_ms"] > until_ms:
            break
        _apply(players, event)
    return players


def members_of(players: dict[str, Player]) -> dict[str, list[str]]:
    """The members of each guild that has any, by id."""
    guilds: dict[str, list[str]] = {}
    for name in sorted(players):
        guild = players[name].guild
        if guild is not None:
            guilds.setdefault(guild, []).append(name)
    return guilds


def _apply(players, event):
    acting = event["player"]
    if event["type"] == "PlayerRegistered":
        players[acting] = Player(event["region"], int(event["gold"]), int(event["health"]))
        return
    player = players[acting]
    match event["type"]:
        case "GoldGranted":
            player.gold += int(event["amount"])
        case "SwordBought":
            player.gold -= int(event["price"])
            player.swords[event["sword_type"]] += 1
        case "SwordSold":
            player.gold += int(event["price"])
            player.swords[event["sword_type"]] -= 1
        case "MonsterFought":
            player.gold += int(event["gold_won"])
            player.health -= int(event["health_lost"])
            player.beaten += int(event["won"])
        case "PlayerRested":
            player.health += int(event["health_gained"])
        case "GiftGiven":
            _hand_over(player, players[event["to"]], _gift(event))
        case "TradeMade":
            offerer = players[event["from"]]
            _hand_over(offerer, player, json.loads(event["gives"]))
            _hand_over(player, offerer, json.loads(event["wants"]))
        case "GuildFounded" | "GuildJoined":
            player.guild = event["guild"]
        case "GuildLeft":
            player.guild = None


def _gift(event) -> dict:
    sword = event["sword_type"]
    if pd.isna(sword):
        return {"gold": int(event["gold"]), "swords": []}
    return {"gold": 0, "swords": [{"swordType": sword, "count": 1}]}


def _hand_over(giver, taker, goods):
    giver.gold -= goods["gold"]
    taker.gold += goods["gold"]
    for sword in goods["swords"]:
        giver.swords[sword["swordType"]] -= sword["count"]
        taker.swords[sword["swordType"]] += sword["count"]
