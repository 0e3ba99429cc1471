# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What all bulk modules do on the controller: show their progress, and keep their results small."""

from __future__ import annotations

import contextlib
import json
import math
import os
import shutil
import signal
import sys
import threading
import time
import typing as t

from ansible import constants as C
from ansible.errors import AnsibleActionFail
from ansible.plugins.action.normal import ActionModule as NormalAction

from ansible_collections.hosting.websec.plugins.module_utils._approval.packed import is_packed
from ansible_collections.hosting.websec.plugins.module_utils._texts import counted, number
from ansible_collections.hosting.websec.plugins.plugin_utils import _workers
from ansible_collections.hosting.websec.plugins.plugin_utils._controller_module import built
from ansible_collections.hosting.websec.plugins.plugin_utils._role_variables import named_in_role
from ansible_collections.hosting.websec.plugins.plugin_utils._run_files import keep, new_folder

# Ansible loads an action in the process that starts the workers, before it starts the one for it.
_workers.end_with_this_process()

INTERVAL = 10.0
"""Seconds between two progress lines."""

NOTABLE = 500
"""Maximum number of entries of a result with C(results=notable)."""

_LOOK = 0.5
"""Seconds between two checks that ansible-playbook is still running."""


class BulkAction(NormalAction):
    """Runs the module of the same name.

    C(input_name) is the option with the fleet, C(lists) are the lists of entries in its result. C(kept) are those that
    C(results_file) has; by default it is the first one.

    Each module has its own action file. With one file and redirects (C(plugin_routing) in C(meta/runtime.yml))
    Ansible uses the C(module_defaults) of the redirect target: the address and the credentials of one vendor went to
    the module of another. And sanity refuses a name that is not a module (action-plugin-docs).
    """

    input_name: t.ClassVar[str]
    lists: t.ClassVar[tuple[str, ...]]
    kept: t.ClassVar[tuple[str, ...]] = ()

    def run(self, tmp: t.Any = None, task_vars: dict[str, t.Any] | None = None) -> dict[str, t.Any]:
        task_vars = task_vars or {}
        notable_only = str(self._task.args.get("results", "all")) == "notable"
        with self._watched(task_vars):
            result: dict[str, t.Any] = super().run(tmp, task_vars)
        if told := _told_of_death(result):
            result["msg"] = told
            # Since ansible-core 2.19, its text would be shown instead.
            result.pop("exception", None)
        if result.get("failed") and self._task._role is not None:
            role = self._task._role.get_name(include_role_fqcn=False)
            about = named_in_role(str(result.get("msg", "")), role, self._task.args, self.input_name)
            result["msg"] = f"{result.get('msg', '')} {about}".strip()
        if not self._task.diff:
            result.pop("diff", None)
        elif "diff" in result:
            result["diff"] = self.shown_diff(result["diff"])
        self._shorten_invocation(result)
        if notable_only and all(name in result for name in self.lists):
            result["results_file"] = keep({name: result[name] for name in self.kept or self.lists[:1]})
            for name in self.lists:
                result[name] = [entry for entry in result[name] if _is_notable(entry)][:NOTABLE]
        return result

    def shown_diff(self, diff: t.Any) -> t.Any:
        """The diff of the module in the form in which it is shown."""
        return diff

    def _shorten_invocation(self, result: dict[str, t.Any]) -> None:
        """Remove the fleet from the result: it is in the user's variables, and would be the largest part of the
        result."""
        arguments = result.get("invocation", {}).get("module_args", {})
        fleet = arguments.get(self.input_name)
        if isinstance(fleet, list) and len(fleet) > 1 and self._display.verbosity < 3:
            arguments[self.input_name] = f"({counted(len(fleet), 'entry')}, shown with -vvv)"
        plan = arguments.get("approved_plan")
        if isinstance(plan, str) and is_packed(plan):
            arguments["approved_plan"] = f"({counted(len(plan), 'character')})"

    def _configure_module(self, module_name: str, module_args: dict[str, t.Any], task_vars: dict[str, t.Any]) -> t.Any:
        if self._is_here() and not C.DEFAULT_KEEP_REMOTE_FILES and self._interpreter(task_vars) == sys.executable:
            return built(module_name, module_args)
        return super()._configure_module(module_name=module_name, module_args=module_args, task_vars=task_vars)

    def _interpreter(self, task_vars: t.Mapping[str, t.Any]) -> str:
        """The Python that the user set for the host of the task; empty: Ansible must find one."""
        host = self._task.delegate_to
        variables = task_vars.get("ansible_delegated_vars", {}).get(host, {}) if host else task_vars
        return str(self._templar.template(variables.get("ansible_python_interpreter", "")))

    def _is_here(self) -> bool:
        """Whether the module runs on the controller, as the user of Ansible, while this waits for it."""
        local = getattr(self._connection, "transport", None) == "local" and not self._connection.become
        return local and not self._task.async_val

    @contextlib.contextmanager
    def _watched(self, task_vars: t.Mapping[str, t.Any]) -> t.Iterator[None]:
        """Show the progress of the module while it runs, if it runs on this machine and as this user."""
        if not self._is_here() or "progress_file" in self._task.args:
            yield
            return
        folder = new_folder("progress")
        file = os.path.join(folder, "progress")
        given = self._task.args
        self._task.args = {**given, "progress_file": file}
        over = threading.Event()
        watcher = threading.Thread(target=self._watch, args=(file, self._interval(task_vars), over), daemon=True)
        with _signals_blocked():
            watcher.start()
        try:
            yield
        finally:
            over.set()
            watcher.join()
            self._task.args = given
            shutil.rmtree(folder, ignore_errors=True)

    def _interval(self, task_vars: t.Mapping[str, t.Any]) -> float:
        given = self._templar.template(task_vars.get("websec_progress_interval", INTERVAL))
        try:
            interval = float(given)
            if math.isfinite(interval):
                return interval
            raise ValueError
        except (TypeError, ValueError):
            raise AnsibleActionFail(f"websec_progress_interval is {given!r}; it must be a number of seconds.") from None

    def _watch(self, file: str, interval: float, over: threading.Event) -> None:
        began = shown = time.monotonic()
        announced = ""
        parent = os.getppid()
        ended = False
        while not ended:
            ended = over.wait(min(_LOOK, interval or _LOOK))
            if os.getppid() != parent:
                # ansible-playbook was killed, without a signal to its workers. The module would continue without a
                # limit.
                os.kill(os.getpid(), signal.SIGTERM)
                return
            state = {} if self._task.no_log or not interval else progress_of(file)
            if state.get("announcement", "") not in ("", announced):
                announced = state["announcement"]
                self._display.display(f"{self._task.action}: {announced}")
            now = time.monotonic()
            if state and not ended and now - shown >= interval:
                shown = now
                self._display.display(f"{self._task.action}: {progress_line(state, now - began)}")


