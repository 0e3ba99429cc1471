# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Options that all SiteLock modules share."""

from __future__ import annotations

from ansible_collections.hosting.websec.plugins.module_utils._argspec import (
    ArgumentSpec,
    from_environment,
    http_options,
)
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.methods.definition import ENDPOINT


def sitelock_options() -> ArgumentSpec:
    """Where the API is, and who calls it."""
    return ArgumentSpec(
        options={
            "api_url": from_environment("SITELOCK_API_URL", type="str", default=ENDPOINT),
            "api_username": from_environment("SITELOCK_API_USERNAME", type="str", required=True),
            "api_password": from_environment("SITELOCK_API_PASSWORD", type="str", required=True, no_log=True),
            "api_partner": from_environment("SITELOCK_API_PARTNER", type="str"),
        },
    ).merge(http_options("SITELOCK"))
