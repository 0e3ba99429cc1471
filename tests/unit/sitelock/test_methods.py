# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The table of methods compared with the known facts about the API (methods.yml), and the effects of an entry."""

from __future__ import annotations

import base64
import inspect
import re
import typing as t
from pathlib import Path

import pytest
import yaml

from ansible_collections.hosting.websec.plugins.module_utils._effects import Effect
from ansible_collections.hosting.websec.plugins.module_utils._errors import (
    BadInputError,
    BadResponseError,
    RejectedError,
    WebsecError,
)
from ansible_collections.hosting.websec.plugins.module_utils._http.settings import HttpSettings
from ansible_collections.hosting.websec.plugins.module_utils._secrets import HIDDEN
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.client import SiteLockClient
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.credentials import Credentials
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.methods import FAMILIES, METHODS, Method, find
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.methods.definition import ENDPOINT
from ansible_collections.hosting.websec.tests.unit.scripted_server import Reply
from ansible_collections.hosting.websec.tests.unit.sitelock.api import answer, call, document, request_of
from ansible_collections.hosting.websec.tests.unit.sitelock.wire import wired_client

FACTS: list[dict[str, t.Any]] = yaml.safe_load((Path(__file__).parent / "methods.yml").read_text(encoding="utf-8"))
BY_NAME = {method.name: method for method in METHODS if method.applies is None}


def name_of(value: t.Any) -> str:
    return value.name if isinstance(value, Method) else value["name"] if isinstance(value, dict) else str(value)


def facts_of(method: Method) -> dict[str, t.Any]:
    """An entry of the table in the form of the data file."""
    facts: dict[str, t.Any] = {
        "name": method.name,
        "effect": method.effect.value,
        **{
            name: sorted(getattr(method, name))
            for name in ("attributes", "nested", "repeats", "secrets", "answer_secrets", "negatives", "other_names")
        },
        "subjects": {subject.kind: "/".join(subject.asked) for subject in method.subjects},
        "batch": list(method.batch or ()),
        "endpoint": method.endpoint,
        "answers_file": method.answers_file,
    }
    return {name: value for name, value in facts.items() if value}


@pytest.mark.parametrize("facts", FACTS, ids=name_of)
def test_the_table_says_what_is_known(facts: dict[str, t.Any]) -> None:
    method = find(facts["name"], facts.get("request", {}))
    assert method is not None
    expected = {name: value for name, value in facts.items() if name not in ("request", "confidence")}
    assert facts_of(method) == {
        name: sorted(value) if isinstance(value, list) and name != "batch" else value
        for name, value in expected.items()
    }


def test_the_table_has_these_methods_and_no_other() -> None:
    assert sorted(method.name for method in METHODS) == sorted(facts["name"] for facts in FACTS)


def test_the_reads_and_no_other_method_have_the_name_of_a_read() -> None:
    reads = (
        r"get|check|scan(Info|Summary|Detail)|loginProtect(ListUser|RetrieveConfig)|bulkReports|download|createToken"
    )
    assert {method.name for method in METHODS if method.effect is Effect.READ} == {
        method.name for method in METHODS if re.match(reads, method.name)
    }


def entries() -> dict[str, str]:
    """The source of each entry with the comment before it, by the name of its method."""
    found: dict[str, str] = {}
    for family in FAMILIES:
        source = inspect.getsource(family)
        for entry in re.findall(r"(?:^#.*\n)*^[A-Z_]+ = Method\((?:.*\)$|\n(?: .*\n)+)", source, re.MULTILINE):
            name = re.findall(r'"(\w+)"', entry)[0]
            found[name] = found.get(name, "") + entry
    return found


def test_what_is_not_documented_is_marked_at_its_entry() -> None:
    told = entries()
    assert told.keys() == BY_NAME.keys()
    silent = [
        facts["name"]
        for facts in FACTS
        if "confidence" in facts and not re.search("# .*(Inferred|Unknown)", told[facts["name"]])
    ]
    assert silent == []


# ---- two entries of one name


