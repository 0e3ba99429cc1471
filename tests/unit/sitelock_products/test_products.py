# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Products over sites: what is sent, what is refused, what waits, and what costs what."""

from __future__ import annotations

import copy
import dataclasses
import json
import typing as t

import pytest

from ansible_collections.hosting.websec.plugins.module_utils._run_context import RunContext
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.products.scan_frequency import shown_by
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.products.sections import SECTIONS
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.sections.dump import dump_sections
from ansible_collections.hosting.websec.tests.unit.sitelock_products.vendor import DB, FILES, PLAN, Site, Vendor, run

Entry = dict[str, t.Any]

SIGN_IN: Entry = {"protocol": "sftp", "ftp_host": "ftp.a.example", "ftp_user": "a", "port": 22}
EVERYTHING: Entry = {
    "smart": {"docroot": "/www", "exclude_dirs": ["/tmp"], "frequency": "daily", "auto_fix": "fix", **SIGN_IN},
    "smart_patch": {"auto_fix_app": "fix"},
    "smart_database": {"malware": "fix", **SIGN_IN},
    "backup_files": {"backup_root": "/www", "status": "active", **SIGN_IN},
    "backup_db": {"db_host": "db.a.example", "db_user": "a", "db_pw": "hunter2 db", "selected_schemas": ["a"]},
    "shield": {"size": "big", "color": "white"},
    "ssl_hosts": {"exact": ["a.example"]},
    "scan_frequency": {"frequency": "daily", "subscription": PLAN},
}
FORMS = ("smart", "smart_patch", "smart_database", "backup_files", "backup_db")


def vendor_with(*site_ids: int) -> Vendor:
    return Vendor(**{f"s{number}": Site() for number in site_ids})


def row_of(vendor: Vendor, *, check_mode: bool = False, **sections: t.Any) -> Entry:
    """The row of one run over site 1."""
    return t.cast("Entry", run(vendor, [{"site_id": 1, **sections}], check_mode=check_mode)["sites"][0])


def test_products_of_many_sites_are_read_once_when_nothing_differs() -> None:
    vendor = vendor_with(*range(1, 21))
    sites = [{"site_id": number, **EVERYTHING} for number in vendor.sites]
    done = run(vendor, sites)
    assert {row["error"] for row in done["sites"]} == {None}
    assert done["summary"] == "changes of 20 sites: " + ", ".join(f"{name} 20" for name in EVERYTHING)
    # The offers of a plan are asked once a run.
    assert vendor.calls.count("getPlanScanFrequency") == 1
    vendor.calls.clear()
    assert not run(vendor, sites)["changed"]
    assert len(vendor.calls) == 20 * len(EVERYTHING)
    assert vendor.writes() == []


@pytest.mark.parametrize(
    ("section", "reads", "write"),
    [
        ("smart", ["getSMART", "getBackupSettings"], "modifySMART"),
        ("smart_patch", ["getSMARTPatch", "getBackupSettings"], "modifySMARTPatch"),
        ("smart_database", ["getSMARTDatabase", "getBackupSettings"], "modifySMARTDatabase"),
        ("backup_files", ["getBackupSettings"], "modifyBackupSettings"),
        ("backup_db", ["getBackupSettings"], "modifyBackupSettings"),
        ("shield", ["getShield"], "modifyShield"),
        ("ssl_hosts", ["getSSLHost"], "editSSLHost"),
    ],
)
def test_the_calls_of_a_section_that_differs(section: str, reads: list[str], write: str) -> None:
    vendor = vendor_with(1)
    assert row_of(vendor, **{section: EVERYTHING[section]})["changed"]
    assert vendor.calls == [*reads, *reads, write, reads[0]]


def test_only_named_sections_are_read() -> None:
    vendor = vendor_with(1)
    row_of(vendor, shield={"size": "small"})
    assert vendor.calls == ["getShield"]


