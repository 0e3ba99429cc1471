# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Examples of the state machine by their seed."""

from __future__ import annotations

import collections

from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test
from property.fleet_machine import FleetMachine
from property.surroundings import Surroundings

STEPS = 30


def run_seed(seed: int, examples: int, surroundings: Surroundings, figures: collections.Counter[str]) -> None:
    """Run this number of examples; the same seed gives the same ones.

    :param figures: counts events.
    :raises AssertionError: an invariant does not hold; the notes of the error have the steps.
    """
    machine = type("Machine", (FleetMachine,), {"_hypothesis_internal_use_seed": seed})
    machine.surroundings, machine.figures = surroundings, figures
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=examples,
            stateful_step_count=STEPS,
            deadline=None,
            database=None,
            print_blob=False,
            # Shorter examples of the same failure would take very long: each try runs dozens of passes.
            phases=(Phase.generate,),
            suppress_health_check=list(HealthCheck),
        ),
    )
