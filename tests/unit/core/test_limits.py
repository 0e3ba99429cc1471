# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pathlib
import typing as t

import pytest
import yaml

from ansible_collections.hosting.websec.plugins.module_utils._errors import BadInputError
from ansible_collections.hosting.websec.plugins.module_utils._limits import LEAST_OF_A_PERCENTAGE, Limits

ROLES = pathlib.Path(__file__).resolve().parents[3] / "roles"
MODULES = (
    "hosting.websec.botguard_websites",
    "hosting.websec.sitelock_waf_addons",
    "hosting.websec.sitelock_waf_sites",
)


def limits(given: t.Any, entries: int, whole: int | None = None) -> int | None:
    options = {"max_orders": given, "max_removals": None, "percentage_of": whole, "exceed_limits": False}
    return Limits.from_options(options, entries).orders


@pytest.mark.parametrize(
    ("given", "entries", "whole", "limit"),
    [
        (None, 1000, None, None),
        ("0", 1000, None, 0),
        ("7", 1000, None, 7),
        (" 7 ", 1000, 5, 7),
        ("25%", 1000, None, 250),
        ("25 %", 1000, None, 250),
        ("100%", 3, None, LEAST_OF_A_PERCENTAGE),
        ("25%", 40, None, LEAST_OF_A_PERCENTAGE),
        ("25%", 40, 1000, 250),
        ("25%", 1000, 40, LEAST_OF_A_PERCENTAGE),
    ],
)
def test_a_percentage_is_one_of_the_whole_fleet(given: t.Any, entries: int, whole: int | None, limit: int) -> None:
    assert limits(given, entries, whole) == limit


@pytest.mark.parametrize("given", ["", "-1", "101%", "1.5", "²", "1e3", "9" * 5000, "all", True, 1.5, "25%%"])
def test_what_is_no_limit_is_refused(given: t.Any) -> None:
    with pytest.raises(BadInputError):
        limits(given, 1000)


def _tasks(value: t.Any) -> t.Iterator[dict[str, t.Any]]:
    for each in value or ():
        yield each
        yield from _tasks(each.get("block"))


def test_the_tasks_of_a_role_that_do_a_part_take_percentages_of_the_whole() -> None:
    parts, modules = 0, set()
    for path in ROLES.glob("*/tasks/*.yml"):
        for task in _tasks(yaml.safe_load(path.read_text(encoding="utf-8"))):
            for module in (module for module in MODULES if "max_orders" in task.get(module, {})):
                options = task[module]
                # The including file sets the list of a part.
                part = "_now" in options.get("websites", "")
                assert ("percentage_of" in options) == part, path
                parts += part
                modules.add(module)
    assert (parts, modules) == (1, {"hosting.websec.botguard_websites", "hosting.websec.sitelock_waf_sites"})
