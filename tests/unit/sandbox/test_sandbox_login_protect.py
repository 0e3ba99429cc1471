# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Login Protect of a site: users, pages, and who needs the second factor."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.hosting.websec.tests.unit.sandbox.firewalls import INVALID, SITE, ask, found, refusal, same

if t.TYPE_CHECKING:
    from conftest import Sandbox

USER = "<email>owner@customer.example</email><name>Shop owner</name><phone>1-7345555555</phone>"
PAGE = "<urls><url><value>/wp-login.php</value><pattern>prefix</pattern></url></urls>"


def done(method: str) -> str:
    return f"<{method}><message>OK</message><status>ok</status></{method}>"


def emails(sandbox: Sandbox, site_id: str = SITE) -> list[str]:
    return found(ask(sandbox, "loginProtectListUser", site_id=site_id), "user/email")


def test_the_life_of_a_user(protected: Sandbox) -> None:
    assert same(ask(protected, "loginProtectAddUser", USER), done("loginProtectAddUser"))
    [user] = ask(protected, "loginProtectListUser").findall("user")
    values = {one.tag: one.text for one in user}
    assert values == {
        "name": "Shop owner",
        "creation_date": values["creation_date"],
        "email": "owner@customer.example",
        "phone": "1-7345555555",
        "status": "INVITATION_SENT",
    }
    change = "<email>owner@customer.example</email><username>Jane</username><two_factor_auth>enabled</two_factor_auth>"
    assert same(ask(protected, "loginProtectModifyUser", change), done("loginProtectModifyUser"))
    [user] = ask(protected, "loginProtectListUser").findall("user")
    assert (user.findtext("name"), user.findtext("phone")) == ("Jane", "1-7345555555")
    gone = "<email>owner@customer.example</email>"
    assert same(ask(protected, "loginProtectDeleteUser", gone), done("loginProtectDeleteUser"))
    assert same(
        ask(protected, "loginProtectListUser"), "<loginProtectListUser><status>ok</status></loginProtectListUser>"
    )


def test_invalid_users_are_refused(protected: Sandbox) -> None:
    ask(protected, "loginProtectAddUser", USER)
    assert refusal(ask(protected, "loginProtectAddUser", USER)) == ("18005", "User already exists")
    for method in ("loginProtectModifyUser", "loginProtectDeleteUser"):
        assert refusal(ask(protected, method, "<email>other@customer.example</email>")) == ("18010", "Invalid user")
    phone = USER.replace("1-7345555555", "7345555555").replace("owner", "second")
    assert refusal(ask(protected, "loginProtectAddUser", phone))[0] == "18003"
    assert refusal(ask(protected, "loginProtectAddUser", USER.replace("@", " at ")))[0] == "1001"
    assert emails(protected) == ["owner@customer.example"]


@pytest.mark.parametrize(("form", "listed"), [("site", 0), ("account", 1)])
def test_setting_scope_of_users(protected: Sandbox, form: str, listed: int) -> None:
    protected.admin("POST", "settings", login_protect_users=form)
    protected.buy("1")
    ask(protected, "loginProtectAddUser", USER, site_id="1")
    assert len(emails(protected)) == listed
    gone = ask(protected, "loginProtectDeleteUser", "<email>owner@customer.example</email>")
    assert (gone.find("error") is None) == bool(listed)
    assert len(emails(protected, "1")) == 1 - listed


