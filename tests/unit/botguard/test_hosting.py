# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The site file and the web hosts: the desired state at the API and on each host, and the order of removals."""

from __future__ import annotations

import typing as t

import pytest
from ansible.errors import AnsibleFilterError

from ansible_collections.hosting.websec.plugins.filter.botguard_api_users import botguard_api_users
from ansible_collections.hosting.websec.plugins.filter.botguard_api_websites import botguard_api_websites
from ansible_collections.hosting.websec.plugins.filter.botguard_web_websites import botguard_web_websites
from ansible_collections.hosting.websec.plugins.filter.botguard_websites_of_hosts import botguard_websites_of_hosts
from ansible_collections.hosting.websec.plugins.filter.botguard_websites_to_remove import botguard_websites_to_remove

SERVERS = {"primary": "srv-1.botguard.net", "secondary": "srv-2.botguard.net"}
NO_SERVERS = {"primary": None, "secondary": None}

FILE: list[dict[str, t.Any]] = [
    {"domain": "Shop.example.", "user_email": "jane@shop.example", "web_host": "web1"},
    {"domain": "late.example", "state": "paused", "user": 7, "web_host": ["web1", "web2"]},
    {"domain": "old.example", "state": "absent", "user_email": "old@old.example", "web_host": ["web2", "web1", "web2"]},
    {"domain": "elsewhere.example"},
]
HOSTS = ["web1", "web2"]


def result(domain: str, status: str | None = "online", **more: t.Any) -> dict[str, t.Any]:
    website = {"domain": domain, "status": status} if status not in (None, "absent") else None
    return {
        "domain": domain,
        "status": status,
        "website": website,
        "servers": dict(SERVERS if website else NO_SERVERS),
        **more,
    }


RESULTS = [result("shop.example"), result("late.example", "paused"), result("elsewhere.example")]


def test_the_api_gets_what_it_knows() -> None:
    assert botguard_api_websites(FILE, HOSTS) == [
        {"domain": "shop.example", "state": "online", "user_email": "jane@shop.example"},
        {"domain": "late.example", "state": "paused", "user": 7},
        {"domain": "old.example", "state": "absent", "user_email": "old@old.example"},
        {"domain": "elsewhere.example", "state": "online"},
    ]
    present = botguard_api_websites(FILE, states=["online", "paused"])
    assert [website["domain"] for website in present] == ["shop.example", "late.example", "elsewhere.example"]
    assert botguard_api_websites(FILE, domains=["old.example", "other.example"], states=["absent"]) == [
        {"domain": "old.example", "state": "absent", "user_email": "old@old.example"}
    ]


def test_sub_accounts_are_those_that_are_described_and_those_that_are_named() -> None:
    websites = [
        *FILE,
        {"domain": "b.example", "user_email": "joe@b.example"},
        {"domain": "c.example", "user_email": "joe@b.example"},
    ]
    users = [{"email": "Jane@shop.example", "first_name": "Jane"}, {"email": "x@y.example"}]
    assert botguard_api_users(websites, users) == [*users, {"email": "joe@b.example"}]
    assert botguard_api_users([]) == []


def test_each_host_gets_its_websites_in_the_order_of_the_file() -> None:
    assert botguard_web_websites(FILE, RESULTS, "web1", HOSTS) == [
        {"domain": "shop.example", "state": "online", "servers": SERVERS},
        {"domain": "late.example", "state": "paused", "servers": SERVERS},
        {"domain": "old.example", "state": "absent", "servers": {}},
    ]
    web2 = botguard_web_websites(FILE, RESULTS, "web2", HOSTS)
    assert [(row["domain"], row["state"]) for row in web2] == [("late.example", "paused"), ("old.example", "absent")]
    assert botguard_web_websites(FILE, RESULTS, "web3") == []


@pytest.mark.parametrize(
    "shop",
    [
        [],
        [result("shop.example", None, failed=True)],
        [result("shop.example", "absent", failed=True)],
        [result("shop.example", "paused", failed=True)],
        # Check mode, before it is registered.
        [{**result("shop.example", "absent"), "status": "online"}],
    ],
)
def test_a_website_that_the_api_does_not_show_online_is_left_as_it_is(shop: list[dict[str, t.Any]]) -> None:
    others = [{"domain": "good.example", "web_host": "web1"}, *FILE]
    rows = botguard_web_websites(others, [*shop, result("good.example")], "web1", HOSTS)
    assert [row["domain"] for row in rows] == ["good.example", "late.example", "old.example"]


def test_a_host_of_which_no_servers_are_known_is_left_alone() -> None:
    assert botguard_web_websites(FILE, [result("shop.example", None)], "web1", HOSTS) == []
    # The other host has no website that should be online, so it needs no servers.
    assert len(botguard_web_websites(FILE, [], "web2", HOSTS)) == 2


def test_a_website_whose_change_failed_is_on_when_the_api_shows_it_online() -> None:
    rows = botguard_web_websites([FILE[0]], [result("shop.example", "online", failed=True)], "web1", HOSTS)
    assert [(row["domain"], row["state"]) for row in rows] == [("shop.example", "online")]


