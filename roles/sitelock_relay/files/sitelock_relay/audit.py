# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The audit log: one JSON line for each request. It has no body, no secret and no link."""

from __future__ import annotations

import dataclasses
import json
import typing as t

_MAX_IDS = 100


@dataclasses.dataclass
class Entry:
    """What is known of one request; it grows while the request is handled.

    :param client: its name, once it has proved it.
    :param decision: C(passed), C(refused) or C(failed): passed on, but there is no answer.
    """

    time: str
    id: str
    address: str
    client: str = ""
    method: str = ""
    account_ids: t.Sequence[str] = ()
    site_ids: t.Sequence[str] = ()
    decision: str = "refused"
    reason: str = ""
    status: int = 0
    upstream_status: int | None = None
    seconds: float = 0.0

    def line(self) -> str:
        """Return it as one line of ASCII."""
        fields = dataclasses.asdict(self)
        fields["seconds"] = round(self.seconds, 4)
        for name in ("account_ids", "site_ids"):
            ids = fields[name]
            fields[name] = list(ids[:_MAX_IDS])
            if len(ids) > _MAX_IDS:
                fields[f"{name}_number"] = len(ids)
        return json.dumps(fields, ensure_ascii=True, separators=(",", ":")) + "\n"