def test_login_protect_configuration(protected: Sandbox) -> None:
    content = (
        "<enabled>yes</enabled><allow_all_users>no</allow_all_users>"
        "<specific_users_list>a@customer.example,b@customer.example</specific_users_list>"
        f"<send_lp_notifications>yes</send_lp_notifications><authentication_methods>sms,ga</authentication_methods>{PAGE}"
    )
    assert same(ask(protected, "loginProtectModifyConfig", content), done("loginProtectModifyConfig"))
    assert same(
        ask(protected, "loginProtectRetrieveConfig"),
        """<loginProtectRetrieveConfig>
            <config>
                <allow_all_users>no</allow_all_users>
                <authentication_methods>sms,ga</authentication_methods>
                <enabled>yes</enabled>
                <send_lp_notifications>yes</send_lp_notifications>
                <urls><url><pattern>prefix</pattern><value>/wp-login.php</value></url></urls>
            </config>
            <status>ok</status>
        </loginProtectRetrieveConfig>""",
    )
    shown = protected.admin("GET", f"policy?site_id={SITE}")["login_protect"]
    assert shown["specific_users_list"] == "a@customer.example,b@customer.example"
    protected.admin("POST", "settings", authentication_methods_form="repeat")
    answer = ask(protected, "loginProtectRetrieveConfig")
    assert found(answer, "config/authentication_methods") == ["sms", "ga"]


@pytest.mark.parametrize(("form", "enabled", "urls"), [("keep", "yes", 1), ("default", "no", 0)])
def test_setting_omitted_elements_of_the_configuration(protected: Sandbox, form: str, enabled: str, urls: int) -> None:
    protected.admin("POST", "settings", login_protect_omitted=form)
    ask(protected, "loginProtectModifyConfig", f"<enabled>yes</enabled>{PAGE}")
    ask(protected, "loginProtectModifyConfig", "<allow_all_users>yes</allow_all_users>")
    config = ask(protected, "loginProtectRetrieveConfig").find("config")
    assert (config.findtext("enabled"), len(config.findall("urls/url"))) == (enabled, urls)


def test_an_empty_list_removes_all_pages(protected: Sandbox) -> None:
    ask(protected, "loginProtectModifyConfig", PAGE)
    ask(protected, "loginProtectModifyConfig", "<urls/>")
    assert found(ask(protected, "loginProtectRetrieveConfig"), "config/urls/url/value") == []


def test_pages_are_added_and_deleted(protected: Sandbox) -> None:
    assert same(ask(protected, "loginProtectConfigAddUrl", PAGE), done("loginProtectConfigAddUrl"))
    ask(protected, "loginProtectConfigAddUrl", PAGE.replace("prefix", "suffix"))
    answer = ask(protected, "loginProtectRetrieveConfig")
    assert found(answer, "config/urls/url/pattern") == ["suffix"]
    gone = "<urls><url>/wp-login.php</url><url>/other</url></urls>"
    assert same(ask(protected, "loginProtectConfigDeleteUrl", gone), done("loginProtectConfigDeleteUrl"))
    assert found(ask(protected, "loginProtectRetrieveConfig"), "config/urls/url/value") == []


def test_the_application_is_stored_but_not_returned(protected: Sandbox) -> None:
    assert same(ask(protected, "loginProtectConfigApp", "<app>wordpress</app>"), done("loginProtectConfigApp"))
    assert protected.admin("GET", f"policy?site_id={SITE}")["login_app"] == "wordpress"
    assert refusal(ask(protected, "loginProtectConfigApp", "<app>drupal</app>"))[1] == "Could not parse XML request"


# The values of the examples in the documentation, which cannot be meant.
EXAMPLES = {
    "loginProtectModifyConfig": (
        "<enabled>yes</enabled><allow_all_users>yes</allow_all_users><specific_users_list>true</specific_users_list>"
        "<send_lp_notifications>yes</send_lp_notifications><authentication_methods>url</authentication_methods>"
    ),
    "loginProtectConfigAddUrl": (
        "<urls><url><value>https://www.example.com/</value><pattern>page.html</pattern></url></urls>"
    ),
}


@pytest.mark.parametrize("method", EXAMPLES)
def test_setting_values_of_the_examples(protected: Sandbox, method: str) -> None:
    assert refusal(ask(protected, method, EXAMPLES[method])) == INVALID
    protected.admin("POST", "settings", login_protect_values="as_in_examples")
    assert same(ask(protected, method, EXAMPLES[method]), done(method))
