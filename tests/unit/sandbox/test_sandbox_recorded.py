# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Answers of the stand-in that were recorded: the client understands them as it understood the originals."""

from __future__ import annotations

import collections
import contextlib
import dataclasses
import json
import typing as t

import pytest

from ansible_collections.hosting.websec.plugins.module_utils._botguard.client import BotGuardClient
from ansible_collections.hosting.websec.plugins.module_utils._botguard.responses import read_answer
from ansible_collections.hosting.websec.plugins.module_utils._effects import Effect
from ansible_collections.hosting.websec.plugins.module_utils._errors import WebsecError
from ansible_collections.hosting.websec.plugins.module_utils._http.response import HttpResponse
from ansible_collections.hosting.websec.plugins.module_utils._recording.recorder import Recorder
from ansible_collections.hosting.websec.plugins.module_utils._secrets import Redactor
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.client import SiteLockClient
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.methods import (
    GET_ANP_PROVISIONING_STATUS,
    METHODS,
    PROVISION_ADDON,
    Method,
)
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.methods.parameters import DIRECT
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.responses import method_data
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.status import parse_status
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.xml import decode
from ansible_collections.hosting.websec.tests.unit.recording.directory import recorded
from ansible_collections.hosting.websec.tests.unit.sitelock.api import PAYLOADS, payload

if t.TYPE_CHECKING:
    from pathlib import Path

    from conftest import Sandbox

CLIENT_ID, CLIENT_SECRET = "client-of-the-partner", "s3cret:of/the+client %"
USER, PASSWORD, KEY = "partner", "pass<word>&'\"", "key-of-the-partner"

READS = [method for method in METHODS if method.effect is Effect.READ and not method.answers_file]
ASKED = {"site_id": "1", "account_id": "570", "domain": "ssl.example", "login": "customer", "id": "100"}
DECIDING = ("state", "status", "code", "extended_code", "prod_type", "@prod_type", "@status", "severity")


def meaning(method: Method, body: bytes) -> t.Any:
    """What the client understands: an error, or the structure with all that decides."""
    try:
        data = method_data(decode(body, method), method)
        if method is GET_ANP_PROVISIONING_STATUS:
            status = parse_status(data, 1)
            return (
                status.state,
                status.routable(),
                status.ssl and dataclasses.replace(status.ssl, network_ssl_cert_exp_date=None),
            )
    except WebsecError as error:
        return error.kind, error.code
    return skeleton("", data)


def skeleton(name: str, value: t.Any) -> t.Any:
    if isinstance(value, dict):
        return {key: skeleton(key, each) for key, each in value.items()}
    if isinstance(value, list):
        return [skeleton(name, each) for each in value]
    # The code of a language decides nothing.
    return value if name in DECIDING and value[2:3] != "-" else bool(value)


Originals = dict[str, list[HttpResponse]]


@pytest.fixture
def originals(monkeypatch: pytest.MonkeyPatch) -> Originals:
    """The answers as they came, in their order, by the name of the call."""
    found: Originals = collections.defaultdict(list)
    keep = Recorder.keep

    def both(recorder: Recorder, effect: Effect, call: str, **more: t.Any) -> None:
        found[recorder._shown(call)].append(HttpResponse(more["status"], more["content_type"], more["body"]))
        keep(recorder, effect, call, **more)

    monkeypatch.setattr(Recorder, "keep", both)
    return found


def options_of(url: str, directory: Path) -> dict[str, t.Any]:
    return {"api_url": url, "retries": 0, "record_answers": str(directory)}


def sitelock(sandbox: Sandbox, directory: Path, *, password: str = PASSWORD) -> SiteLockClient:
    own = {"api_username": USER, "api_password": password, "api_client_id": None, "api_client_secret": None}
    own.update({"api_token_url": "", "api_partner": None})
    url = f"http://127.0.0.1:{sandbox.port}/v1/partner"
    return SiteLockClient.from_options({**options_of(url, directory), **own}, read_only=False)


