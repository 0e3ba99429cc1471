# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The table that the benchmark prints."""

from __future__ import annotations

import dataclasses

TITLES = ("what", "ours", "alternative", "ratio", "goal", "reached")


@dataclasses.dataclass(frozen=True)
class Measurement:
    """One line.

    :param ratio: as the goal counts it; ``None``: there is no comparison.
    :param least: the ratio has to be at least this.
    :param most: the ratio has to be at most this.
    """

    what: str
    ours: str
    alternative: str = "-"
    ratio: float | None = None
    least: float | None = None
    most: float | None = None

    @property
    def reached(self) -> bool | None:
        """``None``: there is no goal, or nothing was measured."""
        if self.ratio is None or (self.least is None and self.most is None):
            return None
        return (self.least is None or self.ratio >= self.least) and (self.most is None or self.ratio <= self.most)

    def cells(self) -> tuple[str, ...]:
        goal = "-"
        if self.least is not None:
            goal = f">= {self.least:g}"
        elif self.most is not None:
            goal = f"<= {self.most:g}"
        ratio = "-" if self.ratio is None else f"{self.ratio:.0f}" if self.ratio >= 10 else f"{self.ratio:.2f}"
        return self.what, self.ours, self.alternative, ratio, goal, _VERDICT[self.reached]


_VERDICT = {None: "-", True: "yes", False: "NO"}


def markdown(rows: list[Measurement]) -> str:
    """The table for the terminal, and for the documentation."""
    lines = [f"| {' | '.join(TITLES)} |", f"|{'---|' * len(TITLES)}"]
    return "\n".join([*lines, *(f"| {' | '.join(row.cells())} |" for row in rows)])


def seconds(value: float) -> str:
    """A time with its significant digits."""
    return f"{value:.2f} s" if value < 10 else f"{value:.0f} s"
