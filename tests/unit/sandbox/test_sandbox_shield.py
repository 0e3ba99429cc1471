# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The shield, and the host names of the SSL monitor."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.hosting.websec.tests.unit.sandbox.firewalls import found, refusal, same

if t.TYPE_CHECKING:
    from conftest import Sandbox

PARSE_ERROR = (None, "Could not parse XML request")
DOCUMENTED = '<modifyShield><shield site_id="10900" language="en" size="small" color="red" type="mal"/></modifyShield>'


@pytest.fixture
def site(sandbox: Sandbox) -> Sandbox:
    """A sandbox with the site of the documentation."""
    sandbox.admin("POST", "fleet", sites=[{"site_id": "10900", "account_id": "570", "domain": "www.example.com"}])
    return sandbox


def call(sandbox: Sandbox, document: str) -> t.Any:
    [element] = sandbox.call(document).xml
    return element


# The shield


def test_the_documented_shield_is_returned_as_written(site: Sandbox) -> None:
    assert same(call(site, DOCUMENTED), "<modifyShield><status>ok</status></modifyShield>")
    assert same(
        call(site, "<getShield><site_id>10900</site_id></getShield>"),
        """<getShield>
            <shield site_id="10900" language="en" size="small" color="red" type="mal"><options>
                <colors>red,white</colors><sizes>small,medium,big</sizes><type>mal,secure</type>
            </options></shield>
        </getShield>""",
    )


@pytest.mark.parametrize(
    ("form", "path", "texts"),
    [
        ("comma", "shield/options/colors", ["red,white"]),
        ("repeat", "shield/options/colors", ["red", "white"]),
        ("nested", "shield/options/colors/color", ["red", "white"]),
    ],
)
def test_setting_form_of_shield_options(site: Sandbox, form: str, path: str, texts: list[str]) -> None:
    site.admin("POST", "settings", shield_options=form)
    assert found(call(site, "<getShield><site_id>10900</site_id></getShield>"), path) == texts


@pytest.mark.parametrize(
    ("form", "content"),
    [
        ("product", "<status>ok</status>"),
        ("shield", '<shield site_id="10900" language="en" size="small" color="red" type="mal"/>'),
    ],
)
def test_setting_response_to_a_changed_shield(site: Sandbox, form: str, content: str) -> None:
    site.admin("POST", "settings", shield_answer=form)
    assert same(call(site, DOCUMENTED), f"<modifyShield>{content}</modifyShield>")


def test_several_shields_at_once(site: Sandbox) -> None:
    several = call(site, "<getShield><site_id>10900</site_id><site_id>1</site_id></getShield>")
    assert [one.get("site_id") for one in several] == ["10900", "1"]
    of_account = call(site, "<getShield><account_id>570</account_id></getShield>")
    assert [one.get("site_id") for one in of_account] == ["1", "2", "10900"]
    assert call(site, "<getShield><site_id>1</site_id><site_id>99</site_id></getShield>").findtext("error")
    assert refusal(call(site, "<getShield/>")) == PARSE_ERROR


def test_a_plan_may_allow_one_type(site: Sandbox) -> None:
    site.admin("POST", "products", site_id="10900", shield_types=["secure"])
    assert call(site, DOCUMENTED).findtext("error") == "Invalid type"
    part = '<modifyShield><shield site_id="10900" color="white"/></modifyShield>'
    assert call(site, part).findtext("status") == "ok"
    shield = call(site, "<getShield><site_id>10900</site_id></getShield>")[0]
    assert (shield.get("color"), shield.get("type")) == ("white", "secure")


@pytest.mark.parametrize(
    "shield",
    ["", '<shield size="small"/>', '<shield site_id="10900" size="huge"/>', '<shield site_id="10900"><size/></shield>'],
)
def test_undocumented_shield_requests_are_refused(site: Sandbox, shield: str) -> None:
    assert refusal(call(site, f"<modifyShield>{shield}</modifyShield>")) == PARSE_ERROR


def test_the_journal_knows_the_site_of_a_shield(site: Sandbox) -> None:
    call(site, DOCUMENTED)
    entry = site.journal()[-1]
    assert (entry["method"], entry["write"], entry["site_ids"]) == ("modifyShield", True, ["10900"])