@pytest.mark.parametrize(
    ("section", "wish", "sent"),
    [
        (
            "shield",
            {"language": "en", "size": "big", "color": "red", "type": "mal"},
            '<modifyShield><shield site_id="1" language="en" size="big" color="red" type="mal"/></modifyShield>',
        ),
        (
            "ssl_hosts",
            {"exact": ["www.example.com"]},
            "<editSSLHost><site_id>1</site_id><domain>www.example.com</domain></editSSLHost>",
        ),
        ("ssl_hosts", {"exact": []}, "<deleteSSLHost><site_id>1</site_id></deleteSSLHost>"),
        (
            "scan_frequency",
            {"frequency": "daily", "subscription": PLAN},
            "<modifyScanFrequency><site_id>1</site_id><frequency>daily</frequency></modifyScanFrequency>",
        ),
        (
            "smart_patch",
            {"auto_fix_app": "ignore"},
            "<modifySMARTPatch><site_id>1</site_id><auto_fix_app>ignore</auto_fix_app></modifySMARTPatch>",
        ),
        # What was read is sent whole, but for what no page gives to the setter.
        (
            "smart",
            {"exclude_dirs": ["/a", "/b"], "ftp_pw": "p&w", "port": 21},
            (
                "<modifySMART><site_id>1</site_id><docroot>/public_html</docroot><exclude_dirs>/a</exclude_dirs>"
                "<exclude_dirs>/b</exclude_dirs><exclude_exts>jpg</exclude_exts><exclude_files>a.php</exclude_files>"
                "<frequency>daily</frequency><ftp_host>ftp.shop.example</ftp_host><ftp_timeout>1800</ftp_timeout>"
                "<ftp_user>shop</ftp_user><ftp_pw>p&amp;w</ftp_pw><port>21</port></modifySMART>"
            ),
        ),
        (
            "smart_database",
            {"spam_link": "fix", "gen_ssh_key": True},
            (
                "<modifySMARTDatabase><site_id>1</site_id><ftp_settings><protocol>sftp</protocol>"
                "<ftp_host>ftp.shop.example</ftp_host><ftp_user>shop</ftp_user><port>22</port>"
                "<gen_ssh_key>yes</gen_ssh_key></ftp_settings><malware>warn</malware><spam_code>warn</spam_code>"
                "<spam_link>fix</spam_link></modifySMARTDatabase>"
            ),
        ),
        (
            "backup_files",
            {"excluded_dirs": "", "ftp_pw": "secret"},
            (
                "<modifyBackupSettings><site_id>1</site_id><backup_files><backup_root>/public_html</backup_root>"
                "<excluded_dirs/><excluded_exts>log</excluded_exts><excluded_files>a.zip</excluded_files>"
                "<exclude_size_kb>100</exclude_size_kb><ftp_settings><protocol>sftp</protocol>"
                "<ftp_host>ftp.shop.example</ftp_host><ftp_user>shop</ftp_user><ftp_pw>secret</ftp_pw><port>22</port>"
                "<ftp_timeout>60</ftp_timeout></ftp_settings><status>active</status></backup_files></modifyBackupSettings>"
            ),
        ),
        (
            "backup_db",
            {"selected_schemas": [], "db_pw": "secret"},
            (
                "<modifyBackupSettings><site_id>1</site_id><backup_db><db_host>db.shop.example</db_host>"
                "<db_type>mysql</db_type><db_user>shop</db_user><db_pw>secret</db_pw><ftp_settings>"
                "<protocol>sftp</protocol><ftp_host>ftp.shop.example</ftp_host><ftp_user>shop</ftp_user><port>22</port>"
                "<ftp_timeout>60</ftp_timeout></ftp_settings><root_dir>/</root_dir><selected_schemas/>"
                "<status>active</status></backup_db></modifyBackupSettings>"
            ),
        ),
    ],
)
def test_what_is_sent(section: str, wish: Entry, sent: str) -> None:
    vendor = vendor_with(1)
    row = row_of(vendor, **{section: wish})
    assert row["error"] is None
    (body,) = [body for name, body in zip(vendor.calls, vendor.bodies) if name in vendor.writes()]
    assert body == sent


