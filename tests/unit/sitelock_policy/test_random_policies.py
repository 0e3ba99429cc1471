# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Any wish over any settings: one run brings them there, a second one sends nothing, check mode sends nothing, and a
lost call changes nothing of this."""

from __future__ import annotations

import copy
import itertools
import typing as t

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.hosting.websec.tests.unit.sitelock_policy.vendor import SCANNERS, Settings, Vendor, run

Wish = dict[str, t.Any]

ADDRESSES = [
    *(f"192.0.2.{number}" for number in range(1, 7)),
    "198.51.100.0/24",
    "198.51.100.128/25",
    "10.0.0.1-10.0.0.9",
    "2001:db8::1",
    "2001:db8:1::/48",
]
PATHS = ["/a", "/b", "/c", "/d"]
PATTERNS = ["EQUALS", "CONTAINS", "PREFIX", "SUFFIX"]


def lists(elements: st.SearchStrategy[t.Any], key: t.Callable[[t.Any], t.Hashable] = str) -> st.SearchStrategy[Wish]:
    """Either C(exact), or C(present) and C(absent) that have nothing in common."""
    several = st.lists(elements, unique_by=key, max_size=4)

    def divided(both: tuple[list[t.Any], int]) -> Wish:
        found, at = both
        return {"present": found[:at], "absent": found[at:]}

    return st.one_of(several.map(lambda found: {"exact": found}), st.tuples(several, st.integers(0, 4)).map(divided))


def some(elements: t.Sequence[str], most: int = 5) -> st.SearchStrategy[list[str]]:
    return st.lists(st.sampled_from(elements), unique=True, max_size=most)


URLS = st.fixed_dictionaries({"path": st.sampled_from(PATHS), "pattern": st.sampled_from(PATTERNS)})
PLACES = st.fixed_dictionaries({"countries": some(["DE", "FR", "KP", "NO", "AF"]), "continents": some(["EU", "AF"])})


@st.composite
def geo_wishes(draw: st.DrawFn) -> Wish:
    if draw(st.booleans()):
        return {"exact": draw(PLACES)}
    present, absent = draw(PLACES), draw(PLACES)
    return {
        "present": present,
        "absent": {kind: [code for code in absent[kind] if code not in present[kind]] for kind in absent},
    }


WISHES: dict[str, st.SearchStrategy[Wish]] = {
    "ip_allow": lists(st.sampled_from([*ADDRESSES, "203.0.113.100", "203.0.113.101", *SCANNERS])),
    "ip_block": lists(st.sampled_from(ADDRESSES)),
    "url_block": lists(URLS, key=lambda url: url["path"]),
    "geo_block": geo_wishes(),
    "rules": st.dictionaries(
        st.sampled_from(["ddos", "sql_injection", "backdoor"]), st.sampled_from(["alert"]), min_size=1
    ).map(lambda rules: {name: "on" if name == "ddos" else word for name, word in rules.items()}),
    "cdn": st.dictionaries(st.sampled_from(["minify_css", "compress_png"]), st.booleans(), min_size=1),
    "bypass": st.fixed_dictionaries(
        {"status": st.sampled_from(["on", "off"])}, optional={"use_true_speed": st.booleans()}
    ),
}


@st.composite
def settings_of_a_site(draw: st.DrawFn) -> Settings:
    site = Settings()
    site.allow += draw(some(ADDRESSES))
    site.block += draw(some(ADDRESSES))
    site.urls = {path: draw(st.sampled_from(PATTERNS)) for path in draw(some(PATHS))}
    site.geo = draw(PLACES)
    site.rules = {name: (draw(st.sampled_from(options)), options) for name, (_now, options) in site.rules.items()}
    site.cdn = {**site.cdn, "minify_css": draw(st.sampled_from("01")), "compress_png": draw(st.sampled_from("01"))}
    site.bypass = {**site.bypass, "bypass_status": draw(st.sampled_from(["on", "off"]))}
    return site


def expected(section: str, site: Settings, wish: Wish) -> t.Any:
    """What the settings of the section are to be, from the meaning of the words alone. Order does not count."""
    if section in ("ip_allow", "ip_block"):
        now = set(site.allow if section == "ip_allow" else site.block)
        kept = {"203.0.113.100"} if section == "ip_allow" else set()
        theirs = {"203.0.113.100", "203.0.113.101", *SCANNERS}
        whole = set(wish["exact"]) if "exact" in wish else (now | set(wish["present"])) - set(wish["absent"])
        return (whole - theirs if section == "ip_allow" else whole) | kept
    if section == "url_block":
        if "exact" in wish:
            return {url["path"]: url["pattern"] for url in wish["exact"]}
        added = {url["path"]: url["pattern"] for url in wish["present"]}
        gone = {url["path"] for url in wish["absent"]}
        return {path: pattern for path, pattern in {**site.urls, **added}.items() if path not in gone}
    if section == "geo_block":
        if "exact" in wish:
            return {kind: set(codes) for kind, codes in wish["exact"].items()}
        return {
            kind: (set(site.geo[kind]) | set(wish["present"][kind])) - set(wish["absent"][kind]) for kind in site.geo
        }
    if section == "rules":
        return {name: wish.get(name, now) for name, (now, _options) in site.rules.items()}
    if section == "cdn":
        return {name: str(int(wish[name])) if name in wish else now for name, now in site.cdn.items()}
    speed = wish.get("use_true_speed")
    return {
        **site.bypass,
        "bypass_status": wish["status"],
        **({} if speed is None else {"use_true_speed": str(int(speed))}),
    }


def now_of(section: str, site: Settings) -> t.Any:
    """The same of the settings as they are."""
    if section == "rules":
        return {name: now for name, (now, _options) in site.rules.items()}
    now = {
        "ip_allow": site.allow,
        "ip_block": site.block,
        "url_block": site.urls,
        "geo_block": {kind: set(codes) for kind, codes in site.geo.items()},
        "cdn": site.cdn,
        "bypass": site.bypass,
    }[section]
    return set(now) if isinstance(now, list) else now


@pytest.mark.parametrize("section", WISHES)
@settings(max_examples=40, deadline=None, database=None)
@given(data=st.data())
def test_one_run_is_enough(section: str, data: st.DataObject) -> None:
    site, wish = data.draw(settings_of_a_site()), data.draw(WISHES[section])
    before, wanted = copy.deepcopy(site), expected(section, site, wish)
    vendor, entry = Vendor(s1=site), {"site_id": 1, section: wish}

    foretold = run(vendor, [entry], check_mode=True)
    assert (vendor.writes(), site) == ([], before)
    result = run(vendor, [entry])
    (row,) = result["sites"]
    assert row["error"] is None
    assert now_of(section, site) == wanted
    assert row["changed"] == (wanted != now_of(section, before))
    assert (foretold["changed"], foretold["sites"][0]["actions"]) == (row["changed"], row["actions"])

    def told(diff: t.Any) -> t.Any:
        return {name: {key: _sorted(each) for key, each in sites.items()} for name, sites in diff.items()}

    assert told(foretold["diff"]) == told(result["diff"])
    # The rest of the site is as it was, and nothing is sent a second time.
    assert all(now_of(other, site) == now_of(other, before) for other in WISHES if other != section)
    sent = vendor.writes()
    assert not run(vendor, [entry])["changed"]
    assert vendor.writes() == sent


@pytest.mark.parametrize("section", WISHES)
@settings(max_examples=15, deadline=None, database=None)
@given(data=st.data())
def test_a_lost_call_changes_nothing_of_it(section: str, data: st.DataObject) -> None:
    site, wish = data.draw(settings_of_a_site()), data.draw(WISHES[section])
    entry = {"site_id": 1, section: wish}
    tried = Vendor(s1=copy.deepcopy(site))
    run(tried, [entry])
    for place, fault in itertools.product(range(len(tried.writes())), ("lost answer", "lost request")):
        vendor = Vendor(s1=copy.deepcopy(site))
        vendor.faults[tried.writes()[place]].append(fault)
        (row,) = run(vendor, [entry])["sites"]
        assert (row["error"], now_of(section, vendor.sites[1])) == (None, expected(section, site, wish))


def _sorted(value: t.Any) -> t.Any:
    if isinstance(value, dict):
        return {key: _sorted(each) for key, each in value.items()}
    return sorted(map(_sorted, value), key=str) if isinstance(value, list) else value
