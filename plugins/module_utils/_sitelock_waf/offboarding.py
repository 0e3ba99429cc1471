# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The removal of a site: original records, the end of the service, clean-up. Pure functions."""

from __future__ import annotations

import dataclasses
import datetime
import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._errors import BadInputError
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.status import ABSENT
from ansible_collections.hosting.websec.plugins.module_utils._sitelock_waf.cdn import cdn_target
from ansible_collections.hosting.websec.plugins.module_utils._sitelock_waf.entries import Entry
from ansible_collections.hosting.websec.plugins.module_utils._sitelock_waf.messages import (
    NOT_SERVED_EVERYWHERE,
    waiting_to_end,
)
from ansible_collections.hosting.websec.plugins.module_utils._sitelock_waf.observation import (
    NO_WORD,
    REMOVE_TXT,
    RESTORE,
    Decision,
    SiteObservation,
    Steps,
    in_state,
    present_records,
    saved_originals,
    was_cut_over,
)
from ansible_collections.hosting.websec.plugins.module_utils._sitelock_waf.records import (
    SiteStatus,
    record_set,
    remove_verification,
    restore,
    same_records,
)
from ansible_collections.hosting.websec.plugins.module_utils._sitelock_waf.state_record_change import state_record_set
from ansible_collections.hosting.websec.plugins.module_utils._state_record import (
    Records,
    RecordSet,
    StateRecord,
    points_to,
    record_name,
)


def _left_out(entry: Entry, state_record: StateRecord) -> list[str]:
    """Names that point to the CDN, but are no longer in the entry."""
    return [name for name in state_record.original if name not in entry["names"]] if was_cut_over(state_record) else []


def begins_to_end(entry: Entry, observed: SiteObservation) -> bool:
    """Whether a site with C(state=absent) has a service, and its end has not begun yet."""
    begun = observed.state_record is not None and observed.state_record.restored is not None
    return entry["state"] == ABSENT and observed.status is not None and observed.status["state"] != ABSENT and not begun


def may_delete(entry: Entry, observed: SiteObservation, now: datetime.datetime) -> bool:
    """Whether the service of a site with C(state=absent) can be deleted: every authoritative server serves its original
    records, and the TTL of the others has passed."""
    state_record = observed.state_record
    if entry["state"] != ABSENT or state_record is None or state_record.restored is None or observed.present is None:
        return False
    if _left_out(entry, state_record):
        return False
    # Without a cut-over, the first pass of the removal saved the records that it found as the original ones.
    cut_over = state_record.target is not None
    wanted = originals(entry, state_record, None)[0] if cut_over else saved_originals(entry, state_record)
    back = cut_over if wanted is None else same_records(entry["names"], observed.present, wanted)
    clear = state_record.target is None or not any(
        points_to(observed.present.get(n, {}), state_record.target) for n in entry["names"]
    )
    return (
        back
        and clear
        and observed.everywhere
        and now >= state_record.restored + datetime.timedelta(seconds=state_record.wait)
    )


def originals(entry: Entry, state_record: StateRecord | None, status: SiteStatus | None) -> tuple[Records | None, str]:
    """The records to restore at every name of a site, and their source; C(None) if they are unknown."""
    given = {
        name: {kind: RecordSet(there["ttl"], tuple(there["values"])) for kind, there in types.items()}
        for name, types in (entry["restore"] or {}).items()
    }
    saved: Records = state_record.original if state_record is not None else {}
    known = {name: given.get(name, saved.get(name)) for name in entry["names"]}
    addresses = tuple(map(str, status["original_dns"])) if status is not None else ()
    by_api = {"A": RecordSet(entry["ttl"], addresses)} if addresses else None
    found = {name: by_api if types is None else types for name, types in known.items()}
    if any(types is None for types in found.values()):
        return None, ""
    when = "at the cut-over" if was_cut_over(state_record) else "before any change"
    sources = (
        ("restore of the entry", any(name in given for name in known)),
        (f"what was saved {when}", any(name in saved and name not in given for name in known)),
        ("the API, which returns A records only", any(types is None for types in known.values())),
    )
    return t.cast("Records", found), " and ".join(source for source, used in sources if used)


