# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""From the options of M(hosting.websec.sitelock_products_info) to its result."""

from __future__ import annotations

import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._run_context import RunContext
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.products.sections import SECTIONS
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.sections.dump import (
    named_sections,
    read_sections,
)


def read_products(params: t.Mapping[str, t.Any], context: RunContext) -> dict[str, t.Any]:
    """Read the products of all sites; see ``dump_sections``."""
    return read_sections(named_sections(SECTIONS, params["sections"]), params, context)
