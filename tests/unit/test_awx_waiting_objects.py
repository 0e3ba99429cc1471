# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which objects of AWX cannot be looked at in check mode, because they need some that are missing."""

from __future__ import annotations

import typing as t

from ansible_collections.hosting.websec.plugins.filter.awx_waiting_objects import awx_waiting_objects

OBJECTS: dict[str, list[dict[str, t.Any]]] = {
    "projects": [{"name": "websec", "credential": "git of somebody"}],
    # Two lists may have the same names.
    "execution_environments": [{"name": "websec"}],
    "credentials": [{"name": "one"}, {"name": "two"}],
    "job_templates": [
        {"name": "pass", "project": "websec", "credentials": ["one", "two"], "execution_environment": "websec"},
        {"name": "alone", "project": "another"},
    ],
    "workflow_job_templates": [{"name": "flow", "workflow_nodes": [{"unified_job_template": {"name": "pass"}}]}],
    "schedules": [
        {"name": "hourly", "unified_job_template": "pass"},
        {"name": "daily", "unified_job_template": "flow"},
    ],
}
ALL = {kind: [each["name"] for each in found] for kind, found in OBJECTS.items()}


def waiting(**there: list[str]) -> dict[str, dict[str, list[str]]]:
    return {kind: found for kind, found in awx_waiting_objects(OBJECTS, {**ALL, **there}).items() if found}


def test_nothing_waits_if_all_is_there_or_needs_nothing_of_ours() -> None:
    assert waiting() == {}
    assert waiting(schedules=[], workflow_job_templates=["flow"]) == {}


def test_what_needs_a_missing_object_waits_whether_it_exists_or_not() -> None:
    assert waiting(projects=[]) == {"job_templates": {"pass": ["project websec"]}}
    assert waiting(credentials=["one"], job_templates=[]) == {
        "job_templates": {"pass": ["credential two"]},
        "workflow_job_templates": {"flow": ["job template pass"]},
        "schedules": {"hourly": ["template pass"]},
    }
    assert waiting(workflow_job_templates=[]) == {"schedules": {"daily": ["template flow"]}}
