# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import re
import typing as t

import pytest
from ansible.errors import AnsibleError, AnsibleFilterError
from ansible.utils.display import Display
from lxml import etree

from ansible_collections.hosting.websec.plugins.filter.waf_sites_of_hosts import waf_sites_of_hosts
from ansible_collections.hosting.websec.plugins.module_utils._errors import BadInputError, BadResponseError
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.accounts import AccountSite, read_sites
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.methods import GET_ACCOUNTS
from ansible_collections.hosting.websec.tests.unit.scripted_server import Reply, ScriptedServer
from ansible_collections.hosting.websec.tests.unit.sitelock.api import answer, sitelock_client

# The example of the vendor's page, completed where the public copy ends.
EXAMPLE = (
    '<records>1</records><account id="1227" status="active">'
    '<site id="11175" status="inactive" name="www.dom.com"/></account>'
)


def page(*accounts: int) -> Reply:
    """A page with one site in each account; the site has the number of the account, plus 10,000."""
    listed = "".join(
        f'<account id="{number}" status="active"><site id="{number + 10000}" status="active" name="s{number}.example"/>'
        "</account>"
        for number in accounts
    )
    return Reply(answer(GET_ACCOUNTS, f"<records>{len(accounts)}</records>{listed}"))


def read(*replies: Reply, page_size: int = 2) -> tuple[list[AccountSite], list[tuple[str, str]]]:
    """The sites, and limit and offset of each request."""
    with ScriptedServer(list(replies)) as server, sitelock_client(server.url) as client:
        sites = read_sites(client, page_size)
        asked = [etree.fromstring(request.body)[1] for request in server.requests]
        return sites, [(method.findtext("limit") or "", method.findtext("offset") or "") for method in asked]


def test_the_documented_answer_is_read() -> None:
    sites, asked = read(Reply(answer(GET_ACCOUNTS, EXAMPLE)), page(), page_size=3)
    assert sites == [AccountSite(11175, "www.dom.com", "inactive", 1227, "active")]
    assert asked == [("3", "0"), ("3", "1")]


def test_pages_are_asked_for_until_one_is_empty() -> None:
    sites, asked = read(page(1, 2), page(3, 4), page(5), page())
    assert [site.account_id for site in sites] == [1, 2, 3, 4, 5]
    assert asked == [("2", "0"), ("2", "2"), ("2", "4"), ("2", "5")]


def test_a_server_that_gives_smaller_pages_than_asked_for_loses_no_account() -> None:
    sites, asked = read(page(1, 2), page(3), page(), page_size=100)
    assert [site.account_id for site in sites] == [1, 2, 3]
    assert [offset for _limit, offset in asked] == ["0", "2", "3"]


def test_an_account_that_moved_to_the_next_page_is_there_once() -> None:
    sites, _asked = read(page(1, 2), page(2, 3), page())
    assert [site.account_id for site in sites] == [1, 2, 3]


def test_a_server_that_ignores_the_offset_does_not_hold_the_caller_for_ever() -> None:
    with pytest.raises(BadResponseError, match="only accounts of earlier pages"):
        read(page(1, 2))


def test_an_account_without_sites_and_no_account_at_all() -> None:
    bare = Reply(answer(GET_ACCOUNTS, '<records>1</records><account id="9" status="inactive"/>'))
    assert read(bare, page())[0] == []
    assert read(Reply(answer(GET_ACCOUNTS, "<records>0</records>")))[0] == []


@pytest.mark.parametrize(
    "inner",
    ['<account status="active"/>', '<account id="1"><site name="a.example"/></account>', "<account>x</account>"],
)
def test_an_element_without_a_number_is_refused(inner: str) -> None:
    with pytest.raises(BadResponseError, match="without a number"):
        read(Reply(answer(GET_ACCOUNTS, inner)))


def test_a_page_of_no_account_is_refused_before_the_first_call() -> None:
    with ScriptedServer([page()]) as server, sitelock_client(server.url) as client:
        with pytest.raises(BadInputError, match="page_size is 0"):
            read_sites(client, 0)
        assert not server.requests