@pytest.mark.parametrize(
    ("name", "parameters", "effect"),
    [
        ("modifyAccount", {"accountInformation": {"id": 1, "email": "a@b.example"}}, Effect.CHANGE),
        ("modifyAccount", {"siteInformation": {"id": 1, "subscription": 8}}, Effect.BUY),
        # Both, or neither: the gravest effect.
        ("modifyAccount", {"accountInformation": {"id": 1}, "siteInformation": {"id": 1}}, Effect.BUY),
        ("modifyAccount", {}, Effect.BUY),
        ("manageBackup", {"action": "backup"}, Effect.ACTION),
        ("manageBackup", {"action": "delete"}, Effect.DESTROY),
        ("manageBackup", {"action": "restore"}, Effect.DESTROY),
        ("manageBackup", {"action": " backup"}, Effect.DESTROY),
        ("manageBackup", {}, Effect.DESTROY),
    ],
)
def test_the_effect_of_a_request_is_that_of_its_form(name: str, parameters: dict[str, t.Any], effect: Effect) -> None:
    method = find(name, parameters)
    assert method is not None
    assert method.effect is effect


def test_a_method_in_another_spelling_is_not_known() -> None:
    assert find("getstatus", {}) is None


# ---- the form of a request


@pytest.mark.parametrize(
    ("name", "parameters", "sent"),
    [
        ("getWafGeoInfo", {}, "<getWafGeoInfo></getWafGeoInfo>"),
        (
            "getAnpProvisioningStatus",
            {"site_id": 5},
            '<getAnpProvisioningStatus site_id="5"></getAnpProvisioningStatus>',
        ),
        (
            "modifyShield",
            {"shield": {"site_id": 10900, "language": "en", "size": "small"}},
            '<modifyShield><shield site_id="10900" language="en" size="small"></shield></modifyShield>',
        ),
        (
            "scanDetail",
            {"site_id": 5, "scans": {"malware_scan": "", "db_scan": {"id": 7}}},
            (
                '<scanDetail><site_id>5</site_id><scans><malware_scan></malware_scan><db_scan id="7"></db_scan></scans>'
                "</scanDetail>"
            ),
        ),
        (
            "addWafBlacklistIPs",
            {"site_id": 5, "ips": {"ip": ["192.0.2.1", "192.0.2.0/24"]}},
            (
                "<addWafBlacklistIPs><site_id>5</site_id><ips><ip>192.0.2.1</ip><ip>192.0.2.0/24</ip></ips>"
                "</addWafBlacklistIPs>"
            ),
        ),
        (
            "deletePlan",
            {"planInfo": {"site_id": [5, 6]}},
            "<deletePlan><planInfo><site_id>5</site_id><site_id>6</site_id></planInfo></deletePlan>",
        ),
    ],
)
def test_a_request_has_the_form_of_the_pages(name: str, parameters: dict[str, t.Any], sent: str) -> None:
    assert sent.encode() in request_of(BY_NAME[name], parameters)


@pytest.mark.parametrize(
    ("name", "parameters", "wrong"),
    [
        ("addWafBlacklistIPs", {"site_id": 5, "ips": ["192.0.2.1"]}, "ips must be a dictionary"),
        ("addWafBlacklistUrls", {"site_id": 5, "urls": {"url": ["/x"]}}, "urls/url must be a dictionary"),
        ("modifyShield", {"shield": "10900"}, "shield must be a dictionary"),
        ("deletePlan", {"planInfo": 5}, "planInfo must be a dictionary"),
        ("getStatus", {"a b": "x"}, "cannot be the name of an element"),
        ("getStatus", {"x><y": "x"}, "cannot be the name of an element"),
        ("getStatus", {"@x y": "x"}, "cannot be an attribute"),
        ("getAnpProvisioningStatus", {"site_id": [5, 6]}, "cannot be an attribute"),
    ],
)
def test_a_request_in_another_form_is_not_sent(name: str, parameters: dict[str, t.Any], wrong: str) -> None:
    client, _wire = wired_client(lambda _request: pytest.fail("it was sent"))
    with pytest.raises(BadInputError, match=wrong):
        client.call(BY_NAME[name], parameters)