def test_the_first_host_is_added() -> None:
    vendor = vendor_with(1)
    vendor.sites[1].hosts = []
    row_of(vendor, ssl_hosts={"present": ["www.example.com"]})
    assert vendor.bodies[vendor.calls.index("addSSLHost")] == (
        "<addSSLHost><site_id>1</site_id><domain>www.example.com</domain></addSSLHost>"
    )


@pytest.mark.parametrize(
    "wish", [{"present": ["other.example"]}, {"absent": ["other.example"], "present": ["b.example"]}]
)
def test_a_host_that_is_there_is_not_lost(wish: Entry) -> None:
    vendor = vendor_with(1)
    row = row_of(vendor, ssl_hosts=wish)
    assert "has the SSL host www.shop.example, which would be lost" in row["error"]["message"]
    assert vendor.writes() == []


def test_a_site_without_a_host_in_all_forms_of_the_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    for answer in ("<getSSLHost/>", "<getSSLHost><error>sslhost not set for 1</error></getSSLHost>"):
        vendor = vendor_with(1)
        monkeypatch.setattr(vendor, "_getSSLHost", lambda _site, _request, answer=answer: answer)
        assert not row_of(vendor, ssl_hosts={"exact": []})["failed"]


# ---- what must be there first


def test_smart_is_configured_before_what_needs_it() -> None:
    vendor = Vendor(s1=Site.empty())
    sections = {name: EVERYTHING[name] for name in ("smart_patch", "smart_database", "smart")}
    foretold = row_of(vendor, check_mode=True, **sections)
    row = row_of(vendor, **sections)
    assert (row["error"], row["waiting_for"]) == (None, None)
    assert row["actions"] == foretold["actions"] == ["modifySMART", "modifySMARTPatch", "modifySMARTDatabase"]
    assert not row_of(vendor, **sections)["changed"]


def test_without_smart_nothing_is_sent_for_what_needs_it() -> None:
    vendor = Vendor(s1=Site.empty())
    row = row_of(vendor, smart_patch={"auto_fix_app": "fix"}, shield={"size": "big"})
    assert row["error"]["message"] == (
        "Site 1: section smart_patch: SMART is not configured at this site. Nothing was sent for this section."
    )
    assert row["changed_sections"] == ["shield"]
    assert vendor.writes() == ["modifyShield"]


def test_where_smart_is_refused_nothing_is_sent_for_what_needs_it() -> None:
    vendor = Vendor(s1=Site.empty())
    vendor.faults["modifySMART"].append("refused")
    row = row_of(vendor, **{name: EVERYTHING[name] for name in ("smart", "smart_patch", "smart_database")})
    assert [error["section"] for error in row["errors"]] == ["smart", "smart_patch", "smart_database"]
    assert "it needs smart, which could not be written" in row["errors"][1]["message"]
    assert vendor.writes() == ["modifySMART"]


def test_a_refused_change_of_smart_does_not_stop_what_it_is_there_for() -> None:
    vendor = vendor_with(1)
    vendor.faults["modifySMART"].append("refused")
    row = row_of(vendor, smart={"auto_fix": "fix"}, smart_patch={"auto_fix_app": "fix"})
    assert [error["section"] for error in row["errors"]] == ["smart"]
    assert row["changed_sections"] == ["smart_patch"]


@pytest.mark.parametrize(
    "answer",
    [
        "<getSMART/>",
        "<getSMART><ftp_host/></getSMART>",
        "<getSMART><error>SMART is not configured</error></getSMART>",
        "<getSMART><status>error</status><message>SMART must be set up first</message></getSMART>",
    ],
)
def test_smart_that_was_never_configured_in_all_forms_of_the_answer(
    monkeypatch: pytest.MonkeyPatch, answer: str
) -> None:
    vendor = Vendor(s1=Site.empty())
    shown = vendor._getSMART
    monkeypatch.setattr(
        vendor, "_getSMART", lambda site, request: shown(site, request) if site.forms["smart"] else answer
    )
    assert row_of(vendor, smart={**EVERYTHING["smart"], "ftp_pw": "first"})["error"] is None
    assert vendor.sites[1].passwords == {("smart", "ftp_pw"): "first"}


