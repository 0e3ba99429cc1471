# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Lists of several policies: what they mean together does not depend on how an element is written, and a key that a
template rendered to nothing is no key."""

from __future__ import annotations

import itertools
import typing as t

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.hosting.websec.tests.unit.sitelock_policy.test_exceptions import Exceptions, ips
from ansible_collections.hosting.websec.tests.unit.sitelock_policy.test_login_protect import Login, user
from ansible_collections.hosting.websec.tests.unit.sitelock_policy.vendor import Settings, Vendor, run

Content = dict[str, str]
"""Elements of a list, each with what is at its place: the pattern of a path, else nothing."""

SPELLINGS = {
    "192.0.2.1": ["192.0.2.1", "192.0.2.1/32", "192.0.2.1-192.0.2.1", "::ffff:192.0.2.1"],
    "192.0.2.0/24": ["192.0.2.0/24", "192.0.2.0-192.0.2.255", "192.0.2.0/255.255.255.0"],
    "2001:db8::1": ["2001:db8::1", "2001:DB8:0::1", "2001:db8::1/128"],
}
CODES = {"KP": ["KP", "kp"], "DE": ["DE", "de", "De"]}
PATTERNS = ["EQUALS", "PREFIX"]
OPTIONAL: list[dict[str, t.Any]] = [{}, {"exact": None}, {"present": None}, {"absent": None}]


class Kind(t.NamedTuple):
    """A list section: its elements with their spellings, their form at a key, and what a site has."""

    elements: t.Mapping[str, list[str]]
    form: t.Callable[[list[tuple[str, str]], str], t.Any]
    content: t.Callable[[Settings], Content]
    fill: t.Callable[[Settings, Content], None]


def _addresses(site: Settings, content: Content) -> None:
    site.block = [*content]


def _codes(site: Settings, content: Content) -> None:
    site.geo = {"countries": [*content], "continents": []}


def _urls(site: Settings, content: Content) -> None:
    site.urls = dict(content)


KINDS = {
    "ip_block": Kind(
        SPELLINGS,
        lambda found, _mode: [text for text, _pattern in found],
        lambda site: {next(name for name, texts in SPELLINGS.items() if each in texts): "" for each in site.block},
        _addresses,
    ),
    "geo_block": Kind(
        CODES,
        lambda found, _mode: {"countries": [text for text, _pattern in found]},
        lambda site: dict.fromkeys(site.geo["countries"], ""),
        _codes,
    ),
    "url_block": Kind(
        {"/a": ["/a"], "/b": ["/b"]},
        # At absent the path is enough.
        lambda found, mode: [
            {"path": text} if mode == "absent" and pattern == "EQUALS" else {"path": text, "pattern": pattern}
            for text, pattern in found
        ],
        lambda site: dict(site.urls),
        _urls,
    ),
}


@st.composite
def steps(draw: st.DrawFn, kind: Kind) -> list[tuple[dict[str, t.Any], t.Callable[[Content], Content]]]:
    """Policies in their order, each with what it makes of the content of a site."""

    def some() -> Content:
        names = draw(st.lists(st.sampled_from([*kind.elements]), unique=True))
        return {name: draw(st.sampled_from(PATTERNS)) if kind is KINDS["url_block"] else "" for name in names}

    def form(content: Content, mode: str) -> t.Any:
        return kind.form([(draw(st.sampled_from(kind.elements[name])), at) for name, at in content.items()], mode)

    def step() -> tuple[dict[str, t.Any], t.Callable[[Content], Content]]:
        nothing = draw(st.sampled_from(OPTIONAL))
        if draw(st.booleans()):
            whole = some()
            return {**nothing, "exact": form(whole, "exact")}, lambda _content: whole
        present, absent = some(), some()
        absent = {name: at for name, at in absent.items() if name not in present}
        policy = {**nothing, "present": form(present, "present"), "absent": form(absent, "absent")}
        return policy, lambda content: {name: at for name, at in {**content, **present}.items() if name not in absent}

    return [step() for _number in range(draw(st.integers(1, 3)))]


@pytest.mark.parametrize("section", KINDS)
@settings(max_examples=60, deadline=None, database=None)
@given(data=st.data())
def test_each_policy_is_applied_to_what_the_earlier_ones_made(section: str, data: st.DataObject) -> None:
    kind = KINDS[section]
    drawn = data.draw(steps(kind))
    site, wanted = Settings(), {"/a": "SUFFIX"} if section == "url_block" else {next(iter(kind.elements)): ""}
    kind.fill(site, wanted)
    for _policy, apply in drawn:
        wanted = apply(wanted)
    policies = {f"p{place}": {section: policy} for place, (policy, _apply) in enumerate(drawn)}
    vendor = Vendor(s1=site)
    (row,) = run(vendor, [{"site_id": 1, "policy": [*policies]}], policies=policies)["sites"]
    assert row["error"] is None
    assert kind.content(vendor.sites[1]) == wanted


def test_elements_that_are_compared_by_more_than_one_text() -> None:
    base = {"ips": ["192.0.2.1", "198.51.100.0/24"], "urls": [{"path": "/a", "pattern": "prefix"}]}
    same = {"urls": [{"path": "/a"}], "ips": ["198.51.100.0-198.51.100.255", "192.0.2.1/32"]}
    for mode in ("exact", "present"):
        vendor = Exceptions(sql_injection=[{**ips("192.0.2.1", "198.51.100.0/24"), "urls": {"url": ["/a"]}}])
        policies = {
            "base": {"exceptions": {"sql_injection": {mode: [base]}}},
            "shop": {"exceptions": {"sql_injection": {"absent": [same]}}},
        }
        (row,) = run(vendor, [{"site_id": 1, "policy": ["base", "shop"]}], policies=policies)["sites"]
        assert (row["error"], vendor.contents("sql_injection")) == (None, [])


def test_a_later_policy_names_a_user_or_a_login_page_in_another_way() -> None:
    vendor = Login()
    vendor.users = {"jane@a.example": user("jane@a.example", "Jane"), "joe@a.example": user("joe@a.example", "Joe")}
    vendor.urls = [("/wp-login.php", "prefix"), ("/admin", "equals")]
    both = [{"value": "/wp-login.php", "pattern": "prefix"}, {"value": "/admin", "pattern": "equals"}]
    people = [{"email": "jane@a.example", "name": "Jane"}, {"email": "joe@a.example", "name": "Joe"}]
    policies = {
        "base": {"login_protect": {"users": {"exact": people}, "urls": {"exact": both}}},
        "shop": {
            "login_protect": {
                "users": {
                    "absent": [{"email": "JANE@a.example"}],
                    "present": [{"email": "Joe@a.example", "name": "J"}],
                },
                "urls": {"absent": [{"value": "/admin"}]},
            }
        },
    }
    (row,) = run(vendor, [{"site_id": 1, "policy": ["base", "shop"]}], policies=policies)["sites"]
    assert row["error"] is None
    assert {email: each["name"] for email, each in vendor.users.items()} == {"joe@a.example": "J"}
    assert vendor.urls == [("/wp-login.php", "prefix")]


@pytest.mark.parametrize(("earlier", "later"), [*itertools.product(OPTIONAL[1:], repeat=2)])
def test_what_a_template_rendered_to_nothing_is_no_list(earlier: dict[str, t.Any], later: dict[str, t.Any]) -> None:
    vendor = Vendor(s1=Settings(block=["198.51.100.1"]))
    policies = {"base": {"ip_block": earlier}, "shop": {"ip_block": {**later, "present": ["192.0.2.9"]}}}
    (row,) = run(vendor, [{"site_id": 1, "policy": ["base", "shop"]}], policies=policies)["sites"]
    assert (row["error"], vendor.sites[1].block) == (None, ["198.51.100.1", "192.0.2.9"])


@pytest.mark.parametrize("wrong", ["192.0.2.300", 7, ["192.0.2.1"]])
@pytest.mark.parametrize("mode", ["exact", "present", "absent"])
def test_what_is_wrong_in_an_earlier_policy_is_wrong(wrong: t.Any, mode: str) -> None:
    vendor = Vendor(s1=Settings())
    policies = {"base": {"ip_block": {mode: [wrong]}}, "shop": {"ip_block": {"present": ["192.0.2.9"]}}}
    (row,) = run(vendor, [{"site_id": 1, "policy": ["base", "shop"]}], policies=policies)["sites"]
    assert f"section ip_block: {mode}[0] is {wrong!r}" in row["error"]["message"]
    assert vendor.writes() == []
