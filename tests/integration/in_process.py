# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Tasks with modules of the collection, run in this process: from the options to the output, without Ansible.

C(run_tasks) takes the same tasks as the one of ``playbook``, as far as they are about modules and their options, and
needs a tenth of its time. The parts of Ansible (action plugins, roles, templates, output) are tested through
``playbook``.
"""

from __future__ import annotations

import contextlib
import functools
import importlib
import importlib.util
import io
import json
import typing as t
from unittest import mock

import yaml
from ansible.module_utils import basic
from ansible.module_utils.common import warnings
from integration.playbook import Run
from integration.sandbox_server import ROOT
from unit.invocation import WITH_INVOCATION

_COLLECTION = "hosting.websec."
_MASK = "VALUE_SPECIFIED_IN_NO_LOG_PARAMETER"
_SWITCHES = {
    "--check": ("_ansible_check_mode", True),
    "--diff": ("_ansible_diff", True),
    "-vvv": ("_ansible_verbosity", 3),
    "-vvvv": ("_ansible_verbosity", 4),
}

Data = t.Mapping[str, t.Any]


def run_tasks(
    tasks: t.Sequence[Data | t.Callable[[], object]],
    *arguments: str,
    keep: t.Sequence[str] = (),
    module_defaults: Data | None = None,
) -> Run:
    """Run tasks one after the other.

    :param tasks: as in a playbook, with the keywords C(register), C(ignore_errors) and C(check_mode). Functions in the
        list are called.
    :param arguments: of ``_SWITCHES``.
    :param keep: names of registered results to return.
    :param module_defaults: of the play, by group.
    :returns: C(output) is the output of all modules, and their messages as a user reads them.
    """
    switches = dict(_SWITCHES[argument] for argument in arguments)
    recap = {"ok": 0, "changed": 0, "failed": 0}
    registered: dict[str, t.Any] = {}
    shown: list[str] = []
    for task in tasks:
        if callable(task):
            task()
            continue
        (name,) = (key for key in task if key.startswith(_COLLECTION))
        module = name[len(_COLLECTION) :]
        own = {"_ansible_check_mode": task["check_mode"]} if "check_mode" in task else {}
        options = {**_defaults(module, module_defaults or {}), **task[name]}
        printed, result = call_module(module, options, **{**switches, **own})
        shown += [printed, str(result.get("msg", "")), *map(str, result.get("warnings", []))]
        if "register" in task:
            registered[task["register"]] = result
        stops = result["failed"] and not task.get("ignore_errors")
        recap["failed" if stops else "ok"] += 1
        recap["changed"] += bool(result["changed"] and not stops)
        if stops:
            break
    shown.append("localhost : " + " ".join(f"{what}={count}" for what, count in recap.items()))
    return Run(2 if recap["failed"] else 0, "\n".join(shown), {name: registered.get(name) for name in keep})


def call_module(module: str, options: Data, **internal: t.Any) -> tuple[str, dict[str, t.Any]]:
    """Run a module.

    :param internal: options that Ansible adds, such as C(_ansible_check_mode).
    :returns: the output of its result, and the result.
    """
    given = {"ANSIBLE_MODULE_ARGS": {**options, **WITH_INVOCATION, **internal}}
    main = importlib.import_module(f"ansible_collections.{_COLLECTION}plugins.modules.{module}").main
    with (
        # As ansible-core passes it, and without remains of the previous module.
        mock.patch.object(basic, "_ANSIBLE_ARGS", json.dumps(given).encode()),
        mock.patch.object(basic, "_ANSIBLE_PROFILE", "legacy", create=True),
        mock.patch.dict(warnings._global_warnings, clear=True),
        _not_on_the_controller(),
        contextlib.redirect_stdout(io.StringIO()) as output,
        contextlib.suppress(SystemExit),
    ):
        main()
    printed = output.getvalue().strip()
    result = json.loads(printed)
    if "warnings" in result:
        result["warnings"] = list(map(_text_of_warning, result["warnings"]))
    # Since ansible-core 2.22 a module does not mask its secrets: it passes them to the controller, which masks them.
    for secret in result.pop("_ansible_new_secrets", []):
        printed = printed.replace(json.dumps(secret)[1:-1], _MASK)
    return printed, {"changed": False, "failed": False, **result}


def _not_on_the_controller() -> contextlib.AbstractContextManager[t.Any]:
    """Warnings belong to the result. Once a test has imported a part of the controller, such as the vault, ansible-core
    would show them at once."""
    internal = getattr(warnings, "_internal", None)
    return contextlib.nullcontext() if internal is None else mock.patch.object(internal, "is_controller", False)


def _text_of_warning(warning: t.Any) -> str:
    """As a user sees it: ansible-core passes an object to the controller, up to 2.18 a text."""
    return warning if isinstance(warning, str) else str(warning["event"]["msg"])


def _defaults(module: str, given: Data) -> dict[str, t.Any]:
    """The C(module_defaults) of a play for a module."""
    found: dict[str, t.Any] = {}
    for key, options in given.items():
        group = key.removeprefix(f"group/{_COLLECTION}")
        if key == f"{_COLLECTION}{module}" or module in _groups().get(group, []):
            found.update(options)
    return found


@functools.cache
def _groups() -> dict[str, list[str]]:
    """The action groups of the collection."""
    runtime = yaml.safe_load((ROOT / "meta" / "runtime.yml").read_text())
    return t.cast("dict[str, list[str]]", runtime["action_groups"])
