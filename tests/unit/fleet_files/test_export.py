# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The export: only what is known for sure becomes an entry, and no file of a person is replaced."""

from __future__ import annotations

import datetime
import inspect
import pathlib
import typing as t

import pytest
import yaml
from ansible.parsing.dataloader import DataLoader
from ansible.template import Templar
from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.hosting.websec.plugins.module_utils._sitelock.policy.file_check import check_policies
from ansible_collections.hosting.websec.plugins.module_utils._sitelock_accounts.file_check import check_accounts
from ansible_collections.hosting.websec.plugins.module_utils._sitelock_waf.file_check import check_sites
from ansible_collections.hosting.websec.plugins.plugin_utils._fleet_files import writing
from ansible_collections.hosting.websec.plugins.plugin_utils._fleet_files.export import (
    export_accounts,
    export_policies,
    export_sites,
)
from ansible_collections.hosting.websec.plugins.plugin_utils._fleet_files.reading import read_file
from ansible_collections.hosting.websec.plugins.plugin_utils._fleet_files.writing import KeptError, replace, text_of

NOW = datetime.datetime(2026, 11, 29, 12, tzinfo=datetime.timezone.utc)
PLANS = [
    {"id": "8", "name": "Scan", "type": "plan", "product_category": "SCAN"},
    {"id": "20", "name": "Set", "type": "bundle", "product_category": "SCAN"},
    {"id": "200", "name": "Professional", "type": "addon", "product_category": None},
    {"id": "9001", "name": "Backup", "type": "addon", "product_category": "BACKUP"},
    {"id": "7001", "name": "PCI", "type": "addon", "product_category": "PCI"},
]


def paid(subscription: str, site_id: int | None = None, listed_as: str = "addon") -> dict[str, t.Any]:
    return {"subscription": subscription, "site_id": site_id, "listed_as": listed_as}


def account(
    *subscriptions: dict[str, t.Any], sites: t.Sequence[tuple[int, str, str]], **more: t.Any
) -> dict[str, t.Any]:
    return {
        "account_id": 570,
        "status": "active",
        "login": "owner@a.example",
        "reseller_account_id": None,
        "name": "Secret Customer Ltd",
        "email": "owner@a.example",
        "sites": [{"site_id": number, "domain": domain, "status": status} for number, domain, status in sites],
        "subscriptions": list(subscriptions),
        **more,
    }


def status(site_id: int, state: str = "ready", **more: t.Any) -> dict[str, t.Any]:
    return {"site_id": site_id, "state": state, "subscription": None, "waf_dns_manager": None, **more}


def test_an_account_with_its_plans_and_add_ons() -> None:
    notes: list[str] = []
    listed = account(
        paid("8", 1, "site"),
        paid("20", 2),
        paid("9001", 1),
        paid("200", 1),
        paid("7001"),
        paid("7001"),
        paid("4711"),
        sites=[(1, "A.example.", "active"), (2, "b.example", "active"), (3, "gone.example", "inactive")],
    )
    inactive = {**listed, "account_id": 571, "status": "inactive"}
    assert export_accounts([listed, inactive], PLANS, notes) == [
        {
            "account_id": 570,
            "login": "owner@a.example",
            "email": "owner@a.example",
            "sites": [
                {"domain": "a.example", "site_id": 1, "subscription": "8", "addons": [{"subscription": "9001"}]},
                {"domain": "b.example", "site_id": 2, "bundle": "20"},
            ],
            "addons": [{"subscription": "7001", "count": 2}],
        }
    ]
    # The plan of the firewall is in the site file: here it would be ordered again after its end.
    assert notes == ["Account 570: it is unknown what the subscription 4711 is for. It is not in the file."]


def test_domains_that_cannot_be_in_a_file() -> None:
    notes: list[str] = []
    first = account(sites=[(1, "a.example", "active"), (2, "no domain", "active")])
    second = account(sites=[(3, "A.example", "active")], account_id=571, login="other@a.example")
    assert [each["sites"] for each in export_accounts([first, second], PLANS, notes)] == [[], []]
    assert export_sites([first, second], PLANS, map(status, (1, 2, 3)), notes) == []
    assert len(notes) == 6


