# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The sites of a pass and what is known about them: what to read, order and change at each step.

Everything is a function of the site entries and of the results so far. No I/O, no clock.
"""

from __future__ import annotations

import datetime
import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._bugs import unexpected_as_bug
from ansible_collections.hosting.websec.plugins.module_utils._errors import (
    BadInputError,
    ReportedError,
    WebsecError,
)
from ansible_collections.hosting.websec.plugins.module_utils._next_pass import waits_for_next_pass
from ansible_collections.hosting.websec.plugins.module_utils._run_context import DeferredError
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.addon import DesiredAddon
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.lookups import DomainOwner, no_site_id
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.status import ABSENT
from ansible_collections.hosting.websec.plugins.module_utils._sitelock_waf.decision import decide, needs_present
from ansible_collections.hosting.websec.plugins.module_utils._sitelock_waf.entries import (
    Entry,
    desired_addon,
    refuse,
    refuse_shared_site_ids,
)
from ansible_collections.hosting.websec.plugins.module_utils._sitelock_waf.observation import (
    PUBLISH_TXT,
    Decision,
    SiteObservation,
)
from ansible_collections.hosting.websec.plugins.module_utils._sitelock_waf.offboarding import begins_to_end, may_delete
from ansible_collections.hosting.websec.plugins.module_utils._sitelock_waf.origin_record import (
    in_the_way,
    origin_records,
)
from ansible_collections.hosting.websec.plugins.module_utils._sitelock_waf.records import (
    Record,
    SiteStatus,
    is_own_change,
)
from ansible_collections.hosting.websec.plugins.module_utils._state_record import (
    TYPES,
    RecordSet,
    StateRecord,
    from_values,
    record_name,
)
from ansible_collections.hosting.websec.plugins.module_utils._texts import named_site

Result = t.Mapping[str, t.Any]
Key = tuple[str, str]
"""Name in lower case without the trailing dot, and type."""


class Sites:
    """The sites of a pass, with everything that is known about them so far."""

    def __init__(self, entries: t.Sequence[Entry], *, now: datetime.datetime) -> None:
        """
        :param entries: as ``entries.prepare`` returns them.
        :param now: time of the pass, UTC.
        """
        self.entries = entries
        self._now = now
        self._read: dict[Key, Result] = {}
        self._preflight: dict[str, Result] = {}
        self._owners: dict[str, DomainOwner | WebsecError | None] = {}
        self._statuses: dict[int, SiteStatus] = {}
        self._state_records: dict[tuple[str, ...], StateRecord | None] = {}
        self._observed: dict[int, SiteObservation | WebsecError] = {}
        self._decided: dict[int, Decision | WebsecError | None] = {}
        self._origins: set[str] = set()
        self._without_origin: dict[int, WebsecError] = {}
        self._shared: dict[Key, dict[str, set[str]]] | None = None

    # Results of reads

    def set_now(self, now: datetime.datetime) -> None:
        """Set the time of the following decisions, UTC."""
        self._now = now

    def add_read(self, results: t.Iterable[Result]) -> None:
        """Record sets, as M(hosting.websec.dns_record_sets_info) returns them; for the same set the last one counts."""
        self._read.update((key_of(result), result) for result in results)
        self._forget()

    def add_origins(self, results: t.Sequence[Result]) -> None:
        """What became of ``origin_records()``: a site whose origin has no address is left alone."""
        done = by_key(results)
        for entry, _observed in self._with_origin():
            found = [result for kind in TYPES if (result := done.get((entry["origin_name"], kind))) is not None]
            failed = next((each for each in found if each["failed"] or each.get("deferred")), None)
            if failed is not None:
                self._without_origin[entry["site_id"]] = (
                    in_the_way(entry, failed["error"]) or as_error(failed["error"])
                    if failed["failed"]
                    else DeferredError(waits_for_next_pass(failed))
                )
            elif found:
                self._origins.add(entry["origin_name"])
        self._forget()

    def add_site_ids(self, given: t.Mapping[str, int]) -> None:
        """Complete entries without C(site_id): by their domain in C(given), else by the state record in the zone."""
        for entry in self._without_site_id():
            entry["site_id"] = given.get(entry["domain"]) or self._recorded_site_id(entry)
        refuse_shared_site_ids(self.entries)

    def add_owners(self, owners: t.Mapping[str, DomainOwner | WebsecError | None]) -> None:
        """Complete the entries of these domains by who has them at SiteLock, or why that is not known."""
        self._owners.update(owners)
        for entry in self._without_site_id():
            owner = self._owners.get(entry["domain"])
            if isinstance(owner, DomainOwner) and owner.site_id is not None:
                entry["site_id"] = owner.site_id
                refuse(entry, _of_another_account(entry, owner))
                entry["account_id"] = entry["account_id"] or owner.account_id
        refuse_shared_site_ids(self.entries)
        self._forget()

    def add_preflight(self, results: t.Iterable[Result]) -> None:
        """Results of M(hosting.websec.sitelock_waf_preflight)."""
        self._preflight.update((str(result["domain"]), result) for result in results)
        self._forget()

    def add_statuses(self, results: t.Iterable[SiteStatus]) -> None:
        """Results of M(hosting.websec.sitelock_waf_addons) and M(hosting.websec.sitelock_anp_status)."""
        self._statuses.update((result["site_id"], result) for result in results)
        self._forget()

    def _forget(self) -> None:
        """Discard the cached decisions."""
        self._observed, self._decided, self._shared = {}, {}, None

    # The work of the steps of a pass, in their order

    def state_records_to_read(self) -> list[Record]:
        """Record sets to read first: the state record of every site, and the current records of those with
        C(state=absent)."""
        reads = []
        for entry in self.entries:
            if entry["error"] is None:
                reads.append(_to_read(entry, record_name(entry["domain"]), "TXT"))
                if entry["state"] == ABSENT:
                    reads += [{**read, "every_server": True} for read in _names_to_read(entry)]
        return reads

    def to_look_up(self) -> list[str]:
        """Domains of sites whose number is not known."""
        return [entry["domain"] for entry in self._without_site_id()]

    def to_preflight(self) -> list[Entry]:
        """Entries of sites without a state record: they are checked before the first write."""
        return [
            entry for entry, observed in self._known() if entry["state"] != ABSENT and observed.state_record is None
        ]

    def origin_records(self) -> list[Record]:
        """Records of the origins with their own name; the vendor follows the name."""
        return [
            record
            for entry, observed in self._with_origin()
            for record in origin_records(entry, ours=observed.origin == entry["origin_name"])
        ]

    def _with_origin(self) -> list[tuple[Entry, SiteObservation]]:
        return [
            (entry, observed)
            for entry, observed in self._known()
            if entry["state"] != ABSENT and entry["origin_name"] is not None and not self.blocking_findings(entry)
        ]

    def refused_by_origin(self, addon: DesiredAddon) -> WebsecError | None:
        """Why nothing is sent to the vendor for a site: the name that it would follow does not have its address."""
        return self._without_origin.get(addon.site_id)

    def to_order(self) -> list[DesiredAddon]:
        """The add-ons of all sites with C(state=present), and of those that may be deleted now."""
        addons = []
        for entry, observed in self._known():
            if entry["state"] != ABSENT and not self.blocking_findings(entry):
                addons.append(desired_addon(entry))
            elif may_delete(entry, observed, self._now):
                # It may be deleted, so its state record has the beginning of its end, which counted towards the limits.
                site_id, domain = entry["site_id"], entry["domain"]
                addons.append(DesiredAddon(site_id, state=ABSENT, force=True, domain=domain, end_begun=True))
        return addons

    def to_ask(self) -> list[int]:
        """Sites with C(state=absent) that cannot be deleted yet: only their state is read."""
        return [
            entry["site_id"]
            for entry, observed in self._known()
            if entry["state"] == ABSENT and not may_delete(entry, observed, self._now)
        ]

    def to_release(self) -> list[str]:
        """Names of the sites whose end begins in this pass: it restores their records, and a later pass deletes their
        service. Requires the states of ``to_ask()``: without a service there is no end."""
        return [
            named_site(entry["site_id"], entry["domain"])
            for entry, _decision in self._decisions()
            if begins_to_end(entry, self.observe(entry))
        ]

    def present_to_read(self) -> list[Record]:
        """Record sets that are about to be changed for the first time."""
        return [
            read
            for entry, observed in self._known()
            if observed.present is None and needs_present(entry, observed)
            for read in _names_to_read(entry)
        ]

    def portions(self, zones: int) -> t.Iterator[list[Entry]]:
        """All sites, in parts with this number of zones; the sites of one zone stay together."""
        by_zone: dict[str | None, list[Entry]] = {}
        for entry in self.entries:
            by_zone.setdefault(entry["zone"], []).append(entry)
        groups = list(by_zone.values())
        for start in range(0, len(groups), zones):
            yield [entry for group in groups[start : start + zones] for entry in group]

    def records(self, entries: t.Sequence[Entry] | None = None) -> list[Record]:
        """The changes in DNS for these sites (``None``: for all), decided now."""
        entries = self.entries if entries is None else entries
        shared = self._shared_sets()
        for entry in entries:
            self._decided.pop(id(entry), None)
        # If two sites have their TXT values in one set, neither value is stale.
        return [
            {key: value for key, value in record.items() if key != "replace_prefix" or key_of(record) not in shared}
            for _entry, decision in self._decisions(entries)
            for record in decision.records
            if not _is_needed(record, shared)
        ]

    def _shared_sets(self) -> dict[Key, dict[str, set[str]]]:
        """The record sets with values of more than one site: by site, its values."""
        if self._shared is None:
            groups: dict[Key, dict[str, set[str]]] = {}
            for _entry, decision in self._decisions():
                for record in decision.records:
                    values = groups.setdefault(key_of(record), {}).setdefault(record["group"], set())
                    values.update(record["values"] if record["mode"] != "absent" else ())
            self._shared = {key: sites for key, sites in groups.items() if len(sites) > 1}
        return self._shared

    def to_ask_again(self, changed: t.Sequence[Result]) -> list[int]:
        """Sites with a new TXT record: reading their state makes SiteLock start the validation.

        :param changed: the results of ``records()``.
        """
        results = by_key(changed)
        return [
            entry["site_id"]
            for entry, decision in self._decisions()
            for step, records in decision.steps
            if step == PUBLISH_TXT and any(is_own_change(record, results.get(key_of(record), {})) for record in records)
        ]

    # What is known about one site

    def status(self, entry: Entry) -> SiteStatus | None:
        """The last response of the API."""
        return self._statuses.get(entry["site_id"])

    def findings(self, entry: Entry) -> t.Sequence[t.Mapping[str, t.Any]]:
        """The findings of the preflight."""
        looked = self._preflight.get(entry["domain"])
        return looked["findings"] if looked else ()

    def blocking_findings(self, entry: Entry) -> list[t.Mapping[str, t.Any]]:
        """The findings of the preflight that block an order."""
        return [finding for finding in self.findings(entry) if finding["severity"] == "blocks"]

    def observe(self, entry: Entry) -> SiteObservation:
        """What is known about a site.

        :raises WebsecError: the reason why the site is not changed.
        """
        kept = self._observed.get(id(entry))
        if kept is None:
            try:
                kept = self._observe(entry)
            except WebsecError as error:
                kept = error
            self._observed[id(entry)] = kept
        if isinstance(kept, WebsecError):
            raise kept
        return kept

    def decide(self, entry: Entry) -> Decision | None:
        """What to change in DNS; ``None`` while the status is unknown.

        :raises WebsecError: this site requires manual action.
        """
        if id(entry) not in self._decided:
            found: Decision | WebsecError | None = None
            try:
                observed = self.observe(entry)
                if observed.status is not None:
                    found = decide(entry, observed, self._now)
            except WebsecError as error:
                found = error
            self._decided[id(entry)] = found
        kept = self._decided[id(entry)]
        if isinstance(kept, WebsecError):
            raise kept
        return kept

    def _without_site_id(self) -> list[Entry]:
        return [entry for entry in self.entries if entry["error"] is None and entry["site_id"] is None]

    def _recorded_site_id(self, entry: Entry) -> int | None:
        """The number in the state record. What is wrong with that record is told when the site is looked at."""
        try:
            result = self._read_result((record_name(entry["domain"]), "TXT"))
            record = self._state_record(entry, [str(value) for value in result["values"]]) if result else None
        except WebsecError:
            return None
        return record.site_id if record else None

    def _known(self) -> t.Iterator[tuple[Entry, SiteObservation]]:
        """The sites that are not refused; the report shows the others, with the same checks."""
        for entry in self.entries:
            try:
                observed = self.observe(entry)
            except WebsecError:
                continue
            yield entry, observed

    def _decisions(self, entries: t.Sequence[Entry] | None = None) -> t.Iterator[tuple[Entry, Decision]]:
        for entry in self.entries if entries is None else entries:
            try:
                decision = self.decide(entry)
            except WebsecError:
                continue
            if decision is not None:
                yield entry, decision

    @unexpected_as_bug()
    def _observe(self, entry: Entry) -> SiteObservation:
        if entry["error"] is not None:
            raise as_error(entry["error"])
        if entry["site_id"] is None:
            raise _no_site_id(entry, self._owners.get(entry["domain"]))
        looked: Result = self._preflight.get(entry["domain"], {})
        if looked.get("deferred"):
            raise DeferredError(waits_for_next_pass(looked))
        if looked.get("failed"):
            # It is unknown whether the site can be ordered.
            raise as_error(looked["error"])
        if entry["site_id"] in self._without_origin:
            raise self._without_origin[entry["site_id"]]
        read = self._read_result((record_name(entry["domain"]), "TXT"))
        values = [str(value) for value in read["values"]] if read is not None else []
        state_record = self._state_record(entry, values)
        status = self._statuses.get(entry["site_id"])
        sets = {(name, kind): self._read_result((name, kind)) for name in entry["names"] for kind in TYPES}
        complete = all(result is not None for result in sets.values())
        return SiteObservation(
            state_record=state_record,
            state_record_text=values[0] if values else None,
            status=status if status is not None and tells(status) else None,
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
            origin=self._origin(entry, state_record),
        )

    def _origin(self, entry: Entry, state_record: StateRecord | None) -> str | None:
        """The name of the origin, if its record was set by this pass or an earlier one."""
        name = t.cast("str | None", entry["origin_name"])
        saved = state_record.origin if state_record is not None else None
        return name if name is not None and (name in self._origins or name == saved) else None

    def _state_record(self, entry: Entry, values: t.Sequence[str]) -> StateRecord | None:
        # Parsed once per pass, and used at each step.
        key = (entry["domain"], *values)
        if key not in self._state_records:
            self._state_records[key] = from_values(entry["domain"], entry["site_id"], values)
        return self._state_records[key]

    def _read_result(self, key: Key) -> Result | None:
        result = self._read.get(key)
        if result is not None and result.get("deferred"):
            raise DeferredError(waits_for_next_pass(result))
        if result is not None and result["failed"]:
            raise as_error(result["error"])
        return result


def _of_another_account(entry: Entry, owner: DomainOwner) -> WebsecError | None:
    if entry["account_id"] in (None, owner.account_id):
        return None
    return BadInputError(
        f"{entry['domain']} belongs to account {owner.account_id} at SiteLock, but the entry has account "
        f"{entry['account_id']}.",
        hint="Correct account_id, or omit it.",
    )


def _no_site_id(entry: Entry, owner: DomainOwner | WebsecError | None) -> WebsecError:
    """Why a site without a number is left alone."""
    order = "Order the site with sitelock_accounts first, or set site_id."
    hint = "Remove the entry: there is nothing to end." if entry["state"] == ABSENT else order
    return no_site_id(entry["domain"], owner, hint=hint)


def key_of(result: Result) -> Key:
    return str(result["name"]).rstrip(".").lower(), str(result["type"]).upper()


def _is_needed(record: Record, shared: t.Mapping[Key, t.Mapping[str, set[str]]]) -> bool:
    """Whether a record removes values that another site publishes. They are removed with that site."""
    if record["mode"] != "absent":
        return False
    others = shared.get(key_of(record), {})
    return any(values & set(record["values"]) for site, values in others.items() if site != record["group"])


def by_key(results: t.Iterable[Result]) -> dict[Key, Result]:
    """Results of record sets by name and type."""
    return {key_of(result): result for result in results}


def tells(status: SiteStatus) -> bool:
    """Whether a response of the API reports the current state."""
    return not status["failed"] and not status.get("deferred")


def as_error(details: t.Mapping[str, t.Any]) -> WebsecError:
    """The error in an entry or a result, to be reported again unchanged."""
    if details["kind"] == DeferredError.kind:
        return DeferredError(waits_for_next_pass({"deferred_reason": details["message"]}))
    return ReportedError(details)


def _to_read(entry: Entry, name: str, kind: str) -> Record:
    return {"zone": entry["zone"], "name": name, "type": kind, "dns": entry["dns"], "every_server": False}


def _names_to_read(entry: Entry) -> list[Record]:
    return [_to_read(entry, name, kind) for name in entry["names"] for kind in TYPES]
