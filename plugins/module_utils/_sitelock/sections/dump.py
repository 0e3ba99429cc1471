# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Sections of many sites, read in the form of entries: what is returned can be given to the module that writes."""

from __future__ import annotations

import dataclasses
import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._argspec import ArgumentSpec
from ansible_collections.hosting.websec.plugins.module_utils._errors import (
    BadInputError,
    NotFoundError,
    WebsecError,
)
from ansible_collections.hosting.websec.plugins.module_utils._results import (
    bulk_result,
    deferred_count,
    deferred_fields_of,
)
from ansible_collections.hosting.websec.plugins.module_utils._run_context import DeferredError, RunContext
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.client import SiteLockClient
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.each import read_each
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.sections.each_site import (
    Row,
    find_sites,
    site_list_options,
)
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.sections.entries import SiteEntry
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.sections.reader import SectionReader
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.sections.results import section_error
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.sections.section import AnySection
from ansible_collections.hosting.websec.plugins.module_utils._texts import joined, unknown_keys


def section_info_options() -> ArgumentSpec:
    """Options of a module that reads sections."""
    return site_list_options().merge(ArgumentSpec(options={"sections": {"type": "list", "elements": "str"}}))


def named_sections(sections: t.Sequence[AnySection], names: t.Sequence[str] | None) -> list[AnySection]:
    """Those of ``sections`` with these names; C(None): all of them.

    :raises BadInputError: there is no section of one of the names.
    """
    known = [section.name for section in sections]
    unknown = unknown_keys(names or (), known)
    if unknown:
        raise BadInputError(f"sections: there is no section {unknown}.", hint=f"The sections are {joined(known)}.")
    return [section for section in sections if names is None or section.name in names]


def read_sections(
    sections: t.Sequence[AnySection], params: t.Mapping[str, t.Any], context: RunContext
) -> dict[str, t.Any]:
    """The result of a module that reads ``sections`` of all sites; see ``dump_sections``."""
    with SiteLockClient.from_options(params, read_only=True, context=context) as client:
        sites, rows = dump_sections(client, sections, params, context)
    result = bulk_result("sites", rows, key="site_id", on_error=params["on_error"], deferred=deferred_count(rows))
    return {**result, "sites": sites, "reads": rows}


@dataclasses.dataclass(frozen=True)
class SectionRead:
    """
    :param dump: in the form of an entry. Empty: there is nothing to set.
    :param problems: what the vendor says is wrong at the site.
    :param error: why the section could not be read.
    """

    section: str
    dump: t.Any = None
    problems: t.Sequence[str] = ()
    error: WebsecError | None = None


def dump_sections(
    client: SiteLockClient, sections: t.Sequence[AnySection], params: t.Mapping[str, t.Any], context: RunContext
) -> tuple[list[Row], list[Row]]:
    """Read ``sections`` of all sites.

    :param params: the options of the module.
    :returns: the entries, of sites with at least one section, with only what an entry may have; and one row for each
        of C(sites) that says what was read and what failed.
    """
    entries = find_sites(client, params, context)
    reader = SectionReader(client, context)
    wanted = [
        (entry.site_id, section)
        for entry in entries
        if entry.is_open and entry.site_id is not None
        for section in sections
    ]

    def read(one: tuple[int, AnySection]) -> SectionRead:
        site_id, section = one
        current = section.read(reader, site_id, None)
        return SectionRead(section.name, section.dump(current), section.problems(current))

    found = read_each(read, wanted, unit="section", concurrency=params["concurrency"], context=context)
    reads: dict[int, list[SectionRead]] = {}
    for (site_id, section), one in zip(wanted, found):
        told = SectionRead(section.name, error=one) if isinstance(one, WebsecError) else one
        reads.setdefault(site_id, []).append(told)
    # Of two entries for one site none is read.
    of_entry = [(entry, reads.get(entry.site_id or 0, []) if entry.is_open else []) for entry in entries]
    dumps = [dump for entry, its in of_entry if (dump := _dump(entry, its))]
    return dumps, [_row(entry, its) for entry, its in of_entry]


def _dump(entry: SiteEntry, reads: t.Iterable[SectionRead]) -> Row:
    """Empty if no section was read."""
    sections = {each.section: each.dump for each in reads if each.dump}
    domain = {} if entry.domain is None else {"domain": entry.domain}
    return {"site_id": entry.site_id, **domain, **sections} if sections else {}


def _row(entry: SiteEntry, reads: t.Sequence[SectionRead]) -> Row:
    failed: list[tuple[WebsecError, str | None]] = [(each.error, each.section) for each in reads if each.error]
    if entry.error is not None:
        failed.append((entry.error, None))
    # Without Firewall & CDN each section that needs a call has the same error. It is about the site.
    nothing_found = not any(each.dump for each in reads)
    if nothing_found and len(failed) > 1 and all(isinstance(error, NotFoundError) for error, _section in failed):
        failed = [(failed[0][0], None)]
    errors = [section_error(error, entry, section) for error, section in failed if not isinstance(error, DeferredError)]
    deferred = next((error for error, _section in failed if isinstance(error, DeferredError)), None)
    return {
        "site_id": entry.site_id,
        "domain": entry.domain,
        "sections": [each.section for each in reads if each.error is None],
        "problems": [f"{each.section}: {problem}" for each in reads for problem in each.problems],
        "failed": bool(errors),
        "error": errors[0] if errors else None,
        "errors": errors,
        **deferred_fields_of(deferred),
    }
