# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Tasks that do one thing with each of many sites: which sites, and one row for each."""

from __future__ import annotations

import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._argspec import ArgumentSpec
from ansible_collections.hosting.websec.plugins.module_utils._errors import WebsecError
from ansible_collections.hosting.websec.plugins.module_utils._run_context import RunContext
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.client import SiteLockClient
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.each import error_fields, read_each
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.sections.entries import (
    SiteEntry,
    read_entries,
    refuse_twice,
)
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.sections.hiding import SiteNameType
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.sections.sites import (
    find_site_ids,
    given_site_ids,
)

Row = dict[str, t.Any]


def site_list_options() -> ArgumentSpec:
    """Options that name sites. Other keys of an entry are not used, so it may be one of a site file."""
    return ArgumentSpec(
        options={
            "sites": {"type": "list", "elements": SiteNameType(), "required": True},
            "site_ids": {"type": "dict", "default": {}},
        }
    )


def find_sites(client: SiteLockClient, params: t.Mapping[str, t.Any], context: RunContext) -> list[SiteEntry]:
    """The entries of C(sites), in their order, with their numbers. One without a number has an error.

    :param params: the options of the module.
    :raises BadInputError: C(site_ids) is wrong.
    """
    entries = read_entries(params["sites"])
    known = given_site_ids(params["site_ids"])
    find_site_ids(client, entries, known, concurrency=params["concurrency"], context=context)
    refuse_twice(entries)
    return entries


def each_site(
    client: SiteLockClient,
    params: t.Mapping[str, t.Any],
    context: RunContext,
    work: t.Callable[[int], Row],
    *,
    without: Row,
) -> list[Row]:
    """One row a site, in the order of C(sites): C(site_id), C(domain), what ``work`` returns, and its error.

    :param work: gets the number of the site.
    :param without: what stands in the row of a site that failed.
    """
    entries = find_sites(client, params, context)
    numbers = [entry.site_id for entry in entries if entry.is_open and entry.site_id is not None]
    found = read_each(work, numbers, unit="site", concurrency=params["concurrency"], context=context)
    by_number = dict(zip(numbers, found))
    return [_row(entry, entry.error or by_number[entry.site_id or 0], without) for entry in entries]


def _row(entry: SiteEntry, found: Row | WebsecError, without: Row) -> Row:
    error = found if isinstance(found, WebsecError) else None
    return {
        "site_id": entry.site_id,
        "domain": entry.domain,
        **(without if isinstance(found, WebsecError) else found),
        **error_fields(error, site_id=entry.site_id),
    }
