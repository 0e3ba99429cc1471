# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Results of name servers, as the steps of a pass get them."""

from __future__ import annotations

import typing as t

LOST: dict[str, t.Any] = {"kind": "unavailable", "message": "No answer.", "hint": "Later.", "code": None}


def read(name: str, kind: str, *values: str, **more: t.Any) -> dict[str, t.Any]:
    """An entry of M(hosting.websec.dns_record_sets_info)."""
    there = {"name": name, "type": kind, "values": list(values), "ttl": 300, "everywhere": True}
    return {**there, "failed": False, "error": None, **more}


def result(name: str, kind: str, *, changed: bool = True, error: dict[str, t.Any] | None = None) -> dict[str, t.Any]:
    """An entry of M(hosting.websec.dns_record_sets)."""
    return {"name": name, "type": kind, "changed": changed, "failed": error is not None, "error": error}
