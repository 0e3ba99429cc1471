# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is known about a site, and what a pass decides about it. Plain data, for ``onboarding`` and ``offboarding``."""

from __future__ import annotations

import dataclasses
import datetime

from ansible_collections.hosting.websec.plugins.module_utils._errors import BadInputError
from ansible_collections.hosting.websec.plugins.module_utils._sitelock_waf.entries import Entry
from ansible_collections.hosting.websec.plugins.module_utils._sitelock_waf.records import Record, SiteStatus
from ansible_collections.hosting.websec.plugins.module_utils._state_record import Records, StateRecord


@dataclasses.dataclass(frozen=True)
class SiteObservation:
    """What is known about a site at one point of a pass.

    :param state_record: see the module of this name; ``state_record_text`` is its value in DNS.
    :param status: the last valid response of the API; ``None``: not requested, or failed.
    :param present: A, AAAA and CNAME that DNS serves at the names of the site; ``None``: not read.
    :param origin: the name of the origin whose record this pass, or an earlier one, set.
    :param everywhere: all authoritative servers of the zone serve the same as ``present``.
    """

    state_record: StateRecord | None = None
    state_record_text: str | None = None
    status: SiteStatus | None = None
    present: Records | None = None
    everywhere: bool = False
    origin: str | None = None


@dataclasses.dataclass(frozen=True)
class Decision:
    """The record sets that a site needs now, by step, and the texts for the report.

    :param steps: name of a step for the report (empty: not reported) and its record sets.
    """

    steps: tuple[tuple[str, tuple[Record, ...]], ...] = ()
    waiting_for: str | None = None
    notes: tuple[str, ...] = ()
    since: datetime.datetime | None = None

    @property
    def records(self) -> list[Record]:
        """All record sets."""
        return [record for _step, records in self.steps for record in records]


PUBLISH_TXT = "publish TXT"
REMOVE_TXT = "remove TXT"
LOWER_TTL = "lower TTL"
CHANGE = "change A/CNAME"
RESTORE = "restore A/CNAME"
NO_WORD = ""
Steps = list[tuple[str, tuple[Record, ...]]]


def was_cut_over(state_record: StateRecord | None) -> bool:
    """Whether the cut-over was done."""
    return state_record is not None and state_record.target is not None


def names_without_original(entry: Entry, state_record: StateRecord) -> list[str]:
    """Names of a site without saved records: an alias that was added after the cut-over, or a name that already pointed
    to the CDN."""
    return [name for name in entry["names"] if name not in state_record.original]


def present_records(entry: Entry, observed: SiteObservation) -> Records:
    """What DNS serves now at the names of a site.

    :raises BadInputError: it was not read.
    """
    if observed.present is None:
        raise BadInputError(
            f"{entry['domain']}: the current records could not be read, so nothing was changed.",
            hint="See the messages about its zone, and run again.",
        )
    return observed.present


def saved_originals(entry: Entry, state_record: StateRecord) -> Records | None:
    """The saved records, if they are known for all names of a site."""
    if names_without_original(entry, state_record):
        return None
    return {name: state_record.original[name] for name in entry["names"]}


def in_state(state_record: StateRecord, status: SiteStatus, now: datetime.datetime) -> StateRecord:
    """The state record with the current state; its C(since) stays while the state is the same."""
    if state_record.state == status["state"]:
        return state_record
    return dataclasses.replace(state_record, state=status["state"], since=now)