@pytest.mark.parametrize("servers", [NO_SERVERS, {"primary": "", "secondary": None}, None])
def test_servers_that_the_api_does_not_give_are_left_to_the_variables_of_the_role(servers: t.Any) -> None:
    (row,) = botguard_web_websites([FILE[0]], [{**RESULTS[0], "servers": servers}], "web1")
    assert row["servers"] == {}


@pytest.mark.parametrize(
    ("done", "remove", "waiting"),
    [
        ({"web1": ["old.example"], "web2": ["late.example", "old.example"]}, ["old.example", "free.example"], []),
        ({"web1": ["old.example"]}, ["free.example"], [{"domain": "old.example", "web_hosts": ["web2"]}]),
        ({"web2": []}, ["free.example"], [{"domain": "old.example", "web_hosts": ["web2", "web1"]}]),
    ],
)
def test_a_website_is_removed_when_all_its_hosts_are_done(
    done: dict[str, list[str]], remove: list[str], waiting: list[dict[str, t.Any]]
) -> None:
    websites = [*FILE, {"domain": "free.example", "state": "absent"}]
    assert botguard_websites_to_remove(websites, done) == {"remove": remove, "waiting": waiting}


@pytest.mark.parametrize(
    ("websites", "problem"),
    [
        ({"domain": "a.example"}, "The websites must be a list, not dict."),
        (["a.example"], "Entry 1 is not a mapping with a domain."),
        ([{"state": "online"}], "Entry 1 is not a mapping with a domain."),
        (
            [{"domain": "a.example", "webhost": "web1"}],
            "a.example: unknown keys webhost (did you mean web_host?); known are domain, state",
        ),
        ([{"domain": "a.example", "state": "suspended"}], "a.example: state is 'suspended'"),
        ([{"domain": "a.example", "user": 7.0}], "a.example: user is 7.0"),
        ([{"domain": "a.example", "user": True}], "a.example: user is True"),
        ([{"domain": "a.example", "user_email": 7}], "a.example: user_email is 7"),
        ([{"domain": "a.example", "user_email": "jane"}], "'jane' is not an e-mail address"),
        (
            [{"domain": "a.example", "user": 7, "user_email": "j@a.example"}],
            "user and user_email are mutually exclusive",
        ),
        ([{"domain": "a.example", "web_host": []}], "a.example: web_host is []"),
        ([{"domain": "a.example", "web_host": ["web1", 2]}], "a.example: web_host is ['web1', 2]"),
        (
            [{"domain": "a.example"}, {"domain": "A.example"}],
            "Listed more than once: a.example in the entries 1 and 2.",
        ),
        ([{"domain": "http://a.example"}], "is not a domain name"),
        (
            [{"domain": "a.example", "web_host": ["web1", "web9"]}, {"domain": "b.example", "web_host": "web8"}],
            "a.example: web_host web9 is not among the web hosts of the inventory (web1, web2). If the host no longer ",
        ),
        (
            [{"domain": "a.example", "web_host": "web9"}, {"domain": "b.example", "web_host": "web8"}],
            "it from web_host. b.example: web_host web8 is not among the web hosts",
        ),
    ],
)
def test_entries_that_cannot_be_are_refused(websites: t.Any, problem: str) -> None:
    with pytest.raises(AnsibleFilterError) as refused:
        botguard_web_websites(websites, [], "web1", HOSTS)
    assert problem in str(refused.value)


def test_without_web_hosts_no_entry_may_name_one() -> None:
    with pytest.raises(
        AnsibleFilterError, match="web1 is not among the web hosts of the inventory \\(there are none\\)"
    ):
        botguard_api_websites(FILE[:1], [])
    assert botguard_api_websites([{"domain": "a.example"}], []) == [{"domain": "a.example", "state": "online"}]


@pytest.mark.parametrize("apply", [botguard_api_users, lambda websites: botguard_websites_to_remove(websites, {})])
def test_every_filter_refuses_what_cannot_be(apply: t.Callable[[t.Any], t.Any]) -> None:
    with pytest.raises(AnsibleFilterError, match="unknown keys"):
        apply([{"domain": "a.example", "x": 1}])


def test_the_websites_of_hosts_are_those_that_have_an_entry() -> None:
    hosts = [
        {"panel_domain": "a.example", "botguard_website": {"state": "paused"}},
        {"sitelock_domain": "b.example", "botguard_website": {}},
        {"panel_domain": "c.example", "botguard_website": {"domain": "other.example"}},
        {"panel_domain": "d.example", "botguard_website": ""},
        {"panel_domain": "e.example", "botguard_website": None},
        {"panel_domain": "f.example"},
        {"panel_domain": "g.example", "panel_duplicate": True, "botguard_website": {}},
    ]
    assert botguard_websites_of_hosts(hosts) == [
        {"domain": "a.example", "state": "paused"},
        {"domain": "b.example"},
        {"domain": "other.example"},
    ]
    with pytest.raises(AnsibleFilterError, match=r"of the host a\.example is not a mapping"):
        botguard_websites_of_hosts([{"inventory_hostname": "a.example", "botguard_website": "paused"}])
