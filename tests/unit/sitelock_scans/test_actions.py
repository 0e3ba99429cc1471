# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Backups, restores and patches on demand: what is sent, and what is never sent."""

from __future__ import annotations

import typing as t

import pytest
from lxml import etree

from ansible_collections.hosting.websec.plugins.module_utils._errors import BadInputError
from ansible_collections.hosting.websec.plugins.modules import sitelock_backup, sitelock_smart_patch_run
from ansible_collections.hosting.websec.tests.unit.scripted_server import Reply
from ansible_collections.hosting.websec.tests.unit.sitelock_scans.tasks import Tasks, free, owner

LOST = [Reply(fault="close"), Reply(b"", 503), Reply(b"<html>")]


@pytest.fixture(name="backup")
def _backup(monkeypatch: pytest.MonkeyPatch) -> Tasks:
    return Tasks(sitelock_backup, monkeypatch, operation="backup", parts=None)


@pytest.fixture(name="patch")
def _patch(monkeypatch: pytest.MonkeyPatch) -> Tasks:
    return Tasks(sitelock_smart_patch_run, monkeypatch, operation="force_patch")


def vendor(method: str, element: etree._Element) -> str:
    """C(shop.example) is site 5, all else is free."""
    if method == "checkDomain":
        domain = element.findtext("domain") or ""
        return owner(domain, 5) if domain.endswith("shop.example") else free(domain)
    if method == "getBackupDetails":
        ids = "".join(f"<{name}>{element.findtext(name)}</{name}>" for name in ("backup_id", "site_id"))
        return f"<{method}>{ids}<status>ok</status></{method}>"
    return f"<{method}><status>ok</status><backup_id>77</backup_id></{method}>"


def refusing(number: int, reply: str | Reply) -> t.Callable[[str, etree._Element], str | Reply]:
    """The vendor that answers so for one site."""
    return lambda method, element: reply if element.findtext("site_id") == str(number) else vendor(method, element)


# ---- backup


def test_the_requests_of_a_backup(backup: Tasks) -> None:
    result = backup(vendor, check_mode=False, sites=[{"site_id": 5}, {"site_id": 6, "subscription": "8765"}])
    element = "<manageBackup><site_id>{}</site_id><action>backup</action></manageBackup>"
    assert backup.sent == [element.format(5), element.format(6)]
    assert result["changed"]
    assert [(row["changed"], row["backup_id"], row["failed"]) for row in result["sites"]] == [(True, 77, False)] * 2
    assert result["sites"][0]["answer"] == {"status": "ok", "backup_id": "77"}
    backup(vendor, check_mode=False, sites=[{"site_id": 5}], parts=["database", "files"])
    flags = "<backup_db/><backup_files/>"
    assert backup.sent == [f"<manageBackup><site_id>5</site_id><action>backup</action>{flags}</manageBackup>"]


@pytest.mark.parametrize("operation", ["restore", "delete"])
def test_the_requests_of_a_restore_and_a_deletion(backup: Tasks, operation: str) -> None:
    sites = [{"site_id": 5, "backup_id": "77", "confirm": "Shop.example"}]
    result = backup(vendor, check_mode=False, operation=operation, parts=["files"], sites=sites)
    content = "<backup_files/><backup_id>77</backup_id>"
    assert backup.sent == [
        "<checkDomain><domain>shop.example</domain></checkDomain>",
        "<getBackupDetails><site_id>5</site_id><backup_id>77</backup_id></getBackupDetails>",
        f"<manageBackup><site_id>5</site_id><action>{operation}</action>{content}</manageBackup>",
    ]
    assert [(row["changed"], row["backup_id"], row["error"]) for row in result["sites"]] == [(True, 77, None)]


