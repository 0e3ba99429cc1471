# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The sites of entries: their numbers, and whether they are ready."""

from __future__ import annotations

import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._domain import normalise_domain
from ansible_collections.hosting.websec.plugins.module_utils._errors import BadInputError, WebsecError
from ansible_collections.hosting.websec.plugins.module_utils._ids import number_id
from ansible_collections.hosting.websec.plugins.module_utils._run_context import RunContext
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.client import SiteLockClient
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.each import read_each
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.lookups import (
    DomainOwner,
    look_up_domains,
    no_site_id,
)
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.sections.entries import SiteEntry
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.status import READY, read_status
from ansible_collections.hosting.websec.plugins.module_utils._texts import shortened


def given_site_ids(given: t.Mapping[str, t.Any]) -> dict[str, int | BadInputError]:
    """The option O(site_ids): numbers, or what is wrong with them."""

    def read(domain: str, site_id: t.Any) -> int | BadInputError:
        try:
            return number_id(site_id, f"site_ids: {domain}")
        except BadInputError as error:
            return error

    return {domain: read(domain, site_id) for domain, site_id in _by_domain(given)}


def given_states(given: t.Mapping[str, t.Any]) -> dict[str, str]:
    """The option O(states). A state that is not known (C(null)) is read."""
    return {domain: str(state) for domain, state in _by_domain(given)}


def _by_domain(given: t.Mapping[str, t.Any]) -> t.Iterator[tuple[str, t.Any]]:
    """The values at the normalised domains. They come from the reports of other modules, which also have rows about
    what is no domain. No entry can have it."""
    for domain, value in given.items():
        if value is not None:
            try:
                yield normalise_domain(str(domain)), value
            except BadInputError:
                continue


def find_site_ids(
    client: SiteLockClient,
    entries: t.Iterable[SiteEntry],
    known: t.Mapping[str, int | BadInputError],
    *,
    concurrency: int,
    context: RunContext,
) -> None:
    """Set C(site_id) of the entries that have none: from ``known``, else one C(checkDomain) for each."""
    unnumbered = [entry for entry in entries if entry.is_open and entry.site_id is None]
    for entry in unnumbered:
        number = known.get(entry.domain or "")
        if isinstance(number, BadInputError):
            entry.error = number
        else:
            entry.site_id = number
    unknown = [entry for entry in unnumbered if entry.is_open and entry.site_id is None]
    if not unknown:
        return
    domains = list(dict.fromkeys(entry.domain or "" for entry in unknown))
    owners = look_up_domains(client, domains, concurrency=concurrency, context=context)
    for entry in unknown:
        owner = owners[entry.domain or ""]
        if isinstance(owner, DomainOwner) and owner.site_id is not None:
            entry.site_id = owner.site_id
        else:
            entry.error = no_site_id(
                entry.domain or "", owner, hint="Order the site with sitelock_accounts first, or set site_id."
            )


def wait_until_ready(
    client: SiteLockClient,
    entries: t.Iterable[SiteEntry],
    known: t.Mapping[str, str],
    *,
    concurrency: int,
    context: RunContext,
) -> None:
    """Set what the entries wait for whose site is not in the state C(ready).

    :param known: states by domain. Of all other sites they are read, one C(getAnpProvisioningStatus) for each.
    """
    entries = [entry for entry in entries if entry.is_open and entry.site_id is not None]
    unknown = [entry for entry in entries if (entry.domain or "") not in known]
    states: dict[int, str | WebsecError] = {
        entry.place: known[entry.domain] for entry in entries if entry.domain and entry.domain in known
    }
    if unknown:
        read = read_each(
            lambda entry: read_status(client, entry.site_id or 0).state,
            unknown,
            unit="site",
            concurrency=concurrency,
            context=context,
        )
        states.update(zip((entry.place for entry in unknown), read))
    for entry in entries:
        state = states[entry.place]
        if isinstance(state, WebsecError):
            entry.error = state
        elif state != READY:
            entry.waiting_for = f"the state ready (it is {shortened(state)})"
