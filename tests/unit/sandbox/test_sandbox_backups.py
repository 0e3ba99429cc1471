# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Backups of files and databases: settings, creating, restoring, deleting, and their content."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.hosting.websec.tests.unit.sandbox.firewalls import SITE, ask, found, refusal, same

if t.TYPE_CHECKING:
    from conftest import Sandbox

PARSE_ERROR = (None, "Could not parse XML request")
FTP = (
    "<ftp_settings><protocol>sftp</protocol><ftp_host>ftp.plain.example</ftp_host><ftp_user>web</ftp_user>"
    "<ftp_pw>secret-1</ftp_pw></ftp_settings>"
)
FILES = f"<backup_files><excluded_dirs>cache</excluded_dirs><exclude_size_kb>5000</exclude_size_kb>{FTP}</backup_files>"
DATABASE = (
    "<backup_db><db_host>db.plain.example</db_host><db_user>shop</db_user><db_pw>secret-2</db_pw>"
    f"<selected_schemas><schema>shop</schema><schema>blog</schema></selected_schemas>{FTP}</backup_db>"
)


def manage(sandbox: Sandbox, action: str, content: str = "") -> t.Any:
    return ask(sandbox, "manageBackup", f"<action>{action}</action>{content}")


def backups(sandbox: Sandbox) -> list[str]:
    return found(ask(sandbox, "getBackupSummary"), "backup/backup_id")


@pytest.fixture
def saved(sandbox: Sandbox) -> Sandbox:
    """A sandbox whose site has backups of files and database."""
    assert ask(sandbox, "modifyBackupSettings", FILES + DATABASE).findtext("status") == "ok"
    return sandbox


def test_backup_settings(saved: Sandbox) -> None:
    ftp = """<ftp_settings><ftp_host>ftp.plain.example</ftp_host><ftp_timeout>1800</ftp_timeout>
        <ftp_user>web</ftp_user><port>22</port><protocol>sftp</protocol></ftp_settings>"""
    assert same(
        ask(saved, "getBackupSettings"),
        f"""<getBackupSettings>
            <backup_db><db_host>db.plain.example</db_host><db_type>mysql</db_type><db_user>shop</db_user>{ftp}
                <root_dir>/</root_dir><selected_schemas><schema>shop</schema><schema>blog</schema></selected_schemas>
                <status>active</status></backup_db>
            <backup_files><backup_root>/</backup_root><excluded_dirs>cache</excluded_dirs>
                <exclude_size_kb>5000</exclude_size_kb>{ftp}<status>active</status></backup_files>
        </getBackupSettings>""",
    )
    shown = [saved.send("GET", f"/admin/{path}").body for path in ("state", "products", "journal")]
    assert not any(b"secret-" in one for one in shown)


def test_an_omitted_part_is_unchanged(saved: Sandbox) -> None:
    ask(saved, "modifyBackupSettings", "<backup_files><status>inactive</status></backup_files>")
    answer = ask(saved, "getBackupSettings")
    assert answer.findtext("backup_files/status") == "inactive"
    assert answer.findtext("backup_files/ftp_settings/ftp_host") == "ftp.plain.example"
    assert answer.findtext("backup_db/db_user") == "shop"


@pytest.mark.parametrize(
    ("form", "answer"),
    [
        ("empty", "<getBackupSettings/>"),
        (
            "blank",
            """<getBackupSettings><backup_db><status>inactive</status></backup_db>
            <backup_files><status>inactive</status></backup_files></getBackupSettings>""",
        ),
        (
            "error",
            "<getBackupSettings><error>Backup is not configured</error><status>error</status></getBackupSettings>",
        ),
    ],
)
def test_backup_settings_before_the_first_change(sandbox: Sandbox, form: str, answer: str) -> None:
    sandbox.admin("POST", "settings", unconfigured=form)
    assert same(ask(sandbox, "getBackupSettings"), answer)


@pytest.mark.parametrize(("form", "taken"), [("accept", True), ("refuse", False)])
def test_setting_request_with_database(sandbox: Sandbox, form: str, taken: bool) -> None:
    sandbox.admin("POST", "settings", backup_db_request=form)
    answer = ask(sandbox, "modifyBackupSettings", DATABASE)
    assert (answer.findtext("status") == "ok") == taken
    assert (answer.find("error") is None) == taken


