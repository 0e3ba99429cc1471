# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""From the options of a status task to its entries."""

from __future__ import annotations

import functools
import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._errors import BadInputError
from ansible_collections.hosting.websec.plugins.module_utils._ids import number_id
from ansible_collections.hosting.websec.plugins.module_utils._run_context import RunContext
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.client import SiteLockClient
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.site import (
    CurrentAddon,
    site_fields,
    site_result,
)
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.site_ids import refuse_twice
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.status import read_status
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.waiting import Wait, read_all


def read_statuses(options: t.Mapping[str, t.Any], context: RunContext | None = None) -> list[dict[str, t.Any]]:
    """Read the status of all sites, wait if the options require it, and return one flat entry per site.

    :param context: of the task.
    """
    site_ids = [number_id(site_id, "site_id") for site_id in options["site_id"]]
    refuse_twice(site_ids)
    for name, least in (("concurrency", 1), ("wait_timeout", 0), ("poll_interval", 1)):
        if options[name] < least:
            raise BadInputError(f"{name} is {options[name]}; it must be {least} or greater.")
    context = context or RunContext()
    wait = Wait(frozenset(options["wait_for"] or ()), options["wait_timeout"], options["poll_interval"])
    with SiteLockClient.from_options(options, read_only=True, context=context) as client:
        return statuses_of(client, site_ids, concurrency=options["concurrency"], context=context, wait=wait)


def statuses_of(
    client: SiteLockClient,
    site_ids: t.Sequence[int],
    *,
    concurrency: int,
    context: RunContext,
    wait: Wait | None = None,
) -> list[dict[str, t.Any]]:
    """One flat entry per site, in the order of ``site_ids``."""
    read = functools.partial(read_status, client)
    return [
        site_result(
            site_fields(each.site_id, CurrentAddon(each.status) if each.status else None),
            error=None if each.deferred else each.error,
            deferred=each.deferred,
            deferred_cause=each.deferred_cause,
        )
        for each in read_all(read, site_ids, wait or Wait(), concurrency=concurrency, context=context)
    ]
