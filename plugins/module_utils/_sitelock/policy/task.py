# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""From the options of M(hosting.websec.sitelock_waf_policies) to its result."""

from __future__ import annotations

import datetime
import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._argspec import ArgumentSpec
from ansible_collections.hosting.websec.plugins.module_utils._errors import BadInputError, WebsecError
from ansible_collections.hosting.websec.plugins.module_utils._nesting import plain_data
from ansible_collections.hosting.websec.plugins.module_utils._run_context import RunContext
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.client import SiteLockClient
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.policy.merging import merged
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.policy.sections import SECTIONS
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.sections.entries import (
    SiteEntry,
    read_entries,
)
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.sections.hiding import PoliciesType, real
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.sections.task import (
    run_sections,
    section_options,
)


def policy_options() -> ArgumentSpec:
    """Options of the module that are about policies."""
    policies = {"type": PoliciesType(SECTIONS), "default": {}}
    return section_options(SECTIONS).merge(ArgumentSpec(options={"policies": policies}))


def read_policy_entries(sites: t.Sequence[t.Any], policies: t.Mapping[str, t.Any]) -> list[SiteEntry]:
    """The entries with the sections of their policies.

    :raises BadInputError: ``policies`` is no plain data.
    """
    named = plain_data(real(policies), "policies")
    if not isinstance(named, dict):
        raise BadInputError("policies is no dictionary.", hint="It has the sections of each policy at its name.")
    entries = read_entries(sites)
    for entry in entries:
        if entry.error is None:
            try:
                entry.values = merged(entry.values, named, entry.name)
            except WebsecError as error:
                entry.error = error
    return entries


def run_policies(
    params: t.Mapping[str, t.Any], *, check_mode: bool, context: RunContext, now: datetime.datetime
) -> dict[str, t.Any]:
    """Bring the firewall of all sites to their policies; see ``run_sections``."""
    entries = read_policy_entries(params["sites"], params["policies"])
    with SiteLockClient.from_options(params, read_only=check_mode, context=context) as client:
        return run_sections(client, SECTIONS, entries, params, check_mode=check_mode, context=context, now=now)