@pytest.mark.parametrize(
    ("told", "subscriptions", "expected"),
    [
        ({"subscription": "100"}, [paid("200", 1)], {"subscription": "100"}),
        ({}, [paid("200", 1), paid("8", 1, "site"), paid("9001", 1)], {"subscription": "200"}),
        # Which of them is it?
        ({}, [paid("200", 1), paid("300", 1)], {}),
        ({}, [paid("200")], {}),
        ({"waf_dns_manager": "customer"}, [], {"waf_dns_manager": "customer"}),
    ],
)
def test_the_plan_of_a_site_is_in_the_file_if_it_is_known(
    told: dict[str, str], subscriptions: list[dict[str, t.Any]], expected: dict[str, str]
) -> None:
    listed = account(*subscriptions, sites=[(1, "a.example", "active")])
    (entry,) = export_sites([listed], PLANS, [status(1, **told)], [])
    assert entry == {"domain": "a.example", "site_id": 1, "account_id": 570, **expected}


def test_only_sites_that_are_ready_are_in_the_file() -> None:
    notes: list[str] = []
    listed = account(sites=[(number, f"s{number}.example", "active") for number in (1, 2, 3, 4)])
    statuses = [status(1), status(2, "absent"), status(3, "pending-dns")]
    assert [site["site_id"] for site in export_sites([listed], PLANS, statuses, notes)] == [1]
    assert notes == ["Site 3 is in the state pending-dns. It is not in the file."]


def test_sites_with_the_same_settings_share_a_policy() -> None:
    sites: list[dict[str, t.Any]] = [
        {"domain": f"{name}.example", "site_id": number} for number, name in enumerate("abcd")
    ]
    dumps = [
        {"site_id": 0, "domain": "a.example", "cdn": {"cache_mode": "disable"}},
        {"site_id": 1, "cdn": {"cache_mode": "static_only"}},
        {"site_id": 2, "cdn": {"cache_mode": "disable"}},
    ]
    assert export_policies(sites, dumps, NOW, []) == {
        "a.example": {"cdn": {"cache_mode": "disable"}},
        "b.example": {"cdn": {"cache_mode": "static_only"}},
    }
    assert [site.get("policy") for site in sites] == ["a.example", "b.example", "a.example", None]


def test_a_file_of_an_export_is_replaced_until_somebody_edits_it(tmp_path: pathlib.Path) -> None:
    path = tmp_path / "sites.yml"
    first, second = (text_of({"sitelock_waf_sites": [{"domain": "NO", "site_id": number}]}) for number in (1, 2))
    assert replace(str(path), first, force=False, check_mode=True) == (True, "")
    assert not path.exists()
    assert replace(str(path), first, force=False, check_mode=False) == (True, "")
    assert yaml.safe_load(path.read_text()) == {"sitelock_waf_sites": [{"domain": "NO", "site_id": 1}]}
    assert path.stat().st_mode & 0o777 == 0o640
    assert replace(str(path), first, force=False, check_mode=False) == (False, first)
    path.chmod(0o600)
    assert replace(str(path), second, force=False, check_mode=False) == (True, first)
    assert path.stat().st_mode & 0o777 == 0o600
    path.write_text(second + "# mine\n")
    with pytest.raises(KeptError, match="edited"):
        replace(str(path), first, force=False, check_mode=False)
    assert path.read_text() == second + "# mine\n"
    assert replace(str(path), first, force=True, check_mode=False)[0]
    assert [each.name for each in tmp_path.iterdir()] == ["sites.yml"]


@pytest.mark.parametrize("text", ["sitelock_waf_sites: []\n", "\n", f"{writing.MARK}\n---\nx: 1\n"])
def test_a_file_of_a_person_stays(tmp_path: pathlib.Path, text: str) -> None:
    path = tmp_path / "sites.yml"
    path.write_text(text)
    with pytest.raises(KeptError):
        replace(str(path), text_of({}), force=False, check_mode=True)
    assert path.read_text() == text


def test_what_is_no_file_stays(tmp_path: pathlib.Path) -> None:
    with pytest.raises(KeptError, match="not a file"):
        replace(str(tmp_path), text_of({}), force=True, check_mode=False)


