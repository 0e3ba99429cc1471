# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What scans, backups and products say about a site."""

from __future__ import annotations

import dataclasses
import datetime
import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._parsing import utc_text
from ansible_collections.hosting.websec.plugins.module_utils._report.reasons import Reason

SCANS, BACKUPS, PRODUCTS = "scans", "backups", "products"
SOURCES = (SCANS, BACKUPS, PRODUCTS)


def sign_in_text(error: str) -> str:
    """What SiteLock says about its sign-in to a site, as a sentence."""
    return f"SiteLock says: {error}{'' if error[-1:] in ('.', '!', '?') else '.'}"


@dataclasses.dataclass(frozen=True)
class Finding:
    """One finding.

    :param text: about it, without a time: sites with the same text share a group of the report.
    :param source: one of ``SOURCES``, where it was read.
    :param since: C(None) if nothing says it.
    :param is_first_seen: ``since`` is when a report first had it; the API does not say when it began.
    """

    reason: Reason
    text: str
    source: str
    since: datetime.datetime | None = None
    is_first_seen: bool = False

    @property
    def since_text(self) -> str:
        """A sentence; empty if nothing says it."""
        if self.since is None:
            return ""
        return f"Since {self.since.date().isoformat()}{' (first seen)' if self.is_first_seen else ''}."

    @property
    def told(self) -> str:
        """All of it, for people."""
        return f"{self.text} {self.since_text}".rstrip()

    def as_dict(self) -> dict[str, t.Any]:
        return {
            "reason": self.reason.key,
            "text": self.text,
            "source": self.source,
            "since": utc_text(self.since) if self.since else None,
            "first_seen": self.is_first_seen,
        }
