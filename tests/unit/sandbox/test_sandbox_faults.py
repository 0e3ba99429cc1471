# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Each fault: what the client sees, and whether the call had its effect."""

from __future__ import annotations

import http.client
import json
import types
import typing as t

import pytest
from lxml import etree
from websec_sandbox import damage, service

if t.TYPE_CHECKING:
    from conftest import Response, Sandbox

BUY = "<provisionAddon><addonInfo><site_id>{}</site_id><subscription>100</subscription></addonInfo></provisionAddon>"
BEFORE = {
    "http_500": 500,
    "http_503": 503,
    "html": 200,
    "refuse_403": 403,
    "redirect": 302,
    "http_429": 429,
    "echo_password": 500,
}
AFTER = {
    "http_500_after": 500,
    "html_after": 200,
    "truncated": 200,
    "doctype": 200,
    "other_subject": 200,
    "odd_values": 200,
    "secret_in_answer": 200,
}


def is_answer(body: bytes) -> bool:
    """Whether this is a response document of the API."""
    try:
        return bool(etree.fromstring(body).tag == "SiteLockOnlineResponse")
    except etree.XMLSyntaxError:
        return False


def buy(sandbox: Sandbox, site_id: str = "2") -> Response:
    return sandbox.call(BUY.format(site_id))


@pytest.mark.parametrize(("kind", "status"), BEFORE.items())
def test_a_fault_before_the_effect(sandbox: Sandbox, kind: str, status: int) -> None:
    sandbox.admin("POST", "faults", kind=kind, seconds=3)
    answer = buy(sandbox)
    assert answer.status == status
    assert b"addonStatus" not in answer.body
    assert sandbox.events() == []
    [entry] = sandbox.journal()
    assert (entry["fault"], entry["http_status"], entry["write"]) == (kind, status, True)
    if kind in ("http_503", "http_429"):
        assert answer.headers["Retry-After"] == "3"
    if kind == "redirect":
        assert answer.headers["Location"]
    assert buy(sandbox).status == 200


@pytest.mark.parametrize(("kind", "status"), AFTER.items())
def test_a_fault_after_the_effect(sandbox: Sandbox, kind: str, status: int) -> None:
    sandbox.admin("POST", "faults", kind=kind)
    answer = buy(sandbox)
    assert answer.status == status
    assert sandbox.events() == [("added", "2")]
    assert sandbox.journal()[0]["fault"] == kind
    if kind == "doctype":
        assert b"<!DOCTYPE" in answer.body
        assert answer.body.count(b"<!ENTITY") == 10
    elif kind in ("other_subject", "odd_values", "secret_in_answer"):
        assert is_answer(answer.body)
        told = {"other_subject": b"999999", "odd_values": b"9" * 5000, "secret_in_answer": b"login with &amp;#"}
        assert told[kind] in answer.body
    else:
        assert not is_answer(answer.body)


@pytest.mark.parametrize(("kind", "events"), [("lost_request", []), ("lost_answer", [("added", "2")])])
def test_a_lost_connection(sandbox: Sandbox, kind: str, events: list[tuple[str, str]]) -> None:
    sandbox.admin("POST", "faults", kind=kind)
    with pytest.raises((http.client.RemoteDisconnected, ConnectionError)):
        buy(sandbox)
    assert sandbox.events() == events
    assert sandbox.journal()[0]["http_status"] is None


def test_a_truncated_body(sandbox: Sandbox) -> None:
    sandbox.admin("POST", "faults", kind="cut")
    with pytest.raises(http.client.IncompleteRead) as raised:
        buy(sandbox)
    assert raised.value.partial.startswith(b"<?xml")
    assert sandbox.events() == [("added", "2")]


def test_a_huge_body(sandbox: Sandbox) -> None:
    sandbox.admin("POST", "faults", kind="huge", megabytes=2)
    answer = buy(sandbox)
    assert len(answer.body) > 2_000_000
    assert "Content-Length" not in answer.headers
    assert sandbox.events() == [("added", "2")]


@pytest.fixture
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Records the pauses of the sandbox instead of waiting."""
    made: list[float] = []
    for module in (damage, service):
        monkeypatch.setattr(module, "time", types.SimpleNamespace(sleep=made.append))
    return made


def test_a_slow_response(sandbox: Sandbox, pauses: list[float]) -> None:
    sandbox.admin("POST", "faults", kind="slow", seconds=0.2)
    assert buy(sandbox).status == 200
    assert pauses == [0.2]


def test_latency_slows_every_call(sandbox: Sandbox, pauses: list[float]) -> None:
    sandbox.admin("POST", "settings", latency_ms=60)
    sandbox.status("1")
    sandbox.botguard("GET", "/website")
    assert pauses == [0.06, 0.06]


def test_an_error_that_contains_the_password(sandbox: Sandbox) -> None:
    sandbox.admin("POST", "faults", kind="echo_password", times=2)
    assert "pass<word>&'\"" in (buy(sandbox).xml.findtext("error") or "")
    assert "key-of-the-partner" in sandbox.botguard("GET", "/website").json["message"]
    assert "key-of-the-partner" not in str(sandbox.journal())


def test_skip_and_times(sandbox: Sandbox) -> None:
    sandbox.admin("POST", "faults", kind="http_500", method="provisionAddon", skip=1, times=2)
    assert [buy(sandbox, site).status for site in ("1", "2", "2", "2")] == [200, 500, 500, 200]
    [fault] = sandbox.admin("GET", "faults")["faults"]
    assert (fault["matched"], fault["struck"]) == (3, 2)


def test_an_unlimited_fault_can_be_removed(sandbox: Sandbox) -> None:
    fault = sandbox.admin("POST", "faults", kind="http_500", times=0)
    other = sandbox.admin("POST", "faults", kind="html", method="getWafOrigin")
    assert [buy(sandbox).status for _time in range(3)] == [500, 500, 500]
    assert sandbox.admin("DELETE", f"faults/{fault['id']}") == {"removed": 1}
    assert buy(sandbox).status == 200
    assert [one["id"] for one in sandbox.admin("GET", "faults")["faults"]] == [other["id"]]
    sandbox.admin("DELETE", "faults")
    assert sandbox.admin("GET", "faults")["faults"] == []


@pytest.mark.parametrize(
    ("match", "struck"),
    [
        ({"api": "sitelock"}, "sitelock"),
        ({"api": "botguard"}, "botguard"),
        ({"method": "PUT /website/{domain}"}, ""),
        ({"method": "GET /website/{domain}", "domain": "shop.example"}, "botguard"),
        ({"domain": "other.example"}, ""),
        ({"site_id": 2}, "sitelock"),
        ({"site_id": "1"}, ""),
    ],
)
def test_a_fault_applies_only_to_what_it_matches(sandbox: Sandbox, match: dict[str, t.Any], struck: str) -> None:
    sandbox.admin("POST", "faults", kind="http_500", **match)
    assert (buy(sandbox).status == 500) is (struck == "sitelock")
    assert (sandbox.botguard("GET", "/website/shop.example").status == 500) is (struck == "botguard")


@pytest.mark.parametrize(
    "fault",
    [
        {"kind": "meteor"},
        {},
        {"kind": "html", "api": "other"},
        {"kind": "html", "skip": -1},
        {"kind": "html", "what": 1},
    ],
)
def test_invalid_faults_are_refused(sandbox: Sandbox, fault: dict[str, t.Any]) -> None:
    answer = sandbox.send("POST", "/admin/faults", json.dumps(fault).encode())
    assert answer.status == 400
    assert answer.json["error"]
