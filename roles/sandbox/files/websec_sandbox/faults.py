# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Faults: what can go wrong between a client and the APIs, switched on by the admin path."""

from __future__ import annotations

import dataclasses
import itertools
import threading
import typing

# Kinds that strike before the call has any effect, and after.
BEFORE = frozenset(
    {
        "lost_request",
        "http_500",
        "http_503",
        "html",
        "refuse_403",
        "redirect",
        "http_429",
        "echo_password",
    }
)
AFTER = frozenset(
    {
        "lost_answer",
        "http_500_after",
        "html_after",
        "cut",
        "truncated",
        "doctype",
        "huge",
        "slow",
        "other_subject",
        "odd_values",
        "secret_in_answer",
    }
)


@dataclasses.dataclass(frozen=True)
class Subject:
    """Whom a call is about, as far as its request says it."""

    site_ids: list[str] = dataclasses.field(default_factory=list)
    domain: str | None = None
    account_id: str | None = None
    login: str | None = None


@dataclasses.dataclass
class Fault:
    """
    One fault. It strikes calls that match C(api), C(method), C(site_id), C(domain), C(account_id) and C(login)
    (None: any).

    The first C(skip) matching calls are left alone, the next C(times) are struck (0: all). C(seconds) is for
    C(slow) and for C(Retry-After), C(megabytes) for C(huge).
    """

    kind: str
    api: str | None = None
    method: str | None = None
    site_id: str | None = None
    domain: str | None = None
    account_id: str | None = None
    login: str | None = None
    skip: int = 0
    times: int = 1
    seconds: float | None = None
    megabytes: int = 64
    id: int = 0
    matched: int = 0
    struck: int = 0

    def __post_init__(self) -> None:
        """Raises ValueError for values that make no sense."""
        if self.kind not in BEFORE | AFTER:
            raise ValueError(f"unknown kind of fault {self.kind}; known: {', '.join(sorted(BEFORE | AFTER))}")
        if self.api not in (None, "sitelock", "oauth", "botguard", "check"):
            raise ValueError("api must be sitelock, oauth, botguard or check")
        for name in ("skip", "times", "megabytes"):
            value = getattr(self, name)
            if not isinstance(value, int) or isinstance(value, bool) or value < 0:
                raise ValueError(f"{name} must be a number of at least 0")
        if self.seconds is not None and (not isinstance(self.seconds, (int, float)) or self.seconds < 0):
            raise ValueError("seconds must be a number of at least 0")

    @property
    def before(self) -> bool:
        """Whether the call has no effect."""
        return self.kind in BEFORE

    def matches(self, api: str, method: str, subject: Subject) -> bool:
        """Whether the call is one that this fault looks at."""
        return (
            self.api in (None, api)
            and self.method in (None, method)
            and (self.site_id is None or self.site_id in subject.site_ids)
            and self.domain in (None, subject.domain)
            and self.account_id in (None, subject.account_id)
            and self.login in (None, subject.login)
        )


class Faults:
    """The faults that are switched on. C(keep) is called with all of them after each change. Safe for threads."""

    def __init__(
        self, stored: list[dict[str, typing.Any]], keep: typing.Callable[[list[dict[str, typing.Any]]], None]
    ) -> None:
        """Continue with the stored faults."""
        self._lock = threading.Lock()
        self._keep = keep
        self._faults = [Fault(**fault) for fault in stored]
        self._numbers = itertools.count(max((fault.id for fault in self._faults), default=0) + 1)

    def add(self, wanted: dict[str, typing.Any]) -> dict[str, typing.Any]:
        """Switch a fault on. Raises ValueError."""
        unknown = set(wanted) - ({field.name for field in dataclasses.fields(Fault)} - {"id", "matched", "struck"})
        if unknown or "kind" not in wanted:
            raise ValueError(f"unknown field {min(unknown)}" if unknown else "kind is missing")
        for name in ("site_id", "domain", "account_id", "login"):
            if wanted.get(name) is not None:
                wanted = {**wanted, name: str(wanted[name])}
        fault = Fault(**wanted)
        with self._lock:
            fault.id = next(self._numbers)
            self._faults.append(fault)
            self._store()
        return dataclasses.asdict(fault)

    def listed(self) -> list[dict[str, typing.Any]]:
        """All faults with their counters, used-up ones too."""
        with self._lock:
            return [dataclasses.asdict(fault) for fault in self._faults]

    def remove(self, number: int | None = None) -> int:
        """Switch off one fault or all; how many there were."""
        with self._lock:
            before = len(self._faults)
            self._faults = [fault for fault in self._faults if number is not None and fault.id != number]
            self._store()
            return before - len(self._faults)

    def strike(self, api: str, method: str, subject: Subject) -> Fault | None:
        """The fault for this call, if one strikes. Every matching fault counts the call; the first one strikes."""
        if not self._faults:
            return None
        with self._lock:
            striking = None
            counted = False
            for fault in self._faults:
                if not fault.matches(api, method, subject) or (fault.times and fault.struck >= fault.times):
                    continue
                fault.matched += 1
                counted = True
                if fault.matched > fault.skip and striking is None:
                    fault.struck += 1
                    striking = fault
            if counted:
                self._store()
            return striking

    def _store(self) -> None:
        self._keep([dataclasses.asdict(fault) for fault in self._faults])