def test_any_other_refusal_of_the_getter_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    vendor = vendor_with(1)
    for text in ("Not today", "Configuration service is down"):
        answer = f"<getSMART><error>{text}</error></getSMART>"
        monkeypatch.setattr(vendor, "_getSMART", lambda _site, _request, answer=answer: answer)
        assert text in row_of(vendor, smart=EVERYTHING["smart"])["error"]["message"]
    assert vendor.writes() == []


# ---- the lock


@pytest.mark.parametrize("section", FORMS)
def test_a_site_with_a_pending_backup_waits(section: str) -> None:
    vendor = vendor_with(1, 2)
    vendor.sites[1].pending = True
    sites = [{"site_id": number, section: EVERYTHING[section], "shield": {"size": "big"}} for number in (1, 2)]
    foretold = run(vendor, sites, check_mode=True)["sites"]
    rows = run(vendor, sites)["sites"]
    assert [row["waiting_for"] for row in rows] == ["the end of a backup (pending_backup is 1)", None]
    assert [(row["failed"], row["changed_sections"]) for row in rows] == [
        (False, ["shield"]),
        (False, [section, "shield"]),
    ]
    assert [(row["waiting_for"], row["actions"]) for row in foretold] == [
        (row["waiting_for"], row["actions"]) for row in rows
    ]
    # Nothing waits where nothing differs.
    vendor.sites[2].pending = True
    vendor.calls.clear()
    (row,) = run(vendor, sites[1:])["sites"]
    assert (row["waiting_for"], row["changed"], len(vendor.calls)) == (None, False, 2)
    vendor.sites[1].pending = False
    (row,) = run(vendor, sites[:1])["sites"]
    assert (row["waiting_for"], row["changed_sections"]) == (None, [section])


@pytest.mark.parametrize("section", FORMS)
def test_a_backup_that_begins_between_the_read_and_the_write(section: str) -> None:
    vendor = vendor_with(1)
    vendor.before_write = lambda _name: setattr(vendor.sites[1], "pending", True)
    row = row_of(vendor, **{section: EVERYTHING[section]})
    assert (row["failed"], row["changed"]) == (False, False)
    assert row["waiting_for"] == "the end of a backup (pending_backup is 1)"


def test_a_lost_answer_of_a_site_that_is_locked_by_then_is_not_taken_for_success() -> None:
    vendor = vendor_with(1)
    vendor.faults["modifySMART"].append("lost request")
    vendor.before_write = lambda _name: setattr(vendor.sites[1], "pending", True)
    row = row_of(vendor, smart={"auto_fix": "fix"})
    assert row["error"]["kind"] == "outcome_unknown"


def test_a_site_without_a_backup_product_is_not_locked(monkeypatch: pytest.MonkeyPatch) -> None:
    vendor = vendor_with(1)
    answer = "<getBackupSettings><error>No backup</error></getBackupSettings>"
    monkeypatch.setattr(vendor, "_getBackupSettings", lambda _site, _request: answer)
    assert row_of(vendor, smart={"auto_fix": "fix"})["changed_sections"] == ["smart"]


# ---- passwords and keys


@pytest.mark.parametrize(
    ("section", "name"),
    [("smart", "ftp_pw"), ("smart_database", "ftp_pw"), ("backup_files", "ftp_pw"), ("backup_db", "db_pw")],
)
def test_when_a_password_is_sent(section: str, name: str) -> None:
    vendor = vendor_with(1)
    same = {"ftp_host": "ftp.shop.example", name: "hunter2"}
    assert not row_of(vendor, **{section: same})["changed"]
    assert row_of(vendor, **{section: {**same, "update_password": "always"}})["changed"]
    assert vendor.sites[1].passwords == {(section, name): "hunter2"}
    done = run(vendor, [{"site_id": 1, section: {**same, name: "hunter3"}}], update_password="always")
    assert vendor.sites[1].passwords == {(section, name): "hunter3"}
    own = {**same, "update_password": "on_change"}
    assert not run(vendor, [{"site_id": 1, section: own}], update_password="always")["changed"]
    assert row_of(vendor, **{section: {**same, "ftp_user": "other"}})["changed"]
    assert vendor.sites[1].passwords == {(section, name): "hunter2"}
    assert "hunter" not in json.dumps(done)
    # One call each: none is sent again because it cannot be seen.
    assert len(vendor.writes()) == 3