# SSL hosts


def hosts(sandbox: Sandbox, subject: str = "<site_id>10900</site_id>") -> list[str | None]:
    return [one.get("domain") for one in call(sandbox, f"<getSSLHost>{subject}</getSSLHost>")]


def add(sandbox: Sandbox, domain: str, method: str = "addSSLHost") -> t.Any:
    return call(sandbox, f"<{method}><site_id>10900</site_id><domain>{domain}</domain></{method}>")


def test_the_documented_life_of_a_host(site: Sandbox) -> None:
    wrong = '<editSSLHost domain="www.example.com" error="sslhost not set for 10900"/>'
    assert same(add(site, "www.example.com", "editSSLHost"), wrong)
    made = '<sslhost id="200001" domain="www.example.com" action="created"/>'
    assert same(add(site, "www.example.com"), f"<addSSLHost>{made}</addSSLHost>")
    assert same(
        call(site, "<getSSLHost><site_id>10900</site_id></getSSLHost>"),
        '<getSSLHost><sslhost site_id="10900" id="200001" domain="www.example.com"/></getSSLHost>',
    )
    edited = '<sslhost id="200001" domain="shop.example.com" action="edited"/>'
    assert same(add(site, "shop.example.com", "editSSLHost"), f"<editSSLHost>{edited}</editSSLHost>")
    for action in ("deleted", "notdeleted"):
        gone = f'<deleteSSLHost><sslhost site_id="10900" action="{action}"/></deleteSSLHost>'
        assert same(call(site, "<deleteSSLHost><site_id>10900</site_id></deleteSSLHost>"), gone)
    assert hosts(site) == []


@pytest.mark.parametrize(
    ("form", "known"),
    [("one", ["b.example.com"]), ("several", ["a.example.com", "b.example.com"])],
)
def test_setting_several_ssl_hosts(site: Sandbox, form: str, known: list[str]) -> None:
    site.admin("POST", "settings", ssl_hosts_per_site=form)
    add(site, "a.example.com")
    add(site, "b.example.com")
    add(site, "b.example.com")
    assert hosts(site) == known


@pytest.mark.parametrize(
    ("form", "answer"),
    [("empty", "<getSSLHost/>"), ("error", '<getSSLHost error="sslhost not set for 10900"/>')],
)
def test_setting_response_without_an_ssl_host(site: Sandbox, form: str, answer: str) -> None:
    site.admin("POST", "settings", ssl_host_absent=form)
    asked = "<getSSLHost><site_id>10900</site_id></getSSLHost>"
    assert same(call(site, asked), answer)
    add(site, "a.example.com")
    assert call(site, asked)[0].get("domain") == "a.example.com"


@pytest.mark.parametrize("form", ["edited", "created"])
def test_setting_response_to_a_known_host(site: Sandbox, form: str) -> None:
    site.admin("POST", "settings", ssl_host_known=form)
    add(site, "a.example.com")
    assert add(site, "b.example.com")[0].get("action") == form


def test_all_hosts_of_an_account_can_be_deleted(site: Sandbox) -> None:
    add(site, "a.example.com")
    answer = call(site, "<deleteSSLHost><account_id>570</account_id></deleteSSLHost>")
    assert {one.get("site_id"): one.get("action") for one in answer} == {
        "1": "notdeleted",
        "2": "notdeleted",
        "10900": "deleted",
    }
    assert hosts(site, "<account_id>570</account_id>") == []


def test_a_host_has_no_scheme(site: Sandbox) -> None:
    assert add(site, "https://a.example.com").findtext("error") == "Invalid domain"


def test_a_response_about_another_site_is_valid_xml(site: Sandbox) -> None:
    site.admin("POST", "faults", kind="other_subject")
    answer = call(site, "<getShield><site_id>10900</site_id></getShield>")
    assert [one.get("site_id") for one in answer.iter("shield")] == ["999999"]


def test_odd_values_in_attributes(site: Sandbox) -> None:
    site.admin("POST", "faults", kind="odd_values")
    answer = call(site, "<getShield><site_id>10900</site_id></getShield>")
    assert answer[0].get("site_id").endswith("9" * 5000)
