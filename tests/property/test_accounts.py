# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The invariants of accounts, sites and add-ons under faults, kills and crossed runs."""

from __future__ import annotations

import collections
import collections.abc
import json

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test
from property.accounts_machine import AccountsMachine, crossed
from property.sandbox_in_process import SandboxInProcess

# The second one takes the longest.
SEEDS = [1, *range(3, 7), *(pytest.param(seed, marks=pytest.mark.all_only) for seed in (2, *range(7, 13)))]
EXAMPLES = 25
STEPS = 30


@pytest.mark.parametrize("seed", SEEDS)
def test_nothing_is_bought_twice_nor_ended_unasked(
    seed: int, record_property: collections.abc.Callable[[str, object], None]
) -> None:
    figures: collections.Counter[str] = collections.Counter()

    class Machine(AccountsMachine):
        _hypothesis_internal_use_seed = seed

        def __init__(self) -> None:
            super().__init__()
            self._crossed = crossed(self)
            self._crossed.__enter__()

        def teardown(self) -> None:
            self._crossed.__exit__(None, None, None)

    with SandboxInProcess() as sandbox:
        Machine.sandbox, Machine.figures = sandbox, figures
        try:
            run_state_machine_as_test(
                Machine,
                settings=settings(
                    max_examples=EXAMPLES,
                    stateful_step_count=STEPS,
                    deadline=None,
                    database=None,
                    print_blob=False,
                    phases=(Phase.generate,),
                    suppress_health_check=list(HealthCheck),
                ),
            )
        finally:
            record_property("figures", json.dumps(figures))
        assert figures["approved runs"]
