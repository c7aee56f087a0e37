"""Compares figures that two independent ways lead to, and shows the comparison."""

import pandas as pd
from IPython.display import display


class FiguresDiffer(Exception):
    pass


class Figures:
    def __init__(self):
        self._rows = []
        self._problems = []

    def compare(self, what: str, one, other, by: str):
        """`one` and `other` are {key: value}; `by` says where each comes from. All keys and values must be
        equal."""
        differing = [key for key in sorted({*one, *other}, key=str) if one.get(key) != other.get(key)]
        for key in differing[:3]:
            self._problems.append(f"{what}, {key}: {one.get(key)} and {other.get(key)}, by {by}")
        equal = "equal" if not differing else f"{len(differing)} DIFFER"
        self._rows.append({"figure": what, "by": by, "compared": len({*one, *other}), "result": equal})
        if not one:
            self._problems.append(f"{what}: nothing to compare, by {by}")

    def show(self):
        """The table; then FiguresDiffer if anything in it differs."""
        table = pd.DataFrame(self._rows)
        colours = {"equal": "color: #00704f; font-weight: bold"}
        style = table.style.hide(axis="index").set_table_attributes('class="figures"')
        style = style.map(
            lambda text: colours.get(text, "color: #b30000; font-weight: bold"), subset=["result"]
        )
        style = style.set_uuid("figures")
        display({"text/html": style.to_html(), "text/plain": table.to_string(index=False)}, raw=True)
        if self._problems:
            raise FiguresDiffer("; ".join(self._problems))


def keyed(table: pd.DataFrame, keys: list[str]) -> dict:
    """The rows of a table as {key: (value, …)}."""
    values = [name for name in table.columns if name not in keys]
    rows = table.to_dict("records")
    return {tuple(row[key] for key in keys): tuple(int(row[name]) for name in values) for row in rows}
