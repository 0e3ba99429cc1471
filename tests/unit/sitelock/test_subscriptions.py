# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import concurrent.futures
import typing as t

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.hosting.websec.plugins.module_utils._errors import WebsecError
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.addon import (
    DesiredAddon,
    plan_addon,
)
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.methods import GET_STATUS
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.site import CurrentAddon
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.status import SiteStatus
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.subscriptions import (
    Subscription,
    SubscriptionReader,
    Subscriptions,
    parse_subscriptions,
)
from ansible_collections.hosting.websec.tests.unit.scripted_server import Reply, ScriptedServer
from ansible_collections.hosting.websec.tests.unit.sitelock.api import (
    answer,
    call,
    canonical,
    document,
    sitelock_client,
)

SITE, OTHER = 5, 6


def addon(plan: str, site_id: int | None = None, instance: str = "1") -> Subscription:
    return Subscription(plan, instance, site_id)


def plan_of(*addons: Subscription, wanted: str | None = "WAF") -> str | None:
    found = Subscriptions(570, addons).of_site(SITE, wanted)
    return found.subscription if found else None


@pytest.mark.parametrize(
    ("addons", "plan"),
    [
        # The site's own plan, which is the desired one.
        ([addon("WAF", SITE)], "WAF"),
        ([addon("WAF", SITE), addon("BACKUP", SITE)], "WAF"),
        ([addon("OLD", OTHER), addon("WAF", SITE)], "WAF"),
        ([addon("WAF", SITE), addon("WAF")], "WAF"),
        # The only candidate.
        ([addon("OLD", SITE)], "OLD"),
        ([addon("OLD", SITE), addon("WAF", OTHER)], "OLD"),
        ([addon("OLD", SITE), addon("PCI")], "OLD"),
        ([addon("OLD")], "OLD"),
        ([addon("WAF")], "WAF"),
        ([addon("WAF"), addon("WAF")], "WAF"),
        # Undetermined.
        ([], None),
        ([addon("WAF", OTHER)], None),
        ([addon("OLD", SITE), addon("BACKUP", SITE)], None),
        ([addon("OLD"), addon("BACKUP")], None),
        ([addon("WAF"), addon("OLD")], None),
        ([addon("WAF"), addon("OLD", OTHER)], None),
        ([addon("OLD"), addon("WAF", OTHER)], None),
        ([addon("BACKUP", SITE), addon("WAF")], None),
    ],
)
def test_a_plan_is_that_of_the_site_only_when_nothing_else_can_be(addons: list[Subscription], plan: str | None) -> None:
    assert plan_of(*addons) == plan
    assert plan_of(*reversed(addons)) == plan


PLANS = st.sampled_from(["WAF", "OLD", "BACKUP"])
ADDONS = st.lists(st.builds(Subscription, PLANS, st.just("1"), st.sampled_from([SITE, OTHER, None])), max_size=5)


@settings(deadline=None)
@given(ADDONS)
def test_a_plan_is_changed_only_when_the_site_cannot_have_the_wanted_one(addons: list[Subscription]) -> None:
    found = Subscriptions(570, tuple(addons)).of_site(SITE, "WAF")
    current = CurrentAddon(SiteStatus(SITE, "ready"), subscription=found.subscription if found else None)
    if plan_addon(current, DesiredAddon(SITE, subscription="WAF")):
        assert not any(addon.subscription == "WAF" and addon.site_id in (SITE, None) for addon in addons)
        assert found in addons
        assert [addon for addon in addons if addon.site_id == SITE] == [found] or addons == [found]


def parsed(inner: str) -> Subscriptions:
    return parse_subscriptions(call(answer(GET_STATUS, inner), GET_STATUS, {"accountInformation": {"id": 570}}))


