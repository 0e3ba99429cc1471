# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""From site entries and the API's answers to DNS records, as one neutral list for any DNS provider."""

from __future__ import annotations

import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._errors import BadResponseError, WebsecError
from ansible_collections.hosting.websec.plugins.module_utils._fleet.entries import Entry

Answer = t.Mapping[str, t.Any]
Record = dict[str, t.Any]

VERIFICATION_TTL = 300
"""Seconds. The record stands for a day or so, and its value changes every 30 days."""


def latest(answers: t.Sequence[Answer]) -> dict[int, Answer]:
    """The answer to use for each site, by site id: the last one in the list that is not a failure, else the first."""
    best: dict[int, Answer] = {}
    for answer in answers:
        known = best.get(answer["site_id"])
        if known is None or known["failed"] or not answer["failed"]:
            best[answer["site_id"]] = answer
    return best


def verification_records(entry: Entry, answer: Answer) -> list[Record]:
    """The TXT record with which the owner of a domain proves that it is theirs; empty when none is asked for.

    :raises BadResponseError: the API asks for a record that is not one of this site.
    """
    verify = answer["dns_ssl_verify"]
    if verify is None:
        return []
    name, kind, value = (str(verify[f"dns_record_{key}"]) for key in ("domain", "type", "value"))
    name = name.rstrip(".").lower()
    if kind.upper() != "TXT" or not _belongs(name, entry):
        raise BadResponseError(
            f"{entry['domain']}: the API asks for the record {name} {kind}, which is not a TXT record of this site.",
            hint="Nothing was changed in DNS. Check that site_id and domain of the entry belong together.",
        )
    record = _record(entry, name, "TXT", [value], VERIFICATION_TTL, mode="present")
    issuer, equals, _token = value.partition("=")
    if equals:
        record["replace_prefix"] = issuer + equals
    return [record]


def routing_records(entry: Entry, answer: Answer) -> list[Record]:
    """The records that send the traffic of a site to the CDN; empty while they must not be changed.

    A at the apex, with AAAA removed there, because it would lead past the firewall; CNAME at every other name.
    """
    if not routable(entry, answer):
        return []
    addresses, target = list(answer["dns_new_a"]), answer["dns_new_cname"]
    records = []
    cnames = list(entry["names"])
    if entry["apex"]:
        cnames.remove(entry["domain"])
        if addresses:
            records.append(_record(entry, entry["domain"], "A", addresses, entry["ttl"]))
            records.append(_record(entry, entry["domain"], "AAAA", [], entry["ttl"]))
    if target:
        records += [_record(entry, name, "CNAME", [target], entry["ttl"]) for name in cnames]
    return records


def routable(entry: Entry, answer: Answer) -> bool:
    """Whether A and CNAME of a site may point to the CDN now: the verdict of the module, unless the entry says that
    the site uses no SSL, or that it does."""
    if entry["ssl"] is False:
        return answer["state"] in ("pending-dns", "ready")
    if entry["ssl"] is True and answer["state"] == "pending-dns":
        ssl = answer["ssl"] or {}
        return ssl.get("cert_detected") is True and ssl.get("cert_installed") is True
    return bool(answer["routable"])


def fleet_records(
    entries: t.Sequence[Entry], answers: t.Sequence[Answer], records_of: t.Callable[[Entry, Answer], list[Record]]
) -> list[Record]:
    """The records of all sites that are to be protected and about which the API answered."""
    known = latest(answers)
    records: list[Record] = []
    for entry in entries:
        answer = known.get(entry["site_id"])
        if protects(entry) and answer is not None and not answer["failed"]:
            try:
                records += records_of(entry, answer)
            except WebsecError:
                continue  # Stands in the report of the site, which asks the same question.
    return records


def protects(entry: Entry) -> bool:
    """Whether the pass changes DNS for this entry."""
    return entry["error"] is None and entry["state"] == "present" and entry["zone"] is not None


def _belongs(name: str, entry: Entry) -> bool:
    return name in (entry["domain"], entry["zone"]) or name.endswith(f".{entry['domain']}")


def _record(entry: Entry, name: str, kind: str, values: list[str], ttl: int, *, mode: str = "exact") -> Record:
    return {
        "zone": entry["zone"],
        "name": name,
        "type": kind,
        "values": [str(value) for value in values],
        "ttl": ttl,
        "mode": mode,
    }