@pytest.mark.parametrize(("form", "taken"), [("db_pw", "db_pw"), ("db_password", "db_password")])
def test_setting_name_of_the_database_password(saved: Sandbox, form: str, taken: str) -> None:
    saved.admin("POST", "settings", database_password=form)
    for name in ("db_pw", "db_password"):
        answer = ask(saved, "modifyBackupSettings", f"<backup_db><{name}>secret-3</{name}></backup_db>")
        assert (answer.find("error") is None) == (name == taken)


def test_a_backup_is_pending_until_its_time_is_over(saved: Sandbox) -> None:
    saved.admin("POST", "settings", backup_duration=600)
    assert same(manage(saved, "backup"), "<manageBackup><status>ok</status></manageBackup>")
    settings = ask(saved, "getBackupSettings")
    assert found(settings, "*/pending_backup") == ["1", "1"]
    for method, content in (
        ("modifyBackupSettings", FILES),
        ("modifySMART", "<ftp_host>a.example</ftp_host><ftp_user>b</ftp_user><ftp_pw>c</ftp_pw>"),
        ("manageBackup", "<action>backup</action>"),
    ):
        assert ask(saved, method, content).findtext("error") == "A backup is pending"
    running = ask(saved, "getBackupSummary")
    assert [one.find("completed_at") for one in running.findall("backup/backup_files")] == [None]
    saved.admin("POST", "clock", advance=601)
    assert found(ask(saved, "getBackupSettings"), "*/pending_backup") == []
    assert ask(saved, "modifyBackupSettings", FILES).findtext("status") == "ok"
    assert ask(saved, "getBackupSummary").findtext("backup/backup_files/err_code") == "0"


def test_a_backup_contains_the_requested_configured_parts(saved: Sandbox) -> None:
    manage(saved, "backup", "<backup_files/>")
    manage(saved, "backup", "<backup_db/>")
    manage(saved, "backup", "<backup_db/><backup_files/>")
    shown = [
        {str(child.tag) for child in backup} & {"backup_db", "backup_files"}
        for backup in ask(saved, "getBackupSummary").findall("backup")
    ]
    assert shown == [{"backup_db", "backup_files"}, {"backup_db"}, {"backup_files"}]


def test_a_backup_needs_settings(sandbox: Sandbox) -> None:
    assert manage(sandbox, "backup").findtext("error") == "Backup is not configured"


def test_a_backup_with_a_failed_sign_in_reports_the_error(saved: Sandbox) -> None:
    saved.admin("POST", "products", site_id=SITE, ftp_error="530 Login incorrect.")
    manage(saved, "backup", "<backup_files/>")
    assert ask(saved, "getBackupSummary").findtext("backup/backup_files/err_code") == "530 Login incorrect."
    errors = found(ask(saved, "getBackupSettings"), "*/ftp_settings/connection_err_msg")
    assert errors == ["530 Login incorrect."] * 2


def test_restore_and_delete(saved: Sandbox) -> None:
    manage(saved, "backup")
    [number] = backups(saved)
    named = f"<backup_id>{number}</backup_id>"
    manage(saved, "restore", f"{named}<backup_files/>")
    summary = ask(saved, "getBackupSummary")
    assert found(summary, "backup/action") == ["restore", "backup"]
    manage(saved, "delete", f"{named}<backup_db/>")
    assert len(backups(saved)) == 2
    manage(saved, "delete", named)
    assert number not in backups(saved)
    assert manage(saved, "delete", named).findtext("error") == "Backup not found"


@pytest.mark.parametrize(
    "content",
    [
        "<action>restore</action>",
        "<action>delete</action>",
        "<action>backup</action><backup_id>1</backup_id>",
        "<action>burn</action>",
        "<action>backup</action><backup_files>1</backup_files>",
    ],
)
def test_undocumented_requests_are_refused(saved: Sandbox, content: str) -> None:
    assert refusal(ask(saved, "manageBackup", content)) == PARSE_ERROR
    assert backups(saved) == []


@pytest.mark.parametrize(("form", "taken"), [("flags", False), ("any", True)])
def test_setting_restore_of_single_files(saved: Sandbox, form: str, taken: bool) -> None:
    manage(saved, "backup")
    saved.admin("POST", "settings", restore_files=form)
    single = f"<backup_id>{backups(saved)[0]}</backup_id><backup_files><file><id>1</id></file></backup_files>"
    assert (manage(saved, "restore", single).find("error") is None) == taken


