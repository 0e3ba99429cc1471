# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The hook of WHMCS in PHP: what it writes, and what it never writes."""

from __future__ import annotations

import concurrent.futures
import json
import pathlib
import re
import subprocess
import typing as t
import uuid

import pytest
from integration.sandbox_server import ROOT
from unit.patience import PATIENCE

HOOK = ROOT / "extensions" / "whmcs" / "websec_sites.php"

HARNESS = """<?php
const WHMCS = true;
define('WEBSEC_SPOOL', $argv[2]);
$hooks = [];
$told = [];
function add_hook(string $point, int $priority, callable $hook): void { global $hooks; $hooks[$point] = $hook; }
function logActivity(string $text): void { global $told; $told[] = $text; }
require $argv[1];
foreach (json_decode(stream_get_contents(STDIN), true) as [$point, $vars]) {
    if ($hooks[$point]($vars) !== null) { exit(3); }
}
echo json_encode(['points' => array_keys($hooks), 'told' => $told]);
"""
PARAMS = {
    "serviceid": 4711,
    "userid": 88,
    "pid": "3",
    "serverid": 2,
    "domain": "Alpha.Example",
    "username": "alpha",
    "password": "hunter2-of-the-customer",
    "serverpassword": "hunter2-of-the-server",
    "serveraccesshash": "hunter2-of-the-server",
    "clientsdetails": {"email": "customer@mail.example"},
}


def run(folder: pathlib.Path, *events: tuple[str, t.Any], spool: str = "events.jsonl") -> tuple[dict[str, t.Any], str]:
    """What the hooks told WHMCS, and what is in the spool."""
    # One for each call, because several run at once.
    harness = folder / f"harness-{uuid.uuid4().hex}.php"
    harness.write_text(HARNESS)
    done = subprocess.run(
        [
            "php",
            "-d",
            "error_reporting=-1",
            "-d",
            "display_errors=stderr",
            str(harness),
            str(HOOK),
            str(folder / spool),
        ],
        cwd=folder,
        input=json.dumps(events),
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, ""), done.stdout
    written = folder / spool
    return json.loads(done.stdout), written.read_text() if written.is_file() else ""


def test_php_accepts_it() -> None:
    done = subprocess.run(["php", "-l", str(HOOK)], capture_output=True, text=True, timeout=PATIENCE, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_outside_of_whmcs_it_does_nothing() -> None:
    done = subprocess.run(["php", str(HOOK)], capture_output=True, text=True, timeout=PATIENCE, check=False)
    assert done.stdout == "This file cannot be accessed directly"


def test_each_event_is_one_line_without_secrets(tmp_path: pathlib.Path) -> None:
    points = ("Create", "Suspend", "Unsuspend", "ChangePackage", "Terminate")
    told, spool = run(tmp_path, *((f"AfterModule{point}", {"params": PARAMS}) for point in points))
    assert sorted(told["points"]) == sorted(f"AfterModule{point}" for point in points)
    assert told["told"] == []
    line = {"service": 4711, "product": 3, "domain": "alpha.example"}
    events = ("create", "suspend", "unsuspend", "change", "terminate")
    assert [json.loads(each) for each in spool.splitlines() if each] == [{"event": event, **line} for event in events]


@pytest.mark.parametrize(
    "wrong",
    [
        {"domain": "no domain"},
        {"domain": "a.example\n{}"},
        {"domain": "-a.example"},
        {"domain": "192.0.2.1"},
        {"domain": "a.example/$(id)"},
        {"domain": ""},
        {"domain": None},
        {"domain": ["a.example"]},
        {"domain": "a" * 64 + ".example"},
        {"serviceid": "4711; x"},
        {"serviceid": -1},
        {"serviceid": None},
        {"pid": {}},
    ],
)
def test_what_is_no_service_with_a_domain_is_told_and_not_written(
    tmp_path: pathlib.Path, wrong: dict[str, t.Any]
) -> None:
    told, spool = run(tmp_path, ("AfterModuleCreate", {"params": {**PARAMS, **wrong}}))
    assert spool == ""
    (text,) = told["told"]
    assert "has no product or no valid domain" in text
    assert "hunter2" not in text


@pytest.mark.parametrize("given", [{}, {"params": None}, {"params": "text"}])
def test_a_hook_without_parameters(tmp_path: pathlib.Path, given: dict[str, t.Any]) -> None:
    told, spool = run(tmp_path, ("AfterModuleCreate", given))
    assert (len(told["told"]), spool) == (1, "")


def test_hooks_at_once_write_whole_lines(tmp_path: pathlib.Path) -> None:
    """Several requests of WHMCS, while a line before them was cut off."""
    (tmp_path / "events.jsonl").write_text('{"event": "cre')
    events = [("AfterModuleCreate", {"params": {**PARAMS, "serviceid": number}}) for number in range(1, 101)]
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _each: run(tmp_path, *events), range(8)))
    lines = [each for each in (tmp_path / "events.jsonl").read_text().splitlines() if each]
    assert lines.pop(0) == '{"event": "cre'
    found = sorted(json.loads(each)["service"] for each in lines)
    assert found == sorted(list(range(1, 101)) * 8)


def test_a_name_of_another_script_is_punycode_or_nothing(tmp_path: pathlib.Path) -> None:
    names = [
        "b\u00fccher.example",
        "\u202egood.example",
        "a.example.",
        "\uff41.example",
        "xn--.example",
        "a\u3002example",
    ]
    told, spool = run(tmp_path, *(("AfterModuleCreate", {"params": {**PARAMS, "domain": name}}) for name in names))
    written = [json.loads(each)["domain"] for each in spool.splitlines() if each]
    assert len(written) + len(told["told"]) == len(names)
    assert all(re.fullmatch(r"[a-z0-9.-]+", name) for name in written)


def test_a_spool_that_cannot_be_written_fails_no_order(tmp_path: pathlib.Path) -> None:
    told, _spool = run(tmp_path, ("AfterModuleCreate", {"params": PARAMS}), spool="no/such/folder")
    assert len(told["told"]) == 1
    assert "could not be written" in told["told"][0]
