# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The settings of sites read in the form of entries: a dump that is applied changes nothing."""

from __future__ import annotations

import json
import typing as t

import pytest

from ansible_collections.hosting.websec.plugins.module_utils._errors import BadInputError, NotFoundError
from ansible_collections.hosting.websec.plugins.module_utils._run_context import RunContext
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.methods import Method
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.policy.info import chosen_sections
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.policy.sections import SECTIONS
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.sections.dump import dump_sections
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.sections.each_site import site_list_options
from ansible_collections.hosting.websec.tests.unit.sitelock_policy.test_exceptions import Exceptions, ips
from ansible_collections.hosting.websec.tests.unit.sitelock_policy.test_login_protect import Login, user
from ansible_collections.hosting.websec.tests.unit.sitelock_policy.test_policies import EVERYTHING, vendor_with
from ansible_collections.hosting.websec.tests.unit.sitelock_policy.vendor import Settings, Vendor, run

Rows = list[dict[str, t.Any]]


def dump(vendor: Vendor, sites: list[t.Any], *names: str, context: RunContext | None = None) -> tuple[Rows, Rows]:
    params = {"sites": sites, "site_ids": {}, "concurrency": 1}
    sections = chosen_sections(names or None)
    return dump_sections(t.cast("t.Any", vendor), sections, params, context or RunContext())


def test_a_dump_that_is_applied_changes_nothing_and_applied_elsewhere_makes_it_the_same() -> None:
    vendor = vendor_with(1, 2)
    run(vendor, [{"site_id": 1, **EVERYTHING}])
    vendor.sites[1].bypass["bypass_status"] = "1"
    vendor.calls.clear()
    sites, reads = dump(vendor, [{"site_id": 1, "domain": "Shop.example"}, {"site_id": 2}], *EVERYTHING)
    assert vendor.writes() == []
    assert [(row["failed"], row["errors"], row["deferred"]) for row in reads] == [(False, [], False)] * 2
    # As a file would keep it.
    sites = json.loads(json.dumps(sites))
    assert {*sites[0]} >= {"site_id", "domain", *EVERYTHING}
    assert sites[0]["ip_allow"] == {"exact": ["192.0.2.10"]}
    done = run(vendor, sites)
    assert [(row["error"], row["changed"]) for row in done["sites"]] == [(None, False)] * 2
    assert vendor.writes() == []

    run(vendor, [{**sites[0], "site_id": 2}])
    assert vendor.sites[2].__dict__ == {**vendor.sites[1].__dict__, "bypass": vendor.sites[2].bypass}
    assert vendor.sites[2].bypass["bypass_status"] == "on"


def with_login() -> Vendor:
    vendor = Login()
    vendor.config["enabled"] = "yes"
    vendor.urls = [("/wp-login.php", "prefix")]
    vendor.users = {"jane@a.example": user("jane@a.example", "Jane", "1-7345555555")}
    return vendor


@pytest.mark.parametrize(
    ("section", "vendor"),
    [
        ("exceptions", Exceptions(sql_injection=[ips("192.0.2.1")], blacklisted_ips=[ips("192.0.2.2", "192.0.2.3")])),
        ("exceptions", Exceptions()),
        ("login_protect", with_login()),
        ("login_protect", Login()),
    ],
)
def test_a_dump_of_what_has_content_of_its_own(section: str, vendor: Vendor) -> None:
    vendor.calls.clear()
    sites, reads = dump(vendor, [{"site_id": 1}], section)
    assert reads[0]["errors"] == []
    assert sites[0][section]
    (row,) = run(vendor, json.loads(json.dumps(sites)))["sites"]
    assert (row["error"], row["changed"], row["sections"]) == (None, False, [section])
    assert all(name.startswith(("get", "loginProtectRetrieve", "loginProtectList")) for name in vendor.calls)


def test_what_cannot_be_read_from_the_api_is_not_in_a_dump() -> None:
    sites, reads = dump(vendor_with(1, 2), [{"site_id": 1}], "certificate")
    assert (sites, reads[0]["sections"], reads[0]["failed"]) == ([], ["certificate"], False)
    sites, _reads = dump(vendor_with(1, 2), [{"site_id": 1}], "certificate", "cdn")
    assert [[*site] for site in sites] == [["site_id", "cdn"]]


def test_a_flag_in_another_spelling_is_dumped_as_a_flag_and_changes_nothing() -> None:
    vendor = vendor_with(1)
    vendor.sites[1].cdn.update(minify_css="yes", compress_png="OFF")
    sites, _reads = dump(vendor, [{"site_id": 1}], "cdn")
    assert (sites[0]["cdn"]["minify_css"], sites[0]["cdn"]["compress_png"]) == (True, False)
    assert not run(vendor, sites)["changed"]
    assert vendor.writes() == []


