# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Since when sites have their findings.

No page of the vendor shows such a time. If a response has one, it counts. Otherwise it is the time of the first report
that had the finding: each report contains what the next one needs.
"""

from __future__ import annotations

import dataclasses
import datetime
import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._parsing import utc_text
from ansible_collections.hosting.websec.plugins.module_utils._report.finding import Finding
from ansible_collections.hosting.websec.plugins.module_utils._report.site import Site

KEPT_DAYS = 30
"""Days for which a finding is remembered while its site is not read."""
_SLACK = datetime.timedelta(days=1)
"""The API does not say the zone of its times, so one of today may look as if it were in the future."""


@dataclasses.dataclass(frozen=True)
class PastFinding:
    """A finding of an earlier report.

    :param reason: its key. :param seen: when a report last had it.
    """

    domain: str
    site_id: t.Any
    reason: str
    source: str
    since: datetime.datetime
    is_first_seen: bool
    seen: datetime.datetime

    def as_dict(self) -> dict[str, t.Any]:
        return {
            "domain": self.domain,
            "site_id": self.site_id,
            "reason": self.reason,
            "source": self.source,
            "since": utc_text(self.since),
            "first_seen": self.is_first_seen,
            "seen": utc_text(self.seen),
        }


def with_times(
    sites: t.Iterable[Site], past: t.Iterable[PastFinding], now: datetime.datetime
) -> tuple[list[Site], list[PastFinding]]:
    """The sites, each finding with its time; and what the next report must know of sites that were not read for this
    one, so that their findings do not begin anew.

    :param past: of the previous report; of two about the same the first one counts.
    """
    known: dict[tuple[str, ...], PastFinding] = {}
    for each in past:
        known.setdefault((*_of(each), each.source, each.reason), each)
    dated: list[Site] = []
    read: set[tuple[str, ...]] = set()
    for site in sites:
        findings = [_dated(each, known.get((*_of(site), each.source, each.reason.key)), now) for each in site.findings]
        dated.append(dataclasses.replace(site, findings=tuple(findings)))
        read.update((*_of(site), source) for source in (*site.read, *(each.source for each in findings)))
    longest = datetime.timedelta(days=KEPT_DAYS)
    return dated, [each for key, each in known.items() if key[:-1] not in read and now - each.seen <= longest]


def _of(site: Site | PastFinding) -> tuple[str, str]:
    """What names a site in two reports."""
    domain = site.domain.lower()
    # SiteLock treats a domain with and without it as the same.
    return domain[4:] if domain.startswith("www.") else domain, str(site.site_id)


def _dated(finding: Finding, before: PastFinding | None, now: datetime.datetime) -> Finding:
    if finding.since and finding.since - now <= _SLACK:
        return finding
    if before:
        return dataclasses.replace(finding, since=min(before.since, now), is_first_seen=before.is_first_seen)
    return dataclasses.replace(finding, since=now, is_first_seen=True)