def test_a_failed_write_leaves_the_old_file(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "sites.yml"
    path.write_text("old")

    def fail(_source: str, _target: str) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(writing.os, "replace", fail)
    with pytest.raises(OSError, match="No space"):
        replace(str(path), text_of({}), force=True, check_mode=False)
    assert [each.name for each in tmp_path.iterdir()] == ["sites.yml"]
    assert path.read_text() == "old"


TEXTS = [
    "{{ lookup('pipe', 'touch rendered') }}", "{% raw %}", "{# x #}", "a {{ b", "!vault x", "&a", "*a", "- a", "a: b",
    "a #b", "'", '"', "\\", "%TAG", "@", "`", "NO", "true", "null", "~", "1e3", "0x10", "1_000", "12:30:45",
    "2026-11-29", "=", "<<", "", " ", " a ", "a\nb", "a\r\nb", "\ta", "\u2028", "\x85", "\ufeff", "\x00", "\x1b[31m",
    "\U0001f600", "é", "---", "...", "? a", "[a", "{a: b}", "| a", "> a", "a" * 500, "a " * 200,
]  # fmt: skip
"""What a customer could be called."""


def test_texts_of_customers_are_read_back_as_they_are_and_are_no_templates(tmp_path: pathlib.Path) -> None:
    entries = [{"login": text, text: 5, "sites": [{"domain": text}]} for text in TEXTS]
    path = tmp_path / "customers.yml"
    text = text_of({"sitelock_accounts": entries})
    assert replace(str(path), text, force=False, check_mode=False)[0] is True
    assert replace(str(path), text, force=False, check_mode=False)[0] is False
    loader = DataLoader()
    # As ansible-playbook reads a file after -e: what is in it may be a template. ansible-core 2.18 always does.
    knows_trust = "trusted_as_template" in inspect.signature(loader.load_from_file).parameters
    read = loader.load_from_file(str(path), **({"trusted_as_template": True} if knows_trust else {}))
    read = read["sitelock_accounts"]
    assert read == entries
    # Where a role uses the variable, nothing in it is rendered.
    assert Templar(loader, variables={}).template(read) == entries
    assert read_file(str(path)).data["sitelock_accounts"] == entries


ODD = st.one_of(st.sampled_from(TEXTS), st.text(max_size=12), st.integers(-3, 3), st.just("jane.doe"))


@given(
    accounts=st.lists(
        st.builds(
            account,
            st.builds(paid, ODD, st.sampled_from([None, 1, 2]), st.sampled_from(["site", "addon"])),
            sites=st.tuples(
                st.tuples(
                    st.integers(1, 3), st.one_of(ODD, st.sampled_from(["a.example", "A.example"])), st.just("active")
                )
            ),
            account_id=st.integers(1, 3),
            login=ODD,
            email=ODD,
            reseller_account_id=st.one_of(st.none(), ODD),
        ),
        max_size=3,
        unique_by=lambda each: each["account_id"],
    ),
    dump=st.dictionaries(st.sampled_from(["rules", "ip_block", "cdn", "x"]), st.one_of(ODD, st.just({})), max_size=2),
    manager=ODD,
)
@settings(max_examples=150, deadline=None)
def test_whatever_a_vendor_has_the_export_is_a_file_without_problems(
    accounts: list[dict[str, t.Any]], dump: dict[str, t.Any], manager: str
) -> None:
    notes: list[str] = []
    entries = export_accounts(accounts, PLANS, notes)
    statuses = [status(number, waf_dns_manager=manager) for number in (1, 2, 3)]
    sites = export_sites(accounts, PLANS, statuses, notes)
    policies = export_policies(sites, [{"site_id": number, **dump} for number in (1, 2)], NOW, notes)
    assert check_accounts(entries) == []
    assert [*check_sites(sites), *check_policies(policies, NOW)] == []
    assert {site["policy"] for site in sites if "policy" in site} <= {*policies}
    assert len(entries) == len(accounts) or notes


def test_what_cannot_be_in_a_file_is_left_out_and_said() -> None:
    notes: list[str] = []
    short = account(sites=[(1, "a.example", "active")], login="jane", email="nobody", reseller_account_id="R1")
    (entry,) = export_accounts([short], PLANS, notes)
    assert entry == {
        "account_id": 570,
        "reseller_account_id": "R1",
        "sites": [{"domain": "a.example", "site_id": 1}],
    }
    assert notes == [
        "Account 570: its email cannot be in a file. It is not in the file.",
        "Account 570: its login cannot be in a file. It is not in the file.",
    ]


def test_repeated_values_are_written_out() -> None:
    same = {"exact": ["192.0.2.1"]}
    text = text_of({"sitelock_waf_policies": {"a": {"ip_block": same}, "b": {"ip_block": same}}})
    assert "&" not in text
    assert "*" not in text
