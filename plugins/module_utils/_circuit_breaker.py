# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Stops calls that fail for a reason which all items share: a wrong password, an unreachable server.

Sent for each of thousands of sites, a wrong password would lock the account. An error of one item does not stop the
others: different items must fail in a row, without a success in between, and a call that concerns no item must fail in
the same way.
"""

from __future__ import annotations

import contextlib
import threading
import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._errors import (
    AuthError,
    BadInputError,
    NotAllowedError,
    NotFoundError,
    RejectedError,
    RequestNotAllowedError,
    TimedOutError,
    UnavailableError,
    WebsecError,
)
from ansible_collections.hosting.websec.plugins.module_utils._run_context import DeferredError

FAILURES = 3
"""Number of different items that must fail before the reason is checked as one that all share."""


def may_hold_for_all(error: WebsecError) -> bool:
    """Whether the reason of a failed call may be one that all calls share: it concerns the caller, or nothing was
    reachable."""
    if isinstance(error, (AuthError, NotAllowedError)):
        return not isinstance(error, RequestNotAllowedError)
    return (
        isinstance(error, (UnavailableError, TimedOutError)) and not error.may_have_happened and not error.http_status
    )


_ANSWERS = (NotFoundError, BadInputError, RequestNotAllowedError)
"""Errors which prove that the caller was accepted."""

_HOLDS_FOR_ALL = "all"


def _reason(error: WebsecError) -> object:
    """What failures of different items must have in common; C(None): this one says nothing about the others."""
    if may_hold_for_all(error):
        return _HOLDS_FOR_ALL
    # SiteLock does not document its response to a wrong password: it may be a refusal like any other.
    return (error.code, error.message) if isinstance(error, RejectedError) else None


class CircuitBreaker:
    """The circuit breaker of one client. Thread-safe.

    :param probe: makes a call that concerns no item, and raises its error. C(None): there is no such call, and the
        failures of the items are sufficient proof.
    """

    def __init__(self, probe: t.Callable[[], object] | None = None) -> None:
        self._probe = probe
        self._lock = threading.Lock()
        self._failed: set[str] = set()
        self._reason: object = None
        self._enough: dict[object, int] = {}
        self._let_in = False
        self._cause: WebsecError | None = None

    @contextlib.contextmanager
    def call(self, item: str) -> t.Iterator[None]:
        """Context of one call for ``item``.

        :raises DeferredError: see ``check``; nothing is sent then.
        """
        self.check()
        try:
            yield
        except WebsecError as error:
            self.failed(error, item)
            raise
        self.succeeded()

    def check(self) -> None:
        """To be called right before a call.

        :raises DeferredError: the previous calls failed for a reason that applies to this one too; nothing is sent.
        """
        if self._failed:
            # While the probe runs, no other call changes the state that it checks.
            with self._lock:
                pass
        if self._cause is not None:
            raise DeferredError(f"Not started: {self._cause.message}", self._cause)

    def succeeded(self) -> None:
        """Record that a call got a response."""
        self._let_in = True
        if self._failed:
            with self._lock:
                self._failed.clear()

    def failed(self, error: WebsecError, item: str) -> None:
        """Record that a call for ``item`` ended with ``error``."""
        reason = _reason(error)
        if reason is None:
            # A lost response, or a server in trouble, does not prove that the other calls are accepted.
            if isinstance(error, _ANSWERS):
                self.succeeded()
            return
        with self._lock:
            if reason != self._reason:
                self._failed.clear()
                self._reason = reason
            self._failed.add(item)
            enough = self._enough.get(reason, FAILURES)
            if self._cause is not None or len(self._failed) < enough:
                return
            cause = self._shared_cause(error)
            if cause is None:
                # So the failures are about these items. Check again only after many more of them.
                self._failed.clear()
                self._enough[reason] = enough * 4
            self._cause = cause

    def _shared_cause(self, error: WebsecError) -> WebsecError | None:
        if self._probe is None:
            return error if may_hold_for_all(error) else None
        try:
            self._probe()
        except WebsecError as probed:
            alike = isinstance(probed, RejectedError) and isinstance(error, RejectedError) and probed.code == error.code
            return error if alike or (may_hold_for_all(error) and may_hold_for_all(probed)) else None
        # Refused credentials before any success: the call that concerns no item may not require a password.
        return error if isinstance(error, AuthError) and not self._let_in else None
