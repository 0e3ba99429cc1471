# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which requests the sandbox refuses, and the form of the refusal."""

from __future__ import annotations

import typing as t

import pytest

if t.TYPE_CHECKING:
    from conftest import Sandbox

LOGIN = "<authentication><user>partner</user><password>x</password></authentication>"
STATUS = '<getAnpProvisioningStatus site_id="1"/>'


def document(*parts: str) -> str:
    return "<SiteLockOnlineRequest>" + "".join(parts) + "</SiteLockOnlineRequest>"


REFUSED = {
    "not XML": "hello",
    "empty": "",
    "cut off": document(LOGIN, STATUS)[:-9],
    "another root": document(LOGIN, STATUS).replace("SiteLockOnlineRequest", "SiteLockRequest"),
    "no method": document(LOGIN),
    "two methods": document(LOGIN, STATUS, STATUS),
    "no authentication": document(STATUS),
    "two authentications": document(LOGIN, LOGIN, STATUS),
    "username": document(LOGIN.replace("user>", "username>"), STATUS),
    "no password": document("<authentication><user>partner</user></authentication>", STATUS),
    "unknown in authentication": document(LOGIN.replace("</a", "<token>1</token></a"), STATUS),
    "element, not attribute": document(
        LOGIN, "<getAnpProvisioningStatus><site_id>1</site_id></getAnpProvisioningStatus>"
    ),
    "attribute, not element": document(LOGIN, '<getWafOrigin site_id="1"/>'),
    "no attribute": document(LOGIN, "<getAnpProvisioningStatus/>"),
    "unknown attribute": document(LOGIN, '<getAnpProvisioningStatus site_id="1" id="1"/>'),
    "another spelling": document(
        LOGIN, "<setWAFOrigin><site_id>1</site_id><waf_origin>192.0.2.1</waf_origin></setWAFOrigin>"
    ),
    "unknown method": document(LOGIN, "<sellEverything/>"),
    "missing field": document(LOGIN, "<provisionAddon><addonInfo><site_id>1</site_id></addonInfo></provisionAddon>"),
    "empty field": document(
        LOGIN, "<provisionAddon><addonInfo><site_id>1</site_id><subscription/></addonInfo></provisionAddon>"
    ),
    "no item": document(LOGIN, "<provisionAddon/>"),
    "wrong nesting": document(
        LOGIN, "<provisionAddon><site_id>1</site_id><subscription>100</subscription></provisionAddon>"
    ),
    "unknown element": document(
        LOGIN,
        "<provisionAddon><addonInfo><site_id>1</site_id><subscription>100</subscription><amount>5</amount></addonInfo>"
        "</provisionAddon>",
    ),
    "given twice": document(LOGIN, "<checkDomain><domain>a.example</domain><domain>b.example</domain></checkDomain>"),
    "text beside elements": document(LOGIN, "<checkDomain>now<domain>a.example</domain></checkDomain>"),
    "blanks around a value": document(LOGIN, "<checkDomain><domain> a.example</domain></checkDomain>"),
    "not a flag": document(
        LOGIN,
        "<provisionAddon><addonInfo><site_id>1</site_id><subscription>100</subscription><waf_force_ssl>yes</waf_force_ssl>"
        "</addonInfo></provisionAddon>",
    ),
    "not a manager": document(
        LOGIN, "<setWAFDNSManager><site_id>1</site_id><waf_dns_manager>me</waf_dns_manager></setWAFDNSManager>"
    ),
    "two of one": document(
        LOGIN, "<getStatus><accountInformation><id>570</id><site_id>1</site_id></accountInformation></getStatus>"
    ),
    "none of one": document(LOGIN, "<getStatus><accountInformation/></getStatus>"),
    "deletion by both": document(
        LOGIN,
        "<deleteAddon><addonInfo><site_id>1</site_id><prod_type>WAF</prod_type><subscription_id>9</subscription_id>"
        "</addonInfo></deleteAddon>",
    ),
    "deletion by none": document(LOGIN, "<deleteAddon><addonInfo><site_id>1</site_id></addonInfo></deleteAddon>"),
    "raw apostrophe": document(LOGIN, "<checkDomain><domain>o'neill.example</domain></checkDomain>"),
    "raw quote": document(LOGIN, '<checkDomain><domain>a".example</domain></checkDomain>'),
    "raw greater-than": document(LOGIN, "<checkDomain><domain>a>b.example</domain></checkDomain>"),
    "raw ampersand": document(LOGIN, "<checkDomain><domain>a&b.example</domain></checkDomain>"),
    "CDATA": document(LOGIN, "<checkDomain><domain><![CDATA[a.example]]></domain></checkDomain>"),
    "comment": document(LOGIN, "<!-- now -->", STATUS),
    "document type": '<!DOCTYPE x [<!ENTITY e "1">]>' + document(LOGIN, STATUS),
}


