"""Charts that cannot be shown without a title, a label on each axis, and a unit."""

import io
import re
from contextlib import contextmanager
from datetime import UTC, datetime

import matplotlib

matplotlib.use("agg")
import matplotlib.pyplot as plt
from IPython.display import display
from matplotlib.ticker import ScalarFormatter

# Okabe and Ito's colours, which colour-blind people tell apart.
COLOURS = ["#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00", "#7f7f7f", "#f0e442"]

plt.rcParams.update(
    {
        "axes.axisbelow": True,
        "axes.grid": True,
        "axes.prop_cycle": matplotlib.cycler(color=COLOURS),
        "axes.spines.right": False,
        "axes.spines.top": False,
        "axes.titlesize": 14,
        "axes.titleweight": "bold",
        "axes.titlelocation": "left",
        "axes.labelsize": 12,
        "figure.dpi": 100,
        "font.size": 11.5,
        "grid.alpha": 0.3,
        "legend.frameon": False,
    }
)


@contextmanager
def chart(title: str, x: str, y: str, size=(9.5, 4.4)):
    """Draws on the axes that it yields, and shows the picture. One of the labels must have its unit in
    parentheses."""
    if not (title and x and y) or not re.search(r"\(.+\)", x + y):
        raise ValueError(f"a chart needs a title, two labels and a unit: «{title}», «{x}», «{y}»")
    figure, axes = plt.subplots(figsize=size, layout="constrained")
    yield axes
    for axis in (axes.xaxis, axes.yaxis):
        if isinstance(axis.get_major_formatter(), ScalarFormatter):
            axis.set_major_formatter("{x:,g}")
    axes.set_title(title)
    axes.set_xlabel(x)
    axes.set_ylabel(y)
    show(figure, f"chart: {title} | x: {x} | y: {y}")


def show(figure, words: str):
    """Shows a picture, with words for those who cannot see it, and for the test that looks at what is
    stored."""
    image = io.BytesIO()
    figure.savefig(image, format="png", metadata={"Software": None})
    plt.close(figure)
    display(
        {"image/png": image.getvalue(), "text/plain": words}, raw=True, metadata={"image/png": {"alt": words}}
    )


def clock(at_ms, width_ms: int) -> list[str]:
    """The beginnings of buckets as text, as exact as the buckets are wide."""
    form = "%H:%M:%S" if width_ms < 60_000 else "%H:%M" if width_ms < 86_400_000 else "%d %b"
    return [datetime.fromtimestamp(at / 1000, UTC).strftime(form) for at in at_ms]


def colours_of(names) -> dict[str, str]:
    """A colour for each name, the same in all charts."""
    return dict(zip(sorted(names), COLOURS * len(names), strict=False))


def over_time(axes, table, width_ms: int, colours: dict[str, str] | None = None):
    """Draws a table with a column for each line, and a row for each bucket; buckets without a row count as
    0."""
    buckets = range(int(table.index.min()), int(table.index.max()) + 1, width_ms)
    full = table.reindex(buckets, fill_value=0)
    labels = clock(full.index, width_ms)
    for name in full.columns:
        axes.plot(
            range(len(full)),
            full[name],
            label=name,
            marker="o",
            linewidth=2.2,
            color=(colours or {}).get(name),
        )
    step = max(1, len(labels) // 10)
    axes.set_xticks(range(0, len(labels), step), labels[::step])
    axes.set_ylim(bottom=0)
    axes.yaxis.get_major_locator().set_params(integer=True)


def bars(axes, names, values, colour=COLOURS[0], form="{:,.0f}"):
    """Horizontal bars, the first one at the top, each with its value."""
    drawn = axes.barh(list(names), list(values), color=colour)
    axes.bar_label(drawn, [form.format(value) for value in values], padding=4)
    axes.invert_yaxis()
    axes.margins(x=0.12)
    axes.grid(axis="y", visible=False)


def heat(axes, table, label: str, form="{:.0f}"):
    """A table as colours, with the figures in it; what is missing stays white."""
    axes.grid(visible=False)
    image = axes.imshow(table.to_numpy(dtype=float), cmap="Blues", aspect="auto", vmin=0)
    axes.set_xticks(range(len(table.columns)), table.columns)
    axes.set_yticks(range(len(table.index)), table.index)
    dark = image.norm.vmax * 0.6
    for row, values in enumerate(table.to_numpy(dtype=float)):
        for column, value in enumerate(values):
            if value == value:
                colour = "white" if value > dark else "black"
                axes.text(column, row, form.format(value), ha="center", va="center", color=colour)
    axes.figure.colorbar(image, ax=axes, label=label)
