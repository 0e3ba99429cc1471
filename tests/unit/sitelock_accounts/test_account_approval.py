# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a plan shows of the writes for an account, and what they rest on."""

from __future__ import annotations

import dataclasses
import typing as t

import pytest

from ansible_collections.hosting.websec.plugins.module_utils._approval.approval import Approval
from ansible_collections.hosting.websec.plugins.module_utils._converge import Action
from ansible_collections.hosting.websec.plugins.module_utils._effects import Effect
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.catalogue import Catalogue
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.subscriptions import Subscription
from ansible_collections.hosting.websec.plugins.module_utils._sitelock_accounts.approval import planned_writes
from ansible_collections.hosting.websec.plugins.module_utils._sitelock_accounts.current import (
    CurrentAccount,
    CurrentSite,
)
from ansible_collections.hosting.websec.plugins.module_utils._sitelock_accounts.plan import (
    CHANGE_EMAIL,
    CHANGE_PLAN,
    END_ACCOUNT,
    END_ADDON,
    NEW_ACCOUNT,
    NEW_ADDON,
    NEW_SITE,
    Write,
)
from ansible_collections.hosting.websec.plugins.module_utils._sitelock_accounts.results import Money
from ansible_collections.hosting.websec.tests.unit.sitelock_accounts.test_account_payloads import ACCOUNT

SITE = CurrentSite("changed.com", 1077, subscription="9")
NOW = CurrentAccount(
    exists=True,
    account_id=12345,
    told={"email": "old@example.com"},
    sites={"changed.com": SITE},
    addons=(Subscription("9001", "s1", 1077), Subscription("7001", "s2", None)),
)


def planned(write: Write, now: CurrentAccount = NOW) -> t.Any:
    action = Action("method", Effect.BUY, write)
    (one,) = planned_writes(ACCOUNT, now, [action], Money(Catalogue({}), {ACCOUNT.name: ACCOUNT}))
    return one


@pytest.mark.parametrize(
    ("write", "shown"),
    [
        (
            Write(NEW_ACCOUNT, ACCOUNT.name, "superdomain.com", "8"),
            {
                "name": "Jane Ltd",
                "email": "jane@example.com",
                "login": "jane-the-first",
                "reseller_account_id": "C-1",
                "subscription": "8",
                "amount": "5.00",
                "domainEmail": "webmaster@example.com",
                "trustedDomain": "yes",
            },
        ),
        (
            Write(NEW_SITE, ACCOUNT.name, "bundled.com", "12"),
            {"domain": "bundled.com", "bundle": "12"},
        ),
        (Write(CHANGE_PLAN, ACCOUNT.name, "changed.com", "8"), {"amount": "5.00", "renewal_date": "2015-01-01"}),
        (Write(CHANGE_PLAN, ACCOUNT.name, "bundled.com", "12"), {"bundle": "12", "renewal_date": "preserve"}),
        (Write(CHANGE_EMAIL, ACCOUNT.name), {"email": "jane@example.com"}),
        (Write(NEW_ADDON, ACCOUNT.name, "", "7001", 2), {"renewal_date": "2015-01-01", "number": 2}),
        (Write(END_ADDON, ACCOUNT.name, "", "7001", subscription_id="s2"), {"subscription_id": "s2"}),
    ],
    ids=lambda each: each.kind if isinstance(each, Write) else "",
)
def test_a_plan_shows_what_is_sent(write: Write, shown: dict[str, t.Any]) -> None:
    arguments = planned(write).arguments
    assert shown.items() <= arguments.items()
    # Neither a secret nor where somebody lives.
    text = str(planned(write)) + str(arguments)
    assert not any(private in text for private in ("Abc123!xyz", "Street 1", "1-602-5551234"))


@pytest.mark.parametrize(
    ("other", "told"),
    [
        ({"sites": {"changed.com": dataclasses.replace(SITE, subscription="10")}}, "plan 10"),
        ({"sites": {"changed.com": dataclasses.replace(SITE, routed=True)}}, "with traffic"),
        ({"sites": {"changed.com": dataclasses.replace(SITE, site_id=1)}}, "site 1,"),
        ({"addons": (Subscription("9001", "s3", 1077), NOW.addons[1])}, "9001 (s3) of changed.com"),
        ({"addons": (Subscription("9001", "s1", None), NOW.addons[1])}, "9001 (s1) of the account"),
        ({"told": {"email": "third@example.com"}}, "third@example.com"),
        ({"account_id": 2}, "account_id was 12345, and is 2"),
    ],
)
def test_what_a_write_rests_on(other: dict[str, t.Any], told: str) -> None:
    write = Write(END_ACCOUNT, ACCOUNT.name)
    approval = Approval([planned(write)])
    assert approval.refusal([planned(write)]) is None
    refused = approval.refusal([planned(write, dataclasses.replace(NOW, **other))])
    assert refused is not None
    assert told in refused.message
