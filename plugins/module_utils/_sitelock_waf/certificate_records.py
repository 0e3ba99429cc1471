# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the state records say about the certificates of sites, and their change after a call."""

from __future__ import annotations

import dataclasses
import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._dns.reading import parse_questions
from ansible_collections.hosting.websec.plugins.module_utils._errors import BadInputError, WebsecError
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.sections.entries import SiteEntry
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.sections.given import Recorded
from ansible_collections.hosting.websec.plugins.module_utils._sitelock_waf.dns import SiteDns
from ansible_collections.hosting.websec.plugins.module_utils._sitelock_waf.records import (
    STATE_RECORD_TTL,
    record_set,
)
from ansible_collections.hosting.websec.plugins.module_utils._state_record import (
    StateRecord,
    from_values,
    record_name,
    to_text,
)
from ansible_collections.hosting.websec.plugins.module_utils._texts import joined, listed

SSL, CERTIFICATE = "ssl", "certificate"
SECTIONS = (SSL, CERTIFICATE)
"""Sections that look at the certificate of a site."""
KEYS = ("zone", "dns", "dns_accept")
"""Keys of a site entry that say where its state record is."""

Row = dict[str, t.Any]


@dataclasses.dataclass(frozen=True)
class _Found:
    """The state record of a site, with its text in DNS."""

    site: dict[str, t.Any]
    state_record: StateRecord
    text: str


class CertificateRecords:
    """The state records of the sites of a task that have a section about their certificate.

    A site without a state record, or one whose record cannot be read, is as one about which nothing is known.

    :param warn: receives the text of each warning.
    """

    def __init__(self, dns: SiteDns, *, warn: t.Callable[[str], None]) -> None:
        self._dns = dns
        self._warn = warn
        self._found: dict[str, _Found] = {}

    def recall(self, entries: t.Iterable[SiteEntry]) -> None:
        """Complete the entries with what their state records say. Two DNS queries each, one with C(zone)."""
        asked = [(entry, site) for entry in entries if needs_record(entry) and (site := _site(entry))]
        problems: list[tuple[SiteEntry, str]] = []
        without_zone = [(entry, site) for entry, site in asked if not site["zone"]]
        zones = self._dns.zones([site for _entry, site in without_zone]) if without_zone else ()
        for (entry, site), result in zip(without_zone, zones):
            if result["failed"]:
                problems.append((entry, result["error"]["message"]))
            site["zone"] = result["zone"]
        known = [(entry, site) for entry, site in asked if site["zone"]]
        for (entry, site), result in zip(known, self._dns.read([_question(site) for _entry, site in known])):
            try:
                if result["failed"] or result.get("deferred"):
                    problems.append((entry, (result["error"] or {}).get("message", "there was no time left")))
                    continue
                state_record = from_values(site["domain"], entry.site_id, result["values"])
            except WebsecError as error:
                problems.append((entry, error.message))
                continue
            if state_record is not None:
                self._found[site["domain"]] = _Found(site, state_record, result["values"][0])
                entry.recorded = _recorded(state_record)
        for entry, message in problems:
            entry.recorded = Recorded(problem=message)
        if problems:
            names = listed([entry.domain for entry, _message in problems if entry.domain], 5)
            self._warn(
                f"The state records of {names} could not be read, so the certificate that was uploaded last, the "
                f"address of the CDN, and whether SSL was switched on are unknown. The first error: {problems[0][1]}"
            )

    def note(self, rows: t.Iterable[Row]) -> None:
        """Write what was uploaded, removed, and switched on or off into the state records. What fails is told in
        C(needs_person) of the row."""
        changed: dict[str, Row] = {}
        records = []
        for row in rows:
            found = self._found.get(row["domain"] or "")
            if found is None:
                continue
            text = to_text(_after(found.state_record, row))
            if text == found.text:
                continue
            name = record_name(row["domain"])
            changed[name] = row
            expected = {"TXT": [found.text]}
            records.append(record_set(found.site, name, "TXT", [text], STATE_RECORD_TTL, expected=expected))
        results = {_name(result): result for result in self._dns.change(records)["record_sets"]}
        for name, row in changed.items():
            result = results[name]
            if result["failed"] or result.get("deferred"):
                reason = result["error"]["message"] if result["failed"] else "there was no time left"
                sections = joined(section for section in SECTIONS if section in row["changed_sections"])
                row["needs_person"].append(
                    f"{sections}: the state record could not be written: {reason.rstrip('.')}. The next run may not "
                    "know what was sent."
                )


def _name(result: Row) -> str:
    """Of a record set: refused ones come last, so their order is not that of what was given."""
    return str(result["name"]).rstrip(".").lower()


def _after(state_record: StateRecord, row: Row) -> StateRecord:
    """The state record after what was done at its site. C(disableWafSSL) removes the certificate as well."""
    changed, details = row["changed_sections"], row["details"]
    if SSL in changed:
        requested = details.get(SSL, {}).get("requested")
        state_record = dataclasses.replace(
            state_record, ssl=requested, certificate=state_record.certificate if requested else None
        )
    if CERTIFICATE in changed:
        state_record = dataclasses.replace(state_record, certificate=details.get(CERTIFICATE, {}).get("fingerprint"))
    return state_record


def needs_record(entry: SiteEntry) -> bool:
    """Whether the state record of a site is needed."""
    return entry.error is None and entry.domain is not None and any(entry.values.get(name) for name in SECTIONS)


def _site(entry: SiteEntry) -> dict[str, t.Any] | None:
    """An entry as a pass has it, as far as it is needed for DNS. What is wrong in it is the error of the entry."""
    site = {"domain": entry.domain, **{key: entry.values.get(key) for key in KEYS}}
    try:
        for key in KEYS:
            if site[key] is not None and not isinstance(site[key], str):
                raise BadInputError(f"{entry.name}: {key} is not a text.")
        if site["zone"]:
            parse_questions([_question(site)])
    except BadInputError as error:
        start = "" if error.message.startswith(entry.name) else f"{entry.name}: "
        entry.error = BadInputError(f"{start}{error.message}", hint="Correct the entry.")
        return None
    return site


def _question(site: t.Mapping[str, t.Any]) -> Row:
    return {
        "zone": site["zone"],
        "name": record_name(site["domain"]),
        "type": "TXT",
        "dns": site["dns"],
        "every_server": False,
    }


def _recorded(state_record: StateRecord) -> Recorded:
    target = state_record.target
    return Recorded(
        target.dns_new_a if target else (),
        target.dns_new_cname if target else None,
        state_record.certificate or "",
        state_record.ssl or "",
    )
