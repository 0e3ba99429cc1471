# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""From the options of a task to one entry per domain: its account and site at SiteLock."""

from __future__ import annotations

import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._domain import normalise_domain
from ansible_collections.hosting.websec.plugins.module_utils._errors import WebsecError
from ansible_collections.hosting.websec.plugins.module_utils._run_context import RunContext
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.client import SiteLockClient
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.each import error_fields
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.lookups import DomainOwner, look_up_domains

Found = t.Union[DomainOwner, WebsecError, None]


def read_domains(options: t.Mapping[str, t.Any], context: RunContext) -> list[dict[str, t.Any]]:
    """One entry for each of C(domains), in their order. A domain that is listed twice is looked up once.

    :param options: connection options, C(domains) and C(concurrency).
    """
    names = [_normalised(domain) for domain in options["domains"]]
    valid = list(dict.fromkeys(name for name in names if isinstance(name, str)))
    with SiteLockClient.from_options(options, read_only=True, context=context) as client:
        found = look_up_domains(client, valid, concurrency=options["concurrency"], context=context)
    return [
        _entry(name, found[name]) if isinstance(name, str) else _entry(str(given).strip(), name)
        for given, name in zip(options["domains"], names)
    ]


def _normalised(domain: str) -> str | WebsecError:
    try:
        return normalise_domain(domain)
    except WebsecError as error:
        return error


def _entry(domain: str, found: Found) -> dict[str, t.Any]:
    error = found if isinstance(found, WebsecError) else None
    owner = found if isinstance(found, DomainOwner) else DomainOwner(None, None)
    return {
        "domain": domain,
        "exists": None if error else found is not None,
        "account_id": owner.account_id,
        "site_id": owner.site_id,
        **error_fields(error, domain=domain),
    }
