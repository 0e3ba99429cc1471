# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The state machine for accounts: runs that are killed, disturbed and crossed, while people make changes."""

from __future__ import annotations

import collections
import dataclasses
import json
import os
import pathlib
import tempfile
import typing as t
from unittest import mock

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from property.sandbox_in_process import PASSWORD, USERNAME, SandboxInProcess

from ansible_collections.hosting.websec.plugins.module_utils._effects import Effect
from ansible_collections.hosting.websec.plugins.module_utils._errors import LimitError, WebsecError
from ansible_collections.hosting.websec.plugins.module_utils._run_context import RunContext
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.client import SiteLockClient
from ansible_collections.hosting.websec.plugins.module_utils._sitelock_accounts.options import account_options
from ansible_collections.hosting.websec.plugins.module_utils._sitelock_accounts.task import run_accounts

Account = dict[str, t.Any]
PLANS = [
    {"id": "8", "name": "Scan", "product_category": "SCAN", "price": "5.00"},
    {"id": "9", "name": "Scan more", "product_category": "SCAN", "price": "7.00"},
    {"id": "12", "name": "Bundle", "type": "bundle", "includes": ["8", "100"]},
    {"id": "100", "name": "Firewall", "level": "professional"},
    {"id": "9001", "name": "Backup", "product_category": "BACKUP", "price": "2.00"},
    {"id": "9002", "name": "DNS", "product_category": "DNS", "price": "2.00"},
    {"id": "7001", "name": "PCI", "product_category": "PCI", "price": "3.00"},
]
LOGINS = ("owner@alpha.example", "owner@beta.example")
DOMAINS = {
    LOGINS[0]: ("alpha.example", "www.shop-alpha.example", "blog-alpha.example"),
    LOGINS[1]: ("beta.example", "shop-beta.example"),
}
STRANGERS = [{"id": "999", "site_id": "9999", "login": "stranger@elsewhere.example", "domain": "taken.example"}]
FAULTS = (
    "lost_request",
    "lost_answer",
    "http_500",
    "http_500_after",
    "http_503",
    "html",
    "html_after",
    "cut",
    "truncated",
    "refuse_403",
)
KILLS = ("killed before", "killed after")
METHODS = (
    "provisionAccount",
    "provisionAddon",
    "modifyAccount",
    "deleteAddon",
    "deletePlan",
    "deleteAccount",
    "getStatus",
    "checkDomain",
)
ROUNDS = 4


class Killed(BaseException):
    """The process of a run was killed. Not an C(Exception), so that no code continues after it."""


@st.composite
def _addons(draw: st.DrawFn, products: t.Sequence[str], *, most: int) -> list[dict[str, t.Any]]:
    return [
        {
            "subscription": product,
            "state": draw(st.sampled_from(["present", "present", "absent"])),
            "count": draw(st.integers(1, most)),
        }
        for product in draw(st.lists(st.sampled_from(products), unique=True, max_size=2))
    ]


@st.composite
def _account(draw: st.DrawFn, login: str) -> Account:
    sites = []
    for domain in draw(st.lists(st.sampled_from(DOMAINS[login]), unique=True, min_size=1)):
        kind, plan = draw(st.sampled_from([("subscription", "8"), ("subscription", "9"), ("bundle", "12")]))
        sites.append(
            {
                "domain": domain,
                "state": draw(st.sampled_from(["present", "present", "present", "absent"])),
                kind: plan,
                "addons": draw(_addons(("9001", "9002"), most=1)),
                "force": draw(st.booleans()),
            }
        )
    return {
        "login": login,
        "email": login,
        "name": login.split("@")[1],
        "state": draw(st.sampled_from(["present"] * 7 + ["absent"])),
        "prune_addons": draw(st.sampled_from([False, False, True])),
        "sites": sites,
        "addons": draw(_addons(("7001",), most=2)),
    }


