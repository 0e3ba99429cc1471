# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Addresses of the dashboard: their forms, and which keys may be in them."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.hosting.websec.plugins.module_utils._botguard import pages
from ansible_collections.hosting.websec.plugins.module_utils._botguard.pages import dashboard_urls, page_url
from ansible_collections.hosting.websec.plugins.module_utils._errors import BadInputError

OPTIONS: dict[str, t.Any] = {
    "page": "events",
    "generation": "v2",
    "lang": "en",
    "base_url": None,
    "api_url": "https://apiv2.botguard.net",
    "api_key": None,
}
V1 = {"generation": "v1", "base_url": "https://dashboard.example"}
PARTNER = "partner-key-1"


def url(domain: str = "example.com", *, known: t.Iterable[str | None] = (PARTNER, None), **options: t.Any) -> str:
    (address,) = dashboard_urls([domain], {**OPTIONS, **options}, known)
    return address


@pytest.mark.parametrize(
    ("options", "address"),
    [
        ({}, "https://apiv2.botguard.net/en/website/example.com/events"),
        ({"page": "settings", "lang": "ru"}, "https://apiv2.botguard.net/ru/website/example.com/edit"),
        ({"page": "statistics"}, "https://apiv2.botguard.net/en/website/example.com/statistics"),
        ({"base_url": "https://panel.example/x/"}, "https://panel.example/x/en/website/example.com/events"),
        (V1, "https://dashboard.example/events/example.com"),
        ({**V1, "page": "settings"}, "https://dashboard.example/settings/example.com/edit"),
    ],
)
def test_both_generations(options: dict[str, t.Any], address: str) -> None:
    assert url(**options) == address


def test_domains_are_normalised_and_keep_their_order() -> None:
    assert dashboard_urls(["B.Example.", "b\u00fccher.example"], OPTIONS, []) == [
        "https://apiv2.botguard.net/en/website/b.example/events",
        "https://apiv2.botguard.net/en/website/xn--bcher-kva.example/events",
    ]


def test_the_key_of_a_sub_account_is_quoted_and_registered(monkeypatch: pytest.MonkeyPatch) -> None:
    secrets: list[str] = []
    monkeypatch.setattr(pages, "register_secret", secrets.append)
    address = url(api_key=" k&y/1 ")
    assert address == "https://apiv2.botguard.net/en/website/example.com/events?api-key=k%26y%2F1"
    assert secrets == [address, "k&y/1"]
    url()
    assert len(secrets) == 2


@pytest.mark.parametrize("known", [[PARTNER], [None, PARTNER], ["other", f" {PARTNER}\n"]])
@pytest.mark.parametrize("key", [PARTNER, f"{PARTNER} ", f"\n{PARTNER}"])
def test_the_partner_s_own_key_is_refused_and_not_shown(key: str, known: list[str | None]) -> None:
    with pytest.raises(BadInputError, match="must never be part of an address") as refused:
        url(api_key=key, known=known)
    assert PARTNER not in refused.value.message + refused.value.hint


@pytest.mark.parametrize("known", [[], [None], [""], ["  "]])
def test_a_key_that_cannot_be_compared_is_refused(known: list[str | None]) -> None:
    with pytest.raises(BadInputError, match="cannot check that they differ"):
        url(api_key="sub", known=known)


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        ({"generation": "v1"}, "base_url is required with generation v1"),
        ({**V1, "page": "statistics"}, "Generation v1 has no page statistics"),
        ({"api_key": " "}, "api_key is empty"),
        ({"base_url": "http://panel.example"}, "base_url is plain http://"),
        ({"base_url": "https://panel.example/?a=b"}, "base_url must not contain"),
        ({"api_url": "panel.example"}, "api_url must be an address"),
    ],
)
def test_what_cannot_be_is_refused(options: dict[str, t.Any], problem: str) -> None:
    with pytest.raises(BadInputError, match=problem):
        url(**options)


def test_a_name_that_is_no_domain_is_refused() -> None:
    with pytest.raises(BadInputError, match="not a domain name"):
        url("example.com/?api-key=x")


def test_every_page_that_exists_has_an_address() -> None:
    shown = {page_url("https://x.example", "a.example", page) for page in pages.PAGES}
    assert len(shown) == len(pages.PAGES)
