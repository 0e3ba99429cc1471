# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a pass does for one site: pure functions over observations. No I/O, no clock."""

from __future__ import annotations

import datetime
import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._bugs import unexpected_as_bug
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.status import ABSENT
from ansible_collections.hosting.websec.plugins.module_utils._sitelock_waf.cdn import routable
from ansible_collections.hosting.websec.plugins.module_utils._sitelock_waf.entries import Entry
from ansible_collections.hosting.websec.plugins.module_utils._sitelock_waf.observation import (
    Decision,
    SiteObservation,
    names_without_original,
    was_cut_over,
)
from ansible_collections.hosting.websec.plugins.module_utils._sitelock_waf.offboarding import cleanup, offboard
from ansible_collections.hosting.websec.plugins.module_utils._sitelock_waf.onboarding import in_doubt, onboard
from ansible_collections.hosting.websec.plugins.module_utils._sitelock_waf.records import SiteStatus
from ansible_collections.hosting.websec.plugins.module_utils._state_record import StateRecord


def needs_present(entry: Entry, observed: SiteObservation) -> bool:
    """Whether the decision depends on the current DNS records at the names of the site."""
    if observed.status is None:
        return False
    if entry["state"] == ABSENT:
        return bool(observed.status["state"] != ABSENT)
    if routable(entry, observed.status):
        return (
            not was_cut_over(observed.state_record)
            or in_doubt(observed)
            or bool(names_without_original(entry, t.cast(StateRecord, observed.state_record)))
        )
    return not was_cut_over(observed.state_record) and entry["lower_ttl"] is not None


@unexpected_as_bug()
def decide(entry: Entry, observed: SiteObservation, now: datetime.datetime) -> Decision:
    """What to change in DNS for a site whose status is known.

    :raises WebsecError: this site requires manual action.
    """
    status = t.cast(SiteStatus, observed.status)
    if entry["state"] == ABSENT:
        return cleanup(entry, observed) if status["state"] == ABSENT else offboard(entry, observed, now)
    return onboard(entry, observed, now)