files = st.tuples(_account(LOGINS[0]), _account(LOGINS[1])).map(list)
forms = st.fixed_dictionaries(
    {
        "provision_ids": st.sampled_from(["below_method", "in_containers", "account_only", "none"]),
        "modify_answer": st.sampled_from(["result", "status", "empty"]),
        "account_errors": st.sampled_from(["text", "code", "status"]),
        "addon_answer": st.sampled_from(["full", "without_ids"]),
        "getstatus_tail": st.sampled_from(["full", "full", "none"]),
        "getstatus_plans": st.sampled_from(["site", "addons", "none"]),
        "getstatus_site_id": st.sampled_from(["element", "element", "none"]),
        "second_account": st.sampled_from(["refuse", "buy"]),
        "second_purchase": st.just("buy"),
        "foreign_ids": st.sampled_from(["none", "given"]),
        "item_order": st.sampled_from(["request", "reversed"]),
    }
)
# More often those with an unknown outcome.
troubles = st.dictionaries(
    st.one_of(st.sampled_from(METHODS), st.integers(0, 20)),
    st.sampled_from([*KILLS, *FAULTS, "lost_answer", "http_500_after", "html_after", "other run"]),
    max_size=4,
)


@dataclasses.dataclass
class Run:
    """A run over ``file``.

    :param troubles: faults and events at the first call of a method, or at a call by its number.
    :param plan: the file with the plan that is made in check mode, or else is approved.
    """

    file: list[Account]
    troubles: dict[int | str, str]
    check_mode: bool = False
    max_orders: str | None = None
    plan: str | None = None
    sent: int = 0
    writes: collections.Counter[str] = dataclasses.field(default_factory=collections.Counter)
    killed: bool = False
    result: dict[str, t.Any] | None = None


