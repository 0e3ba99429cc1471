# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The change of the state record of a site, in the same update as the change that it describes."""

from __future__ import annotations

import dataclasses
import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._errors import BadResponseError
from ansible_collections.hosting.websec.plugins.module_utils._sitelock_waf.entries import Entry
from ansible_collections.hosting.websec.plugins.module_utils._sitelock_waf.observation import SiteObservation
from ansible_collections.hosting.websec.plugins.module_utils._sitelock_waf.records import (
    STATE_RECORD_TTL,
    Record,
    record_set,
)
from ansible_collections.hosting.websec.plugins.module_utils._state_record import (
    StateRecord,
    record_name,
    to_text,
)
from ansible_collections.hosting.websec.plugins.module_utils._texts import counted

MAX_STATE_RECORD = 15_000
"""Bytes. An update contains the text several times, and has at most 64 KiB."""


def state_record_set(
    entry: Entry, observed: SiteObservation, state_record: StateRecord, before: StateRecord
) -> tuple[Record, ...]:
    """The record set of the state record, if it changed; it is written only if no other writer changed it since the
    read.

    :param before: the state record from before this pass, which stays true if the name server stores the state record
        and drops the change that it describes.
    """
    text = to_text(state_record)
    unproven = to_text(
        dataclasses.replace(
            state_record,
            target=before.target,
            verification=state_record.verification or before.verification,
            restored=before.restored,
            wait=before.wait,
        )
    )
    if text == observed.state_record_text == unproven:
        return ()
    if max(len(text.encode("utf-8")), len(unproven.encode("utf-8"))) > MAX_STATE_RECORD:
        # The name server would refuse it, or the whole list because of it.
        raise BadResponseError(
            f"{entry['domain']}: the state record of this site would be larger than "
            f"{counted(MAX_STATE_RECORD, 'byte')}.",
            hint="Nothing was changed in DNS. Check SiteLock's response for this site: an invalid state, or hundreds "
            "of addresses?",
        )
    more: dict[str, t.Any] = {"fallback": [unproven]} if unproven != text else {}
    expected = {"TXT": [observed.state_record_text] if observed.state_record_text is not None else []}
    return (
        record_set(entry, record_name(entry["domain"]), "TXT", [text], STATE_RECORD_TTL, expected=expected, **more),
    )
