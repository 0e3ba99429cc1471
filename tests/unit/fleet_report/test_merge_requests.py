# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The report for merge requests (JUnit) and for code scanning (SARIF)."""

from __future__ import annotations

import json
import pathlib
import typing as t

import junitparser
import pytest

from ansible_collections.hosting.websec.plugins.filter.fleet_report_page import fleet_report_page
from ansible_collections.hosting.websec.tests.unit.fleet_report.rows import error, row

TIME = "2026-11-29T12:00:00Z"
ERROR = error("rejected", message="It was refused.", hint="Ask.")
ROWS = [
    row("fine.example", notes=["Worth a look."]),
    row("waits.example", state="pending-dns", waiting_for="SiteLock to see the records"),
    row("changed.example", changed=True, steps=["modifyAddon", "change A/CNAME"]),
    row("failed.example", error=ERROR),
    row("stuck.example", state="error"),
]


def junit(tmp_path: pathlib.Path, rows: list[dict[str, t.Any]], *, check_mode: bool) -> list[junitparser.TestCase]:
    path = tmp_path / "report.xml"
    path.write_text(str(fleet_report_page(rows, "junit", time=TIME, check_mode=check_mode)), encoding="utf-8")
    found = junitparser.JUnitXml.fromfile(str(path))
    (suite,) = found
    cases = list(suite)
    results = [result for case in cases for result in case.result]
    assert (found.tests, found.failures, found.errors) == (
        len(cases),
        sum(isinstance(result, junitparser.Failure) for result in results),
        sum(isinstance(result, junitparser.Error) for result in results),
    )
    return cases


def test_one_test_case_a_site(tmp_path: pathlib.Path) -> None:
    cases = {case.name: case for case in junit(tmp_path, ROWS, check_mode=True)}
    assert [*cases] == sorted(each["domain"] for each in ROWS)
    told = {name: [(type(each).__name__, each.type) for each in case.result] for name, case in cases.items()}
    assert told == {
        "fine.example": [],
        "waits.example": [],
        "changed.example": [("Failure", "drift")],
        "failed.example": [("Error", "rejected")],
        "stuck.example": [("Failure", "vendor_error")],
    }
    assert cases["changed.example"].result[0].text == "A run would do: modifyAddon, change A/CNAME."
    assert cases["failed.example"].result[0].text == "It was refused. Ask."
    assert "Waits for SiteLock to see the records." in str(cases["waits.example"].system_out)
    assert "Worth a look." in str(cases["fine.example"].system_out)


def test_what_a_run_has_changed_is_no_drift(tmp_path: pathlib.Path) -> None:
    (case,) = junit(tmp_path, [ROWS[2]], check_mode=False)
    assert case.result == []


@pytest.mark.parametrize("form", ["junit", "sarif"])
def test_texts_of_any_kind_are_valid(tmp_path: pathlib.Path, form: str) -> None:
    odd = '<b>&\x00\x1b\ud800\ufffe]]>"'
    rows = [row(f"odd{odd}.example", error={**ERROR, "message": odd}, notes=[odd])]
    if form == "junit":
        (case,) = junit(tmp_path, rows, check_mode=False)
        assert "<b>&" in case.result[0].text
    else:
        json.loads(str(fleet_report_page(rows, form, time=TIME)).encode("utf-8"))


def sarif(rows: list[dict[str, t.Any]], **more: t.Any) -> dict[str, t.Any]:
    document = json.loads(str(fleet_report_page(rows, "sarif", time=TIME, **more)))
    # What sarif-schema-2.1.0.json requires.
    assert {*document} == {"$schema", "version", "runs"}
    assert document["version"] == "2.1.0"
    (run,) = document["runs"]
    rules = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    assert len({*rules}) == len(rules)
    for result in run["results"]:
        assert result["ruleId"] in rules
        assert result["level"] in ("none", "note", "warning", "error")
        assert result["message"]["text"]
        (location,) = result["locations"]
        assert location["physicalLocation"]["region"]["startLine"] >= 1
    return t.cast("dict[str, t.Any]", run)


def test_a_result_for_each_site_that_does_not_pass() -> None:
    text = "sitelock_waf_sites:\n  - {domain: failed.example}\n  - domain: Changed.example.\n    ttl: 60\n"
    run = sarif(ROWS, check_mode=True, source="fleet/sites.yml", source_text=text)
    places = {
        result["partialFingerprints"]["site/v1"]: (
            result["ruleId"],
            result["level"],
            result["locations"][0]["physicalLocation"]["region"]["startLine"],
        )
        for result in run["results"]
    }
    assert places == {
        "site/changed.example/drift": ("drift", "warning", 3),
        "site/failed.example/rejected": ("rejected", "error", 2),
        "site/stuck.example/vendor_error": ("vendor_error", "error", 1),
    }
    uris = {result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for result in run["results"]}
    assert uris == {"fleet/sites.yml"}
    assert run["invocations"][0]["endTimeUtc"] == TIME


def test_a_text_is_no_link() -> None:
    odd = error("rejected", message="See [the page](https://evil.example) at C:\\x.", hint="")
    (result,) = sarif([row("a.example", error=odd)])["results"]
    assert r"See \[the page\](https://evil.example) at C:\\x." in result["message"]["text"]


def test_without_findings() -> None:
    assert sarif(ROWS[:2], check_mode=True)["results"] == []
