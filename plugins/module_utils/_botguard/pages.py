# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Addresses of the pages of the BotGuard dashboard, for a link or an iframe."""

from __future__ import annotations

import typing as t
from urllib.parse import quote

from ansible_collections.hosting.websec.plugins.module_utils._domain import normalise_domain
from ansible_collections.hosting.websec.plugins.module_utils._errors import BadInputError
from ansible_collections.hosting.websec.plugins.module_utils._http.settings import check_url
from ansible_collections.hosting.websec.plugins.module_utils._secrets import register_secret

PAGES = ("events", "settings", "statistics")
GENERATIONS = ("v2", "v1")
LANGUAGES = ("en", "ru")

_PATHS: dict[str, dict[str, str]] = {
    # The module of the vendor for WHMCS (2022).
    "v2": {
        "events": "/{lang}/website/{domain}/events",
        "settings": "/{lang}/website/{domain}/edit",
        "statistics": "/{lang}/website/{domain}/statistics",
    },
    # The vendor's article on the partner API (2020), which names no base address and no statistics.
    "v1": {"events": "/events/{domain}", "settings": "/settings/{domain}/edit"},
}


def dashboard_urls(
    domains: t.Iterable[t.Any], options: t.Mapping[str, t.Any], partner_keys: t.Iterable[str | None]
) -> list[str]:
    """The addresses of one page for each of ``domains``. With a key in them they are registered as secrets.

    :param options: of the lookup C(botguard_dashboard_url).
    :param partner_keys: all that is known of the key of the partner account.
    :raises BadInputError: a domain is none, a base address is missing or cannot be one, there is no such page, or the
        key must not be in an address.
    """
    key = options["api_key"]
    if key is not None:
        key = str(key).strip()
        _refuse_partner_key(key, {str(known).strip() for known in partner_keys if known})
    if options["base_url"]:
        base_url = check_url(str(options["base_url"]), "base_url")
    elif options["generation"] == "v1":
        raise BadInputError(
            "base_url is required with generation v1: the vendor has not published the address of these pages.",
            hint="Set base_url or BOTGUARD_DASHBOARD_URL; the links in your partner account start with it.",
        )
    else:
        base_url = check_url(str(options["api_url"]), "api_url")
    urls = [
        page_url(
            base_url,
            normalise_domain(str(domain)),
            options["page"],
            generation=options["generation"],
            lang=options["lang"],
            api_key=key,
        )
        for domain in domains
    ]
    if key is not None:
        for secret in (*urls, key):
            register_secret(secret)
    return urls


def page_url(
    base_url: str,
    domain: str,
    page: str,
    *,
    generation: str = "v2",
    lang: str = "en",
    api_key: str | None = None,
) -> str:
    """Address of a dashboard page of a website.

    :param domain: as ``normalise_domain`` returns it.
    :param page: one of ``PAGES``.
    :param api_key: the key of a sub-account, with which the page opens without a login: the address is a secret then.
    :raises BadInputError: there is no such page in this generation.
    """
    path = _PATHS[generation].get(page)
    if path is None:
        raise BadInputError(
            f"Generation {generation} has no page {page}.",
            hint=f"Its pages are {' and '.join(_PATHS[generation])}.",
        )
    url = f"{base_url.rstrip('/')}{path.format(lang=lang, domain=domain)}"
    return url if api_key is None else f"{url}?api-key={quote(api_key, safe='')}"


def _refuse_partner_key(key: str, partner_keys: t.Collection[str]) -> None:
    """:raises BadInputError: ``key`` is the partner's, or this cannot be known, or it can be no key."""
    if not key:
        raise BadInputError("api_key is empty.", hint="Omit it to get an address without a key.")
    if not all("!" <= character <= "~" for character in key):
        raise BadInputError("api_key contains white space or non-ASCII characters.", hint="Check its source.")
    if not any(partner_keys):
        raise BadInputError(
            "api_key is set, but the partner account's key is not, so the plugin cannot check that they differ.",
            hint="Set partner_api_key or BOTGUARD_API_KEY. It is only compared.",
        )
    if key in partner_keys:
        raise BadInputError(
            "api_key is the key of the partner account, which gives full access. It must never be part of an address.",
            hint="Use the key of the customer's sub-account (botguard_user with return_api_key), or no key.",
        )
