# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Tasks that do one thing with each of many sites: which sites, and one row for each."""

from __future__ import annotations

import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._argspec import ArgumentSpec
from ansible_collections.hosting.websec.plugins.module_utils._errors import BadInputError, WebsecError
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


def site_list_options(*keys: str, required: bool = True) -> ArgumentSpec:
    """Options that name sites. Other keys of an entry are not used, so it may be one of a site file.

    :param keys: of an entry that the task uses besides C(site_id) and C(domain).
    :param required: whether C(sites) must be given.
    """
    sites = {"type": "list", "elements": SiteNameType(*keys)}
    return ArgumentSpec(
        options={
            "sites": {**sites, "required": True} if required else {**sites, "default": []},
            "site_ids": {"type": "dict", "default": {}},
        }
    )


def find_sites(
    client: SiteLockClient,
    params: t.Mapping[str, t.Any],
    context: RunContext,
    *,
    check: t.Callable[[SiteEntry], None] = lambda _entry: None,
) -> list[SiteEntry]:
    """The entries of C(sites), in their order, with their numbers. One without a number has an error.

    :param params: the options of the module.
    :param check: of an entry, before anything is sent. It may raise a C(WebsecError).
    :raises BadInputError: C(site_ids) is wrong.
    """
    entries = read_entries(params["sites"])
    for entry in entries:
        if entry.is_open:
            try:
                check(entry)
            except WebsecError as error:
                entry.error = error
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
    return each_entry(client, params, context, lambda entry: work(number_of(entry)), without=without)


def each_entry(
    client: SiteLockClient,
    params: t.Mapping[str, t.Any],
    context: RunContext,
    work: t.Callable[[SiteEntry], Row],
    *,
    without: Row,
    check: t.Callable[[SiteEntry], None] = lambda _entry: None,
) -> list[Row]:
    """The same for work that needs the entry of the site, see ``number_of`` and ``SiteEntry.values``.

    :param check: see ``find_sites``.
    """
    entries = find_sites(client, params, context, check=check)
    ready = [entry for entry in entries if entry.is_open and entry.site_id is not None]
    done = read_each(work, ready, unit="site", concurrency=params["concurrency"], context=context)
    found = dict(zip((entry.place for entry in ready), done))
    return [site_row(entry, entry.error or found[entry.place], without) for entry in entries]


def number_of(entry: SiteEntry) -> int:
    """The number of an entry that has one. :raises BadInputError: it has none."""
    if entry.site_id is None:
        raise BadInputError(f"{entry.name} has no site_id.", hint="Set it.")
    return entry.site_id


def site_row(entry: SiteEntry, found: Row | WebsecError, without: Row) -> Row:
    """The row of a site. :param without: see ``each_site``."""
    error = found if isinstance(found, WebsecError) else None
    return {
        "site_id": entry.site_id,
        "domain": entry.domain,
        **(without if isinstance(found, WebsecError) else found),
        **error_fields(error, site_id=entry.site_id),
    }
