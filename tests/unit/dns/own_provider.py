# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Minimal custom providers."""

from __future__ import annotations

import typing as t


class Dictionary:
    """A minimal custom provider."""

    atomicity = "zone_atomic"
    zones_here: t.ClassVar[dict[str, dict[tuple[str, str], t.Any]]] = {}

    def __init__(self, password: str = "") -> None:
        self.password = password

    def zones(self, names: list[str]) -> dict[str, str]:
        return {name: zone for name in names for zone in self.zones_here if f".{name}".endswith(f".{zone}")}

    def read(self, zone: str, record_sets: list[tuple[str, str]]) -> dict[tuple[str, str], t.Any]:
        if self.password == "wrong":
            raise PermissionError(f"no: {self.password} tok-5e2b9f7c1d")
        return {at: self.zones_here[zone][at] for at in record_sets if at in self.zones_here[zone]}

    def change(self, zone: str, changes: list[dict[str, t.Any]], expected: dict[tuple[str, str], t.Any]) -> None:
        for change in changes:
            at = (change["name"], change["type"])
            assert at in expected
            self.zones_here[zone].pop(at, None)
            if change["after"]:
                self.zones_here[zone][at] = change["after"]


class Incomplete:
    def zones(self, names: list[str]) -> dict[str, str]:
        return {}
