"""The table of a measured completion."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median
from typing import Any

from rich.table import Table

_COLUMNS = (
    "prompts",
    "valid at first try",
    "valid within retries",
    "checks passed",
    "everything right",
    "refused by the guard",
    "calls",
    "tokens",
    "seconds each",
)


def table(model: str, outcomes: Sequence[dict[str, Any]]) -> Table:
    """Show the prompts that prompts were improved with, those kept aside, and all.

    Args:
        model: The name of the model.
        outcomes: What came of each prompt.
    """
    shown = Table(title=model)
    shown.add_column("")
    for column in _COLUMNS:
        shown.add_column(column, justify="right")
    for name, rows in parts(outcomes).items():
        shown.add_row(name, *map(str, summary(rows).values()))
    return shown


def parts(outcomes: Sequence[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    """Part the outcomes into those worked with and those kept aside."""
    return {
        "worked with": [one for one in outcomes if not one["held_out"]],
        "kept aside": [one for one in outcomes if one["held_out"]],
        "all": list(outcomes),
    }


def summary(outcomes: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Count, by the names of the columns."""
    checks = [passed for one in outcomes for passed in one["checks"].values()]
    return dict(
        zip(
            _COLUMNS,
            (
                len(outcomes),
                _share([one["first"] for one in outcomes]),
                _share([one["valid"] for one in outcomes]),
                _share(checks),
                _share([one["right"] for one in outcomes]),
                sum(one["refused"] for one in outcomes),
                sum(one["calls"] for one in outcomes),
                sum(one["tokens"] for one in outcomes),
                f"{median([one['seconds'] for one in outcomes] or [0]):.1f}",
            ),
            strict=True,
        )
    )


def _share(passed: Sequence[bool]) -> str:
    return f"{100 * sum(passed) / len(passed):.0f} %" if passed else "-"
