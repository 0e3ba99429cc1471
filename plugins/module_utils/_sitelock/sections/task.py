# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""From the options of a module over sections to its result."""

from __future__ import annotations

import datetime
import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._argspec import ArgumentSpec
from ansible_collections.hosting.websec.plugins.module_utils._limits import Limits
from ansible_collections.hosting.websec.plugins.module_utils._results import bulk_result, deferred_count
from ansible_collections.hosting.websec.plugins.module_utils._run_context import RunContext
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.client import SiteLockClient
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.sections.engine import (
    converge_sections,
    summary,
    waits_for,
)
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.sections.entries import (
    KEYS,
    SiteEntry,
    parse_sections,
    refuse_twice,
)
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.sections.hiding import EntryType
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.sections.results import (
    section_results,
    sections_diff,
    site_rows,
)
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.sections.section import AnySection
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.sections.sites import (
    find_site_ids,
    given_site_ids,
    given_states,
    wait_until_ready,
)


def section_options(sections: t.Sequence[AnySection]) -> ArgumentSpec:
    """Options of a module over sections. What is in an entry is checked here, see ``given``."""
    return ArgumentSpec(
        options={
            # A type that removes the secrets, so that they are neither logged nor returned.
            "sites": {"type": "list", "elements": EntryType(sections), "required": True},
            "site_ids": {"type": "dict", "default": {}},
            "only_ready": {"type": "bool", "default": False},
            "states": {"type": "dict", "default": {}},
            "max_changes": {"type": "str"},
        }
    )


def run_sections(
    client: SiteLockClient,
    sections: t.Sequence[AnySection],
    entries: t.Sequence[SiteEntry],
    params: t.Mapping[str, t.Any],
    *,
    check_mode: bool,
    context: RunContext,
    now: datetime.datetime,
    keys: t.Collection[str] = KEYS,
) -> dict[str, t.Any]:
    """Bring all named sections of all sites to their desired state.

    :param sections: of the module, in the order in which those of one site are written.
    :param entries: from ``read_entries``.
    :param params: the options of the module.
    :param keys: those of an entry that are no sections.
    :returns: the result of the task.
    :raises WebsecError: nothing was sent: the options are wrong, or more sites would change than allowed.
    """
    limits = Limits.of_changes(params["max_changes"], len(entries))
    site_ids = given_site_ids(params["site_ids"])
    states = given_states(params["states"])
    calls = {"concurrency": params["concurrency"], "context": context}
    find_site_ids(client, entries, site_ids, **calls)
    refuse_twice(entries)
    parse_sections(entries, sections, now, keys=keys)
    if params["only_ready"]:
        wait_until_ready(client, entries, states, **calls)
    outcomes = converge_sections(client, sections, entries, check_mode=check_mode, limits=limits, **calls)
    results = section_results(outcomes, check_mode=check_mode)
    rows = site_rows(entries, results)
    waiting = waits_for(outcomes)
    for row in rows:
        row["waiting_for"] = row["waiting_for"] or waiting.get(row["site_id"])
    return bulk_result(
        "sites",
        rows,
        key="site_id",
        on_error=params["on_error"],
        deferred=deferred_count(rows),
        summary=summary(outcomes),
        diff=sections_diff(entries, results),
    )
