# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whether the traffic of a site may go to the CDN, and to which target."""

from __future__ import annotations

from ansible_collections.hosting.websec.plugins.module_utils._errors import BadResponseError
from ansible_collections.hosting.websec.plugins.module_utils._record_values import is_value
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.status import Ssl, is_routable
from ansible_collections.hosting.websec.plugins.module_utils._sitelock_waf.entries import Entry
from ansible_collections.hosting.websec.plugins.module_utils._sitelock_waf.records import SiteStatus
from ansible_collections.hosting.websec.plugins.module_utils._state_record import StateRecord, Target


def routable(entry: Entry, status: SiteStatus) -> bool:
    """Whether A and CNAME of a site may point to the CDN now: as the API reports it, unless C(ssl) is set in the
    entry."""
    if entry["ssl"] is None:
        return bool(status["routable"])
    ssl = Ssl(**status["ssl"]) if status["ssl"] else None
    asks_validation = status["dns_ssl_verify"] is not None
    return is_routable(status["state"], ssl, asks_validation=asks_validation, needs_ssl=entry["ssl"])


def cdn_target(entry: Entry, status: SiteStatus, state_record: StateRecord) -> Target | None:
    """The CDN target: what the API returns or, if its response is short, what it returned at the cut-over.

    :raises BadResponseError: the target contains a value that no record can have.
    """
    addresses, cname = tuple(map(str, status["dns_new_a"])), status["dns_new_cname"]
    wrong = [value for value in addresses if not is_value("A", value)]
    if wrong or (cname and not is_value("CNAME", str(cname))):
        raise BadResponseError(
            f"{entry['domain']}: the API names {', '.join(wrong) or cname} as the CDN target, which is not possible.",
            hint="Nothing was changed in DNS. Ask SiteLock's support.",
        )
    needs_addresses = entry["apex"]
    needs_cname = not entry["apex"] or len(entry["names"]) > 1
    if (addresses or not needs_addresses) and (cname or not needs_cname) and (addresses or cname):
        return Target(addresses, cname and str(cname), entry["ttl"])
    return state_record.target
