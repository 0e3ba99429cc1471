# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The record by which the certificate authority validates the domain of a site."""

from __future__ import annotations

import dataclasses

from ansible_collections.hosting.websec.plugins.module_utils._addresses import is_host_name
from ansible_collections.hosting.websec.plugins.module_utils._errors import BadResponseError
from ansible_collections.hosting.websec.plugins.module_utils._record_values import is_text, is_value
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.status import READY
from ansible_collections.hosting.websec.plugins.module_utils._sitelock_waf.entries import Entry
from ansible_collections.hosting.websec.plugins.module_utils._sitelock_waf.observation import (
    PUBLISH_TXT,
    REMOVE_TXT,
    Steps,
)
from ansible_collections.hosting.websec.plugins.module_utils._sitelock_waf.records import (
    SiteStatus,
    publish_verification,
    remove_verification,
    replaces,
)
from ansible_collections.hosting.websec.plugins.module_utils._state_record import StateRecord, Target, record_name
from ansible_collections.hosting.websec.plugins.module_utils._texts import shortened


@dataclasses.dataclass(frozen=True)
class ValidationRecord:
    """The record by which the certificate authority validates the domain.

    :param by_cname: it is a CNAME, which no pass sets; otherwise a TXT record.
    """

    name: str
    value: str
    by_cname: bool


def validation_record(entry: Entry, status: SiteStatus) -> ValidationRecord | None:
    """The record that the API requests.

    :raises BadResponseError: the record does not belong to this site, or is invalid.
    """
    verify = status["dns_ssl_verify"]
    if verify is None:
        return None
    name, kind, value = (str(verify[f"dns_record_{key}"]) for key in ("domain", "type", "value"))
    name, kind = name.rstrip(".").lower(), kind.upper()
    mine = name in (entry["domain"], entry["zone"]) or name.endswith(f".{entry['domain']}")
    # This name has the state record of a site.
    mine = mine and name != record_name(name.partition(".")[2])
    if kind not in ("TXT", "CNAME") or not mine or not is_host_name(name):
        raise BadResponseError(
            f"{entry['domain']}: the API requests the record {shortened(name)} {shortened(kind)}, which is not a TXT "
            "or CNAME record of this site.",
            hint="Nothing was changed in DNS. Check that site_id and domain of the entry belong together.",
        )
    if not (is_text(value) if kind == "TXT" else is_value(kind, value)):
        raise BadResponseError(
            f"{entry['domain']}: the API requests the {kind} value {shortened(value)!r}, which is not possible."
        )
    return ValidationRecord(name, value, by_cname=kind == "CNAME")


def _gives_way(entry: Entry, name: str, target: Target) -> bool:
    """Whether a CNAME is set at the name of the TXT record."""
    return (
        target.dns_new_cname is not None and name in entry["names"] and not (entry["apex"] and name == entry["domain"])
    )


def validation_steps(
    entry: Entry, status: SiteStatus, state_record: StateRecord, target: Target | None
) -> tuple[Steps, StateRecord]:
    """The TXT record of the validation: published while the API requests it, removed at the end if this is set, or if a
    CNAME replaces it."""
    asked, known = validation_record(entry, status), state_record.verification
    wanted = (asked.name, asked.value) if asked is not None and not asked.by_cname else None
    in_the_way = target is not None and wanted is not None and _gives_way(entry, wanted[0], target)
    if wanted is not None and not in_the_way:
        records = [publish_verification(entry, *wanted)]
        if known is not None and not replaces(wanted, known):
            records.append(remove_verification(entry, *known))
        return [(PUBLISH_TXT, tuple(records))], dataclasses.replace(state_record, verification=wanted)
    done = status["state"] == READY and entry["cleanup_verification"]
    if known is not None and (done or (target is not None and _gives_way(entry, known[0], target))):
        removed = (remove_verification(entry, *known),)
        return [(REMOVE_TXT, removed)], dataclasses.replace(state_record, verification=None)
    return [], state_record
