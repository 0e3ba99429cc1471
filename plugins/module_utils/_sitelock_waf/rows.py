# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The report of a pass: one row per site with its states, steps, notes and error."""

from __future__ import annotations

import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._errors import (
    CHANGED_MEANWHILE,
    BadInputError,
    WebsecError,
)
from ansible_collections.hosting.websec.plugins.module_utils._next_pass import (
    CONTINUES,
    CROSSED,
    DEFERRED,
    WAITS_FOR_NEXT_PASS,
    waits_for_next_pass,
)
from ansible_collections.hosting.websec.plugins.module_utils._parsing import utc_text
from ansible_collections.hosting.websec.plugins.module_utils._run_context import DeferredError
from ansible_collections.hosting.websec.plugins.module_utils._sitelock_waf.entries import Entry
from ansible_collections.hosting.websec.plugins.module_utils._sitelock_waf.observation import Decision
from ansible_collections.hosting.websec.plugins.module_utils._sitelock_waf.records import (
    Record,
    SiteStatus,
    is_own_change,
    is_so,
)
from ansible_collections.hosting.websec.plugins.module_utils._sitelock_waf.sites import (
    Key,
    Result,
    Sites,
    as_error,
    by_key,
    key_of,
    tells,
)
from ansible_collections.hosting.websec.plugins.module_utils._state_record import from_values, record_name
from ansible_collections.hosting.websec.plugins.module_utils._texts import counted, listed, number

Row = dict[str, t.Any]


def rows_of(
    sites: Sites, changed: t.Sequence[Result], asked_again: t.Sequence[SiteStatus], origins: t.Sequence[Result]
) -> list[Row]:
    """One row per site, in the order of the site file.

    :param changed: the results of ``sites.records()``.
    :param asked_again: responses for ``sites.to_ask_again()``.
    :param origins: the results of ``sites.origin_records()``.
    """
    results, results_of_origins = by_key(changed), by_key(origins)
    later = {status["site_id"]: status for status in asked_again if tells(status)}
    return [_row(sites, entry, results, results_of_origins, later.get(entry["site_id"])) for entry in sites.entries]


def _row(
    sites: Sites,
    entry: Entry,
    results: t.Mapping[Key, Result],
    origins: t.Mapping[Key, Result],
    later: SiteStatus | None,
) -> Row:
    status = sites.status(entry)
    shown = later or status
    row: Row = {
        "domain": entry["domain"],
        "site_id": entry["site_id"],
        "state_before": None,
        "state": shown["state"] if shown else None,
        "since": None,
        "steps": [],
        "waiting_for": None,
        "notes": [],
        "changed": False,
        "error": None,
    }
    try:
        if entry["error"] is not None:
            raise as_error(entry["error"])
        row["notes"] += [
            f"{finding['message']} {finding['remedy']}"
            for finding in sites.findings(entry)
            if finding["severity"] != "blocks"
        ]
        _add_step(row, "change origin", [each for key, each in origins.items() if key[0] == entry["origin_name"]])
        if status is not None:
            # First what was sent: this stays true whatever could not be read afterwards.
            row.update(state_before=status.get("state_before", status["state"]))
            row["steps"] += status["actions"]
            row["changed"] = row["changed"] or status["changed"]
            row["error"] = row["error"] or status["error"]
            row["waiting_for"] = waits_for_next_pass(status) if status.get("deferred") else None
        observed = sites.observe(entry)
        findings = sites.blocking_findings(entry)
        if findings:
            raise BadInputError(
                " ".join(str(finding["message"]) for finding in findings),
                hint=" ".join(str(finding["remedy"]) for finding in findings),
                code=str(findings[0]["code"]),
            )
        decision = sites.decide(entry)
        if decision is not None and observed.status is not None:
            _add_decision(row, entry, decision, results)
            if later is not None and later["state"] != observed.status["state"]:
                row["waiting_for"] = CONTINUES
    except DeferredError as deferral:
        row["waiting_for"] = deferral.message
    except WebsecError as error:
        row["error"] = error.as_dict()
    if row["error"] is not None:
        row["error"] = {**row["error"], "domain": entry["domain"], "site_id": entry["site_id"]}
        row["waiting_for"] = None
    return row


def _add_decision(row: Row, entry: Entry, decision: Decision, results: t.Mapping[Key, Result]) -> None:
    for step, records in decision.steps:
        found = [(record, results.get(key_of(record), {})) for record in records]
        _add_step(row, step, [{**result, "changed": is_own_change(record, result)} for record, result in found])
    row["waiting_for"] = decision.waiting_for
    deferred = next(
        (result for record in decision.records if (result := results.get(key_of(record), {})).get("deferred")), None
    )
    if deferred is not None:
        row["waiting_for"] = waits_for_next_pass(deferred)
    elif any(_lost_race(results.get(key_of(record), {})) for record in decision.records) and not _done_by_others(
        entry, decision.records, results
    ):
        row["waiting_for"] = CROSSED
    row["since"] = utc_text(decision.since) if decision.since else None
    row["notes"] += decision.notes


def _add_step(row: Row, step: str, results: t.Sequence[Result]) -> None:
    if any(result.get("changed") for result in results):
        row["changed"] = True
        if step:
            row["steps"].append(step)
    failed = [result["error"] for result in results if result.get("failed") and not _lost_race(result)]
    if failed and row["error"] is None:
        row["error"] = failed[0]


def _lost_race(result: Result) -> bool:
    """Whether a record set was not changed because another writer changed it between read and update. The result then
    contains its current values."""
    return bool(result.get("failed")) and result["error"].get("code") == CHANGED_MEANWHILE


def _done_by_others(entry: Entry, records: t.Sequence[Record], results: t.Mapping[Key, Result]) -> bool:
    """Whether everything is as desired: an overlapping pass has done it."""
    return all(
        _same_state_record(entry, record, results.get(key_of(record), {}))
        if record["name"] == record_name(entry["domain"])
        else is_so(record, results.get(key_of(record), {}).get("values", ()))
        for record in records
    )


def _same_state_record(entry: Entry, record: Record, result: Result) -> bool:
    """Whether the state record now equals ``record``, except for the times."""
    try:
        wanted, there = (
            from_values(entry["domain"], entry["site_id"], [str(value) for value in values])
            for values in (record["values"], result.get("values", ()))
        )
    except WebsecError:
        return False
    return wanted is there or (wanted is not None and there is not None and wanted.says() == there.says())


def counts_of(rows: t.Sequence[Row]) -> dict[str, int]:
    """How many sites were changed, failed, wait, were deferred to the next pass, or have nothing to wait for."""
    failed = sum(1 for row in rows if row["error"])
    deferred = sum(1 for row in rows if is_deferred(row))
    waiting = sum(1 for row in rows if row["waiting_for"]) - deferred
    return {
        "sites": len(rows),
        "changed": sum(1 for row in rows if row["changed"]),
        "failed": failed,
        "waiting": waiting,
        "deferred": deferred,
        "settled": len(rows) - failed - waiting - deferred,
    }


def is_deferred(row: Row) -> bool:
    """Whether a site was not reached or not completed, without a failure."""
    waiting_for = str(row["waiting_for"])
    return waiting_for in WAITS_FOR_NEXT_PASS or waiting_for.startswith(DEFERRED)


def failure_text(rows: t.Sequence[Row]) -> str:
    """One text that names the sites that failed."""
    failed = [str(row["domain"] or "(no domain)") for row in rows if row["error"]]
    return (
        f"{number(len(failed))} of {counted(len(rows), 'site')} failed: {listed(failed)}. The rows of the report "
        "contain their errors."
    )