# ---- no is an answer


@pytest.mark.parametrize(
    ("name", "parameters", "inner"),
    [
        (
            "checkDomain",
            {"domain": "example.com"},
            (
                "<domain>example.com</domain><account_id>570</account_id><message>domain already exists</message>"
                "<site_id>1090</site_id><status>error</status>"
            ),
        ),
        (
            "checkLogin",
            {"login": "jane@example.com"},
            (
                "<login>jane@example.com</login><message>Login is in use by another account.</message>"
                "<status>error</status>"
            ),
        ),
        (
            "getLastAcceptedTOS",
            {"account_id": 570},
            "<status>error</status><message>User has not accepted TOS.</message>",
        ),
    ],
)
def test_a_no_is_no_failure(name: str, parameters: dict[str, t.Any], inner: str) -> None:
    method = BY_NAME[name]
    assert call(answer(method, inner), method, parameters)["status"] == "error"
    failure = "<status>error</status><message>Try later.</message><site_id/>"
    with pytest.raises(RejectedError, match="Try later"):
        call(answer(method, failure), method, parameters)


# ---- whose answer it is


@pytest.mark.parametrize(
    ("name", "parameters", "said"),
    [
        ("checkDomain", {"domain": "example.com"}, "<domain>www.EXAMPLE.com</domain>"),
        ("checkLogin", {"login": "Jane@example.com"}, "<login>jane@example.com</login>"),
        ("getShield", {"site_id": [5, 6]}, '<shield site_id="5"/><shield site_id="6"/>'),
        ("getShield", {"account_id": 570}, '<shield site_id="5"/><shield site_id="6"/>'),
        ("deleteSSLHost", {"site_id": [5, 6]}, '<sslhost site_id="6" action="deleted"/>'),
        ("markEmailsSent", {"queue_id": ["a", "b"]}, "<errors><error><queue_id>b</queue_id></error></errors>"),
    ],
)
def test_another_spelling_and_several_subjects_are_what_was_asked(
    name: str, parameters: dict[str, t.Any], said: str
) -> None:
    assert call(answer(BY_NAME[name], said), BY_NAME[name], parameters)


@pytest.mark.parametrize(
    ("name", "parameters", "said"),
    [
        ("checkDomain", {"domain": "example.com"}, "<domain>example.org</domain>"),
        ("getShield", {"site_id": [5, 6]}, '<shield site_id="5"/><shield site_id="7"/>'),
        ("deleteSSLHost", {"site_id": 5}, '<sslhost site_id="6" action="deleted"/>'),
        ("addSSLHost", {"site_id": 5, "domain": "a.example"}, '<sslhost id="1" domain="b.example"/>'),
        ("alterWafException", {"site_id": 5, "exception_id": 7}, "<exception_id>8</exception_id>"),
        ("provisionAccount", {"siteInformation": {"domain": "a.example"}}, "<domain>b.example</domain>"),
    ],
)
def test_an_answer_about_another_one_of_several_is_none(name: str, parameters: dict[str, t.Any], said: str) -> None:
    with pytest.raises(BadResponseError):
        call(answer(BY_NAME[name], said), BY_NAME[name], parameters)


def statuses(*inner: str) -> str:
    return "".join(f"<addonStatus>{each}</addonStatus>" for each in inner)


TWO_OF_ONE_SITE = {"addonInfo": [{"site_id": 5, "subscription": "dns"}, {"site_id": 5, "subscription": "backup"}]}
BY_SUBSCRIPTION = {"addonInfo": [{"subscription_id": 71}, {"subscription_id": 72}]}
OF_AN_ACCOUNT = {"addonInfo": [{"account_id": 570, "subscription": "pci"}]}
PLANS = {"planInfo": {"site_id": [5, 6]}}


