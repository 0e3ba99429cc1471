# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""docs/not-verified.md says of each open point of an API whether the first contact sees it."""

from __future__ import annotations

import pathlib
import re

import pytest

from ansible_collections.hosting.websec.plugins.module_utils._botguard import first_contact as botguard
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.first_contact.task import IDS

PAGE = (pathlib.Path(__file__).resolve().parents[3] / "docs" / "not-verified.md").read_text(encoding="utf-8")
SECTIONS = dict(re.findall(r"^## (\w+)\n(.*?)(?=^## |\Z)", PAGE, re.MULTILINE | re.DOTALL))
BY_VENDOR = {"SiteLock": IDS, "BotGuard": botguard.IDS}
MARKS = ("a write", "–")


def rows(vendor: str) -> list[list[str]]:
    """The cells of all rows of the table of a vendor."""
    lines = [line for line in SECTIONS[vendor].splitlines() if line.startswith("|")]
    cells = [[cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in lines]
    assert cells[0][-1] == "first contact"
    return cells[2:]


def ids(text: str) -> list[str]:
    return re.findall(r"`(\w+)`", text)


@pytest.mark.parametrize("vendor", BY_VENDOR)
def test_each_row_is_seen_or_is_in_one_of_the_lists(vendor: str) -> None:
    found = rows(vendor)
    assert len(found) > 10
    for row in found:
        mark = row[-1]
        seen = ids(mark)
        assert len(row) == 4, row
        assert mark in MARKS or (seen and ", ".join(f"`{one}`" for one in seen) == mark), row
        assert set(seen) <= set(BY_VENDOR[vendor]), row


@pytest.mark.parametrize("vendor", BY_VENDOR)
def test_each_observation_is_on_the_page(vendor: str) -> None:
    named = {one for row in rows(vendor) for one in ids(row[-1])}
    more = [
        line for line in SECTIONS[vendor].split("\n\n") if line.strip().startswith("The first contact has more rows")
    ]
    named |= {one for text in more for one in ids(text)}
    assert named == set(BY_VENDOR[vendor])
