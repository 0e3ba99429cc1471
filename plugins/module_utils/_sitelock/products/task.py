# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""From the options of M(hosting.websec.sitelock_products) to its result."""

from __future__ import annotations

import datetime
import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._argspec import ArgumentSpec
from ansible_collections.hosting.websec.plugins.module_utils._run_context import RunContext
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.client import SiteLockClient
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.products.forms import (
    ALWAYS,
    ON_CHANGE,
    UPDATE_PASSWORD,
    FormSection,
)
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.products.scan_frequency import SCAN_FREQUENCY
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.products.sections import SECTIONS
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.sections.entries import (
    SiteEntry,
    read_entries,
)
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.sections.task import (
    run_sections,
    section_options,
)

_FORCE = "force_frequency"


def product_options() -> ArgumentSpec:
    """Options of the module that are about products."""
    return section_options(SECTIONS).merge(
        ArgumentSpec(
            options={
                # Not a password: it says when they are sent.
                UPDATE_PASSWORD: {
                    "type": "str",
                    "choices": [ON_CHANGE, ALWAYS],
                    "default": ON_CHANGE,
                    "no_log": False,
                },
                _FORCE: {"type": "bool", "default": False},
            }
        )
    )


def read_product_entries(params: t.Mapping[str, t.Any]) -> list[SiteEntry]:
    """The entries, with what is the same for all sites in their sections. A section says otherwise for itself."""
    entries = read_entries(params["sites"])
    for entry in entries:
        add_defaults(entry, params)
    return entries


def add_defaults(entry: SiteEntry, params: t.Mapping[str, t.Any]) -> None:
    """Complete the sections of an entry with what is the same for all sites.

    :param params: the options of the module; empty: only bring the sections to their long form.
    """
    frequency = entry.values.get(SCAN_FREQUENCY.name)
    if isinstance(frequency, str):
        entry.values[SCAN_FREQUENCY.name] = {"frequency": frequency}
    if not params:
        return
    for section in SECTIONS:
        if isinstance(section, FormSection):
            names = {field.name for field in section.passwords}
            _add_default(entry.values, section.name, names, UPDATE_PASSWORD, params[UPDATE_PASSWORD])
    _add_default(entry.values, SCAN_FREQUENCY.name, {"frequency"}, _FORCE, params[_FORCE])


def _add_default(values: dict[str, t.Any], section: str, needs: t.Collection[str], name: str, default: t.Any) -> None:
    """Add a key to a section that has one of the keys in ``needs``."""
    given = values.get(section)
    if isinstance(given, dict) and any(given.get(key) is not None for key in needs):
        values[section] = {name: default, **given}


def run_products(
    params: t.Mapping[str, t.Any], *, check_mode: bool, context: RunContext, now: datetime.datetime
) -> dict[str, t.Any]:
    """Bring the products of all sites to their desired state; see ``run_sections``."""
    entries = read_product_entries(params)
    with SiteLockClient.from_options(params, read_only=check_mode, context=context) as client:
        return run_sections(client, SECTIONS, entries, params, check_mode=check_mode, context=context, now=now)