def offboard(entry: Entry, observed: SiteObservation, now: datetime.datetime) -> Decision:
    """The removal while the service exists: restore the original records, and wait until the TTL of the others has
    passed.
    A later pass deletes the service, see ``may_delete``."""
    status = t.cast("SiteStatus", observed.status)
    before = state_record = observed.state_record or StateRecord(entry["site_id"])
    left_out = _left_out(entry, state_record)
    if left_out:
        raise BadInputError(
            f"{entry['domain']}: {', '.join(left_out)} points to the CDN but is no longer in the entry, so it would "
            "not be restored.",
            hint="Add it to aliases again. If it no longer belongs to this site: remove the TXT record at "
            f"{record_name(entry['domain'])}, and give the original records of the other names under restore.",
        )
    present = present_records(entry, observed)
    target = cdn_target(entry, status, state_record)
    wanted, source = originals(entry, state_record, status)
    routed = target is None or any(points_to(present.get(name, {}), target) for name in entry["names"])
    as_before = wanted is not None and same_records(entry["names"], present, wanted)  # except perhaps the TTL
    if not routed and not as_before and (state_record.target is None or wanted is None):
        wanted, source = present, "DNS, which does not point to the CDN"
    if wanted is None:
        raise _nowhere(entry)
    if state_record.target is not None and any(
        points_to(wanted.get(name, {}), state_record.target) for name in entry["names"]
    ):
        raise BadInputError(
            f"{entry['domain']}: the records to restore point to the CDN (they come from {source}).",
            hint="Set restore in the site's entry to the original records.",
        )
    steps: Steps = [(RESTORE, tuple(restore(entry, wanted)))] if wanted is not present else []
    is_back = state_record.restored is not None and same_records(entry["names"], present, wanted)
    lagging = is_back and not observed.everywhere
    if not is_back or lagging:
        # Also while a server still serves the old ones: a resolver that just queried it keeps them for their whole TTL.
        state_record = dataclasses.replace(state_record, restored=now, wait=_oldest(entry, present, state_record))
    if state_record.target is None:
        # These stay the records to restore, whatever the API returns later.
        state_record = dataclasses.replace(state_record, original=wanted)
    if state_record.verification is not None:
        steps.append((REMOVE_TXT, (remove_verification(entry, *state_record.verification),)))
        state_record = dataclasses.replace(state_record, verification=None)
    state_record = in_state(state_record, status, now)
    until = t.cast("datetime.datetime", state_record.restored) + datetime.timedelta(seconds=state_record.wait)
    return Decision(
        (*steps, (NO_WORD, state_record_set(entry, observed, state_record, before))),
        waiting_to_end(status, until, lagging=lagging),
        (f"The original records come from {source}.", *((NOT_SERVED_EVERYWHERE,) if lagging else ())),
        since=state_record.restored,
    )


def _nowhere(entry: Entry) -> BadInputError:
    return BadInputError(
        f"{entry['domain']}: the original DNS records are unknown. There are no saved records at "
        f"{record_name(entry['domain'])}, and the API does not return them.",
        hint=f"Set restore in the site's entry, for {', '.join(entry['names'])}.",
    )


def cleanup(entry: Entry, observed: SiteObservation) -> Decision:
    """The service is gone: remove what the collection published. First restore the records of names that still point to
    the CDN."""
    status, state_record = t.cast("SiteStatus", observed.status), observed.state_record
    if state_record is None:
        return Decision()
    steps: Steps = []
    present, target = present_records(entry, observed), state_record.target
    if target is not None and any(points_to(present.get(name, {}), target) for name in entry["names"]):
        wanted, _source = originals(entry, state_record, status)
        if wanted is None:
            raise _nowhere(entry)
        steps.append((RESTORE, tuple(restore(entry, wanted))))
    if state_record.verification is not None:
        steps.append((REMOVE_TXT, (remove_verification(entry, *state_record.verification),)))
    forgotten = record_set(
        entry,
        record_name(entry["domain"]),
        "TXT",
        [],
        None,
        expected={"TXT": [t.cast("str", observed.state_record_text)]},
    )
    return Decision((*steps, (NO_WORD, (forgotten,))))


def _oldest(entry: Entry, present: Records, state_record: StateRecord) -> int:
    """Seconds for which caches may keep the records that are replaced now."""
    ttls = [there.ttl for name in entry["names"] for there in present.get(name, {}).values()]
    return max(int(entry["ttl"]), state_record.target.ttl if state_record.target else 0, *ttls)
