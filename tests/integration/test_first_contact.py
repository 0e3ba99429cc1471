# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The playbook of the first contact. What its report says of each switch is in C(tests/property)."""

from __future__ import annotations

import json
import pathlib
import threading
import typing as t

import pytest
from integration.playbook import Run, run_plays
from integration.sandbox_server import API_KEY, PASSWORD, USERNAME, SandboxServer
from unit.patience import PATIENCE, wait_until

FLEET = {
    "plans": [{"id": "8", "name": "Scan", "type": "plan"}, {"id": "200", "name": "Firewall"}],
    "accounts": [{"id": "88570", "name": "Jane Doe", "login": "owner@shop.example"}],
    "sites": [
        {
            "site_id": "88011",
            "account_id": "88570",
            "domain": "shop.example",
            "plan": {"subscription": "8"},
            "addon": {"subscription": "200"},
        }
    ],
    "botguard_websites": [{"domain": "shop.example"}],
}


def contact(sandbox: SandboxServer, folder: pathlib.Path, *arguments: str, **more: t.Any) -> Run:
    given = {
        "sitelock_waf_api": {
            "api_url": f"{sandbox.url}/v1/partner",
            "api_username": USERNAME,
            "api_password": PASSWORD,
            "retries": 0,
        },
        "botguard_websites_api": {"api_url": f"{sandbox.url}/botguard", "api_key": API_KEY, "retries": 0},
        "first_contact_sites": [{"site_id": 88011, "has": ["plan"]}],
        "first_contact_account_id": 88570,
        "first_contact_websites": ["shop.example"],
        "first_contact_report": "scan_status",
        "first_contact_report_period": "2026-11-29",
        "first_contact_directory": str(folder),
        **more,
    }
    play = {"ansible.builtin.import_playbook": "hosting.websec.first_contact"}
    return run_plays([play], "-e", json.dumps(given), *arguments)


def test_the_playbook_writes_a_report_that_can_be_sent(sandbox: SandboxServer, tmp_path: pathlib.Path) -> None:
    sandbox.post("fleet", FLEET)
    run = contact(sandbox, tmp_path, "-vvv")
    assert run.status == 0, run.output
    page, data = ((tmp_path / f"first-contact.{ending}").read_text() for ending in ("md", "json"))
    sitelock, botguard = json.loads(data)
    seen = {row["id"]: row["outcome"] for report in (sitelock, botguard) for row in report["rows"]}
    assert seen["ready_answer"] == "short"
    assert seen["servers_form"] == "flat"
    assert seen["report_end"] == "eof"
    assert "| `ready_answer` | whether ready responses contain the addresses | **short** |" in page
    assert f"SiteLock: {sitelock['seen']} of {len(sitelock['rows'])} points" in run.output
    for private in ("shop.example", "88011", "88570", "Jane", PASSWORD, API_KEY):
        assert private not in page + data
    assert not [entry for entry in sandbox.get("journal")["entries"] if entry["write"]]


@pytest.mark.all_only
def test_a_refused_key_fails_the_run_after_the_report(sandbox: SandboxServer, tmp_path: pathlib.Path) -> None:
    sandbox.post("fleet", FLEET)
    wrong = {"api_url": f"{sandbox.url}/botguard", "api_key": "wrong-key", "retries": 0}
    run = contact(sandbox, tmp_path, botguard_websites_api=wrong)
    assert run.status != 0
    assert "the BotGuard API answered: Invalid API key" in " ".join(run.output.split())
    _sitelock, botguard = json.loads((tmp_path / "first-contact.json").read_text())
    assert {row["reason"] for row in botguard["rows"]} == {"credentials_refused"}
    [first] = (json.loads(file.read_text()) for file in tmp_path.glob("first-contact.json"))
    # The answers of one vendor are kept if the other one cannot be asked, and so is the report of an earlier run.
    half = contact(sandbox, tmp_path, "--check", first_contact_websites=["https://shop.example/"])
    assert half.status != 0
    assert "is not a domain name" in half.output
    [sitelock] = json.loads((tmp_path / "first-contact.json").read_text())
    assert sitelock["vendor"] == "SiteLock"
    [kept] = tmp_path.glob("first-contact.json.*")
    assert json.loads(kept.read_text()) == first


@pytest.mark.all_only
@pytest.mark.parametrize(
    ("given", "told"),
    [
        (
            {"first_contact_sites": [], "first_contact_websites": []},
            "Set first_contact_sites or first_contact_websites",
        ),
        (
            {"first_contact_sites": None, "first_contact_websites": None},
            "Set first_contact_sites or first_contact_websites",
        ),
        ({"first_contact_directory": __file__}, "which is not a folder that you can write to"),
        ({"first_contact_directory": "."}, "is ., which is not an absolute path"),
        ({"first_contact_directory": None}, "and first_contact_directory"),
    ],
    ids=["nothing to ask", "empty variables", "no folder", "a relative folder", "no variable"],
)
def test_nothing_is_asked_if_no_report_can_come_of_it(
    sandbox: SandboxServer, tmp_path: pathlib.Path, given: dict[str, t.Any], told: str
) -> None:
    sandbox.post("fleet", FLEET)
    before = len(sandbox.get("journal")["entries"])
    run = contact(sandbox, tmp_path, **given)
    assert run.status != 0
    assert told in " ".join(run.output.split())
    assert len(sandbox.get("journal")["entries"]) == before


@pytest.mark.all_only
def test_a_report_that_cannot_be_written_is_shown(sandbox: SandboxServer, tmp_path: pathlib.Path) -> None:
    """The folder goes away while SiteLock is asked."""
    sandbox.post("fleet", FLEET)
    before = len(sandbox.get("journal")["entries"])
    folder = tmp_path / "contact"
    folder.mkdir()

    def remove_when_asked() -> None:
        wait_until(lambda: len(sandbox.get("journal")["entries"]) > before, "a call")
        folder.rmdir()

    remover = threading.Thread(target=remove_when_asked, daemon=True)
    remover.start()
    run = contact(sandbox, folder)
    remover.join(PATIENCE)
    assert run.status != 0
    assert "| `ready_answer` | whether ready responses contain the addresses | **short** |" in run.output
    assert f"The report cannot be written to {folder}" in " ".join(run.output.split())
