# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""From the options of M(hosting.websec.sitelock_waf_policies_info) to its result."""

from __future__ import annotations

import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._argspec import ArgumentSpec
from ansible_collections.hosting.websec.plugins.module_utils._errors import BadInputError
from ansible_collections.hosting.websec.plugins.module_utils._results import bulk_result, deferred_count
from ansible_collections.hosting.websec.plugins.module_utils._run_context import RunContext
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.client import SiteLockClient
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.policy.sections import SECTIONS
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.sections.dump import dump_sections
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.sections.each_site import site_list_options
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.sections.section import AnySection
from ansible_collections.hosting.websec.plugins.module_utils._texts import joined, unknown_keys


def policy_info_options() -> ArgumentSpec:
    """Options of the module that are about sites and sections."""
    return site_list_options().merge(ArgumentSpec(options={"sections": {"type": "list", "elements": "str"}}))


def chosen_sections(names: t.Sequence[str] | None) -> list[AnySection]:
    """The sections with these names; C(None): all of them.

    :raises BadInputError: there is no section of one of the names.
    """
    known = [section.name for section in SECTIONS]
    unknown = unknown_keys(names or (), known)
    if unknown:
        raise BadInputError(f"sections: there is no section {unknown}.", hint=f"The sections are {joined(known)}.")
    return [section for section in SECTIONS if names is None or section.name in names]


def read_policies(params: t.Mapping[str, t.Any], context: RunContext) -> dict[str, t.Any]:
    """Read the firewall of all sites; see ``dump_sections``."""
    sections = chosen_sections(params["sections"])
    with SiteLockClient.from_options(params, read_only=True, context=context) as client:
        sites, rows = dump_sections(client, sections, params, context)
    result = bulk_result("sites", rows, key="site_id", on_error=params["on_error"], deferred=deferred_count(rows))
    return {**result, "sites": sites, "reads": rows}