class AccountsMachine(RuleBasedStateMachine):
    sandbox: SandboxInProcess
    figures: collections.Counter[str]

    @initialize(settings=forms, first=files, known=st.booleans())
    def begin(self, settings: dict[str, t.Any], first: list[Account], known: bool) -> None:
        self.sandbox.begin({"plans": PLANS, "strangers": STRANGERS}, settings)
        self.world = self.sandbox.service.world
        self.settings = settings
        self.file = first
        self.wanted: collections.Counter[tuple[str, str, str]] = collections.Counter()
        """The maximum that any file wanted: subscriptions of a product, by login and domain."""
        self.running: list[Run] = []
        self.ledger_seen = 0
        self._remember()
        if known:
            self._run(Run(self.file, {}))

    # ---- what happens

    @rule(file=files)
    def edit(self, file: list[Account]) -> None:
        self.file = file
        self._remember()

    @rule(troubles=troubles)
    def run(self, troubles: dict[int | str, str]) -> None:
        self._run(Run(self.file, dict(troubles)))

    @rule()
    def check(self) -> None:
        before = len(self.world.ledger)
        self._run(Run(self.file, {}, check_mode=True))
        assert len(self.world.ledger) == before, "check mode wrote"

    @rule(file=files, before=st.none() | troubles, troubles=troubles)
    def run_as_approved(
        self, file: list[Account], before: dict[int | str, str] | None, troubles: dict[int | str, str]
    ) -> None:
        """A plan of a new file, perhaps another run, and the run with the plan."""
        self.file = file
        self._remember()
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "plan.json")
            self._run(Run(self.file, {}, check_mode=True, plan=path))
            planned = json.loads(pathlib.Path(path).read_text())["actions"] if os.path.exists(path) else []
            if before is not None:
                self._run(Run(self.file, dict(before)))
            run = Run(self.file, {key: what for key, what in troubles.items() if what != "other run"}, plan=path)
            self._run(run)
        methods = collections.Counter(action["method"] for action in planned)
        self.figures["approved runs"] += bool(run.writes)
        assert run.writes.keys() <= methods.keys(), f"sent {run.writes}, and only {methods} was approved"
        for method in ("provisionAccount", "provisionAddon"):
            assert run.writes[method] <= methods[method], f"sent {run.writes}, and only {methods} was approved"

    @rule()
    def limited(self) -> None:
        before = sum(entry["event"] in ("added", "modified") for entry in self.world.ledger)
        self._run(Run(self.file, {}, max_orders="0"))
        assert sum(entry["event"] in ("added", "modified") for entry in self.world.ledger) == before

    @rule()
    def settle(self) -> None:
        """Without troubles, the runs settle: nothing more is sent."""
        for _round in range(ROUNDS):
            last = Run(self.file, {})
            before = len(self.world.ledger)
            self._run(last)
            if len(self.world.ledger) == before:
                break
        assert len(self.world.ledger) == before, "it goes on and on"
        assert last.result is not None
        self.figures["settled"] += 1
        for account in last.result["accounts"]:
            if not account["failed"]:
                self._is_as_wanted(next(each for each in self.file if each["login"] == account["account"]))

    def _run(self, run: Run) -> None:
        params = {
            "api_url": self.sandbox.url,
            "api_username": USERNAME,
            "api_password": PASSWORD,
            "api_partner": None,
            "validate_certs": True,
            "ca_path": None,
            "client_cert": None,
            "client_key": None,
            "timeout": 10,
            "retries": 0,
            "requests_per_second": None,
            "concurrency": 1,
            "on_error": "report",
            "max_orders": run.max_orders,
            "max_removals": None,
            "percentage_of": None,
            "exceed_limits": False,
            "plan_file": run.plan if run.check_mode else None,
            "approved_plan": None if run.check_mode else run.plan,
            "plan_max_age": 86400,
            "entry_errors": {},
            "accounts": _VALIDATOR.validate({"accounts": run.file}).validated_parameters["accounts"],
        }
        self.figures["runs"] += 1
        self.running.append(run)
        try:
            run.result = run_accounts(params, check_mode=run.check_mode, warn=lambda _text: None, context=RunContext())
        except Killed:
            run.killed = True
        except (LimitError, WebsecError):
            pass
        finally:
            self.running.pop()
            self.sandbox.service.faults.remove()
        if run.result is not None:
            shown = str(run.result)
            assert PASSWORD not in shown
            bugs = [
                each["error"] for each in run.result["accounts"] if each["failed"] and each["error"]["kind"] == "bug"
            ]
            assert not bugs, bugs

    def crossing(self, method: t.Any, parameters: t.Any, send: t.Callable[[], t.Any]) -> t.Any:
        """A call that is about to be sent."""
        run = self.running[-1]
        if run.killed:
            raise Killed
        number = run.sent
        run.sent += 1
        trouble = run.troubles.pop(method.name, None) or run.troubles.pop(number, None)
        if trouble == "other run" and method.effect is not Effect.BUY and len(self.running) == 1:
            # Not between the last read and an order: the API has no conditional order, so nothing can protect this gap.
            self._run(Run(self.file, {}))
        elif trouble in FAULTS:
            self.sandbox.service.faults.add({"kind": trouble, "api": "sitelock", "method": method.name})
        elif trouble == KILLS[0]:
            run.killed = True
            raise Killed
        if method.effect is not Effect.READ:
            run.writes[method.name] += 1
        answer = send()
        if trouble == KILLS[1]:
            run.killed = True
            raise Killed
        return answer

    # ---- what must hold

    def _remember(self) -> None:
        for account in self.file:
            for site in account["sites"]:
                self.wanted[(account["login"], _bare(site["domain"]), "plan")] = 1
            for domain, addon in _addons_of(account):
                at = (account["login"], domain, addon["subscription"])
                self.wanted[at] = max(self.wanted[at], addon["count"] if addon["state"] == "present" else 0)

    @invariant()
    def nothing_is_bought_twice(self) -> None:
        if not hasattr(self, "world"):
            return
        self.figures["steps"] += 1
        accounts = [each for each in self.world.all_accounts.values() if each.deleted_at is None]
        logins = collections.Counter(each.login or each.email for each in accounts)
        assert all(count == 1 for count in logins.values()), f"accounts by login: {logins}"
        sites = [each for each in self.world.all_sites.values() if each.deleted_at is None]
        domains = collections.Counter(_bare(each.domain) for each in sites)
        assert all(count == 1 for count in domains.values()), f"sites by domain: {domains}"
        active: collections.Counter[tuple[str, str, str]] = collections.Counter()
        names = {each.id: each.login or each.email for each in accounts}
        of_site = {each.site_id: _bare(each.domain) for each in sites}
        for account_id, login in names.items():
            for one in self.world.active_of_account(account_id):
                if one.bundle_id:
                    continue
                product = "plan" if one.kind in ("plan", "bundle") else one.plan_id
                active[(login, of_site.get(one.site_id, ""), product)] += 1
        for key, count in active.items():
            assert count <= self.wanted[key], f"{count} subscriptions of {key}, {self.wanted[key]} were wanted at most"

    @invariant()
    def nothing_is_ended_unasked(self) -> None:
        if not hasattr(self, "world"):
            return
        new, self.ledger_seen = self.world.ledger[self.ledger_seen :], len(self.world.ledger)
        for entry in new:
            if entry["event"] not in ("deleted", "cancelled"):
                continue
            account = self.world.all_accounts[entry["account_id"]]
            login = account.login or account.email
            site = self.world.all_sites.get(entry.get("site_id") or "")
            domain = _bare(site.domain) if site else ""
            assert _asks_for_end(self.file, login, domain, entry), f"ended, and the file does not ask for it: {entry}"

    def _is_as_wanted(self, account: Account) -> None:
        """The vendor has the state of the file, where its responses suffice to compare."""
        found = [each for each in self.world.accounts.values() if (each.login or each.email) == account["login"]]
        if account["state"] == "absent":
            assert not found
            return
        (there,) = found
        sites = {_bare(each.domain): each for each in self.world.sites_of(there.id) if each.deleted_at is None}
        for site in account["sites"]:
            assert (_bare(site["domain"]) in sites) == (site["state"] == "present"), site
        told = self.settings["getstatus_plans"] != "none" and self.settings["getstatus_tail"] == "full"
        for site in account["sites"] if told and self.settings["getstatus_site_id"] == "element" else []:
            if site["state"] == "absent":
                continue
            active = self.world.active_of_site(sites[_bare(site["domain"])].site_id)
            plans = [each.plan_id for each in active]
            # In the list of the account, the API does not say which site lost its plan: that is a warning.
            assert (site.get("subscription") or site.get("bundle")) in plans or (
                not plans and self.settings["getstatus_plans"] == "addons"
            )
            for addon in site["addons"]:
                count = sum(each.plan_id == addon["subscription"] and not each.bundle_id for each in active)
                assert count == (addon["count"] if addon["state"] == "present" else 0), (site, count)


