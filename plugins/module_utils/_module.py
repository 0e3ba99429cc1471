# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How every module ends: from its options to its result, with errors and signals."""

from __future__ import annotations

import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._http.settings import screen_connection
from ansible_collections.hosting.websec.plugins.module_utils._results import run_task, stopped_result
from ansible_collections.hosting.websec.plugins.module_utils._run_context import RunContext

Result = dict[str, t.Any]


class Module(t.Protocol):
    """What is used of ``AnsibleModule``."""

    params: dict[str, t.Any]

    def warn(self, warning: str) -> None: ...

    def exit_json(self, **result: t.Any) -> t.NoReturn: ...

    def fail_json(self, msg: str, **result: t.Any) -> t.NoReturn: ...


def run_module(module: Module, task: t.Callable[[], Result]) -> t.NoReturn:
    """Run ``task``, and end the module with its result, or with the error that it raised."""
    _screen(module)
    _end(module, run_task(task))


def run_bulk_module(
    module: Module, task: t.Callable[[RunContext], Result], *, sent: t.Callable[[Result], str] = lambda _result: ""
) -> t.NoReturn:
    """The same for a task over many items. SIGTERM, SIGINT and SIGHUP stop it between two calls.

    :param task: its result has the number of items that were not reached in C(deferred).
    :param sent: what the task sent, in one line, for the message about a task that was stopped.
    """
    _screen(module)
    context = RunContext.of_task(module.params)
    result = run_task(lambda: task(context))
    _end(module, stopped_result(result, context, sent=sent(result)))


def _screen(module: Module) -> None:
    if "api_url" in module.params:
        screen_connection(module.params, module.warn)


def _end(module: Module, result: Result) -> t.NoReturn:
    for warning in result.pop("warnings", ()):
        module.warn(warning)
    if result.get("failed"):
        module.fail_json(**result)
    module.exit_json(**result)
