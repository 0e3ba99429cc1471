# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Credentials of the partner API: a user name with a password, or a client with access tokens (OAuth 2.0).

Sources: C(using-the-sitelock-api), C(oauth-client-credentials-flow), C(partner-integration-overview).
"""

from __future__ import annotations

import dataclasses
import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._errors import BadInputError
from ansible_collections.hosting.websec.plugins.module_utils._http.access_tokens import AccessTokens
from ansible_collections.hosting.websec.plugins.module_utils._http.client import HttpClient

TOKEN_ENDPOINT = "https://api.sitelock.com/v2/oauth2/token"
TOKEN_SERVER = "SiteLock token endpoint"

_LIFETIME = 4 * 3600.0
"""Documented lifetime of a token in seconds. The form of the response is not documented."""


@dataclasses.dataclass(frozen=True)
class Credentials:
    """User name and password, in the element C(authentication) of every request."""

    username: str
    password: str = dataclasses.field(repr=False)
    partner: str | None = None

    def __post_init__(self) -> None:
        for name in ("username", "password"):
            if not getattr(self, name):
                raise BadInputError(f"api_{name} is empty.", hint=f"Set api_{name} or SITELOCK_API_{name.upper()}.")

    def element(self) -> dict[str, str | None]:
        """Children of C(authentication). All examples of the vendor have C(user), the descriptions C(username)."""
        return {"user": self.username, "password": self.password, "partner": self.partner or None}

    def secret(self) -> str:
        return self.password


@dataclasses.dataclass(frozen=True)
class ClientCredentials:
    """Client id and secret, exchanged for a token in the header C(Authorization) of every request."""

    client_id: str
    client_secret: str = dataclasses.field(repr=False)
    token_url: str = TOKEN_ENDPOINT

    def __post_init__(self) -> None:
        for name in ("client_id", "client_secret"):
            if not getattr(self, name):
                raise BadInputError(f"api_{name} is empty.", hint=f"Set api_{name} or SITELOCK_API_{name.upper()}.")

    def element(self) -> dict[str, str | None] | None:
        """The element C(authentication) is left out, with the brand name in it (page of createToken)."""
        return None

    def secret(self) -> str:
        return self.client_secret

    def tokens(self, http: HttpClient) -> AccessTokens:
        """:param http: a client of C(token_url)."""
        return AccessTokens(http, self.client_id, self.client_secret, server=TOKEN_SERVER, lifetime=_LIFETIME)


def credentials_of(options: t.Mapping[str, t.Any]) -> Credentials | ClientCredentials:
    """The credentials in the options of a module, see ``options.sitelock_options``.

    :raises BadInputError: not exactly one pair is set.
    """
    user = [name for name in ("api_username", "api_password") if options.get(name)]
    client = [name for name in ("api_client_id", "api_client_secret") if options.get(name)]
    if user and client:
        raise BadInputError(
            f"{user[0]} and {client[0]} are both set.",
            hint="Set either api_username and api_password, or api_client_id and api_client_secret. Check the "
            "environment too: SITELOCK_API_USERNAME, SITELOCK_API_PASSWORD, SITELOCK_API_CLIENT_ID and "
            "SITELOCK_API_CLIENT_SECRET.",
        )
    if client:
        if options.get("api_partner"):
            raise BadInputError(
                "api_partner is set, but requests with an access token cannot contain it.",
                hint="Remove api_partner and SITELOCK_API_PARTNER.",
            )
        return ClientCredentials(
            options.get("api_client_id") or "",
            options.get("api_client_secret") or "",
            options.get("api_token_url") or TOKEN_ENDPOINT,
        )
    if not user and all(options.get(name) is None for name in ("api_username", "api_password")):
        raise BadInputError(
            "The credentials of the SiteLock API are not set.",
            hint="Set api_username and api_password, or api_client_id and api_client_secret, or their environment "
            "variables.",
        )
    return Credentials(options.get("api_username") or "", options.get("api_password") or "", options.get("api_partner"))
