# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.hosting.websec.plugins.module_utils._errors import WebsecError
from ansible_collections.hosting.websec.plugins.module_utils._sitelock import sso
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.sso import PAGES, login_url
from ansible_collections.hosting.websec.tests.unit.scripted_server import Reply, ScriptedServer
from ansible_collections.hosting.websec.tests.unit.sitelock.api import canonical, document, payload, sent_to
from ansible_collections.hosting.websec.tests.unit.sitelock.test_addon_passes import connection

LINK = "https://secure.sitelock.com/rlogin.php?token=e56e0da2b5c0e933cd8926314f19e93d"


def link_of(body: bytes, **target: t.Any) -> str:
    with ScriptedServer([Reply(body)]) as server:
        options = {**connection(server.url), "account_id": 570, "site_id": None, "page": None, **target}
        url = login_url(options)
        assert sent_to(server) == ["createToken"]
        assert canonical(server.requests[0].body) == canonical(payload("createtoken_request"))
    return url


def given(link: str) -> bytes:
    return document(f"<loginURL>{link.replace('&', '&amp;')}</loginURL>")


def test_the_link_of_the_example() -> None:
    assert link_of(payload("createtoken_answer")) == LINK


@pytest.mark.parametrize(
    ("link", "target", "url"),
    [
        # The examples of the page.
        (
            "https://secure.sitelock.com/rlogin.php?token=1234",
            {"site_id": 5678},
            "https://secure.sitelock.com/rlogin.php?token=1234&site_id=5678",
        ),
        (
            "https://secure.sitelock.com/rlogin.php?token=1234",
            {"site_id": 5678, "page": "smart_scan"},
            "https://secure.sitelock.com/rlogin.php?token=1234&site_id=5678&page=smart_scan",
        ),
        (
            "https://secure.sitelock.com/rlogin.php?token=abcdef123456",
            {"site_id": 5678, "page": "ssl_monitor"},
            "https://secure.sitelock.com/rlogin.php?token=abcdef123456&site_id=5678&page=ssl_monitor",
        ),
        (
            "https://secure.sitelock.com/rlogin.php?token=1234",
            {"page": "latform_scan"},
            "https://secure.sitelock.com/rlogin.php?token=1234&page=latform_scan",
        ),
        # Since 2026 the link has a code instead of a token, and perhaps no query.
        (
            "https://secure.sitelock.com/oauth?code=a&code_verifier=b",
            {"site_id": 5678},
            "https://secure.sitelock.com/oauth?code=a&code_verifier=b&site_id=5678",
        ),
        (
            "https://secure.sitelock.com/login/abc",
            {"site_id": 5678, "page": "pci"},
            "https://secure.sitelock.com/login/abc?site_id=5678&page=pci",
        ),
        ("https://secure.sitelock.com/login/abc", {}, "https://secure.sitelock.com/login/abc"),
    ],
)
def test_the_site_and_the_page_are_added(link: str, target: dict[str, t.Any], url: str) -> None:
    assert link_of(given(link), **target) == url


@pytest.mark.parametrize(
    "link",
    [
        "http://secure.sitelock.com/rlogin.php?token=1234",
        "javascript:alert(1)",
        "//secure.sitelock.com/rlogin.php?token=1234",
        "secure.sitelock.com/rlogin.php?token=1234",
        "https:///rlogin.php?token=1234",
        "https://[::1/rlogin.php?token=1234",
        "",
        "1234",
    ],
)
def test_a_link_that_is_not_https_is_refused_and_not_shown(link: str) -> None:
    with pytest.raises(WebsecError, match=r"Account 570: .* contains no https:// link") as refused:
        link_of(given(link))
    assert refused.value.kind == "bad_response"
    assert "1234" not in refused.value.message + refused.value.hint


def test_no_link_and_two_links_are_refused() -> None:
    for body in (document("<createToken/>"), document(f"<loginURL>{LINK}</loginURL>" * 2)):
        with pytest.raises(WebsecError) as refused:
            link_of(body)
        assert refused.value.kind == "bad_response"
        assert "e56e0da2" not in refused.value.message


def test_an_unknown_account_is_not_found() -> None:
    with pytest.raises(WebsecError) as refused:
        link_of(payload("createtoken_error"))
    assert refused.value.kind == "not_found"


def test_the_link_is_registered_as_a_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    registered: list[str] = []
    monkeypatch.setattr(sso, "register_secret", registered.append)
    url = link_of(given(LINK), site_id=5678)
    assert url in registered


# The values of the page of createToken, and those of the older page of the dashboard.
DOCUMENTED = (
    "wizard firewall_cdn smart_file smart_database smart_patch backup vulnerability_scan xss sql_injection "
    "latform_scan webpage_scan ssl_monitor email_reputation riskscore pci smart_scan patchman_scan db_scan ssl_scan "
    "verify_domain_email malware_scan spam_scan pci_clone"
)


def test_every_documented_page_is_known_and_the_one_with_the_typing_error_in_both_spellings() -> None:
    assert sorted(PAGES) == sorted([*DOCUMENTED.split(), "platform_scan"])
