# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reading the backups of sites."""

from __future__ import annotations

import typing as t

import pytest
from lxml import etree

from ansible_collections.hosting.websec.plugins.module_utils._errors import BadInputError
from ansible_collections.hosting.websec.plugins.modules import sitelock_backups_info
from ansible_collections.hosting.websec.tests.unit.sitelock_scans.tasks import Tasks, Vendor

OPTIONS: dict[str, t.Any] = {
    "start_date": None,
    "end_date": None,
    "settings": False,
    "details": False,
    "changed_files": False,
}


@pytest.fixture(name="read")
def _read(monkeypatch: pytest.MonkeyPatch) -> Tasks:
    return Tasks(sitelock_backups_info, monkeypatch, **OPTIONS)


def backup(
    number: int, day: int, *, action: str = "backup", error: str = "", files: bool = True, tail: str = ""
) -> str:
    """As far as the page of getBackupSummary is public, with the inferred twin for files."""
    part = f"<completed_at>2026-11-{day:02} 03:00:00</completed_at><err_code>{error}</err_code>"
    twin = f"<backup_files><backup_files_id>{number}1</backup_files_id>{part}</backup_files>" if files else ""
    return (
        f"<backup><action>{action}</action><backup_id>{number}</backup_id><backup_db><backup_db_id>{number}2"
        f"</backup_db_id>{part}<schemas><schema>shop</schema></schemas></backup_db>{twin}{tail}</backup>"
    )


def summary(*backups: str) -> Vendor:
    return lambda _method, _element: f"<getBackupSummary>{''.join(backups)}</getBackupSummary>"


def test_the_newest_good_backup_is_told(read: Tasks) -> None:
    result = read(
        summary(
            backup(70, 1),
            backup(72, 28, files=False),
            backup(71, 15, error="0", tail="<size_kb>7</size_kb>"),
            backup(60, 29, action="restore"),
            backup(69, 2, error="FTP_LOGIN"),
        ),
        sites=[{"site_id": 5, "domain": "shop.example"}],
    )
    assert read.sent == ["<getBackupSummary><site_id>5</site_id></getBackupSummary>"]
    (row,) = result["sites"]
    assert row["last_backup_at"] == "2026-11-28 03:00:00"
    assert (row["last_backup_id"], row["last_backup_error"], row["last_restore_at"]) == (
        72,
        None,
        "2026-11-29 03:00:00",
    )
    assert row["backups"][1] == {
        "action": "backup",
        "backup_id": 72,
        "backup_files_id": None,
        "backup_db_id": 722,
        "files": False,
        "database": True,
        "completed_at": "2026-11-28 03:00:00",
        "err_code": None,
    }
    assert row["backups"][0]["backup_files_id"] == 701
    assert row["backups"][4]["err_code"] == "FTP_LOGIN"
    assert row["summary"]["backup"][2]["size_kb"] == "7"
    unread = ("settings", "details", "changed_files", "pending_backup", "ftp_failed", "ftp_error", "files_status")
    assert {row[name] for name in unread} == {None}


def test_an_error_counts_until_a_later_backup_is_good(read: Tasks) -> None:
    result = read(summary(backup(70, 1), backup(71, 2, error="FTP_LOGIN")), sites=[{"site_id": 5}])
    (row,) = result["sites"]
    assert (row["last_backup_at"], row["last_backup_error"]) == ("2026-11-01 03:00:00", "FTP_LOGIN")
    (row,) = read(summary(backup(71, 2, error="FTP_LOGIN")), sites=[{"site_id": 5}])["sites"]
    assert (row["last_backup_at"], row["last_backup_error"]) == (None, "FTP_LOGIN")


@pytest.mark.parametrize("answer", ["<status>ok</status>", "<backup/>", "<backup><action>backup</action></backup>"])
def test_a_site_without_a_complete_backup_has_none(read: Tasks, answer: str) -> None:
    result = read(lambda *_: f"<getBackupSummary>{answer}</getBackupSummary>", sites=[{"site_id": 5}], details=True)
    (row,) = result["sites"]
    assert (row["failed"], row["last_backup_at"], row["details"]) == (False, None, None)
    assert len(read.sent) == 1


SETTINGS = """<getBackupSettings><backup_db><db_host>localhost</db_host><db_type>mysql</db_type><db_user>shop</db_user>
    <ftp_settings><ftp_host>ftp.shop.example</ftp_host><ftp_timeout>1800</ftp_timeout><ftp_user>shop</ftp_user>
    <port>21</port><protocol>ftp</protocol><connection_err_msg>{error}</connection_err_msg></ftp_settings>
    <pending_backup>1</pending_backup><root_dir>/</root_dir><selected_schemas><schema>shop</schema></selected_schemas>
    <status>active</status></backup_db><backup_files><status>inactive</status></backup_files></getBackupSettings>"""
DETAILS = """<getBackupDetails>
    <backup_files><backup_root>/public_html</backup_root><dirs><dir>css</dir><dir>js</dir></dirs>
    <files><file><id>9</id><name>index.php</name></file></files><num_files>1</num_files><size_kb>12</size_kb></backup_files>
    <backup_id>72</backup_id><created_at>2026-11-28 03:00:00</created_at><site_id>5</site_id><status>ok</status>
    </getBackupDetails>"""
