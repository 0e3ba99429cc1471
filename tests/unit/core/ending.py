# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Calls that must end, whatever the other side does."""

from __future__ import annotations

import threading
import typing as t

import pytest

from ansible_collections.hosting.websec.plugins.module_utils._effects import Effect
from ansible_collections.hosting.websec.plugins.module_utils._errors import WebsecError
from ansible_collections.hosting.websec.plugins.module_utils._run_context import RunContext
from ansible_collections.hosting.websec.tests.unit.core.clients import client_of

T = t.TypeVar("T")

PATIENCE = 60.0
"""Seconds after which a call counts as hanging. Its own time limit is a fraction of this."""


def ends(task: t.Callable[[], T]) -> T:
    """The result of ``task``; fails if it does not end."""
    results: list[T] = []
    errors: list[BaseException] = []

    def run() -> None:
        try:
            results.append(task())
        except BaseException as error:
            errors.append(error)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    thread.join(PATIENCE)
    assert not thread.is_alive(), "it never ends"
    if errors:
        raise errors[0]
    return results[0]


def failure_of(url: str, effect: Effect = Effect.BUY, **settings: t.Any) -> WebsecError:
    """The error of one call, which must end."""
    with client_of(url, **settings) as send, pytest.raises(WebsecError) as failed:
        ends(lambda: send(effect))
    return failed.value


class EndingContext(RunContext):
    """The run context of a pass with a deadline in a moment."""

    def seconds_left(self) -> float:
        return 0.2