@pytest.mark.parametrize(
    ("name", "parameters", "inner"),
    [
        (
            "provisionAddon",
            TWO_OF_ONE_SITE,
            statuses(
                "<site_id>5</site_id><subscription>backup</subscription><status>ok</status>",
                "<site_id>5</site_id><subscription>dns</subscription><status>error</status><code>X</code>",
            ),
        ),
        (
            "deleteAddon",
            BY_SUBSCRIPTION,
            statuses(
                "<subscription_id>72</subscription_id><site_id>5</site_id>",
                "<subscription_id>71</subscription_id><site_id>6</site_id>",
            ),
        ),
        ("provisionAddon", OF_AN_ACCOUNT, statuses("<account_id>570</account_id><site_id>5</site_id>")),
        (
            "deletePlan",
            PLANS,
            (
                "<planStatus><site_id>6</site_id><status>ok</status></planStatus>"
                "<planStatus><site_id>5</site_id><status>error</status><error>No</error></planStatus>"
            ),
        ),
    ],
)
def test_the_items_of_a_batch_are_told_apart(name: str, parameters: dict[str, t.Any], inner: str) -> None:
    assert call(answer(BY_NAME[name], inner), BY_NAME[name], parameters)


@pytest.mark.parametrize(
    ("name", "parameters", "inner"),
    [
        ("provisionAddon", TWO_OF_ONE_SITE, statuses("<site_id>5</site_id><status>ok</status>")),
        ("provisionAddon", TWO_OF_ONE_SITE, statuses("<site_id>5</site_id><subscription>waf</subscription>")),
        ("deleteAddon", BY_SUBSCRIPTION, statuses("<subscription_id>73</subscription_id>")),
        ("deleteAddon", BY_SUBSCRIPTION, statuses(*["<subscription_id>71</subscription_id>"] * 2)),
        ("provisionAddon", OF_AN_ACCOUNT, statuses("<account_id>571</account_id>")),
        ("deletePlan", PLANS, "<planStatus><site_id>7</site_id></planStatus>"),
        ("deletePlan", PLANS, "<planStatus><site_id>5</site_id><status>ok</status><error>No</error></planStatus>"),
        ("deletePlan", PLANS, "<planStatus><site_id>5</site_id></planStatus>" * 2),
    ],
)
def test_a_batch_whose_answers_cannot_be_told_apart_has_none(
    name: str, parameters: dict[str, t.Any], inner: str
) -> None:
    with pytest.raises(BadResponseError) as failed:
        call(answer(BY_NAME[name], inner), BY_NAME[name], parameters)
    assert failed.value.may_have_happened


def test_the_answer_has_the_other_name_of_its_method() -> None:
    method = BY_NAME["removeWafBlacklistUrls"]
    body = document("<removeWafUrlBlacklist><urls><url>/x</url></urls></removeWafUrlBlacklist>")
    assert call(body, method, {"site_id": 5}) == {"urls": {"url": ["/x"]}}


# ---- secrets

WITH_SECRETS = [method for method in METHODS if method.secrets]


def secret_request(method: Method, secret: str) -> dict[str, t.Any]:
    """A request with all secrets of the method, in their places."""
    parameters: dict[str, t.Any] = {}
    for name in method.secrets:
        paths = [path for path in sorted(method.nested) if path.rpartition("/")[2] == name] or [name]
        for path in paths:
            *parents, last = path.split("/")
            place = parameters
            for parent in parents:
                place = place.setdefault(parent, {})
            place[last] = secret
    return parameters


@pytest.mark.parametrize("method", WITH_SECRETS, ids=name_of)
@pytest.mark.parametrize(
    "body",
    [
        "<{name}><error>{secret} is too short</error></{name}>",
        "<{name}><status>error</status><message>{secret} is too short</message></{name}>",
        "<error>{secret} is too short</error>",
        "<{name}>{secret}",
    ],
)
def test_a_secret_of_a_request_is_in_no_error(method: Method, body: str) -> None:
    secret = "s3cr3t-of-the-customer"
    inner = body.format(name=method.name, secret=secret)
    client, _wire = wired_client(lambda _request: Reply(document(inner)))
    with pytest.raises(WebsecError) as failed:
        client.call(method, secret_request(method, secret))
    told = str(failed.value.as_dict())
    assert secret not in told
    assert HIDDEN in told