@pytest.mark.parametrize("request_document", REFUSED.values(), ids=REFUSED.keys())
def test_undocumented_elements_are_refused(sandbox: Sandbox, request_document: str) -> None:
    answer = sandbox.raw(request_document)
    assert answer.status == 500
    assert [error.text for error in answer.xml.iter("error")] == ["Could not parse XML request"]
    [entry] = sandbox.journal()
    assert entry["outcome"].startswith("refused: ")
    assert entry["http_status"] == 500


def test_the_error_is_below_a_known_method(sandbox: Sandbox) -> None:
    assert sandbox.raw(REFUSED["missing field"]).xml.findtext("provisionAddon/error")
    assert sandbox.raw(REFUSED["unknown method"]).xml.findtext("error")


def test_the_journal_has_the_documented_spelling(sandbox: Sandbox) -> None:
    sandbox.raw(REFUSED["another spelling"])
    assert "setWafOrigin" in sandbox.journal()[0]["outcome"]


def test_escaped_characters_are_decoded(sandbox: Sandbox) -> None:
    answer = sandbox.call("<checkDomain><domain>&lt;&gt;&amp;&apos;&quot;</domain></checkDomain>")
    assert answer.xml.findtext("checkDomain/domain") == "<>&'\""


def test_a_declaration_and_a_partner_are_allowed(sandbox: Sandbox) -> None:
    login = "<authentication><user>partner</user><password>pass&lt;word&gt;&amp;&apos;&quot;</password>"
    body = document(login, "<partner>Brand</partner></authentication>", STATUS)
    answer = sandbox.raw('<?xml version="1.0" encoding="UTF-8" standalone="yes" ?>\n' + body)
    assert answer.status == 200
    assert answer.body.startswith(b'<?xml version="1.0" encoding="UTF-8" standalone="yes" ?>')


def test_username_can_be_allowed(sandbox: Sandbox) -> None:
    sandbox.admin("POST", "settings", accept_username=True)
    password = "<password>pass&lt;word&gt;&amp;&apos;&quot;</password>"
    login = f"<authentication><username>partner</username>{password}</authentication>"
    assert sandbox.raw(document(login, STATUS)).status == 200


@pytest.mark.parametrize("verb", ["GET", "PUT", "DELETE"])
def test_only_post_is_accepted(sandbox: Sandbox, verb: str) -> None:
    assert sandbox.send(verb, "/v1/partner").status == 405


def test_accepted_paths(sandbox: Sandbox) -> None:
    body = document(LOGIN, STATUS).encode()
    assert sandbox.send("POST", "/v1/partner/createToken", body).status == 401
    assert sandbox.send("POST", "/v1/partner/getStatus", body).status == 404


@pytest.mark.parametrize(
    ("form", "status", "path"),
    [
        ("http_401", 401, None),
        ("http_403", 403, None),
        ("error_below_root", 500, "error"),
        ("error_below_authentication", 500, "authentication/error"),
        ("error_below_method", 500, "getAnpProvisioningStatus/error"),
    ],
)
def test_setting_response_to_a_wrong_password(sandbox: Sandbox, form: str, status: int, path: str | None) -> None:
    sandbox.admin("POST", "settings", auth_failure=form)
    answer = sandbox.call(STATUS, password="wrong")
    assert answer.status == status
    if path:
        assert answer.xml.findtext(path)
    sandbox.admin("POST", "settings", error_http_status=200)
    assert sandbox.call(STATUS, password="wrong").status == (200 if path else status)


def test_a_wrong_password_buys_nothing_and_is_not_stored(sandbox: Sandbox) -> None:
    item = "<addonInfo><site_id>1</site_id><subscription>100</subscription></addonInfo>"
    assert sandbox.call(f"<provisionAddon>{item}</provisionAddon>", password="the-wrong-one").status == 401
    assert sandbox.events() == []
    assert "the-wrong-one" not in str(sandbox.journal())
