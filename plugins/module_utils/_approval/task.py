# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The options of tasks that make a plan in check mode, and send an approved one."""

from __future__ import annotations

import datetime
import os
import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._approval.approval import Approval
from ansible_collections.hosting.websec.plugins.module_utils._approval.plan_file import (
    Scope,
    digest,
    read_plan,
    remove_plan,
    write_plan,
)
from ansible_collections.hosting.websec.plugins.module_utils._approval.planned import PlannedAction
from ansible_collections.hosting.websec.plugins.module_utils._argspec import ArgumentSpec
from ansible_collections.hosting.websec.plugins.module_utils._errors import BadInputError


def plan_options() -> ArgumentSpec:
    """O(plan_file), O(approved_plan) and O(plan_max_age)."""
    return ArgumentSpec(
        options={
            "plan_file": {"type": "path"},
            "approved_plan": {"type": "path"},
            "plan_max_age": {"type": "int", "default": 86400},
        }
    )


class PlanTask:
    """The plan that a task makes, and the one that it was given.

    Made before anything else of the task, so that whatever fails leaves no plan of an earlier run to be approved.

    :param params: the options of the task.
    :raises BadInputError: an option is wrong.
    """

    def __init__(self, params: t.Mapping[str, t.Any], module: str, *, check_mode: bool) -> None:
        _refuse_ungated(params, check_mode=check_mode)
        self._params = params
        self._module = module
        self._path: str | None = params["plan_file"] if check_mode else None
        self._now = datetime.datetime.now(datetime.timezone.utc)
        self.is_used = bool(self._path or params["approved_plan"])
        self.approved: Approval | None = None
        if self._path:
            remove_plan(self._path)
        if params["plan_max_age"] < 1:
            raise BadInputError(f"plan_max_age is {params['plan_max_age']}; it must be 1 or more seconds.")

    def begin(self, entries: t.Any) -> None:
        """Read the approved plan.

        :param entries: the sites or accounts of the task.
        :raises BadInputError: it is not valid for this run.
        """
        if not self.is_used:
            return
        self._scope = Scope(self._module, str(self._params["api_url"]), digest(entries))
        given = self._params["approved_plan"]
        if given:
            max_age = datetime.timedelta(seconds=self._params["plan_max_age"])
            self.approved = Approval(read_plan(given, self._scope, self._now, max_age))

    def write(self, actions: t.Sequence[PlannedAction]) -> dict[str, t.Any]:
        """Write the plan, if this task makes one.

        :returns: C(plan) for the result of the task, with its first actions.
        """
        if not self._path:
            return {}
        write_plan(self._path, self._scope, actions, self._now)
        shown = [action.as_row() for action in actions[:MOST_SHOWN]]
        return {"plan": {"file": os.path.abspath(self._path), "count": len(actions), "actions": shown}}


def _refuse_ungated(params: t.Mapping[str, t.Any], *, check_mode: bool) -> None:
    """A person who names a plan expects that nothing else is sent. A mistake must not send everything."""
    path, given = params["plan_file"], params["approved_plan"]
    for name in ("plan_file", "approved_plan"):
        if params[name] == "":
            raise BadInputError(
                f"{name} is empty.",
                hint="Nothing was sent. Check the variable that it comes from. In a workflow of AWX the job that makes "
                "the plan hands it on: launch the workflow, not this job alone.",
            )
    if check_mode and path and given:
        raise BadInputError(
            "plan_file and approved_plan are both given in check mode.",
            hint="A plan is made without an approved one. Give one of them.",
        )
    if path and not given and not check_mode:
        raise BadInputError(
            "plan_file is given without check mode, and there is no approved_plan.",
            hint="Nothing was sent. Run with --check to make the plan, or give the approved plan to send what is in "
            "it.",
        )


MOST_SHOWN = 200
"""Actions in the result of a task. All of them are in the file."""
