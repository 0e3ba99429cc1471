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
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.credentials import TOKEN_ENDPOINT
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.methods.definition import ENDPOINT


def sitelock_options() -> ArgumentSpec:
    """The address of the API, and the credentials."""
    return ArgumentSpec(
        options={
            "api_url": from_environment("SITELOCK_API_URL", type="str", default=ENDPOINT),
            # Either pair, see ``credentials_of``.
            "api_username": from_environment("SITELOCK_API_USERNAME", type="str"),
            "api_password": from_environment("SITELOCK_API_PASSWORD", type="str", no_log=True),
            "api_client_id": from_environment("SITELOCK_API_CLIENT_ID", type="str"),
            "api_client_secret": from_environment("SITELOCK_API_CLIENT_SECRET", type="str", no_log=True),
            # This is an address, not a token.
            "api_token_url": from_environment(
                "SITELOCK_API_TOKEN_URL", type="str", default=TOKEN_ENDPOINT, no_log=False
            ),
            "api_partner": from_environment("SITELOCK_API_PARTNER", type="str"),
        },
    ).merge(http_options("SITELOCK"))
