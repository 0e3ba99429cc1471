# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""purgeWafCache: makes the CDN forget what it has cached of a site.

Source: C(purgewafcache-...).
"""

from __future__ import annotations

import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._errors import BadInputError
from ansible_collections.hosting.websec.plugins.module_utils._run_context import RunContext
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.client import SiteLockClient
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.methods.firewall import PURGE_WAF_CACHE
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.once import call_once
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.sections.each_site import Row, each_site


def purge_caches(params: t.Mapping[str, t.Any], *, check_mode: bool, context: RunContext) -> list[Row]:
    """Purge the cache of each site; one row a site. A call is never sent twice.

    :param params: the options of the module.
    :param check_mode: look up the numbers of the sites, and purge nothing.
    :raises BadInputError: C(purge_pattern) is empty: sent as such, it may purge everything.
    """
    pattern = params["purge_pattern"]
    if pattern is not None and not pattern.strip():
        raise BadInputError("purge_pattern is empty.", hint="Set a pattern, or omit it to purge the whole cache.")
    with SiteLockClient.from_options(params, read_only=check_mode, context=context) as client:

        def purge(site_id: int) -> Row:
            if not check_mode:
                _purge(client, site_id, pattern)
            return {"changed": True}

        return each_site(client, params, context, purge, without={"changed": False})


def _purge(client: SiteLockClient, site_id: int, pattern: str | None) -> None:
    call_once(
        client,
        PURGE_WAF_CACHE,
        {"site_id": site_id, "purge_pattern": pattern},
        perhaps="The cache may have been purged.",
        hint="Run again to purge it once more.",
    )