@pytest.mark.parametrize(
    ("form", "path"),
    [
        ("element", "backup/backup_id"),
        ("attribute", "backup[@id]"),
        ("parts", "backup/backup_files/backup_files_id"),
    ],
)
def test_setting_place_of_the_backup_id(saved: Sandbox, form: str, path: str) -> None:
    saved.admin("POST", "settings", backup_id_form=form)
    manage(saved, "backup")
    summary = ask(saved, "getBackupSummary")
    assert summary.find(path) is not None
    assert (summary.find("backup").get("id") is not None) == (form == "attribute")
    assert (summary.find("backup/backup_db/backup_db_id") is not None) == (form == "parts")
    assert (summary.find("backup/backup_id") is not None) == (form == "element")


@pytest.mark.parametrize(("form", "shown"), [("zero", ["0"]), ("empty", [""]), ("absent", [])])
def test_setting_backup_error_code_without_an_error(saved: Sandbox, form: str, shown: list[str]) -> None:
    saved.admin("POST", "settings", backup_err_code=form)
    manage(saved, "backup")
    assert found(ask(saved, "getBackupSummary"), "backup/backup_files/err_code") == shown


def test_a_missing_part_cannot_be_restored(saved: Sandbox) -> None:
    manage(saved, "backup", "<backup_db/>")
    content = f"<backup_id>{backups(saved)[0]}</backup_id><backup_files/>"
    assert manage(saved, "restore", content).findtext("error") == "Backup not found"
    assert len(backups(saved)) == 1


def test_backup_summary_by_dates(saved: Sandbox) -> None:
    saved.admin("POST", "products", site_id=SITE, backups=[{"days_ago": 40}, {"days_ago": 1}])
    times = found(ask(saved, "getBackupSummary"), "backup/backup_files/completed_at")
    assert len(times) == 2
    assert times[0] > times[1]
    day = times[1][:10]
    one = ask(saved, "getBackupSummary", f"<start_date>{day}</start_date><end_date>{day}</end_date>")
    assert found(one, "backup/backup_files/completed_at") == [times[1]]
    later = ask(saved, "getBackupSummary", f"<start_date>{times[0][:10]}</start_date>")
    assert found(later, "backup/backup_files/completed_at") == [times[0]]
    assert refusal(ask(saved, "getBackupSummary", "<start_date>today</start_date>")) == PARSE_ERROR


def test_details_and_changed_files(saved: Sandbox) -> None:
    old = [{"name": "a.php", "size_kb": 1}, {"name": "img/b.png", "size_kb": 2}]
    new = [{"name": "a.php", "size_kb": 9}, {"name": "c.php", "size_kb": 3}]
    saved.admin("POST", "products", site_id=SITE, backups=[{"days_ago": 2, "files": old}, {"files": new}])
    newest, oldest = backups(saved)
    details = ask(saved, "getBackupDetails", f"<backup_id>{oldest}</backup_id>")
    assert same(
        details,
        f"""<getBackupDetails>
            <backup_files><backup_root>/</backup_root><dirs><dir>img</dir></dirs>
                <files><file><id>1</id><name>a.php</name></file><file><id>2</id><name>img/b.png</name></file></files>
                <num_files>2</num_files><size_kb>3</size_kb></backup_files>
            <backup_id>{oldest}</backup_id><created_at>{details.findtext("created_at")}</created_at>
            <site_id>{SITE}</site_id><status>ok</status>
        </getBackupDetails>""",
    )
    changed = f"""<getBackupFilesChanged>
        <action><files><file><file_id>2</file_id><filesize>3</filesize><path>c.php</path></file></files>
            <type>added</type></action>
        <action><files><file><file_id>1</file_id><filesize>9</filesize><path>a.php</path></file></files>
            <type>modified</type></action>
        <action><files><file><file_id>3</file_id><filesize>2</filesize><path>img/b.png</path></file></files>
            <type>deleted</type></action>
        <backup_id>{newest}</backup_id><backup_root>/</backup_root><site_id>{SITE}</site_id><status>ok</status>
    </getBackupFilesChanged>"""
    assert same(ask(saved, "getBackupFilesChanged"), changed)
    assert same(ask(saved, "getBackupFilesChanged", f"<backup_id>{newest}</backup_id>"), changed)
    first = ask(saved, "getBackupFilesChanged", f"<backup_id>{oldest}</backup_id>")
    assert found(first, "action/type") == ["added"]
    assert ask(saved, "getBackupDetails", "<backup_id>1</backup_id>").findtext("error") == "Backup not found"
