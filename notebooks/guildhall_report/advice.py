"""What to do, worked out from the figures: a sentence that the figures do not carry is not written."""

from dataclasses import dataclass
from math import sqrt

import pandas as pd

#: Beyond this many standard deviations a difference is hardly chance: 1 in 100, not the usual 1 in 20, since
#: what is compared was picked as the extreme of several.
CLEAR = 2.58

#: With fewer cases expected on any side, the deviation says nothing.
EXPECTED_MIN = 5

FIGHTS_MIN = 20

#: Of a tenth of the buyers.
MUCH_OF_REVENUE = 0.25


@dataclass(frozen=True)
class Finding:
    what: str
    evidence: str
    #: None: nothing has to be done.
    action: str | None
    #: What it is about, in gold; to order findings by. Never a promise.
    gold: float = 0
    is_clear: bool = True


def distance(part: int, whole: int, other_part: int, other_whole: int) -> float:
    """How far two shares are apart, in standard deviations of the difference that chance alone would give; 0
    if there are too few cases to say."""
    if whole == 0 or other_whole == 0:
        return 0
    both = (part + other_part) / (whole + other_whole)
    if min(whole, other_whole) * min(both, 1 - both) < EXPECTED_MIN:
        return 0
    deviation = sqrt(both * (1 - both) * (1 / whole + 1 / other_whole))
    return (part / whole - other_part / other_whole) / deviation


def _percent(part: float, whole: float) -> str:
    return f"{part / whole:.0%}" if whole else "none"


def _median(spenders: pd.DataFrame) -> float:
    return float(spenders.spent.median()) if len(spenders) else 0


def first_purchase(funnel: pd.DataFrame, spenders: pd.DataFrame) -> Finding:
    """The region in which the fewest of those who register ever buy."""
    shares = funnel.bought / funnel.registered
    region = shares.idxmin()
    here, rest = funnel.loc[region], funnel.drop(region).sum()
    missing = here.registered * rest.bought / max(1, rest.registered) - here.bought
    gold = missing * spenders.spent.median()
    apart = distance(here.bought, here.registered, rest.bought, rest.registered)
    return Finding(
        f"In {region} the fewest players buy a first sword",
        f"{here.bought:.0f} of {here.registered:.0f} who registered there bought one ({shares[region]:.0%}); "
        f"elsewhere {rest.bought:.0f} of {rest.registered:.0f} ({_percent(rest.bought, rest.registered)})",
        f"Find out what stops new players in {region} before their first purchase. As many buyers as "
        f"elsewhere would be {missing:.0f} more; at the median of what a buyer spends, {gold:,.0f} gold",
        gold,
        abs(apart) > CLEAR,
    )


def guild_members(spenders: pd.DataFrame, width_ms: int) -> Finding:
    """Whether buyers who were in a guild were still active in the last two buckets, compared with those who
    never were."""
    late = spenders.last_seen.max() - width_ms
    # Whoever came only then cannot have left yet.
    old = spenders[spenders.first_seen < late]
    members, others = old[old.in_guild == 1], old[old.in_guild == 0]
    stayed, others_stayed = int((members.last_seen >= late).sum()), int((others.last_seen >= late).sum())
    apart = distance(stayed, len(members), others_stayed, len(others))
    evidence = (
        f"Of the buyers who were ever in a guild, {stayed} of {len(members)} were still active at the end "
        f"({_percent(stayed, len(members))}); of the others {others_stayed} of {len(others)} "
        f"({_percent(others_stayed, len(others))}). In the median a member spent {_median(members):,.0f} "
        f"gold, one of the others {_median(others):,.0f}"
    )
    if stayed * len(others) <= others_stayed * len(members):
        return Finding(
            "Guilds do not keep players",
            evidence,
            "Find out what members miss there before anything is spent on guilds",
            is_clear=apart < -CLEAR,
        )
    alone = int((spenders.in_guild == 0).sum())
    return Finding(
        "Players in a guild stay",
        evidence,
        f"Show a guild to half of the {alone} buyers without one, and compare them with the other half: "
        "members may be those who would have stayed anyway",
        max(0.0, len(others) * (_median(members) - _median(others))),
        apart > CLEAR,
    )