def test_a_flag_with_a_value_that_is_not_documented_is_not_taken_for_off() -> None:
    vendor = vendor_with(1)
    vendor.sites[1].cdn["minify_css"] = "aggressive"
    sites, _reads = dump(vendor, [{"site_id": 1}], "cdn")
    assert sites[0]["cdn"]["minify_css"] == "aggressive"
    (row,) = run(vendor, sites)["sites"]
    assert "minify_css is 'aggressive'" in row["error"]["message"]
    assert vendor.writes() == []


def test_by_default_all_sections_are_read() -> None:
    assert chosen_sections(None) == [*SECTIONS]


def test_only_the_named_sections_are_read() -> None:
    vendor = vendor_with(1, 2)
    sites, reads = dump(vendor, [{"site_id": 1}, {"site_id": 2}], "cdn", "rules")
    assert [[*site] for site in sites] == [["site_id", "rules", "cdn"]] * 2
    assert [row["sections"] for row in reads] == [["rules", "cdn"]] * 2
    assert sorted(vendor.calls) == ["getWafCDNSettings"] * 2 + ["getWafSettings"] * 2
    with pytest.raises(BadInputError, match=r"no section rule \(did you mean rules\?\)"):
        chosen_sections(["rule"])


def test_a_refused_section_is_an_error_of_its_site_and_the_others_are_returned() -> None:
    vendor = vendor_with(1, 2)
    vendor.faults["getWafSettings"].append("refused")
    sites, reads = dump(vendor, [{"site_id": 1}, {"site_id": 2}], "rules", "cdn")
    assert [[*site] for site in sites] == [["site_id", "cdn"], ["site_id", "rules", "cdn"]]
    assert [(row["failed"], row["sections"]) for row in reads] == [(True, ["cdn"]), (False, ["rules", "cdn"])]
    (error,) = reads[0]["errors"]
    assert (error["kind"], error["site_id"], error["section"]) == ("rejected", 1, "rules")
    assert error["message"] == "Site 1: section rules: getWafSettings: Not today."
    assert reads[0]["error"] == error


def test_a_site_without_the_firewall_has_one_error_and_not_one_for_each_section() -> None:
    class Unprotected(Vendor):
        def call(self, method: Method, parameters: t.Mapping[str, t.Any]) -> t.Any:
            if parameters["site_id"] == 1 or (parameters["site_id"], method.name) == (2, "getWafSettings"):
                raise NotFoundError(f"{method.name}: WAF Addon Not Found (code -98).", code="-98")
            return super().call(method, parameters)

    vendor = Unprotected(s1=Settings(), s2=Settings())
    _sites, reads = dump(vendor, [{"site_id": 1}, {"site_id": 2}], "rules", "cdn", "certificate")
    (error,) = reads[0]["errors"]
    assert (error["message"], error["section"]) == ("getWafSettings: WAF Addon Not Found (code -98).", None)
    assert [each["section"] for each in reads[1]["errors"]] == ["rules"]


def test_a_wrong_entry_and_one_that_is_listed_twice_are_not_read() -> None:
    vendor = vendor_with(1, 2)
    sites, reads = dump(vendor, [{"site_id": 1}, {"domain": "a..b"}, {"site_id": 2}, {"site_id": 1}], "cdn")
    assert [site["site_id"] for site in sites] == [2]
    assert [row["failed"] for row in reads] == [True, True, False, True]
    assert vendor.calls == ["getWafCDNSettings"]


def test_what_is_not_reached_is_deferred_and_has_not_failed(monkeypatch: pytest.MonkeyPatch) -> None:
    vendor, context = vendor_with(1, 2), RunContext()
    reading = vendor._getWafCDNSettings

    def stopping(site: Settings, given: object) -> t.Any:
        context.stop("stopped by the test")
        return reading(site, given)

    monkeypatch.setattr(vendor, "_getWafCDNSettings", stopping)
    sites, reads = dump(vendor, [{"site_id": 1}, {"site_id": 2}], "cdn", context=context)
    assert [site["site_id"] for site in sites] == [1]
    assert [(row["deferred"], row["failed"]) for row in reads] == [(False, False), (True, False)]


def test_what_else_is_in_an_entry_is_not_shown() -> None:
    kind = site_list_options().options["sites"]["elements"]
    entry = {"site_id": 1, "domain": "shop.example", "password": "hunter2", "policy": "shop"}
    assert kind(entry) == {"site_id": 1, "domain": "shop.example"}
    assert kind({"domain": "hunter2 hunter2"}) == {}
    assert kind("hunter2") == {}
    sites, _reads = dump(vendor_with(1), [kind(entry)], "cdn")
    assert (sites[0]["site_id"], sites[0]["domain"]) == (1, "shop.example")
