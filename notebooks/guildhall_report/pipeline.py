"""The picture of the pipeline."""

import matplotlib.pyplot as plt
from matplotlib.patches import FancyBboxPatch

from .charts import COLOURS, show

_GREY = "#555555"


#: What the server's status calls them, for people.
_NAMES = {
    "lmdb": "LMDB",
    "kafka": "Kafka",
    "redis": "Redis",
    "hdfs": "HDFS",
    "duckdb": "DuckDB",
    "presto": "Presto",
}


def draw_pipeline(engines: dict, state_from: str):
    """`engines` names what each part runs on, as the server's status says."""
    engines = {part: _NAMES.get(name, name) for part, name in engines.items()}
    figure, axes = plt.subplots(figsize=(9.8, 4.9), layout="constrained")
    axes.set_axis_off()
    axes.set_xlim(0, 101)
    axes.set_ylim(0, 49)

    _box(axes, 1, 32, 16, "players", "play by GraphQL", _GREY)
    _box(axes, 24, 32, 18, "API", "decides commands by\nthe game's rules", COLOURS[0])
    _box(
        axes, 50, 32, 20, f"log: {engines['log']}", "all that happened, in one\norder: the truth", COLOURS[5]
    )
    _box(axes, 24, 12, 18, "projector", "works out what\nis true now", COLOURS[0])
    _box(axes, 50, 12, 20, "lander", "turns each event into\na row, exactly once", COLOURS[0])
    _box(axes, 1, 12, 16, f"views: {engines['views']}", "players, guilds,\nleaderboards", COLOURS[2])
    _box(axes, 78, 12, 19, f"lake: {engines['lake']}", "a Delta table of\nParquet files", COLOURS[2])
    _box(axes, 78, 32, 19, "this report", f"SQL by {engines['history']}", _GREY)

    _arrow(axes, (17, 38.5), (24, 38.5), "asks")
    _arrow(axes, (42, 38.5), (50, 38.5), "appends")
    # Reads back what counts, and answers from it.
    _arrow(axes, (50, 34.5), (42, 34.5), "reads")
    _arrow(axes, (24, 34.5), (17, 34.5), "answers")
    _arrow(axes, (53, 32), (38, 25), "follows", aside=(5, -1.5))
    _arrow(axes, (60, 32), (60, 25), "follows", aside=(5, 0))
    _arrow(axes, (24, 18.5), (17, 18.5), "writes")
    _arrow(axes, (70, 18.5), (78, 18.5), "lands")
    _arrow(axes, (87.5, 25), (87.5, 32), "history", aside=(5.2, 0))
    axes.plot([9, 9, 100, 100], [12, 4.5, 4.5, 38.5], color=_GREY, linewidth=1.3)
    axes.annotate("", xy=(97, 38.5), xytext=(100.1, 38.5), arrowprops={"arrowstyle": "-|>", "color": _GREY})
    axes.text(54, 6.2, f"the game now, by {state_from}", ha="center", fontsize=10.5, color=_GREY)
    axes.set_title("From a click to this report")
    show(
        figure,
        "picture: From a click to this report: players, API, log, projector, views, lander, lake, report",
    )


def _box(axes, x, y, width, name, what, colour, height=13):
    style = "round,pad=0,rounding_size=1.2"
    axes.add_patch(
        FancyBboxPatch(
            (x, y), width, height, boxstyle=style, facecolor="white", edgecolor=colour, linewidth=2
        )
    )
    axes.text(
        x + width / 2,
        y + height - 2.2,
        name,
        ha="center",
        va="top",
        fontsize=12,
        fontweight="bold",
        color=colour,
    )
    axes.text(x + width / 2, y + 2, what, ha="center", va="bottom", fontsize=10)


def _arrow(axes, begin, end, text, aside=(0, 1.4)):
    axes.annotate(
        "", xy=end, xytext=begin, arrowprops={"arrowstyle": "-|>", "color": _GREY, "linewidth": 1.3}
    )
    x, y = (begin[0] + end[0]) / 2 + aside[0], (begin[1] + end[1]) / 2 + aside[1]
    axes.text(x, y, text, ha="center", va="center", fontsize=10, color=_GREY)