def parameters_of(method: Method, asked: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
    """Parameters with which a read is asked for something."""
    found: dict[str, t.Any] = {name: asked[name] for name in DIRECT.get(method.name, ()) if name in asked}
    for subject in method.subjects:
        *outside, name = subject.asked
        value = asked.get(name if name != "id" else f"{subject.kind}_id")
        if value is not None and outside:
            found.setdefault(outside[0], {}).setdefault(name, value)
        elif value is not None:
            found[name] = value
    return found


def ask(client: SiteLockClient, method: Method, parameters: t.Mapping[str, t.Any]) -> None:
    try:
        client.call(method, parameters)
    except WebsecError:
        # It is recorded, too.
        return


def pairs(directory: Path, originals: Originals) -> list[tuple[str, HttpResponse, HttpResponse]]:
    """The name of the call, the original and what was recorded, for each answer."""
    found: Originals = collections.defaultdict(list)
    for each in recorded(directory):
        found[each.call].append(HttpResponse(each.http_status, each.content_type, each.body or b""))
    assert {call: len(each) for call, each in found.items()} == {call: len(each) for call, each in originals.items()}
    return [(call, *both) for call, each in originals.items() for both in zip(each, found[call])]


def assert_same_meaning(directory: Path, originals: Originals) -> None:
    methods = {method.name: method for method in METHODS}
    for call, original, kept in pairs(directory, originals):
        assert kept.status == original.status
        assert meaning(methods[call], kept.body) == meaning(methods[call], original.body), original.body


@pytest.mark.parametrize(("mode", "ready"), [("current", "short"), ("legacy", "full")])
def test_reads_and_orders(sandbox: Sandbox, originals: Originals, tmp_path: Path, mode: str, ready: str) -> None:
    sandbox.admin("POST", "settings", error_mode=mode, ready_answer=ready, getstatus_tail="full", untidy_values=True)
    with sitelock(sandbox, tmp_path) as client:
        for site_id in ("1", "2", "3", "4", "5", "6", "77"):
            item = {"site_id": site_id, "subscription": "101" if site_id == "1" else "100"}
            ask(client, PROVISION_ADDON, {"addonInfo": [item]})
        sandbox.buy("1")
        for step in ("validated", "routed"):
            for site_id in ("1", "2", "3", "4", "5", "6", "77"):
                ask(client, GET_ANP_PROVISIONING_STATUS, {"site_id": site_id})
            if step == "validated":
                sandbox.serve_txt("1")
        for method in READS:
            for asked in (ASKED, {**ASKED, "site_id": "77", "account_id": "99", "domain": "free.example"}):
                ask(client, method, parameters_of(method, asked))
    assert set(originals) >= {method.name for method in READS if method.endpoint is None}
    states = {meaning(GET_ANP_PROVISIONING_STATUS, each.body)[0] for each in originals["getAnpProvisioningStatus"]}
    assert {"pending-dns", "pending-domain-validation", "pending-retry", "error", "not_found"} <= states
    assert_same_meaning(tmp_path, originals)


@pytest.mark.parametrize(
    "form", ["http_401", "http_403", "error_below_root", "error_below_authentication", "error_below_method"]
)
def test_a_wrong_password(sandbox: Sandbox, originals: Originals, tmp_path: Path, form: str) -> None:
    sandbox.admin("POST", "settings", auth_failure=form)
    with sitelock(sandbox, tmp_path, password="wrong") as client:
        ask(client, GET_ANP_PROVISIONING_STATUS, {"site_id": "1"})
    [(_call, original, kept)] = pairs(tmp_path, originals)
    assert original.status == kept.status
    if original.status == 200:
        assert meaning(GET_ANP_PROVISIONING_STATUS, kept.body)[0] == "auth"
    assert_same_meaning(tmp_path, originals)


def test_a_token_request_without_its_token(sandbox: Sandbox, originals: Originals, tmp_path: Path) -> None:
    root = f"http://127.0.0.1:{sandbox.port}"
    own = {"api_client_id": CLIENT_ID, "api_client_secret": CLIENT_SECRET, "api_token_url": f"{root}/v2/oauth2/token"}
    own.update(dict.fromkeys(("api_username", "api_password", "api_partner")))
    options = {**options_of(f"{root}/v1/partner", tmp_path), **own}
    with SiteLockClient.from_options(options, read_only=True) as client:
        ask(client, GET_ANP_PROVISIONING_STATUS, {"site_id": "1"})
    assert list(originals) == ["token request", "getAnpProvisioningStatus"]
    _call, *bodies = pairs(tmp_path, originals)[0]
    original, kept = (json.loads(answer.body) for answer in bodies)
    assert kept == {**original, "access_token": kept["access_token"]}
    assert len(original["access_token"]) > 8
    assert original["access_token"] not in "".join(file.read_text() for file in tmp_path.iterdir())


def test_the_examples_of_the_vendor(tmp_path: Path) -> None:
    methods = {method.name.lower(): method for method in METHODS}
    examples = sorted(name for name in PAYLOADS if not name.endswith("_request"))
    assert len(examples) > 8
    for name in examples:
        method, body = methods[name.split("_")[0]], payload(name)
        directory = tmp_path / name
        recorder = Recorder(str(directory), api="SiteLock API")
        recorder.keep(Effect.READ, method.name, status=200, content_type="", body=body)
        [kept] = recorded(directory)
        assert meaning(method, kept.body or b"") == meaning(method, body), name


def botguard_meaning(answer: HttpResponse) -> t.Any:
    try:
        value = read_answer(answer, call="GET /website", redact=Redactor([]))
    except WebsecError as error:
        return error.kind, error.code
    return skeleton("", value)


@pytest.mark.parametrize("not_found", ["http_404_error", "http_200_error", "null"])
def test_websites_and_sub_accounts(sandbox: Sandbox, originals: Originals, tmp_path: Path, not_found: str) -> None:
    sandbox.admin("POST", "settings", not_found=not_found)
    own = {"api_key": KEY, **options_of(f"http://127.0.0.1:{sandbox.port}/botguard", tmp_path)}
    with BotGuardClient.from_options(own, read_only=False) as client:
        client.create_user({"email": "jane@shop.example", "company": "Jane Ltd"})
        client.create("shop.example", None)
        client.set_status("shop.example", "paused")
        assert client.domains() == {"shop.example"}
        client.users("jane@shop.example")
        for domain in ("shop.example", "missing.example"):
            with contextlib.suppress(WebsecError):
                client.get(domain)
        client.delete("shop.example")
    calls = {"GET /website", "GET /website/{domain}", "POST /website", "PUT /website/{domain}"}
    assert set(originals) == {*calls, "DELETE /website/{domain}", "GET /user", "POST /user"}
    for call, original, kept in pairs(tmp_path, originals):
        assert botguard_meaning(kept) == botguard_meaning(original), call
    shown = "".join(file.name + file.read_text() for file in tmp_path.iterdir()).lower()
    assert "jane" not in shown
    assert "shop" not in shown
