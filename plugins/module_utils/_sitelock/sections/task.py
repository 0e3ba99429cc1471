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
)
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.sections.entries import SiteEntry, read_sites
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.sections.results import (
    sections_diff,
    site_rows,
)
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.sections.section import AnySection


def section_options() -> ArgumentSpec:
    """Options of a module over sections. What is in an entry is checked here, see ``given``."""
    return ArgumentSpec(
        options={
            "sites": {"type": "list", "elements": "raw", "required": True},
            "max_changes": {"type": "str"},
        }
    )


def run_sections(
    sections: t.Sequence[AnySection],
    params: t.Mapping[str, t.Any],
    *,
    check_mode: bool,
    context: RunContext,
    now: datetime.datetime,
) -> dict[str, t.Any]:
    """Bring all named sections of all sites to their desired state.

    :param sections: of the module, in the order in which those of one site are written.
    :param params: the options of the module.
    :returns: the result of the task.
    :raises WebsecError: nothing was sent: the options are wrong, or more sites would change than allowed.
    """
    entries = read_sites(params["sites"], sections, now)
    limits = Limits.of_changes(params["max_changes"], len(entries))
    with SiteLockClient.from_options(params, read_only=check_mode, context=context) as client:
        return result_of(client, sections, entries, params, check_mode=check_mode, context=context, limits=limits)


def result_of(
    client: SiteLockClient,
    sections: t.Sequence[AnySection],
    entries: t.Sequence[SiteEntry],
    params: t.Mapping[str, t.Any],
    *,
    check_mode: bool,
    context: RunContext,
    limits: Limits,
) -> dict[str, t.Any]:
    """The same with a client and entries."""
    outcomes = converge_sections(
        client,
        sections,
        entries,
        check_mode=check_mode,
        concurrency=params["concurrency"],
        context=context,
        limits=limits,
    )
    rows = site_rows(entries, outcomes)
    return bulk_result(
        "sites",
        rows,
        key="site_id",
        on_error=params["on_error"],
        deferred=deferred_count(rows),
        summary=summary(outcomes),
        diff=sections_diff(entries, outcomes, check_mode=check_mode),
    )
