# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A provider of octoDNS with its zones in memory. It caches reads forever, as Route 53's does, and fails on demand."""

from __future__ import annotations

import logging
import typing as t

from octodns.provider.base import BaseProvider
from octodns.record import Record

Values = tuple[int, list[str]]


class Account:
    """The data that the provider objects of one account share.

    C(before_apply) is called before a change is made, C(faults) are raised instead of the next calls (by method); a
    fault with C(after) is raised after the effect of the call.
    """

    def __init__(self, **zones: dict[str, Values]) -> None:
        self.zones = {f"{name.replace('_', '.')}.": dict(sets) for name, sets in zones.items()}
        self.calls: list[str] = []
        self.applied: list[list[str]] = []
        self.before_apply: t.Callable[[], None] = lambda: None
        self.after_apply: t.Callable[[], None] = lambda: None
        self.faults: dict[str, list[Exception]] = {}

    def set(self, zone: str, at: str, ttl: int, *values: str) -> None:
        """Change a set as another writer. :param at: as C(www A), C(A) at the apex."""
        self.zones[zone].pop(at, None)
        if values:
            self.zones[zone][at] = (ttl, list(values))


ACCOUNTS: dict[str, Account] = {}


class MemoryProvider(BaseProvider):
    SUPPORTS_GEO = False
    SUPPORTS_ROOT_NS = True
    SUPPORTS = frozenset(("A", "AAAA", "CAA", "CNAME", "MX", "NS", "TXT"))

    def __init__(self, id: str, account: str, token: str) -> None:
        self.log = logging.getLogger(f"MemoryProvider[{id}]")
        super().__init__(id)
        self._account = ACCOUNTS[account]
        self._token = token
        self._read: dict[str, dict[str, Values]] = {}

    def _called(self, method: str) -> None:
        self._account.calls.append(method)
        faults = self._account.faults.get(method)
        if faults and not getattr(faults[0], "after", False):
            raise faults.pop(0)

    def list_zones(self) -> list[str]:
        self._called("list_zones")
        return sorted(self._account.zones)

    def populate(self, zone: t.Any, target: bool = False, lenient: bool = False) -> bool:
        if zone.name not in self._read:
            self._called("populate")
            if zone.name not in self._account.zones:
                return False
            self._read[zone.name] = dict(self._account.zones[zone.name])
        for at, (ttl, values) in self._read[zone.name].items():
            name, _blank, kind = at.rpartition(" ")
            data: dict[str, t.Any] = {"type": kind, "ttl": ttl, "values": values}
            if kind in ("CNAME", "ALIAS"):
                data["value"] = values[0]
            if kind == "MX":
                data["values"] = [dict(zip(("preference", "exchange"), value.split())) for value in values]
            zone.add_record(Record.new(zone, name, data, source=self, lenient=True), lenient=True)
        return True

    def _apply(self, plan: t.Any) -> None:
        self._account.before_apply()
        self._called("apply")
        sets = self._account.zones[plan.desired.name]
        self._account.applied.append(
            [f"{type(change).__name__} {change.record.fqdn} {change.record._type}" for change in plan.changes]
        )
        for change in plan.changes:
            record = change.record
            at = f"{record.name} {record._type}".strip()
            sets.pop(at, None)
            if change.new is not None:
                values = getattr(change.new, "values", None) or [change.new.value]
                sets[at] = (change.new.ttl, [str(value) for value in values])
        self._account.after_apply()
        faults = self._account.faults.get("apply")
        if faults:
            raise faults.pop(0)
