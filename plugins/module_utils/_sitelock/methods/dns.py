# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""SiteLock DNS."""

from __future__ import annotations

from ansible_collections.hosting.websec.plugins.module_utils._effects import Effect
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.methods.definition import SITE, Method, names

GET_DOMAIN_DNS_INFO = Method(
    # Inferred: the type of a record. Unknown: its id and TTL.
    "getDomainDNSInfo",
    Effect.READ,
    repeats=names("nameserver record"),
    subjects=(SITE,),
)
MANAGE_DOMAIN_DNS = Method(
    # Inferred: priority, and the answer. Unknown: all actions but add_record, the id and the TTL of a record.
    "manageDomainDNS",
    Effect.CHANGE,
    nested=names("record/type record/host record/target record/priority"),
    subjects=(SITE,),
)