def _addons_of(account: Account) -> t.Iterator[tuple[str, dict[str, t.Any]]]:
    """The add-ons in a file, with their site; empty for the account."""
    for site in account["sites"]:
        yield from ((_bare(site["domain"]), addon) for addon in site["addons"])
    yield from (("", addon) for addon in account["addons"])


def _asks_for_end(file: list[Account], login: str, domain: str, entry: t.Mapping[str, t.Any]) -> bool:
    """Whether a file requires the end of a subscription."""
    account = next(each for each in file if each["login"] == login)
    sites = {_bare(site["domain"]): site["state"] for site in account["sites"]}
    if account["state"] == "absent" or sites.get(domain) == "absent":
        return True
    if entry["kind"] != "addon" or entry["subscription"] == "100":
        return False
    ending = [domain for domain, addon in _addons_of(account) if addon["subscription"] == entry["subscription"]]
    named = [
        addon for at, addon in _addons_of(account) if (at, addon["subscription"]) == (domain, entry["subscription"])
    ]
    if any(addon["state"] == "absent" for addon in named):
        return True
    # Pruned: add-ons that are nowhere in the account of the file, and those above the count.
    return account["prune_addons"] and (bool(named) or not ending)


_VALIDATOR = ArgumentSpecValidator(account_options().options)


def _bare(domain: str) -> str:
    return domain.removeprefix("www.")


def crossed(machine: AccountsMachine) -> t.ContextManager[t.Any]:
    """Within this block, every call goes through ``machine``."""
    call = SiteLockClient.call

    def crossing(self: SiteLockClient, method: t.Any, parameters: t.Any) -> t.Any:
        return machine.crossing(method, parameters, lambda: call(self, method, parameters))

    return mock.patch.object(SiteLockClient, "call", crossing)