@contextlib.contextmanager
def _signals_blocked() -> t.Iterator[None]:
    """Threads that start in this context get no signals. The kernel may hand a signal to any other thread, also to one
    that does not wake the main thread, which waits for the module and alone runs Ansible's handlers: then a Ctrl-C
    ended nothing."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _told_of_death(result: t.Mapping[str, t.Any]) -> str:
    """The message of a task whose module was killed and has no result; else empty."""
    code = result.get("rc")
    # Of the shell that ran it, or of the process itself.
    died_of = abs(code) % 128 if isinstance(code, int) and (code < 0 or code > 128) else 0
    if not result.get("failed") or "module_stdout" not in result or died_of not in set(signal.Signals):
        return ""
    return (
        f"The module was killed ({signal.Signals(died_of).name}) before it could say what it had done. If nobody "
        "killed it, check the memory of its host. Run again, first with --check --diff, which shows what is left to do."
    )


def progress_of(file: str) -> dict[str, t.Any]:
    """The progress in a file, see ``_progress.ProgressFile``; empty if there is none yet."""
    try:
        with open(file, encoding="utf-8") as opened:
            state = json.load(opened)
        counts = {name: int(state[name]) for name in ("total", "done", "waiting", "failed", "sent")}
        return {**counts, **{name: str(state[name]) for name in ("step", "unit", "announcement")}}
    except (OSError, ValueError, LookupError, TypeError):
        return {}


def progress_line(state: t.Mapping[str, t.Any], seconds: float) -> str:
    """One line about the progress."""
    step = f"{state['step']}: " if state["step"] else ""
    told = [f"{step}{number(state['done'])} of {counted(state['total'], state['unit'])} done"]
    told += [
        f"{number(state[what])} {text}" for what, text in (("waiting", "wait"), ("failed", "failed")) if state[what]
    ]
    # An item is done when it was read again, after all writes.
    told += [f"{counted(state['sent'], 'write')} sent"] if state["sent"] else []
    return f"{', '.join(told)} ({seconds:.0f} s)"


_NOTABLE = ("changed", "failed", "error", "deferred", "lagging", "blocked", "needs_person", "findings")


def _is_notable(entry: t.Mapping[str, t.Any]) -> bool:
    return any(entry.get(what) for what in _NOTABLE)