@pytest.mark.parametrize("operation", ["restore", "delete"])
@pytest.mark.parametrize(
    ("entry", "told"),
    [
        ({"site_id": 6, "backup_id": 1}, "Site 6: confirm is missing."),
        ({"site_id": 6, "backup_id": 1, "confirm": ""}, "domain"),
        ({"site_id": 6, "backup_id": 1, "confirm": True}, "domain"),
        ({"site_id": 6, "backup_id": 1, "confirm": "shop.example"}, "which is the domain of site 5"),
        ({"site_id": 6, "backup_id": 1, "confirm": "free.example"}, "no site that the API names"),
        (
            {"site_id": 6, "domain": "blog.example", "backup_id": 1, "confirm": "shop.example"},
            "confirm is shop.example, but the domain of the entry is blog.example",
        ),
        # The right words for the wrong site.
        ({"site_id": 6, "domain": "shop.example", "backup_id": 1, "confirm": "shop.example"}, "of site 5"),
        ({"site_id": 6, "confirm": "shop.example"}, "Site 6: backup_id is missing"),
        ({"site_id": 6, "backup_id": 7.0, "confirm": "shop.example"}, "backup_id is 7.0"),
        ({"domain": "free.example", "backup_id": 1, "confirm": "free.example"}, "free.example"),
    ],
)
@pytest.mark.parametrize("check_mode", [False, True])
def test_nothing_is_restored_or_deleted_without_the_domain_of_the_site_and_the_others_go_on(
    backup: Tasks, operation: str, entry: dict[str, t.Any], told: str, check_mode: bool
) -> None:
    good = {"site_id": 5, "backup_id": 77, "confirm": "www.shop.example"}
    result = backup(vendor, check_mode=check_mode, operation=operation, sites=[entry, good])
    wrong, right = result["sites"]
    assert told in wrong["error"]["message"]
    assert (wrong["failed"], wrong["changed"]) == (True, False)
    assert wrong["error"]["kind"] in ("bad_input", "not_found")
    assert (right["failed"], right["changed"]) == (False, True)
    managed = [each for each in backup.sent if each.startswith("<manageBackup")]
    assert len(managed) == (0 if check_mode else 1)
    assert all("<site_id>5</site_id>" in each for each in managed)


def refusal(method: str) -> str:
    return f"<{method}><status>error</status><message>Backup not found</message></{method}>"


def summary(*backups: str) -> str:
    inner = "".join(f"<backup>{each}</backup>" for each in backups)
    return f"<getBackupSummary><status>ok</status>{inner}</getBackupSummary>"


DETAILS = "<getBackupDetails><status>ok</status><backup_id>{}</backup_id>{}</getBackupDetails>"
OF_ANOTHER_SITE = [
    (DETAILS.format(77, "<site_id>6</site_id>"), ""),
    (DETAILS.format(78, "<site_id>5</site_id>"), ""),
    (DETAILS.format(77, ""), summary()),
    (refusal("getBackupDetails"), summary()),
    (refusal("getBackupDetails"), refusal("getBackupSummary")),
    (refusal("getBackupDetails"), summary("<action>backup</action><backup_id>78</backup_id>")),
    (refusal("getBackupDetails"), summary("<action>restore</action><backup_id>77</backup_id>")),
    (Reply(b"", 503), ""),
]


@pytest.mark.parametrize("operation", ["restore", "delete"])
@pytest.mark.parametrize("check_mode", [False, True])
@pytest.mark.parametrize(("details", "listed"), OF_ANOTHER_SITE)
def test_the_backup_of_another_site_is_not_restored_here(
    backup: Tasks, operation: str, check_mode: bool, details: str | Reply, listed: str
) -> None:
    answers: dict[str, str | Reply] = {"getBackupDetails": details, "getBackupSummary": listed}
    sites = [{"site_id": 5, "backup_id": 77, "confirm": "shop.example"}]
    result = backup(
        lambda method, element: answers.get(method) or vendor(method, element),
        check_mode=check_mode,
        operation=operation,
        sites=sites,
    )
    (row,) = result["sites"]
    assert (row["failed"], row["changed"]) == (True, False)
    assert not [each for each in backup.sent if each.startswith("<manageBackup")]


@pytest.mark.parametrize(
    "listed",
    [
        "<action>backup</action><backup_id>77</backup_id>",
        "<action>backup</action><backup_db><backup_db_id>77</backup_db_id></backup_db>",
    ],
)
def test_a_backup_without_files_is_known_by_the_summary(backup: Tasks, listed: str) -> None:
    answers = {"getBackupDetails": refusal("getBackupDetails"), "getBackupSummary": summary(listed)}
    sites = [{"site_id": 5, "backup_id": 77, "confirm": "shop.example"}]
    result = backup(
        lambda method, element: answers.get(method) or vendor(method, element),
        check_mode=False,
        operation="restore",
        sites=sites,
    )
    assert [row["changed"] for row in result["sites"]] == [True]