CHANGED = """<getBackupFilesChanged>
    <action><files><file><file_id>9</file_id><filesize>12</filesize><path>/index.php</path>
    </file></files><type>added</type></action><action><files/><type>deleted</type></action><backup_id>72</backup_id>
    <backup_root>/public_html</backup_root><site_id>5</site_id><status>ok</status></getBackupFilesChanged>"""


class Vendors:
    def __init__(self, error: str = "") -> None:
        self.error = error

    def __call__(self, method: str, _element: etree._Element) -> str:
        return {
            "getBackupSummary": f"<getBackupSummary>{backup(72, 28)}</getBackupSummary>",
            "getBackupSettings": SETTINGS.format(error=self.error),
            "getBackupDetails": DETAILS,
            "getBackupFilesChanged": CHANGED,
        }[method]


def test_all_parts_as_documented(read: Tasks) -> None:
    result = read(
        Vendors("530 Login incorrect"),
        sites=[{"site_id": 5}],
        start_date="2026-11-01",
        end_date="2026-11-29",
        settings=True,
        details=True,
        changed_files=True,
    )
    dates = "<start_date>2026-11-01</start_date><end_date>2026-11-29</end_date>"
    assert read.sent == [
        f"<getBackupSummary><site_id>5</site_id>{dates}</getBackupSummary>",
        "<getBackupSettings><site_id>5</site_id></getBackupSettings>",
        "<getBackupDetails><site_id>5</site_id><backup_id>72</backup_id></getBackupDetails>",
        "<getBackupFilesChanged><site_id>5</site_id></getBackupFilesChanged>",
    ]
    (row,) = result["sites"]
    assert (row["files_status"], row["database_status"], row["pending_backup"]) == ("inactive", "active", True)
    assert (row["ftp_failed"], row["ftp_error"]) == (True, "530 Login incorrect")
    assert row["details"] == {
        "backup_id": 72,
        "created_at": "2026-11-28 03:00:00",
        "backup_root": "/public_html",
        "num_files": 1,
        "size_kb": 12,
        "dirs": ["css", "js"],
        "files": [{"id": 9, "name": "index.php"}],
    }
    assert row["changed_files"] == {
        "backup_id": 72,
        "backup_root": "/public_html",
        "added": [{"file_id": 9, "path": "/index.php", "size_kb": 12}],
        "modified": [],
        "deleted": [],
    }
    assert row["settings"]["backup_db"]["ftp_settings"]["ftp_host"] == "ftp.shop.example"
    (row,) = read(Vendors(), sites=[{"site_id": 5}], settings=True)["sites"]
    assert (row["ftp_failed"], row["ftp_error"]) == (False, None)


def test_the_backup_of_an_entry_is_the_one_that_is_read(read: Tasks) -> None:
    result = read(Vendors(), sites=[{"site_id": 5, "backup_id": 72}], details=True, changed_files=True)
    assert [each for each in read.sent if "<backup_id>72</backup_id>" in each] == read.sent[1:]
    assert len(read.sent) == 3
    assert not result["sites"][0]["failed"]


def test_a_site_that_fails_costs_no_other_one(read: Tasks) -> None:
    def vendor(method: str, element: etree._Element) -> str:
        if element.findtext("site_id") == "6":
            return "<getBackupSummary><error>No backup subscription</error></getBackupSummary>"
        return Vendors()(method, element)

    result = read(vendor, sites=[{"site_id": 6}, {"site_id": 7, "backup_id": 1.5}, {"site_id": 5}], on_error="fail")
    assert [row["failed"] for row in result["sites"]] == [True, True, False]
    assert "2 of 3 sites failed" in result["msg"]
    assert result["sites"][2]["last_backup_id"] == 72


def test_dates_that_are_none_send_nothing(read: Tasks) -> None:
    with pytest.raises(BadInputError, match="both must be dates"):
        read(Vendors(), sites=[{"site_id": 5}], start_date="yesterday", end_date="2026-11-29")
    assert read.sent == []


@pytest.mark.parametrize(
    "answer",
    [
        "<getBackupSettings/>",
        "<getBackupSettings><error>Backup is not configured</error><status>error</status></getBackupSettings>",
    ],
)
def test_a_site_without_a_configured_backup_is_no_failure(read: Tasks, answer: str) -> None:
    def vendor(method: str, element: etree._Element) -> str:
        return answer if method == "getBackupSettings" else Vendors()(method, element)

    (row,) = read(vendor, sites=[{"site_id": 5}], settings=True)["sites"]
    assert (row["failed"], row["settings"], row["files_status"], row["pending_backup"]) == (False, {}, None, False)
    assert row["last_backup_id"] == 72
    refused = "<getBackupSettings><error>Not today</error></getBackupSettings>"
    (row,) = read(
        lambda *call: refused if call[0] == "getBackupSettings" else vendor(*call),
        sites=[{"site_id": 5}],
        settings=True,
    )["sites"]
    assert row["failed"]


@pytest.mark.parametrize("number", ['<backup id="72">', "<backup><backup_id>72</backup_id>"])
def test_the_number_of_a_backup_may_stand_in_either_place(read: Tasks, number: str) -> None:
    inner = "<action>backup</action><backup_db><completed_at>2026-11-28 03:00:00</completed_at></backup_db></backup>"
    result = read(lambda *_: f"<getBackupSummary>{number}{inner}</getBackupSummary>", sites=[{"site_id": 5}])
    assert result["sites"][0]["last_backup_id"] == 72