def test_an_account_is_read() -> None:
    account = parsed(
        "<accountInformation><id>570</id><name>Jane</name><addons>"
        "<addon><amount>5.00</amount><frequency>1</frequency><next_renewal_at>2027-01-01</next_renewal_at>"
        "<subscription> 8765 </subscription><subscription_id>1234</subscription_id>"
        "<subscription_plan_name>WAF</subscription_plan_name></addon>"
        "<addon><subscription>9</subscription><subscription_id>1235</subscription_id><site_id>5</site_id></addon>"
        "</addons></accountInformation>"
    )
    assert account == Subscriptions(570, (Subscription("8765", "1234", None), Subscription("9", "1235", 5)))


@pytest.mark.parametrize(
    "inner", ["<accountInformation/>", "<accountInformation><addons/></accountInformation>", "<name>x</name>"]
)
def test_an_account_without_addons_has_none(inner: str) -> None:
    assert parsed(inner) == Subscriptions(None, ())


def test_ids_in_attributes_are_read() -> None:
    account = parsed(
        '<accountInformation id="570"><addons><addon site_id="5"><subscription>9</subscription></addon></addons>'
        "</accountInformation>"
    )
    assert account == Subscriptions(570, (Subscription("9", None, 5),))


def test_an_addon_without_a_plan_says_nothing() -> None:
    account = parsed("<accountInformation><addons><addon><amount>5</amount></addon></addons></accountInformation>")
    assert account.of_site(5, "8765") is None


# ---- the reader

ACCOUNT = answer(GET_STATUS, "<accountInformation><id>570</id><addons/></accountInformation>")


@pytest.mark.parametrize(("account_id", "named"), [(570, "<id>570</id>"), (None, "<site_id>5</site_id>")])
def test_an_account_is_asked_for_by_its_id_and_else_by_the_site(account_id: int | None, named: str) -> None:
    with ScriptedServer([Reply(ACCOUNT)]) as server, sitelock_client(server.url) as client:
        assert SubscriptionReader(client).read(5, account_id).account_id == 570
        wanted = (
            "<authentication><user>Username</user><password>Password</password></authentication>"
            f"<getStatus><accountInformation>{named}</accountInformation></getStatus>"
        )
        assert canonical(server.requests[0].body) == canonical(document(wanted, "SiteLockOnlineRequest"))


def test_many_threads_cause_one_call_for_an_account() -> None:
    with ScriptedServer([Reply(ACCOUNT, pause=0.05)]) as server, sitelock_client(server.url) as client:
        reader = SubscriptionReader(client)
        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            accounts = set(pool.map(lambda site: reader.read(site, 570).account_id, range(20)))
        assert accounts == {570}
        assert len(server.requests) == 1
        reader.read(1, None)
        reader.read(2, None)
        assert len(server.requests) == 3


def test_a_site_that_asks_a_second_time_gets_a_new_answer_and_shares_it() -> None:
    with ScriptedServer([Reply(ACCOUNT)]) as server, sitelock_client(server.url) as client:
        reader = SubscriptionReader(client)
        for site, calls in [(5, 1), (6, 1), (5, 2), (6, 2), (7, 2), (6, 3), (5, 3), (5, 4)]:
            reader.read(site, 570)
            assert len(server.requests) == calls


def test_a_site_that_was_written_to_does_not_believe_an_answer_from_before() -> None:
    with ScriptedServer([Reply(ACCOUNT)]) as server, sitelock_client(server.url) as client:
        reader = SubscriptionReader(client)
        reader.read(5, 570)
        reader.wrote([6, 7])
        reader.read(8, 570)
        assert len(server.requests) == 1
        reader.read(6, 570)
        reader.read(7, 570)
        assert len(server.requests) == 2


def test_an_account_that_cannot_be_read_fails_for_each_of_its_sites() -> None:
    def failure(reader: SubscriptionReader, site: int) -> t.Any:
        with pytest.raises(WebsecError) as failed:
            reader.read(site, 570)
        return failed.value.kind

    with ScriptedServer([Reply(status=403)]) as server, sitelock_client(server.url) as client:
        reader = SubscriptionReader(client)
        assert [failure(reader, site) for site in (5, 6)] == ["not_allowed", "not_allowed"]
        assert len(server.requests) == 1
