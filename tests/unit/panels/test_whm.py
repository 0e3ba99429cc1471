# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""WHM: domains joined with their accounts, pages, refusals, and the answers that are none."""

from __future__ import annotations

import json
import pathlib
import typing as t
from urllib.parse import parse_qs, urlsplit

import pytest

from ansible_collections.hosting.websec.plugins.module_utils._panels import whm
from ansible_collections.hosting.websec.tests.unit.panels.sources import Read, reader
from ansible_collections.hosting.websec.tests.unit.panels.whm_panel import WhmPanel, account, domain
from ansible_collections.hosting.websec.tests.unit.scripted_server import Received, Reply


@pytest.fixture
def read(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> Read:
    return reader("whm", tmp_path, monkeypatch)


def small_panel(**more: t.Any) -> WhmPanel:
    return WhmPanel(
        [account("alpha", plan="shop", owner="resell1"), account("beta", suspended="1")],
        [
            domain("alpha.example", "alpha"),
            domain("Shop.Example", "alpha", "addon", ipv4="192.0.2.11", ipv6="2001:db8::11"),
            domain("shop.alpha.example", "alpha", "sub"),
            domain("parked.example", "alpha", "parked"),
            domain("beta.example", "beta"),
        ],
        **more,
    )


def test_domains_have_the_account_package_and_state_of_their_account(read: Read) -> None:
    panel = small_panel()
    source = read(panel, api_username="root")
    assert (source.error, source.warnings) == ("", [])
    assert source.hosts["shop.example"] == {
        "panel_type": "whm",
        "panel_server": "127.0.0.1",
        "panel_domain": "shop.example",
        "panel_domain_type": "addon",
        "panel_parent_domain": "alpha.example",
        "panel_account": "alpha",
        "panel_owner": "resell1",
        "panel_package": "shop",
        "panel_suspended": False,
        "panel_addresses": ["192.0.2.11", "2001:db8::11"],
        "panel_duplicate": False,
    }
    assert source.hosts["beta.example"]["panel_suspended"] is True
    assert source.groups["panel_sites"] == ["alpha.example", "beta.example", "shop.example"]
    assert panel.calls == ["get_domain_info", "listaccts"]


def test_other_types_of_domains_on_request(read: Read) -> None:
    source = read(small_panel(), domain_types=["sub", "alias"])
    assert {name: each["panel_domain_type"] for name, each in source.hosts.items()} == {
        "shop.alpha.example": "sub",
        "parked.example": "alias",
    }


@pytest.mark.parametrize("pages", [True, False], ids=["pages", "no pages"])
@pytest.mark.parametrize("size", [2, 3, 4, 5, 6, 7, 50])
def test_pages_have_every_record_once(read: Read, size: int, pages: bool) -> None:
    whole, paged = read(small_panel()), read(small_panel(pages=pages), page_size=size)
    assert paged.error == ""
    assert paged.hosts == whole.hosts
    assert len(paged.hosts) == 3


def test_a_list_that_changes_between_two_pages_is_not_taken(read: Read) -> None:
    panel = small_panel()

    def shrinking(request: Received) -> t.Any:
        reply = panel(request)
        panel.domains = panel.domains[1:]
        return reply

    source = read(shrinking, page_size=2)
    assert source.hosts == {}
    assert "get_domain_info: the list changed while its pages were read" in source.error


@pytest.mark.parametrize("pages", ["known records again", "always one more"])
def test_pages_that_never_end_are_an_error(read: Read, pages: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(whm, "_MOST_RECORDS", 20)
    names = [f"{number:04}.example" for number in range(5 if pages == "known records again" else 1000)]

    def endless(request: Received) -> Reply:
        start = int(parse_qs(urlsplit(request.path).query)["api.chunk.start"][0]) - 1
        return listing([domain(names[number % len(names)], "alpha") for number in range(start, start + 3)])

    source = read(endless, page_size=3)
    assert source.hosts == {}
    told = {"known records again": "the list changed while", "always one more": "has more than 20 records, and always"}
    assert told[pages] in source.error


def test_accounts_without_any_domain_are_told(read: Read) -> None:
    """A part of the domains looks like all of them, but each account has a main domain."""
    panel = small_panel()
    panel.domains = [each for each in panel.domains if each["user"] != "beta"]
    source = read(panel)
    assert sorted(source.hosts) == ["alpha.example", "shop.example"]
    (told,) = source.warnings
    assert told == (
        "127.0.0.1: 1 domain left out. 'beta.example': get_domain_info lists no domain of its account 'beta'."
    )
    panel.domains = []
    assert "none of the listed domains can be used" in read(panel).error


def test_what_a_message_repeats_is_one_short_line_without_secrets(read: Read) -> None:
    token = "WHM-TOKEN-0123456789"
    odd = "\x1b[2J\n" + "x" * 100_000
    panel = WhmPanel(
        [account("alpha"), account("b\x1b\n" + "y" * 1000, suspended="?")],
        [
            domain("good.example", "alpha"),
            domain("odd.example", "alpha", odd),
            domain("z" * 52 + token, "alpha"),
            domain("user.example", "b\x1b\n" + "y" * 1000),
        ],
    )
    source = read(panel)
    (told,) = source.warnings
    assert told.isprintable()
    assert len(told) < 2500
    assert "WHM-TOK" not in source.text
    double = read(lambda _request: listing([domain(token + odd, "a"), domain(token + odd, "b")]))
    assert "twice with different data" in double.error
    assert double.error.isprintable()
    assert len(double.error) < 1000
    assert "WHM-TOK" not in double.text


REFUSED = Reply(b'{"cpanelresult":{"error":"Access denied","data":{"reason":"Access denied","result":"0"}}}', 403)
SUSPENDED = {"metadata": {"version": 1, "command": "listaccts", "result": 0, "reason": "This account is suspended."}}
HTML = Reply(b"<!DOCTYPE html><html><head><title>WHM Login</title>", 200, {"Content-Type": "text/html"})


def answered(value: object) -> Reply:
    return Reply(json.dumps(value).encode())


def listing(records: object) -> Reply:
    return answered({"metadata": {"result": 1, "reason": "OK"}, "data": {"domains": records}})


@pytest.mark.parametrize(
    ("reply", "told", "asked"),
    [
        (Reply(b"", 401), "refused the credentials (HTTP 401). Check api_username and api_token", 1),
        (REFUSED, "refused access (HTTP 403): Access denied. The token needs the privileges", 1),
        (Reply(b"<html>cPHulk</html>", 403), "refused access (HTTP 403). The token needs", 1),
        (answered(SUSPENDED), "refused the request: This account is suspended. The token needs", 1),
        (answered({"metadata": {"result": 0}}), "refused the request: no reason given", 1),
        (HTML, "is not a valid WHM API response: it is an HTML page", 1),
        (answered({"status": 1, "acct": []}), "it has no metadata.result", 1),
        (answered([]), "it has no metadata.result", 1),
        (Reply(b'{"metadata": {"result": 1'), "it is not JSON", 1),
        (Reply(b"[" * 100_000 + b"]" * 100_000), "nested", 1),
        (Reply(b"[" * 80 + b"]" * 80), "nested", 1),
        (Reply(b""), "it has no metadata.result", 1),
        (listing(None), "data.domains is not a list", 1),
        (listing({"a": 1}), "data.domains is not a list", 1),
        (listing([{"user": "alpha"}]), "data.domains is not a list of records with domain", 1),
        (listing([domain("a.example", "a"), domain("a.example", "b")]), "lists 'a.example' twice", 1),
        (Reply(b"", 302, {"Location": "https://other.example/"}), "a redirect (HTTP 302), which is never followed", 1),
        (Reply(b"", 503), "the WHM API failed (HTTP 503)", 2),
        (Reply(fault="close"), "the connection to the WHM API broke before the response arrived", 2),
        (Reply(b"x" * 1000, cut=10), "the response of the WHM API was cut off", 2),
    ],
)
def test_an_answer_that_is_none_fails_the_source_and_names_the_server(
    read: Read, reply: Reply, told: str, asked: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("random.uniform", lambda _low, _high: 0.0)
    requests = []

    def once(request: Received) -> t.Any:
        requests.append(request)
        return reply

    source = read(once, retries=1)
    assert source.hosts == {}
    assert "127.0.0.1: get_domain_info: " in source.error
    assert told in source.error
    assert "No host of this source was added." in source.error
    assert "WHM-TOKEN" not in source.text
    assert len(requests) == asked


def test_a_wrong_token_is_not_repeated_and_not_shown(read: Read) -> None:
    panel = small_panel()
    source = read(panel, api_token="another-Tok3n-123", retries=3)
    assert "refused access (HTTP 403): Access denied" in source.error
    assert panel.calls == []
    assert "another-Tok3n-123" not in source.text


def test_a_token_that_the_server_repeats_is_not_shown(read: Read) -> None:
    token = "WHM-TOKEN-0123456789"
    reply = answered({"metadata": {"result": 0, "reason": f"Bad header: whm root:{token}"}})
    source = read(lambda _request: reply)
    assert "Bad header: whm root:********" in source.error
    panel = WhmPanel([account("alpha", plan=token)], [domain("alpha.example", "alpha")])
    source = read(panel)
    assert token not in source.text
    assert source.hosts["alpha.example"]["panel_package"] == "********"


def test_nothing_but_the_allowed_fields_is_copied(read: Read) -> None:
    source = read(small_panel(), domain_types=["main", "addon", "sub", "alias"])
    assert len(source.hosts) == 5
    assert "hunter2" not in source.text
    assert "mail.example" not in source.text


def test_domains_that_no_site_can_have_are_left_out_and_told(read: Read) -> None:
    panel = WhmPanel(
        [account("alpha"), account("odd", suspended="perhaps"), account("long", plan="x" * 300)],
        [
            domain("alpha.example", "alpha"),
            domain("*.alpha.example", "alpha", "sub"),
            domain("b\u00fccher.example", "alpha", "addon"),
            domain("xn--bcher-kva.example.org", "alpha", "addon"),
            domain("odd.example", "odd"),
            domain("long.example", "long"),
            domain("nobody.example", "nobody"),
            domain("new.example", "alpha", "wildcard"),
            domain("nowhere.example", "alpha", "addon", ipv4="not an address"),
            domain("localhost", "alpha", "addon"),
        ],
    )
    source = read(panel, domain_types=["main", "addon", "sub"])
    assert sorted(source.hosts) == ["alpha.example", "xn--bcher-kva.example", "xn--bcher-kva.example.org"]
    (told,) = source.warnings
    assert told.startswith("127.0.0.1: 7 domains left out. '*.alpha.example' is not a domain name: ")
    assert "and 4 more" in told
    strict = read(panel, domain_types=["main", "addon", "sub"], strict=True)
    assert strict.hosts == {}
    assert "strict is true" in strict.error


@pytest.mark.parametrize(
    ("panel", "told"),
    [
        (WhmPanel([], [domain("a.example", "a")]), "listaccts does not list its account 'a'"),
        (WhmPanel([account("a")], [domain("a.example", "a", "Main Domain")]), "domain_type 'Main Domain' is unknown"),
        (WhmPanel([account("a", suspended=None)], [domain("a.example", "a")]), "suspended is None"),
    ],
)
def test_a_form_of_all_records_that_is_not_as_documented_fails(read: Read, panel: WhmPanel, told: str) -> None:
    source = read(panel)
    assert "none of the listed domains can be used" in source.error
    assert told in source.error


def test_an_empty_server_is_told(read: Read) -> None:
    source = read(WhmPanel([], []))
    assert (source.error, source.hosts) == ("", {})
    assert source.warnings == ["127.0.0.1: the server lists no domain of the wanted types."]
    assert "strict is true" in read(WhmPanel([], []), strict=True).error


@pytest.mark.parametrize("size", [-1, 1])
def test_a_page_of_one_record_could_not_overlap(read: Read, size: int) -> None:
    panel = small_panel()
    assert "page_size" in read(panel, page_size=size).error
    assert panel.calls == []