def test_both_parts_of_a_backup_get_their_passwords() -> None:
    vendor = vendor_with(1)
    sections = {"backup_files": {"ftp_pw": "one"}, "backup_db": {"db_pw": "two", "ftp_pw": "three"}}
    assert not run(vendor, [{"site_id": 1, **sections}], update_password="always")["sites"][0]["failed"]
    assert vendor.sites[1].passwords == {
        ("backup_files", "ftp_pw"): "one",
        ("backup_db", "db_pw"): "two",
        ("backup_db", "ftp_pw"): "three",
    }


def test_a_key_pair_is_made_once_and_its_public_key_is_returned() -> None:
    vendor = vendor_with(1)
    for section in ("smart", "smart_database", "backup_files", "backup_db"):
        for changes in (True, False):
            row = row_of(vendor, **{section: {"gen_ssh_key": "yes"}})
            assert (row["error"], row["changed"]) == (None, changes)
            assert row["details"][section]["ssh_pub_key"] == f"ssh-ed25519 {section}1"
            # Once: whether somebody has installed it, the API does not say.
            told = f"{section}: put the public key, which is in details.{section}.ssh_pub_key, into"
            assert (told in "".join(row["needs_person"])) is changes
        # Another change does not make a new one.
        assert row_of(vendor, **{section: {"gen_ssh_key": True, "ftp_user": "other"}})["changed"]
        assert vendor.sites[1].keys[section] == 1


def test_a_sign_in_that_fails_reminds_of_the_public_key() -> None:
    vendor = vendor_with(1)
    backup = {"gen_ssh_key": True, "ftp_user": "shop"}
    row_of(vendor, backup_files=backup)
    assert row_of(vendor, backup_files=backup)["needs_person"] == []
    vendor.sites[1].forms["backup_files"]["ftp_settings"]["connection_err_msg"] = "Permission denied (publickey)"
    for given, told in ((backup, True), ({"ftp_user": "shop"}, False)):
        row = row_of(vendor, backup_files=given)
        assert not row["changed"]
        assert row["needs_person"][0] == ("backup_files: SiteLock reports a problem: Permission denied (publickey)")
        assert ("put the public key" in "".join(row["needs_person"])) is told


@pytest.mark.parametrize("site", [Site(shows_key=False), dataclasses.replace(Site.empty(), shows_key=False)])
def test_a_key_pair_that_the_api_does_not_show_is_not_replaced(site: Site) -> None:
    """That getSMART shows the public key is inferred."""
    vendor, is_new = Vendor(s1=site), not site.forms["smart"]
    made = int(is_new)
    smart = {"ftp_host": "ftp.shop.example", "ftp_user": "shop", "gen_ssh_key": True}
    assert (row_of(vendor, smart=smart)["error"], site.keys["smart"]) == (None, made)
    for user in ("shop", "other", "other"):
        row = row_of(vendor, smart={**smart, "ftp_user": user})
        assert (row["error"], site.keys["smart"], site.forms["smart"]["ftp_user"]) == (None, made, user)
        assert "whether there is a key pair, and gen_ssh_key would replace it" in row["needs_person"][0]
    for _run in range(2):
        made += 1
        row = row_of(vendor, smart={**smart, "ftp_user": "other", "update_password": "always"})
        assert (row["error"], row["changed"], site.keys["smart"]) == (None, True, made)