def full_guilds(guilds: dict[str, dict]) -> Finding:
    """How many guilds have no place left. `guilds` as Source.guilds has them."""
    full = sorted(guild["name"] for guild in guilds.values() if len(guild["members"]) >= guild["capacity"])
    free = sum(guild["capacity"] - len(guild["members"]) for guild in guilds.values())
    if not full:
        return Finding("No guild is full", f"{len(guilds)} guilds have {free} free places", None)
    return Finding(
        f"{len(full)} of {len(guilds)} guilds are full",
        f"{', '.join(full)} can take nobody; the others have {free} free places",
        "Let guilds that are full grow, or show new players those that have room",
    )


def few_spend_most(spenders: pd.DataFrame) -> Finding:
    count = max(1, round(len(spenders) / 10))
    most, total = int(spenders.spent.head(count).sum()), int(spenders.spent.sum())
    hangs = most / total > MUCH_OF_REVENUE
    return Finding(
        f"The top tenth of buyers bring {_percent(most, total)} of the revenue",
        f"{count} of {len(spenders)} buyers spent {most:,} of {total:,} gold",
        f"Know these {count} by name, and look at once when one of them stays away" if hangs else None,
        # If one in ten of them left.
        most / 10 if hangs else 0,
    )


def sold_back(swords: pd.DataFrame) -> Finding:
    """The sword of which the largest share comes back. `swords`: bought, sold and revenue by type."""
    shares = swords.sold / swords.bought
    sword = shares.idxmax()
    here, rest = swords.loc[sword], swords.drop(sword).sum()
    apart = distance(here.sold, here.bought, rest.sold, rest.bought)
    return Finding(
        f"The {sword.replace('-', ' ')} is sold back most",
        f"{here.sold:.0f} sold for {here.bought:.0f} bought ({shares[sword]:.0%}); of all other swords "
        f"together {rest.sold:.0f} for {rest.bought:.0f} ({_percent(rest.sold, rest.bought)})",
        f"Ask whether the {sword.replace('-', ' ')} is worth its price to anyone beyond the first fights",
        # About what was paid back.
        float(here.revenue) * float(shares[sword]) / 2,
        abs(apart) > CLEAR,
    )


def hardest_monster(fights: pd.DataFrame) -> Finding:
    """The monster against which most fights are lost. `fights`: won and lost by monster."""
    total = fights.won + fights.lost
    # A few fights say nothing, unless there are no others.
    often = total >= min(FIGHTS_MIN, total.max())
    shares = (fights.lost / total)[often]
    monster = shares.idxmax()
    here, rest = fights.loc[monster], fights.drop(monster).sum()
    others = rest.lost + rest.won
    apart = distance(here.lost, total[monster], rest.lost, others)
    return Finding(
        f"The {monster} wins most often",
        f"{here.lost:.0f} of {total[monster]:.0f} fights against it were lost ({shares[monster]:.0%}); "
        f"against all others {rest.lost:.0f} of {others:.0f} ({_percent(rest.lost, others)})",
        "Show a player the odds before the fight, and a sword with which it would win after a defeat",
        0,
        abs(apart) > CLEAR,
    )


def open_offers(offered: int, made: int, withdrawn: int) -> Finding:
    waiting = offered - made - withdrawn
    return Finding(
        f"Of all trades that were offered, {_percent(waiting, offered)} still wait for an answer",
        f"{offered} offered, {made} made, {withdrawn} withdrawn or declined, {waiting} open",
        "Remind players of offers when they come back" if waiting > made else None,
    )


def as_markdown(findings: list[Finding]) -> str:
    """First what is beyond chance, then what may be chance; within each, by how much gold it is about. Last
    what needs nothing."""
    needed = [finding for finding in findings if finding.action is not None]
    ordered = sorted(needed, key=lambda finding: (not finding.is_clear, -finding.gold))
    lines = []
    for number, finding in enumerate(ordered, start=1):
        doubt = "" if finding.is_clear else " *This may be chance: look again when there is more data.*"
        lines.append(f"{number}. **{finding.what}.** {finding.evidence}.  \n   → {finding.action}.{doubt}")
    fine = [f"- {finding.what}: {finding.evidence}." for finding in findings if finding.action is None]
    if fine:
        lines += ["\nNothing has to be done here:\n", *fine]
    return "\n".join(lines)
