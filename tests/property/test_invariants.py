# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The invariants of C(docs/safety.md) under faults, kills and crossed passes. The JUnit report has the figures, see
``figures``."""

from __future__ import annotations

import collections
import collections.abc
import json

import pytest
from property.driven_pass import crossings
from property.example_runs import run_seed
from property.surroundings import Surroundings

SEEDS = [*range(1, 5), *(pytest.param(seed, marks=pytest.mark.all_only) for seed in range(5, 14))]
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