@pytest.mark.parametrize("reply", LOST)
def test_a_lost_answer_is_not_sent_again_and_the_other_sites_are_done(backup: Tasks, reply: Reply) -> None:
    result = backup(refusing(5, reply), check_mode=False, sites=[{"site_id": 5}, {"site_id": 6}])
    lost, done = result["sites"]
    assert len(backup.sent) == 2
    assert (lost["failed"], lost["changed"], lost["error"]["kind"]) == (True, False, "outcome_unknown")
    assert "A backup may have been started." in lost["error"]["message"]
    assert (done["failed"], done["changed"]) == (False, True)


def test_check_mode_only_reads(backup: Tasks) -> None:
    result = backup(vendor, check_mode=True, sites=[{"site_id": 5}])
    assert (result["changed"], backup.sent) == (True, [])
    sites = [{"site_id": 5, "backup_id": 77, "confirm": "shop.example"}]
    result = backup(vendor, check_mode=True, operation="delete", sites=sites)
    assert result["sites"][0]["changed"]
    assert backup.sent == [
        "<checkDomain><domain>shop.example</domain></checkDomain>",
        "<getBackupDetails><site_id>5</site_id><backup_id>77</backup_id></getBackupDetails>",
    ]


def test_no_part_is_not_all_parts(backup: Tasks) -> None:
    with pytest.raises(BadInputError, match="parts is empty"):
        backup(vendor, check_mode=False, sites=[{"site_id": 5}], parts=[])


def test_a_backup_takes_no_number(backup: Tasks) -> None:
    result = backup(vendor, check_mode=False, sites=[{"site_id": 5, "backup_id": 7}])
    assert "backup_id is for restore and delete" in result["sites"][0]["error"]["message"]
    assert backup.sent == []


# ---- SMART Patch


def test_the_requests_of_a_patch(patch: Tasks) -> None:
    result = patch(vendor, check_mode=False, sites=[{"site_id": 5}])
    assert patch.sent == ["<manageSMARTPatch><site_id>5</site_id><action>force_patch</action></manageSMARTPatch>"]
    assert (result["changed"], result["sites"][0]["changed"]) == (True, True)
    patch(vendor, check_mode=False, operation="revert", sites=[{"site_id": 5, "smart_scan_id": 99}])
    content = "<action>revert</action><smart_scan_id>99</smart_scan_id>"
    assert patch.sent == [f"<manageSMARTPatch><site_id>5</site_id>{content}</manageSMARTPatch>"]


def test_a_patch_is_taken_back_by_its_scan_only_and_the_others_go_on(patch: Tasks) -> None:
    entries = [{"site_id": 5}, {"site_id": 6, "smart_scan_id": True}, {"site_id": 7, "smart_scan_id": 99}]
    result = patch(vendor, check_mode=False, operation="revert", sites=entries)
    assert [row["changed"] for row in result["sites"]] == [False, False, True]
    assert "smart_scan_id is missing" in result["sites"][0]["error"]["message"]
    assert len(patch.sent) == 1
    result = patch(vendor, check_mode=False, sites=entries[2:])
    assert "smart_scan_id is for revert" in result["sites"][0]["error"]["message"]
    assert patch.sent == []


@pytest.mark.parametrize("reply", LOST)
def test_a_patch_whose_answer_is_lost_is_not_sent_again(patch: Tasks, reply: Reply) -> None:
    result = patch(refusing(5, reply), check_mode=False, sites=[{"site_id": 5}, {"site_id": 6}])
    assert [row["changed"] for row in result["sites"]] == [False, True]
    assert result["sites"][0]["error"]["kind"] == "outcome_unknown"
    assert "The files of the site may have been changed." in result["sites"][0]["error"]["message"]
    assert len(patch.sent) == 2
    assert patch(vendor, check_mode=True, sites=[{"site_id": 5}])["changed"]
    assert patch.sent == []
