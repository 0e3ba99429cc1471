# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a pass did for each site, and what each site waits for."""

from __future__ import annotations

import dataclasses
import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._errors import WebsecError
from ansible_collections.hosting.websec.plugins.module_utils._fleet.entries import Entry
from ansible_collections.hosting.websec.plugins.module_utils._fleet.records import (
    Answer,
    Record,
    latest,
    protects,
    routable,
    routing_records,
    verification_records,
)

Row = dict[str, t.Any]
RecordResults = t.Mapping[tuple[str, str], t.Mapping[str, t.Any]]

PUBLISH_TXT = "publish TXT"
ROUTE_TRAFFIC = "change A/CNAME"


@dataclasses.dataclass(frozen=True)
class DnsChanges:
    """Results of the role C(dns_records), by name and type of the record set."""

    verification: RecordResults
    routing: RecordResults

    @classmethod
    def from_results(
        cls, verification: t.Sequence[t.Mapping[str, t.Any]], routing: t.Sequence[t.Mapping[str, t.Any]]
    ) -> DnsChanges:
        """From the lists C(record_sets) of the two runs of the role."""
        return cls(_by_record(verification), _by_record(routing))


def _by_record(results: t.Sequence[t.Mapping[str, t.Any]]) -> RecordResults:
    return {_key(result): result for result in results}


def _key(record: t.Mapping[str, t.Any]) -> tuple[str, str]:
    return str(record["name"]).rstrip(".").lower(), str(record["type"]).upper()


def _of(records: t.Sequence[Record], results: RecordResults) -> list[t.Mapping[str, t.Any]]:
    """What became of the records of a site."""
    return [results[_key(record)] for record in records if _key(record) in results]


def sites_to_ask(entries: t.Sequence[Entry], answers: t.Sequence[Answer], dns: DnsChanges) -> list[int]:
    """The sites for which asking once more in this pass can bring something new: those whose TXT record was changed."""
    known = latest(answers)
    asked = []
    for entry in entries:
        answer = known.get(entry["site_id"])
        if protects(entry) and answer is not None and not answer["failed"]:
            try:
                published = _of(verification_records(entry, answer), dns.verification)
            except WebsecError:
                continue  # Stands in the report of the site, which asks the same question.
            if any(result["changed"] for result in published):
                asked.append(entry["site_id"])
    return asked


def report(entries: t.Sequence[Entry], answers: t.Sequence[Answer], dns: DnsChanges) -> list[Row]:
    """One row a site, in the order of the site file.

    :param answers: all answers of the pass: first those that say what was done, then those of asking again.
    """
    last = latest(answers)
    first = {answer["site_id"]: answer for answer in reversed(answers)}
    return [_row(entry, first.get(entry["site_id"]), last.get(entry["site_id"]), dns) for entry in entries]


def _row(entry: Entry, first: Answer | None, last: Answer | None, dns: DnsChanges) -> Row:
    row: Row = {
        "domain": entry["domain"],
        "site_id": entry["site_id"],
        "state_before": None,
        "state": None,
        "steps": [],
        "waiting_for": None,
        "changed": False,
        "error": entry["error"],
    }
    if entry["error"] is not None or first is None or last is None:
        return row
    row.update(state_before=first["state_before"], state=last["state"], steps=list(first["actions"]))
    row.update(changed=first["changed"], error=first["error"])
    if protects(entry) and row["error"] is None:
        try:
            _add_step(row, PUBLISH_TXT, _of(verification_records(entry, first), dns.verification))
            _add_step(row, ROUTE_TRAFFIC, _of(routing_records(entry, last), dns.routing))
        except WebsecError as error:
            row["error"] = error.as_dict()
    if row["error"] is None:
        row["waiting_for"] = _waiting_for(entry, last)
    else:
        row["error"] = {**row["error"], "domain": entry["domain"], "site_id": entry["site_id"]}
    return row


def _add_step(row: Row, step: str, results: t.Sequence[t.Mapping[str, t.Any]]) -> None:
    if any(result["changed"] for result in results):
        row["steps"].append(step)
        row["changed"] = True
    failed = [result["error"] for result in results if result["failed"]]
    if failed and row["error"] is None:
        row["error"] = failed[0]


def _waiting_for(entry: Entry, answer: Answer) -> str | None:
    state = answer["state"]
    if entry["state"] == "absent":
        return None
    if state == "absent":
        return "the order, which check mode does not send"
    if state == "pending-domain-validation":
        return "the certificate authority to see the TXT record (up to 24 h)"
    if state == "pending-retry":
        return "SiteLock, which tries again every 6 h"
    if state == "error":
        told = f": {answer['message']}" if answer["message"] else ""
        return f"a person: SiteLock reports an error that it cannot solve by itself{told}"
    if state == "pending-dns":
        if not routable(entry, answer):
            return "the certificate at the CDN"
        if not routing_records(entry, answer):
            return "the addresses of the CDN, which the API did not give"
        return "SiteLock to see the A/CNAME records (up to 24 h)"
    return None