def test_what_only_the_plug_in_has_is_no_difference_where_the_api_does_not_show_it() -> None:
    vendor = vendor_with(1)
    for name in ("port", "protocol", "parallel"):
        del vendor.sites[1].forms["smart"][name]
    row = row_of(vendor, smart={"protocol": "sftp", "port": 22})
    assert not row["changed"]
    assert row["needs_person"] == [
        "smart: the API does not show port and protocol, so it is only sent together with a change of something else."
    ]
    row_of(vendor, smart={"protocol": "sftp", "port": 22, "auto_fix": "fix"})
    assert "<port>22</port><protocol>sftp</protocol>" in "".join(vendor.bodies)


# ---- the frequency of scans


def test_a_frequency_that_the_api_does_not_show_is_sent_only_when_it_is_forced() -> None:
    vendor = vendor_with(1, 2)
    for site in vendor.sites.values():
        site.shows_frequency = False
    row = row_of(vendor, scan_frequency="daily")
    assert (row["changed"], row["failed"]) == (False, False)
    assert "the API does not show the frequency of this site, so nothing was sent" in row["needs_person"][0]
    assert vendor.calls == ["scanInfo"]
    forced = {"frequency": "daily", "subscription": PLAN}
    done = run(vendor, [{"site_id": number, "scan_frequency": forced} for number in (1, 2)], force_frequency=True)
    assert [row["changed"] for row in done["sites"]] == [True, True]
    assert vendor.sites[2].frequency == "daily"
    assert vendor.calls.count("getPlanScanFrequency") == 1
    assert row_of(vendor, scan_frequency={**forced, "force_frequency": True})["changed"]


@pytest.mark.parametrize(
    ("answer", "shown"),
    [
        ({"product": [{"@name": "Content"}]}, set()),
        ({"frequency": "Daily"}, {"daily"}),
        ({"product": [{"@name": "Content", "@frequency": "daily"}, {"@frequency": "weekly"}]}, {"daily", "weekly"}),
        # The frequency of SMART is a setting of its own.
        (
            {"product": [{"scan": [{"@name": "smart_scan", "@frequency": "daily"}]}], "frequency": "weekly"},
            {"daily", "weekly"},
        ),
        (
            {
                "scan": [
                    {"@name": "smart_scan", "@frequency": "daily"},
                    {"@name": "malware_scan", "@frequency": "weekly"},
                ]
            },
            {"weekly"},
        ),
        ({"smart_scan": {"frequency": "daily"}, "xss_scan": {"scan_frequency": "never"}}, {"never"}),
        ({"frequency": "now and then", "message": "daily"}, set()),
    ],
)
def test_which_frequency_counts(answer: Entry, shown: set[str]) -> None:
    assert shown_by(answer) == shown


def test_a_frequency_that_the_plan_does_not_offer_is_not_sent() -> None:
    vendor = vendor_with(1)
    row = row_of(vendor, scan_frequency={"frequency": "hourly", "subscription": PLAN})
    assert row["error"]["message"].startswith(f"Site 1: section scan_frequency: plan {PLAN} does not offer hourly.")
    assert row["error"]["hint"] == "It offers daily, monthly, weekly."
    row = row_of(vendor, scan_frequency={"frequency": "daily"})
    assert "subscription is missing" in row["error"]["message"]
    assert row["error"]["kind"] == "bad_input"
    assert not row_of(vendor, scan_frequency={"frequency": "weekly"})["failed"]
    assert vendor.writes() == []


# ---- wrong entries