def test_the_entries_of_hosts() -> None:
    known: dict[str, t.Any] = {"sitelock_domain": "a.example", "sitelock_site_id": 5, "sitelock_account_id": 570}
    hosts = [
        {**known, "sitelock_waf": {"subscription": "100"}},
        {**known, "sitelock_domain": "listed-only.example"},
        {**known, "sitelock_waf": {"domain": "b.example", "state": "absent"}},
        {"sitelock_waf": {"domain": "by-hand.example", "site_id": 6}},
    ]
    assert waf_sites_of_hosts(hosts) == [
        {"domain": "a.example", "site_id": 5, "account_id": 570, "subscription": "100"},
        {"domain": "b.example", "site_id": 5, "account_id": 570, "state": "absent"},
        {"domain": "by-hand.example", "site_id": 6},
    ]


def test_a_site_of_a_panel_has_the_name_that_sitelock_knows() -> None:
    hosts = [
        {"panel_domain": "a.example", "sitelock_waf": {"subscription": "100"}},
        {"panel_domain": "b.example", "sitelock_domain": "B.example", "sitelock_site_id": 6, "sitelock_waf": {}},
        {"panel_domain": "c.example", "sitelock_waf": ""},
        {"panel_domain": "d.example"},
        {"panel_domain": "e.example", "panel_duplicate": True, "sitelock_waf": {"subscription": "100"}},
        {"panel_domain": "f.example", "panel_duplicate": False, "sitelock_waf": {}},
    ]
    assert waf_sites_of_hosts(hosts) == [
        {"domain": "a.example", "subscription": "100"},
        {"domain": "B.example", "site_id": 6},
        {"domain": "f.example"},
    ]


def test_a_host_whose_entry_is_no_mapping_is_named() -> None:
    with pytest.raises(AnsibleFilterError, match=r"the host a\.example is not a mapping"):
        waf_sites_of_hosts([{"inventory_hostname": "a.example", "sitelock_waf": "100"}])


class Failing(dict[str, t.Any]):
    """Variables of a host with an expression that fails, as Ansible gives them to a filter."""

    def get(self, key: str, default: t.Any = None) -> t.Any:
        if key == "sitelock_waf":
            raise AnsibleError("No first item, sequence was empty.")
        return super().get(key, default)


def test_a_rule_that_fails_for_a_host_costs_the_others_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[str] = []
    monkeypatch.setattr(Display, "warning", lambda _self, text, **_more: told.append(text))
    bad = [Failing(inventory_hostname=name) for name in ("a.example", "b.example")]
    good = {"panel_domain": "c.example", "sitelock_waf": {"subscription": "100"}}
    assert waf_sites_of_hosts([*bad, good]) == [{"domain": "c.example", "subscription": "100"}]
    cause = "2 hosts (a.example, b.example): No first item, sequence was empty."
    assert told == [f"sitelock_waf cannot be evaluated for 2 hosts of 3. {cause} Nothing is done for them."]
    with pytest.raises(AnsibleFilterError, match=re.escape(f"for 2 hosts of 2. {cause}")):
        waf_sites_of_hosts(bad)


ACTIVE = '<account id="1" status="active"><site id="11" status="active" name="a.example"/></account>'


@pytest.mark.parametrize(
    "pages",
    [
        [ACTIVE + ACTIVE],
        [ACTIVE + '<account id="01" status="inactive"/>'],
        [ACTIVE, ACTIVE.replace("active", "inactive", 1) + '<account id="2" status="active"/>'],
        [ACTIVE, ACTIVE.replace("a.example", "b.example") + '<account id="2" status="active"/>'],
        [ACTIVE + ACTIVE.replace('"1"', '"2"')],
        [ACTIVE, ACTIVE.replace('"1"', '"2"').replace("a.example", "b.example")],
        ['<account id="1" status="active"><site id="11" name="a.example"/><site id="11" name="b.example"/></account>'],
    ],
)
def test_an_account_or_a_site_of_which_two_things_are_said_is_refused(pages: list[str]) -> None:
    replies = [Reply(answer(GET_ACCOUNTS, inner)) for inner in pages]
    with pytest.raises(BadResponseError, match="twice"):
        read(*replies, page())


@pytest.mark.parametrize("number", ["\u00b2", "5" * 5000, "-1", "1.0", " ", ""])
def test_an_account_without_a_number_is_refused(number: str) -> None:
    with pytest.raises(BadResponseError, match="without a number"):
        read(Reply(answer(GET_ACCOUNTS, ACTIVE.replace('"1"', f'"{number}"'))), page())
