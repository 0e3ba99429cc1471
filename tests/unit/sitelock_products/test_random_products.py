# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Any wish over any products: one run brings them there, a second one sends nothing, check mode sends nothing, and a
lost call changes nothing of this: no second key pair, and the password is there."""

from __future__ import annotations

import copy
import itertools
import typing as t

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.hosting.websec.tests.unit.sitelock_products.vendor import PATCHING, PLAN, Site, Vendor, run

Wish = dict[str, t.Any]

HOSTS = st.sampled_from(["ftp.shop.example", "192.0.2.7", "FTP.other.example"])
WORDS = st.sampled_from(["shop", "other", "owner@shop.example"])
DIRECTORIES = st.lists(st.sampled_from(["/cache", "/tmp", "/a b", "/é"]), unique=True, max_size=3)
LISTINGS = st.sampled_from(["", "jpg", "jpg,png", "png, jpg"])
PATHS = st.sampled_from(["/", "/public_html", "/var/www/shop.example"])
FIXES = st.sampled_from(["fix", "warn"])
PORTS = st.sampled_from([21, 22, "2222"])
PROTOCOLS = st.sampled_from(["ftp", "sftp", "FTPS"])
PASSWORDS = st.sampled_from(["new one", " & <'\">"])
STATUS = st.sampled_from(["active", "inactive"])
FTP = {"protocol": PROTOCOLS, "ftp_host": HOSTS, "ftp_user": WORDS, "port": PORTS}


@st.composite
def forms(draw: st.DrawFn, **fields: st.SearchStrategy[t.Any]) -> Wish:
    """Some of the settings, and perhaps a password or a key pair."""
    passwords = [name for name in fields if name.endswith("_pw")]
    names = [name for name in fields if name not in passwords]
    chosen = draw(st.lists(st.sampled_from(names), unique=True, min_size=1))
    wish = {name: draw(fields[name]) for name in chosen}
    for name in passwords:
        if draw(st.booleans()):
            wish[name] = draw(fields[name])
    if "ftp_pw" in fields and "ftp_pw" not in wish and draw(st.booleans()):
        wish["gen_ssh_key"] = True
    return wish


WISHES: dict[str, st.SearchStrategy[Wish]] = {
    "smart": forms(
        docroot=PATHS,
        exclude_dirs=DIRECTORIES,
        exclude_exts=LISTINGS,
        exclude_files=LISTINGS,
        frequency=st.sampled_from(["daily", "continuous", "never"]),
        ftp_timeout=st.sampled_from([1800, 3600]),
        auto_fix=FIXES,
        parallel=st.sampled_from([1, "3"]),
        ftp_pw=PASSWORDS,
        **FTP,
    ),
    "smart_patch": forms(auto_fix_app=st.sampled_from(["warn", "fix", "ignore"])),
    "smart_database": forms(malware=FIXES, spam_code=FIXES, spam_link=FIXES, ftp_pw=PASSWORDS, **FTP),
    "backup_files": forms(
        backup_root=PATHS,
        excluded_dirs=LISTINGS,
        excluded_exts=LISTINGS,
        excluded_files=LISTINGS,
        exclude_size_kb=st.sampled_from([0, 5000]),
        ftp_timeout=st.sampled_from([60, 90]),
        status=STATUS,
        ftp_pw=PASSWORDS,
        **FTP,
    ),
    "backup_db": forms(
        db_host=HOSTS,
        db_type=st.sampled_from(["mysql", "MySQL"]),
        db_user=WORDS,
        root_dir=PATHS,
        selected_schemas=st.lists(st.sampled_from(["shop", "blog"]), unique=True),
        status=STATUS,
        db_pw=PASSWORDS,
        ftp_pw=PASSWORDS,
        **FTP,
    ),
    "shield": forms(
        language=st.sampled_from(["en", "de"]),
        size=st.sampled_from(["small", "medium", "big"]),
        color=st.sampled_from(["red", "white"]),
    ),
    "ssl_hosts": st.sampled_from(
        [
            {"exact": ["www.shop.example"]},
            {"exact": ["Other.example"]},
            {"exact": []},
            {"present": ["other.example"], "absent": ["www.shop.example"]},
            {"absent": ["other.example", "www.shop.example"]},
        ]
    ),
    "scan_frequency": st.sampled_from(["daily", "weekly", "monthly"]).map(
        lambda word: {"frequency": word, "subscription": PLAN}
    ),
}
FORMS = ("smart", "smart_patch", "smart_database", "backup_files", "backup_db")


@st.composite
def products_of_a_site(draw: st.DrawFn) -> Site:
    site = Site()
    if draw(st.booleans()):
        site = Site.empty()
        site.forms["smart"] = {"ftp_host": "ftp.shop.example"}
        site.forms["smart_patch"] = {**PATCHING}
    elif draw(st.booleans()):
        site.forms["smart"]["ssh_pub_key"] = "old"
        for name in ("smart_database", "backup_files", "backup_db"):
            site.forms[name]["ftp_settings"]["ssh_pub_key"] = "old"
    site.shield["size"] = draw(st.sampled_from(["small", "big"]))
    site.hosts = draw(st.sampled_from([[], ["www.shop.example"], ["other.example"]]))
    site.frequency = draw(st.sampled_from(["daily", "weekly"]))
    return site


def flat(form: Wish) -> Wish:
    """The settings of a form by the names that an entry has, in a form in which they can be compared."""
    found: Wish = {}
    for name, value in form.items():
        if isinstance(value, dict):
            found.update(flat({"selected_schemas": value["schema"]} if "schema" in value else value))
        else:
            found[name] = _compared(name, value)
    return {name: value for name, value in found.items() if value}


def _compared(name: str, value: t.Any) -> t.Any:
    if isinstance(value, list):
        return frozenset(value)
    if name.startswith("exclude") and name != "exclude_size_kb":
        return frozenset(part.strip() for part in value.split(",") if part.strip())
    return str(value).lower()


def now_of(section: str, site: Site) -> t.Any:
    """A section as it is, without passwords and keys."""
    if section in FORMS:
        theirs = {"ssh_pub_key", "feature_status", *(["status"] if section == "smart_database" else [])}
        return {name: value for name, value in flat(site.forms[section]).items() if name not in theirs}
    return {"shield": site.shield, "ssl_hosts": site.hosts, "scan_frequency": site.frequency}[section]


def expected(section: str, site: Site, wish: Wish) -> t.Any:
    """What the section is to be, from the meaning of the words alone."""
    if section in FORMS:
        before = now_of(section, site)
        secret = ("ftp_pw", "db_pw", "gen_ssh_key")
        wanted = {name: _compared(name, value) for name, value in wish.items() if name not in secret}
        return {name: value for name, value in {**before, **wanted}.items() if value}
    if section == "shield":
        return {**site.shield, **wish}
    if section == "ssl_hosts":
        if "exact" in wish:
            return [host.lower() for host in wish["exact"]]
        kept = [host for host in site.hosts if host not in wish["absent"]]
        return sorted({*kept, *wish.get("present", [])})
    return wish["frequency"]


def has_key(section: str, site: Site) -> bool:
    form = site.forms.get(section, {})
    return bool(form.get("ssh_pub_key") or form.get("ftp_settings", {}).get("ssh_pub_key"))


@pytest.mark.parametrize("section", WISHES)
@settings(max_examples=40, deadline=None, database=None)
@given(data=st.data())
def test_one_run_is_enough(section: str, data: st.DataObject) -> None:
    site, wish = data.draw(products_of_a_site()), data.draw(WISHES[section])
    before, wanted = copy.deepcopy(site), expected(section, site, wish)
    vendor, entry = Vendor(s1=site), {"site_id": 1, section: wish}

    foretold = run(vendor, [entry], check_mode=True)
    assert (vendor.writes(), site) == ([], before)
    result = run(vendor, [entry])
    (row,) = result["sites"]
    assert row["error"] is None
    assert now_of(section, site) == wanted
    new_key = bool(wish.get("gen_ssh_key")) and not has_key(section, before)
    assert site.keys[section] == int(new_key)
    if section in FORMS and vendor.writes():
        assert set(site.passwords.values()) == {wish[name] for name in ("ftp_pw", "db_pw") if name in wish}
    assert row["changed"] == (wanted != now_of(section, before) or new_key)
    assert (foretold["changed"], foretold["sites"][0]["actions"]) == (row["changed"], row["actions"])
    # The rest of the site is as it was, and nothing is sent a second time.
    assert all(now_of(other, site) == now_of(other, before) for other in WISHES if other != section)
    sent = vendor.writes()
    assert not run(vendor, [entry])["changed"]
    assert vendor.writes() == sent
    assert len(sent) <= 1


@pytest.mark.parametrize("section", WISHES)
@settings(max_examples=20, deadline=None, database=None)
@given(data=st.data())
def test_a_lost_call_changes_nothing_of_it(section: str, data: st.DataObject) -> None:
    site, wish = data.draw(products_of_a_site()), data.draw(WISHES[section])
    options = {"update_password": data.draw(st.sampled_from(["on_change", "always"]))}
    entry = {"site_id": 1, section: wish}
    tried = Vendor(s1=copy.deepcopy(site))
    run(tried, [entry], **options)
    for place, fault in itertools.product(range(len(tried.writes())), ("lost answer", "lost request")):
        vendor = Vendor(s1=copy.deepcopy(site))
        vendor.faults[tried.writes()[place]].append(fault)
        (row,) = run(vendor, [entry], **options)["sites"]
        assert row["error"] is None
        assert vendor.sites[1] == tried.sites[1]
