# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A pass over a fleet: what to read, order, ask and change at each of its steps, and the report at its end.

Everything is a function of the site entries and of what the tasks before returned, so a pass can be followed by its
results alone.
"""

from __future__ import annotations

import datetime
import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._bugs import unexpected_as_bug
from ansible_collections.hosting.websec.plugins.module_utils._errors import (
    CHANGED_MEANWHILE,
    BadInputError,
    WebsecError,
)
from ansible_collections.hosting.websec.plugins.module_utils._run_context import DeferredError
from ansible_collections.hosting.websec.plugins.module_utils._sitelock_waf.decision import (
    PUBLISH_TXT,
    Decision,
    SiteObservation,
    begins_to_end,
    decide,
    may_delete,
    needs_present,
)
from ansible_collections.hosting.websec.plugins.module_utils._sitelock_waf.entries import (
    Entry,
    addon_options,
    without_zone,
)
from ansible_collections.hosting.websec.plugins.module_utils._sitelock_waf.records import (
    Record,
    SiteStatus,
    is_so,
    record_set,
)
from ansible_collections.hosting.websec.plugins.module_utils._sitelock_waf.situation import ABSENT
from ansible_collections.hosting.websec.plugins.module_utils._sitelock_waf.state_record import (
    TYPES,
    RecordSet,
    from_values,
    record_name,
)
from ansible_collections.hosting.websec.plugins.module_utils._texts import named_site

Result = t.Mapping[str, t.Any]
Row = dict[str, t.Any]
Key = tuple[str, str]

TIME_OVER = "the next pass (the time of this one was over)"
CROSSED = "the next pass (somebody else changed its DNS records during this one)"
WAITS_FOR_NEXT_PASS = (TIME_OVER, CROSSED)
"""What a site waits for that was not done to its end and has not failed."""
DEFERRED = "the next pass, deferred: "
"""Beginning of what a site waits for for which nothing was sent; the reason, which holds for all, follows."""


def waits_for_next_pass(result: Result) -> str:
    """What a site waits for whose part of a task was deferred."""
    reason = result.get("deferred_reason")
    return f"{DEFERRED}{reason}" if reason else TIME_OVER


class Fleet:
    """The sites of a pass, with everything that is known of them so far."""

    def __init__(
        self,
        entries: t.Sequence[Entry],
        *,
        now: datetime.datetime,
        read: t.Sequence[Result] = (),
        preflight: t.Sequence[Result] = (),
        statuses: t.Sequence[Result] = (),
    ) -> None:
        """
        :param entries: as ``entries.prepare`` returns them.
        :param now: time of the pass, UTC.
        :param read: results of M(hosting.websec.dns_record_sets_info); of the same set the last one counts.
        :param preflight: results of M(hosting.websec.sitelock_waf_preflight).
        :param statuses: results of M(hosting.websec.sitelock_waf_addons) and M(hosting.websec.sitelock_anp_status).
        """
        self._entries = entries
        self._now = now
        self._read = {_key(result): result for result in read}
        self._preflight = {str(result["domain"]): result for result in preflight}
        self._statuses = {status["site_id"]: status for status in reversed(statuses)}

    # What the tasks of a pass are given, in the order of the pass.

    def state_records_to_read(self) -> list[Record]:
        """Record sets to read first: all state records, and where the traffic of the sites goes that are to end."""
        reads = []
        for entry in self._entries:
            if entry["error"] is None:
                reads.append(_to_read(entry, record_name(entry["domain"]), "TXT"))
                if entry["state"] == ABSENT:
                    reads += [{**read, "every_server": True} for read in _names_to_read(entry)]
        return reads

    def to_preflight(self) -> list[Entry]:
        """Entries of sites that were never touched: they are looked at before the first write."""
        return [
            entry for entry, observed in self._known() if entry["state"] != ABSENT and observed.state_record is None
        ]

    def origin_records(self) -> list[Record]:
        """Records of the origins that have a name of their own; the vendor follows the name."""
        return [
            record_set(entry, entry["origin_name"], kind, addresses, entry["ttl"])
            for entry, _observed in self._known()
            if entry["state"] != ABSENT and entry["origin_name"] is not None and not self._blocked(entry)
            for kind, addresses in entry["origin_addresses"].items()
        ]

    def without_zone(self) -> list[str]:
        """Domains whose zone has to be looked up, before anything else."""
        return without_zone(self._entries)

    def to_order(self) -> list[dict[str, t.Any]]:
        """Sites for M(hosting.websec.sitelock_waf_addons): all that stay, and those that may be deleted now."""
        sites = []
        for entry, observed in self._known():
            if entry["state"] != ABSENT and not self._blocked(entry):
                sites.append(addon_options(entry))
            elif may_delete(entry, observed, self._now):
                # It may be deleted, so its state record says that its end began: it counted towards the limits then.
                ends = {"state": ABSENT, "force": True, "end_begun": True}
                sites.append({"site_id": entry["site_id"], "domain": entry["domain"], **ends})
        return sites

    def to_ask(self) -> list[int]:
        """Sites that are to end and cannot be deleted yet: only their state is read."""
        return [
            entry["site_id"]
            for entry, observed in self._known()
            if entry["state"] == ABSENT and not may_delete(entry, observed, self._now)
        ]

    def to_release(self) -> list[str]:
        """Names of the sites whose end begins in this pass: their traffic is taken back, and a later pass deletes their
        service. Needs the answers for ``to_ask()``: without a service there is no end.
        """
        return [
            named_site(entry["site_id"], entry["domain"])
            for entry, observed in self._known()
            if begins_to_end(entry, observed) and self._decision_unless_refused(entry, observed) is not None
        ]

    def present_to_read(self) -> list[Record]:
        """Record sets that are about to be changed for the first time."""
        return [
            read
            for entry, observed in self._known()
            if observed.present is None and needs_present(entry, observed)
            for read in _names_to_read(entry)
        ]

    def records(self) -> list[Record]:
        """All changes in DNS."""
        records = [record for _entry, decision in self._decisions() for record in decision.records]
        groups: dict[Key, set[str]] = {}
        for record in records:
            groups.setdefault(_key(record), set()).add(record["group"])
        # Where two sites have their TXT values in one set, neither of them is stale.
        return [
            {key: value for key, value in record.items() if key != "replace_prefix" or len(groups[_key(record)]) == 1}
            for record in records
        ]

    def to_ask_again(self, record_sets: t.Sequence[Result]) -> list[int]:
        """Sites whose TXT record is new: asking for them makes SiteLock start the validation.

        :param record_sets: what became of ``records()``.
        """
        results = {_key(result): result for result in record_sets}
        return [
            entry["site_id"]
            for entry, decision in self._decisions()
            for step, records in decision.steps
            if step == PUBLISH_TXT and any(_of(results, record).get("changed") for record in records)
        ]

    def report(
        self, record_sets: t.Sequence[Result], asked_again: t.Sequence[SiteStatus], origins: t.Sequence[Result] = ()
    ) -> list[Row]:
        """One row a site, in the order of the site file.

        :param record_sets: what became of ``records()``.
        :param asked_again: statuses for ``to_ask_again()``.
        :param origins: what became of ``origin_records()``.
        """
        results = {_key(result): result for result in record_sets}
        results_of_origins = {_key(result): result for result in origins}
        later = {status["site_id"]: status for status in asked_again if _tells(status)}
        return [self._row(entry, results, results_of_origins, later.get(entry["site_id"])) for entry in self._entries]

    def _known(self) -> t.Iterator[tuple[Entry, SiteObservation]]:
        """The sites that are not refused; the others stand in the report, which asks the same questions."""
        for entry in self._entries:
            observed = self._observed_unless_refused(entry)
            if observed is not None:
                yield entry, observed

    def _decisions(self) -> t.Iterator[tuple[Entry, Decision]]:
        for entry, observed in self._known():
            decision = self._decision_unless_refused(entry, observed)
            if decision is not None:
                yield entry, decision

    def _observed_unless_refused(self, entry: Entry) -> SiteObservation | None:
        try:
            return self._observed(entry)
        except WebsecError:
            return None

    def _decision_unless_refused(self, entry: Entry, observed: SiteObservation) -> Decision | None:
        try:
            return decide(entry, observed, self._now) if observed.status is not None else None
        except WebsecError:
            return None

    @unexpected_as_bug()
    def _observed(self, entry: Entry) -> SiteObservation:
        """What is known of a site. Raises the ``WebsecError`` because of which it is left alone."""
        if entry["error"] is not None:
            raise _as_error(entry["error"])
        if self._preflight.get(entry["domain"], {}).get("deferred"):
            raise DeferredError(waits_for_next_pass(self._preflight[entry["domain"]]))
        record = self._read_result((record_name(entry["domain"]), "TXT"))
        values = [str(value) for value in record["values"]] if record is not None else []
        status = self._statuses.get(entry["site_id"])
        sets = {(name, kind): self._read_result((name, kind)) for name in entry["names"] for kind in TYPES}
        complete = all(result is not None for result in sets.values())
        return SiteObservation(
            state_record=from_values(entry["domain"], entry["site_id"], values),
            state_record_text=values[0] if values else None,
            status=status if status is not None and _tells(status) else None,
            present={
                name: {
                    kind: RecordSet(int(result["ttl"]), tuple(map(str, result["values"])))
                    for kind in TYPES
                    if (result := sets[name, kind]) is not None and result["values"]
                }
                for name in entry["names"]
            }
            if complete and sets
            else None,
            everywhere=all(result is not None and result["everywhere"] is True for result in sets.values()),
        )

    def _read_result(self, key: Key) -> Result | None:
        result = self._read.get(key)
        if result is not None and result.get("deferred"):
            raise DeferredError(waits_for_next_pass(result))
        if result is not None and result["failed"]:
            raise _as_error(result["error"])
        return result

    def _blocked(self, entry: Entry) -> list[t.Mapping[str, t.Any]]:
        """What the preflight found that makes an order pointless."""
        looked = self._preflight.get(entry["domain"])
        return [finding for finding in looked["findings"] if finding["severity"] == "blocks"] if looked else []

    def _row(
        self, entry: Entry, results: t.Mapping[Key, Result], origins: t.Mapping[Key, Result], later: SiteStatus | None
    ) -> Row:
        status = self._statuses.get(entry["site_id"])
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
                raise _as_error(entry["error"])
            row["notes"] += [
                f"{finding['message']} {finding['remedy']}"
                for finding in self._preflight.get(entry["domain"], {}).get("findings", ())
                if finding["severity"] != "blocks"
            ]
            _add_step(row, "change origin", [each for key, each in origins.items() if key[0] == entry["origin_name"]])
            if status is not None:
                # First what was sent: it is so whatever could not be read afterwards.
                row.update(state_before=status.get("state_before", status["state"]))
                row["steps"] += status["actions"]
                row["changed"] = row["changed"] or status["changed"]
                row["error"] = row["error"] or status["error"]
                row["waiting_for"] = waits_for_next_pass(status) if status.get("deferred") else None
            observed = self._observed(entry)
            findings = self._blocked(entry)
            if findings:
                raise BadInputError(
                    " ".join(str(finding["message"]) for finding in findings),
                    hint=" ".join(str(finding["remedy"]) for finding in findings),
                    code=str(findings[0]["code"]),
                )
            if observed.status is not None:
                self._add_decision(row, entry, decide(entry, observed, self._now), results)
                if later is not None and later["state"] != observed.status["state"]:
                    row["waiting_for"] = "the next pass, which goes on from here"
        except DeferredError as deferral:
            row["waiting_for"] = deferral.message
        except WebsecError as error:
            row["error"] = error.as_dict()
        if row["error"] is not None:
            row["error"] = {**row["error"], "domain": entry["domain"], "site_id": entry["site_id"]}
            row["waiting_for"] = None
        return row

    @staticmethod
    def _add_decision(row: Row, entry: Entry, decision: Decision, results: t.Mapping[Key, Result]) -> None:
        for step, records in decision.steps:
            _add_step(row, step, [_of(results, record) for record in records])
        row["waiting_for"] = decision.waiting_for
        deferred = next(
            (result for record in decision.records if (result := _of(results, record)).get("deferred")), None
        )
        if deferred is not None:
            row["waiting_for"] = waits_for_next_pass(deferred)
        elif any(_lost_race(_of(results, record)) for record in decision.records) and not _done_by_others(
            entry, decision.records, results
        ):
            row["waiting_for"] = CROSSED
        row["since"] = f"{decision.since:%Y-%m-%dT%H:%M:%SZ}" if decision.since else None
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
    """Whether a record set was left alone because somebody else changed it between reading and update. The result then
    tells what is there now."""
    return bool(result.get("failed")) and result["error"].get("code") == CHANGED_MEANWHILE


def _done_by_others(entry: Entry, records: t.Sequence[Record], results: t.Mapping[Key, Result]) -> bool:
    """Whether everything is as it was to become: another pass, which met this one, has done it."""
    return all(
        _same_state_record(entry, record, _of(results, record))
        if record["name"] == record_name(entry["domain"])
        else is_so(record, _of(results, record).get("values", ()))
        for record in records
    )


def _same_state_record(entry: Entry, record: Record, result: Result) -> bool:
    """Whether the state record now says the same as ``record``, but for the times."""
    try:
        wanted, there = (
            from_values(entry["domain"], entry["site_id"], [str(value) for value in values])
            for values in (record["values"], result.get("values", ()))
        )
    except WebsecError:
        return False
    return wanted is there or (wanted is not None and there is not None and wanted.says() == there.says())


def _tells(status: SiteStatus) -> bool:
    """Whether a status tells what is so now."""
    return not status["failed"] and not status.get("deferred")


def _key(result: Result) -> Key:
    return str(result["name"]).rstrip(".").lower(), str(result["type"]).upper()


def _of(results: t.Mapping[Key, Result], record: Record) -> Result:
    return results.get(_key(record), {})


def _to_read(entry: Entry, name: str, kind: str) -> Record:
    return {"zone": entry["zone"], "name": name, "type": kind}


def _names_to_read(entry: Entry) -> list[Record]:
    return [_to_read(entry, name, kind) for name in entry["names"] for kind in TYPES]


class _ReportedError(WebsecError):
    """An error that came as the result of a task, to be reported again as it is."""

    def __init__(self, details: t.Mapping[str, t.Any]) -> None:
        super().__init__(str(details["message"]), hint=str(details["hint"] or ""))
        self._details = dict(details)

    def as_dict(self, **subject: t.Any) -> dict[str, t.Any]:
        return {**self._details, **subject}


def _as_error(details: t.Mapping[str, t.Any]) -> WebsecError:
    if details["kind"] == DeferredError.kind:
        return DeferredError(waits_for_next_pass({"deferred_reason": details["message"]}))
    return _ReportedError(details)
