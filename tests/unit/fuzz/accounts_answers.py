# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One answer about accounts that is not as it should be, and what becomes of a task that gets it."""

from __future__ import annotations

import collections
import copy
import dataclasses
import random
import typing as t
from unittest import mock

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from lxml import etree

from ansible_collections.hosting.websec.plugins.module_utils._errors import WebsecError
from ansible_collections.hosting.websec.plugins.module_utils._run_context import RunContext
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.call import call
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.client import SiteLockClient
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.domains import read_domains
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.password_reset import reset_password
from ansible_collections.hosting.websec.plugins.module_utils._sitelock_accounts.listing import read_listing
from ansible_collections.hosting.websec.plugins.module_utils._sitelock_accounts.options import account_options
from ansible_collections.hosting.websec.plugins.module_utils._sitelock_accounts.plan_list import read_plans
from ansible_collections.hosting.websec.plugins.module_utils._sitelock_accounts.task import run_accounts
from ansible_collections.hosting.websec.tests.unit.fuzz.fake_accounts import DOMAINS, LOGIN, FakeAccounts
from ansible_collections.hosting.websec.tests.unit.fuzz.mutations import STATUSES
from ansible_collections.hosting.websec.tests.unit.fuzz.sitelock_answers import spoil_body
from ansible_collections.hosting.websec.tests.unit.scripted_server import Received, Reply
from ansible_collections.hosting.websec.tests.unit.sitelock.wire import wired_client

_SITE = {"domain": DOMAINS[0], "subscription": "8"}
_ENTRY = {"login": LOGIN, "email": LOGIN, "name": "A Ltd"}
ENTRIES: list[dict[str, t.Any]] = [
    {**_ENTRY, "sites": [_SITE]},
    {**_ENTRY, "sites": [{**_SITE, "addons": [{"subscription": "9001"}]}], "addons": [{"subscription": "7001"}]},
    {**_ENTRY, "sites": [_SITE, {"domain": DOMAINS[1], "subscription": "8"}]},
    {**_ENTRY, "sites": [{**_SITE, "addons": [{"subscription": "9001", "state": "absent"}]}]},
    {**_ENTRY, "sites": [_SITE], "prune_addons": True},
]
VALIDATOR = ArgumentSpecValidator(account_options().options)
OPTIONS = {
    "requests_per_second": None,
    "concurrency": 1,
    "on_error": "report",
    "entry_errors": {},
    "max_orders": None,
    "max_removals": None,
    "percentage_of": None,
    "exceed_limits": False,
    "plan_file": None,
    "approved_plan": None,
    "plan_max_age": 86400,
    "status": None,
    "subscriptions": True,
    "last_accepted_tos": True,
    "page_size": 2,
    "scan_frequency": True,
    "domains": ["a.example", "b.example", "free.example"],
    "account_id": 570,
    "user": LOGIN,
    "new_password": None,
    "method": "passwordReset",
    "parameters": {"user": LOGIN},
    "secret_parameters": {},
    "effect": None,
}


class Spoilt:
    """The API, of which one answer (the one to call number ``due``) is not as it should be."""

    def __init__(self, api: FakeAccounts, due: int, rng: random.Random) -> None:
        self._api, self._due, self._rng = api, due, rng

    def __call__(self, request: Received) -> Reply:
        reply = self._api(request)
        self._due -= 1
        if self._due:
            return reply
        if self._rng.random() < 0.2:
            return dataclasses.replace(reply, body=shortened(reply.body, self._rng))
        return dataclasses.replace(reply, body=spoil_body(reply.body, self._rng), status=self._rng.choice(STATUSES))


def shortened(body: bytes, rng: random.Random) -> bytes:
    """``body`` without one of its elements: what was bought may then seem to be missing."""
    root = etree.fromstring(body)
    elements = list(root[0].iterdescendants())
    if elements:
        gone = rng.choice(elements)
        gone.getparent().remove(gone)
    return etree.tostring(root)


_READS: dict[str, t.Callable[[], t.Any]] = {
    "accounts_info": lambda: read_listing(OPTIONS, RunContext()),
    "plans_info": lambda: read_plans(OPTIONS),
    "domains_info": lambda: read_domains(OPTIONS, RunContext()),
}
_WRITES: dict[str, t.Callable[[], t.Any]] = {
    "password_reset": lambda: reset_password(OPTIONS, check_mode=False),
    "call": lambda: call(OPTIONS, check_mode=False, hidden=True),
}


def play(number: int) -> tuple[t.Any, list[str]]:
    """Play one case: what the tasks return, and what was wrong. The same number is the same case.

    :raises Exception: anything else than a ``WebsecError``, which is wrong too.
    """
    rng = random.Random(f"accounts {number}")
    api = FakeAccounts(known=rng.random() < 0.7, tells_all=rng.random() < 0.7)
    what = rng.choice(["accounts"] * 6 + [*_READS, *_WRITES])
    # The first answers are those that tell what there is.
    due = rng.choice([1, 2, 2, 2, 2, 3, 3, 4, 5, 6, 7, 8] if what == "accounts" else [1, 2, 3])
    client, wire = wired_client(Spoilt(api, due, rng))
    before = copy.deepcopy(api.accounts)
    entry = rng.choice(ENTRIES)
    check_mode = what == "accounts" and rng.random() < 0.1
    with mock.patch.object(SiteLockClient, "from_options", return_value=client):
        try:
            if what == "accounts":
                accounts = VALIDATOR.validate({"accounts": [entry]}).validated_parameters["accounts"]
                params = {**OPTIONS, "accounts": accounts}
                result = run_accounts(params, check_mode=check_mode, warn=lambda _text: None, context=RunContext())
            else:
                result = {**_READS, **_WRITES}[what]()
        except WebsecError as error:
            result = error.as_dict()
    wrong = list(_wrong(api, before, entry))
    # Here the client does not know that it is check mode, so this is the task's own work.
    if wire.written and (check_mode or what in _READS):
        wrong.append(f"a write where nothing is to be written: {wire.written}")
    return result, wrong


def _wrong(api: FakeAccounts, before: t.Mapping[int, t.Any], entry: t.Mapping[str, t.Any]) -> t.Iterator[str]:
    if api.accounts[571] != before[571]:
        yield "another account was changed"
    if sum(each.login == LOGIN for each in api.accounts.values()) > 1:
        yield "a second account"
    for domain in DOMAINS:
        if len(api.found(domain)) > 1:
            yield "a second site"
    for number, account in api.accounts.items():
        bought = collections.Counter(account.addons.values())
        if any(count > 1 for count in bought.values()):
            yield "a second subscription"
        kept = {product for product, _site in account.addons.values()}
        ended = {product for product, _site in before[number].addons.values()} - kept if number in before else set()
        asked = {"9001"} if "addons" in entry["sites"][0] else set()
        if ended and not (entry.get("prune_addons") or ended <= asked):
            yield "an end that nobody wants"
