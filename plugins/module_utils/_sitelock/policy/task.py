# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The options of M(hosting.websec.sitelock_waf_policies), and the entries of sites with their policies."""

from __future__ import annotations

import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._argspec import ArgumentSpec
from ansible_collections.hosting.websec.plugins.module_utils._errors import BadInputError, WebsecError
from ansible_collections.hosting.websec.plugins.module_utils._nesting import plain_data
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.policy.merging import merged
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.policy.sections import SECTIONS
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.sections.entries import (
    SiteEntry,
    read_entries,
)
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.sections.hiding import PoliciesType, real
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.sections.task import (
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
    given = real(policies)
    if not isinstance(given, t.Mapping):
        raise BadInputError("policies is no dictionary.", hint="It has the sections of each policy at its name.")
    # Each by itself: thousands of sites can have policies of their own.
    named = {str(name): plain_data(policy, f"Policy {name}") for name, policy in given.items()}
    entries = read_entries(sites)
    for entry in entries:
        if entry.error is None:
            try:
                entry.values = merged(entry.values, named, entry.name)
            except WebsecError as error:
                entry.error = error
    return entries
