# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The invariants of C(docs/safety.md), under fire. The figures stand in the JUnit report, see ``figures``."""

from __future__ import annotations

import collections
import collections.abc
import json
import pathlib

import pytest
import yaml
from property.example_runs import run_seed
from property.pass_in_process import Pass, crossings
from property.surroundings import Surroundings

SEEDS = range(1, 14)
EXAMPLES = 36


@pytest.fixture(scope="module")
def surroundings(tmp_path_factory: pytest.TempPathFactory) -> collections.abc.Iterator[Surroundings]:
    with Surroundings(tmp_path_factory.mktemp("bind")) as there, crossings():
        yield there


@pytest.mark.parametrize("seed", SEEDS)
def test_the_invariants_hold_whatever_happens(
    seed: int, surroundings: Surroundings, record_property: collections.abc.Callable[[str, object], None]
) -> None:
    figures: collections.Counter[str] = collections.Counter()
    try:
        run_seed(seed, EXAMPLES, surroundings, figures)
    finally:
        record_property("figures", json.dumps(figures))


def test_a_pass_in_process_has_the_tasks_of_the_role() -> None:
    role = pathlib.Path(__file__).parents[2] / "roles" / "sitelock_waf" / "tasks" / "main.yml"
    (whole,) = yaml.safe_load(role.read_text(encoding="utf-8"))
    quiet = ("ansible.builtin.set_fact", "ansible.builtin.debug", "ansible.builtin.fail")
    acting = [task["name"] for task in whole["block"] if not any(module in task for module in quiet)]
    assert acting == [name for name, _task in Pass.TASKS[1:-1]]


def test_the_role_looks_at_the_clock_right_before_it_changes_dns() -> None:
    """As a pass in process does: the TTL of what is replaced is counted from then."""
    role = pathlib.Path(__file__).parents[2] / "roles" / "sitelock_waf" / "tasks" / "main.yml"
    (whole,) = yaml.safe_load(role.read_text(encoding="utf-8"))
    names = [task["name"] for task in whole["block"]]
    clock, records, _change = whole["block"][names.index("Change the DNS records") - 2 :][:3]
    assert "'now': now(utc=true" in clock["ansible.builtin.set_fact"]["_sitelock_waf_observed"]
    assert "**_sitelock_waf_observed" in records["ansible.builtin.set_fact"]["_sitelock_waf_records"]