@pytest.mark.parametrize(
    ("sections", "told"),
    [
        ({"smrt": {}}, "Site 1: unknown keys: smrt (did you mean smart?)."),
        ({"smart": {"doc_root": "/"}}, "Site 1: section smart: unknown keys: doc_root (did you mean docroot?)."),
        ({"smart": {}}, "Site 1: section smart: it is empty."),
        ({"smart": {"ftp_host": "-ftp.example"}}, "section smart: ftp_host is '-ftp.example'; it must be a host name"),
        ({"smart": {"ftp_host": "ftp.example/www"}}, "section smart: ftp_host is 'ftp.example/www'; it must be a host"),
        ({"backup_db": {"db_host": "a b"}}, "section backup_db: db_host is 'a b'; it must be a host name"),
        (
            {"backup_files": {"excluded_dirs": "/a,/b/../c"}},
            "Site 1: section backup_files: excluded_dirs is '/a,/b/../c'; it must be a path without '..'.",
        ),
        ({"smart": {"exclude_dirs": ["/a", "../b"]}}, "section smart: exclude_dirs[1] is '../b'; it must be a path"),
        ({"smart": {"docroot": "/a/.."}}, "section smart: docroot is '/a/..'; it must be a path without '..'."),
        ({"smart": {"docroot": "/a\x00"}}, "section smart: docroot is ********; it must be a text without control"),
        ({"smart": {"port": 65536}}, "Site 1: section smart: port is 65536; it must be a number from 1 to 65535."),
        ({"backup_files": {"port": "0"}}, "section backup_files: port is '0'; it must be a number from 1 to 65535."),
        ({"smart": {"frequency": "hourly"}}, "section smart: frequency is 'hourly'; it must be one of daily, weekly"),
        ({"smart": {"auto_fix": "fix", "ftp_pw": 123456}}, "section smart: ftp_pw is ********; it must be a text in"),
        ({"smart": {"ftp_pw": "hunter2"}}, "Site 1: section smart: ftp_pw alone has no effect."),
        ({"smart": {"gen_ssh_key": False}}, "Site 1: section smart: gen_ssh_key alone has no effect."),
        (
            {"smart": {"ftp_pw": "hunter2", "gen_ssh_key": True}},
            "Site 1: section smart: ftp_pw is given together with gen_ssh_key.",
        ),
        ({"shield": {"color": "blue"}}, "Site 1: section shield: color is 'blue'; it must be one of red, white."),
        ({"shield": {"language": "English"}}, "Site 1: section shield: language is 'English'; it must be a code"),
        (
            {"ssl_hosts": {"exact": ["https://a.example"]}},
            "section ssl_hosts: exact[0] is 'https://a.example'; it must",
        ),
        ({"ssl_hosts": {"exact": ["a.example", "b.example"]}}, "a.example and b.example, but a site has one SSL host"),
        (
            {"scan_frequency": "yearly"},
            "section scan_frequency: frequency is 'yearly'; it must be one of hourly, daily",
        ),
        ({"scan_frequency": {"subscription": 1}}, "Site 1: section scan_frequency: frequency is missing."),
        ({"scan_frequency": {"frequency": "daily", "subscription": "a"}}, "subscription is 'a'; it must be the id of"),
        ({"smart": "hunter2"}, "Site 1: section smart: it is ********; it must be a dictionary."),
    ],
)
def test_a_wrong_entry_changes_nothing_at_its_site_and_the_others_are_done(sections: Entry, told: str) -> None:
    vendor = vendor_with(1, 2)
    wrong = {"site_id": 1, "smart_patch": {"auto_fix_app": "fix"}, **sections}
    rows = run(vendor, [wrong, {"site_id": 2, "shield": {"size": "big"}}])["sites"]
    assert told in rows[0]["error"]["message"]
    assert "hunter2" not in json.dumps(rows)
    assert [(row["failed"], row["changed"]) for row in rows] == [(True, False), (False, True)]
    assert vendor.writes() == ["modifyShield"]


def test_a_shield_that_the_site_does_not_offer() -> None:
    vendor = vendor_with(1)
    row = row_of(vendor, shield={"type": "secure"})
    assert "the site does not offer secure for type" in row["error"]["message"]
    assert vendor.writes() == []


def test_a_site_without_a_shield(monkeypatch: pytest.MonkeyPatch) -> None:
    vendor = vendor_with(1)
    monkeypatch.setattr(vendor, "_getShield", lambda _site, _request: "<getShield/>")
    row = row_of(vendor, shield={"size": "big"})
    assert (row["error"]["kind"], row["error"]["message"]) == (
        "not_found",
        "Site 1: section shield: getShield: the site has no shield.",
    )