@pytest.mark.parametrize("status", [200, 500])
def test_what_visitors_sent_is_in_no_error(status: int) -> None:
    (method,) = [each for each in METHODS if each.private]
    sent = "pin=4711"
    body = document(f"<{method.name}><visit><post_data>{sent}</post_data>")
    client, _wire = wired_client(lambda _request: Reply(body, status=status))
    with pytest.raises(WebsecError) as failed:
        client.call(method, {"site_id": 1})
    assert sent not in str(failed.value.as_dict())


@pytest.mark.parametrize("method", WITH_SECRETS, ids=name_of)
def test_a_secret_of_a_request_is_in_no_text_of_an_answer(method: Method) -> None:
    secret = "s3cr3t-of-the-customer"
    client, _wire = wired_client(lambda _request: Reply(answer(method, f"<message>Set to {secret}.</message>")))
    data = client.call(method, secret_request(method, secret))
    assert (secret in str(data)) == bool(method.answer_secrets)


@pytest.mark.parametrize("part", [slice(None), slice(0, 400), slice(301, 900), slice(-250, None)])
@pytest.mark.parametrize("decoded", [False, True])
def test_no_part_of_a_key_is_in_an_error(part: slice, decoded: bool) -> None:
    """A server may repeat the begin of a request that it cannot read, or what it decoded."""
    inner = base64.b64encode(bytes(range(256)) * 4).decode()
    lines = [inner[start : start + 64] for start in range(0, len(inner), 64)]
    key = "\n".join(["-----BEGIN PRIVATE KEY-----", *lines, "-----END PRIVATE KEY-----", ""])
    sent = base64.b64encode(key.encode()).decode()
    repeated = (key if decoded else sent)[part]
    method = BY_NAME["uploadWAFCertificate"]
    body = answer(method, f"<status>error</status><message>Invalid key: {repeated}</message>")
    client, _wire = wired_client(lambda _request: Reply(body))
    with pytest.raises(WebsecError) as failed:
        client.call(method, {"site_id": 5, "private_key": sent, "certificate": "x", "type": "pem"})
    told = failed.value.message
    assert HIDDEN in told
    for text in (key, sent):
        # What is less than a piece at an end of the part may stay.
        pieces = {text[start : start + 32] for start in range(len(text) - 31)}
        assert not any(piece in told for piece in pieces)


def test_a_password_that_was_given_is_returned_as_the_answer_has_it() -> None:
    method = BY_NAME["passwordReset"]
    body = answer(method, "<pass>s3cr3t-of-the-customer</pass><user>jane@example.com</user>")
    assert call(body, method, {"user": "jane@example.com", "pass": "s3cr3t-of-the-customer"})["pass"] == (
        "s3cr3t-of-the-customer"
    )


# ---- where a call goes


def addresses(url: str) -> dict[str, str]:
    """The addresses to which the client sends methods, for an ``api_url``."""
    client = SiteLockClient(url, Credentials("me", "secret"), HttpSettings(), read_only=True)
    return {name: client._http_of(BY_NAME[name])._url for name in ("getStatus", "scanDomain")}


def test_the_free_scan_has_its_own_address_at_the_vendor() -> None:
    assert addresses(ENDPOINT + "/") == {"getStatus": ENDPOINT, "scanDomain": "https://scan.sitelock.com/v1/partner/"}


def test_a_relay_gets_all_calls() -> None:
    relay = "https://relay.example/sitelock"
    assert addresses(relay) == {"getStatus": relay, "scanDomain": relay}


@pytest.mark.parametrize("method", [method for method in METHODS if method.answers_file], ids=name_of)
def test_a_method_that_answers_with_a_file_is_not_called(method: Method) -> None:
    client, _wire = wired_client(lambda _request: pytest.fail("it was sent"))
    with pytest.raises(BadInputError, match="returns a file"):
        client.call(method, {})
