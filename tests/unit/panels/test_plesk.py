# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Plesk: subscriptions, sites, plans and aliases as one list, states, refusals, and the answers that are none."""

from __future__ import annotations

import json
import pathlib
import typing as t

import pytest

from ansible_collections.hosting.websec.tests.unit.panels.plesk_panel import PleskPanel, Site, Webspace
from ansible_collections.hosting.websec.tests.unit.panels.sources import Read, reader
from ansible_collections.hosting.websec.tests.unit.scripted_server import Received, Reply


@pytest.fixture
def read(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> Read:
    return reader("plesk", tmp_path, monkeypatch)


def small_panel(**more: t.Any) -> PleskPanel:
    return PleskPanel(
        [
            Webspace(1, "alpha.example", plans=("plan-addon", "plan-shop"), aliases=("alias.example",)),
            Webspace(2, "beta.example", owner="beta", status="16", addresses=("2001:db8::20", "192.0.2.21")),
            Webspace(3, "forward.example", htype="std_fwd"),
        ],
        [
            Site(4, "addon.example", 1, addresses=("192.0.2.22",)),
            Site(5, "blog.alpha.example", 1),
            Site(6, "deep.shop.addon.example", 1),
            Site(7, "of-beta.example", 2),
            Site(8, "of-forward.example", 3),
            Site(9, "parked.example", 1, htype="none"),
        ],
        **more,
    )


def test_sites_have_the_plan_owner_and_state_of_their_subscription(read: Read) -> None:
    panel = small_panel()
    source = read(panel)
    assert (source.error, source.warnings) == ("", [])
    assert source.hosts["addon.example"] == {
        "panel_type": "plesk",
        "panel_server": "127.0.0.1",
        "panel_domain": "addon.example",
        "panel_domain_type": "addon",
        "panel_parent_domain": "alpha.example",
        "panel_account": "alpha",
        "panel_owner": "admin",
        "panel_package": "shop",
        "panel_suspended": False,
        "panel_addresses": ["192.0.2.22"],
        "panel_duplicate": False,
    }
    suspended = {name for name, host in source.hosts.items() if host["panel_suspended"]}
    assert suspended == {"beta.example", "of-beta.example"}
    assert source.hosts["of-beta.example"]["panel_addresses"] == ["192.0.2.21", "2001:db8::20"]
    # Neither subdomains, nor forwards, nor domains without hosting.
    assert sorted(source.hosts) == [
        "addon.example",
        "alpha.example",
        "beta.example",
        "of-beta.example",
        "of-forward.example",
    ]
    assert panel.calls == ["service-plan.get", "webspace.get", "site.get"]


def test_subdomains_aliases_and_forwards_on_request(read: Read) -> None:
    panel = small_panel()
    source = read(panel, domain_types=["sub", "alias", "main"], hosting_types=["vrt_hst", "std_fwd"])
    found = {name: (each["panel_domain_type"], each["panel_parent_domain"]) for name, each in source.hosts.items()}
    assert found == {
        "alpha.example": ("main", None),
        "beta.example": ("main", None),
        "forward.example": ("main", None),
        "alias.example": ("alias", "alpha.example"),
        "blog.alpha.example": ("sub", "alpha.example"),
        "deep.shop.addon.example": ("sub", "addon.example"),
    }
    assert source.hosts["alias.example"]["panel_package"] == "shop"
    assert panel.calls[-1] == "GET /domains"


def test_a_user_and_a_password_instead_of_a_key(read: Read) -> None:
    login = {"api_key": None, "api_username": "admin", "api_password": "Plesk-Pa55word"}
    source = read(small_panel(), domain_types=["alias"], **login)
    assert (source.error, list(source.hosts)) == ("", ["alias.example"])
    wrong = read(small_panel(), **{**login, "api_password": "Wrong-Pa55word"})
    assert "refused the request: PleskAPIInvalidSecretKeyException" in wrong.error
    assert "Check api_key, or api_username and api_password" in wrong.error
    assert "Wrong-Pa55word" not in wrong.text


@pytest.mark.parametrize(
    ("webspace", "site", "suspended"),
    [
        ("0", "0", False),
        ("4", "4", False),
        ("0", "8", True),
        ("16", "0", True),
        ("32", "0", True),
        ("64", "4", True),
        ("256", "0", True),
        ("0", "80", True),
        ("20", "0", True),
    ],
)
def test_a_site_is_suspended_if_it_or_its_subscription_is(
    read: Read, webspace: str, site: str, suspended: bool
) -> None:
    source = read(PleskPanel([Webspace(1, "a.example", status=webspace)], [Site(2, "b.example", 1, status=site)]))
    assert source.hosts["b.example"]["panel_suspended"] is suspended


@pytest.mark.parametrize("nothing", ["status", "error"])
def test_lists_without_entries(read: Read, nothing: str) -> None:
    source = read(PleskPanel([Webspace(1, "a.example")], nothing=nothing))
    assert (source.error, list(source.hosts)) == ("", ["a.example"])
    empty = read(PleskPanel(plans={}, nothing=nothing))
    assert (empty.error, empty.hosts) == ("", {})
    assert empty.warnings == ["127.0.0.1: the server lists no domain of the wanted types."]


def test_passwords_are_neither_requested_nor_copied(read: Read) -> None:
    requests = []
    panel = small_panel()

    def watched(request: Received) -> t.Any:
        requests.append(request.body)
        return panel(request)

    source = read(watched)
    assert b"hosting" not in b"".join(requests)
    assert "hunter2" not in source.text


def test_the_name_in_ascii_counts_and_one_in_unicode_is_converted(read: Read) -> None:
    spaces = [
        Webspace(1, "b\u00fccher.example", ascii_name="xn--bcher-kva.example"),
        Webspace(2, "stra\u00dfe.example"),
    ]
    source = read(PleskPanel(spaces))
    assert sorted(source.hosts) == ["xn--bcher-kva.example", "xn--strae-oqa.example"]


def test_what_is_unknown_about_a_site_leaves_it_out(read: Read) -> None:
    panel = PleskPanel(
        [
            Webspace(1, "good.example"),
            Webspace(2, "status.example", status="2"),
            Webspace(3, "plan.example", plans=("plan-nobody-knows",)),
            Webspace(4, "two.example", plans=("plan-basic", "plan-shop")),
            Webspace(5, "none.example", plans=()),
        ],
        [Site(6, "of-plan.example", 3), Site(7, "lost.example", 99), Site(8, "*.good.example", 1)],
    )
    source = read(panel, domain_types=["main", "addon", "sub"])
    assert sorted(source.hosts) == ["good.example", "none.example"]
    assert source.hosts["none.example"]["panel_package"] == ""
    (told,) = source.warnings
    assert told.startswith("127.0.0.1: 6 domains left out. 'status.example': its status '2' is unknown. ")


def test_a_number_of_a_subscription_that_is_not_its_own_fails_the_source(read: Read) -> None:
    panel = PleskPanel([Webspace(1, "a.example"), Webspace(1, "b.example", plans=("plan-shop",))])
    source = read(panel)
    assert source.hosts == {}
    assert "lists the subscription 'b.example' without a number, or with that of another one" in source.error


def test_a_main_domain_that_is_also_listed_as_a_site_is_one_host(read: Read) -> None:
    source = read(PleskPanel([Webspace(1, "a.example")], [Site(2, "A.Example", 1), Site(3, "B.A.EXAMPLE", 1)]))
    assert (source.warnings, list(source.hosts)) == ([], ["a.example"])


def test_who_made_the_plan_is_told(read: Read) -> None:
    """A reseller can call a plan like one of the administrator."""
    panel = PleskPanel([Webspace(1, "a.example"), Webspace(2, "b.example", plans=("plan-theirs",))])
    panel.plans["plan-theirs"] = "basic"
    panel.plan_owners["plan-theirs"] = "resell1"
    owners = {name: (host["panel_package"], host["panel_owner"]) for name, host in read(panel).hosts.items()}
    assert owners == {"a.example": ("basic", "admin"), "b.example": ("basic", "resell1")}


def packet(body: str) -> Reply:
    return Reply(f"<?xml version='1.0'?><packet>{body}</packet>".encode())


ERROR = "<status>error</status><errcode>{0}</errcode><errtext>{1}</errtext>"
LAUGHS = b'<!DOCTYPE p [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><packet>&b;</packet>'


@pytest.mark.parametrize(
    ("reply", "told"),
    [
        (
            packet(f"<system>{ERROR.format(1006, 'Access denied.')}</system>"),
            "Access denied (code 1006). A key is valid",
        ),
        (packet(f"<system>{ERROR.format(1030, 'License expired')}</system>"), "License expired (code 1030)"),
        (packet(f"<system>{ERROR.format(4711, '')}</system>"), "no reason given (code 4711)"),
        (
            packet(f"<service-plan><get><result>{ERROR.format(1015, 'Gone')}</result></get></service-plan>"),
            "service-plan.get: the Plesk API refused the request: Gone (code 1015)",
        ),
        (Reply(b"<html><body>Plesk</body></html>"), "is not a valid Plesk API response: it is an HTML page"),
        (Reply(b"<!DOCTYPE html><html>"), "it is an HTML page"),
        (Reply(LAUGHS), "it has a document type declaration"),
        (Reply(b"<packet><service-plan><get>"), "it is not complete XML"),
        (Reply(b"<a>" * 5000 + b"</a>" * 5000), "it is not XML"),
        (packet("<site><get/></site>"), "it is not a packet with service-plan/get"),
        (Reply(b""), "it does not start as XML"),
        (Reply(b'{"code": 401}', 401), "refused the credentials (HTTP 401)"),
        (Reply(b"", 403), "refused access (HTTP 403)"),
        (Reply(b"", 301, {"Location": "https://other.example/"}), "a redirect (HTTP 301), which is never followed"),
    ],
)
def test_an_answer_that_is_none_fails_the_source(read: Read, reply: Reply, told: str) -> None:
    source = read([reply])
    assert source.hosts == {}
    assert "127.0.0.1: service-plan.get: " in source.error
    assert told in source.error
    assert "PLESK-KEY" not in source.text


@pytest.mark.parametrize(
    ("reply", "told"),
    [
        (Reply(b'{"code": 401, "message": "Only an administrator"}', 401), "(HTTP 401): Only an administrator"),
        (Reply(b"", 404), "is not a valid API response"),
        (Reply(b"<html>", 200), "it is not JSON"),
        (Reply(json.dumps([{"name": "alpha.example"}]).encode()), "no aliases (before Plesk 18.0.42)"),
        (Reply(b'{"a": 1}'), "it is not a list of domains"),
    ],
)
def test_aliases_that_cannot_be_read_fail_the_source(read: Read, reply: Reply, told: str) -> None:
    panel = small_panel()
    source = read(
        lambda request: reply if request.path.startswith("/api/") else panel(request), domain_types=["main", "alias"]
    )
    assert source.hosts == {}
    assert "GET /domains" in source.error
    assert told in source.error


def test_an_alias_without_a_web_service_is_none(read: Read) -> None:
    aliases = ({"name": "mail.example", "web": False}, {"name": "other.example"})
    source = read(PleskPanel([Webspace(1, "a.example", aliases=aliases)]), domain_types=["main", "alias"])
    assert (source.error, sorted(source.hosts)) == ("", ["a.example"])


def test_a_key_and_a_password_are_not_taken_together(read: Read) -> None:
    panel = small_panel()
    assert "never both" in read(panel, api_password="x").error
    assert panel.calls == []