# ---- what is told


def test_what_is_known_and_what_is_not_documented() -> None:
    vendor = vendor_with(1)
    site = vendor.sites[1]
    site.forms["smart"].update(
        created_at="2026-01-01", error_str="Login incorrect", methods={"method": "ftp", "ftp_pw": "hunter2"}
    )
    site.forms["backup_files"]["ftp_settings"].update(connection_err_msg="Timeout", ftp_pw="hunter2", mode="passive")
    row = row_of(
        vendor,
        smart={"auto_fix": "warn"},
        smart_patch={"auto_fix_app": "warn"},
        smart_database={"malware": "warn"},
        backup_files={"status": "active"},
    )
    assert row["details"] == {
        "smart": {
            "id": "7",
            "created_at": "2026-01-01",
            "error_str": "Login incorrect",
            "answer": {"methods": {"method": "ftp"}},
        },
        "smart_patch": {"feature_status": "fix"},
        "smart_database": {"ftp_status": "active"},
        "backup_files": {"connection_err_msg": "Timeout", "answer": {"ftp_settings": {"mode": "passive"}}},
    }
    assert row["needs_person"] == [
        "smart: SiteLock reports a problem: Login incorrect",
        "backup_files: SiteLock reports a problem: Timeout",
    ]


def test_the_diff_shows_what_differs_and_no_password() -> None:
    done = run(vendor_with(1), [{"site_id": 1, "smart": {"auto_fix": "fix", "ftp_pw": "hunter2"}}])
    assert "hunter2" not in json.dumps(done)
    assert json.dumps(done["diff"]).count("auto_fix") == 2
    foretold = run(vendor_with(1), [{"site_id": 1, "smart": {"auto_fix": "fix", "ftp_pw": "hunter2"}}], check_mode=True)
    assert foretold["diff"] == done["diff"]


def test_a_dump_that_is_applied_changes_nothing_and_applied_elsewhere_makes_it_the_same() -> None:
    vendor = vendor_with(1)
    vendor.sites[2] = Site.empty()
    run(vendor, [{"site_id": 1, **EVERYTHING}])
    sites, reads = dump_sections(
        t.cast("t.Any", vendor), SECTIONS, {"sites": [{"site_id": 1}], "site_ids": {}, "concurrency": 1}, RunContext()
    )
    assert reads[0]["errors"] == []
    assert {*sites[0]} == {"site_id", *EVERYTHING}
    vendor.calls.clear()
    dump = json.loads(json.dumps(sites[0]))
    assert "hunter2" not in json.dumps(dump)
    (row,) = run(vendor, [dump])["sites"]
    assert (row["error"], row["changed"], vendor.writes()) == (None, False, [])
    dump["scan_frequency"]["subscription"] = PLAN
    (row,) = run(vendor, [{**dump, "site_id": 2}])["sites"]
    assert row["error"] is None
    one, two = (copy.deepcopy(vendor.sites[number]) for number in (1, 2))
    one.passwords = two.passwords = {}
    assert one == two


def test_what_somebody_clicks_between_the_read_and_the_write_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    vendor = vendor_with(1)
    shown = vendor._getSMART

    def clicked_after(site: Site, request: object) -> t.Any:
        answer = copy.deepcopy(shown(site, request))
        site.forms["smart"]["docroot"] = "/new"
        return answer

    monkeypatch.setattr(vendor, "_getSMART", clicked_after)
    assert not row_of(vendor, smart={"auto_fix": "fix"})["failed"]
    assert (vendor.sites[1].forms["smart"]["docroot"], vendor.sites[1].forms["smart"]["auto_fix"]) == ("/new", "fix")


def test_the_parts_of_a_backup_do_not_touch_each_other() -> None:
    vendor = vendor_with(1)
    row_of(vendor, backup_files={"status": "inactive"})
    assert vendor.sites[1].forms["backup_db"] == DB
    row_of(vendor, backup_db={"status": "inactive"})
    assert vendor.sites[1].forms["backup_files"] == {**FILES, "status": "inactive"}
