# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The same record sets in the same zones, changed by octoDNS as in scripts of its users, and by this collection."""

from __future__ import annotations

import json
import sys
import typing as t


def plain(work: dict[str, t.Any]) -> int:
    """One zone after the other: read it, put the record sets over a copy, apply the differences."""
    from octodns.provider.plan import Plan
    from octodns.record import Record
    from octodns.zone import Zone
    from octodns_powerdns import PowerDnsProvider

    provider = PowerDnsProvider("plain", **work["provider"])
    changed = 0
    for name, sets in work["wanted"].items():
        existing = Zone(f"{name}.", [])
        provider.populate(existing, target=True, lenient=True)
        desired = existing.copy()
        for host, (kind, value) in sets.items():
            record = Record.new(desired, host, {"type": kind, "ttl": 300, "value": value}, lenient=True)
            desired.add_record(record, replace=True, lenient=True)
        changes = existing.changes(desired, provider)
        if changes:
            provider.apply(Plan(existing, desired, changes, True))
            changed += len(changes)
    return changed


def ours(work: dict[str, t.Any]) -> int:
    from ansible_collections.hosting.websec.plugins.module_utils._dns.desired import parse_desired
    from ansible_collections.hosting.websec.plugins.module_utils._dns.providers.provider_set import open_providers

    provider = {"type": "octodns", "class": "octodns_powerdns.PowerDnsProvider", **work["provider"]}
    entries = [
        {"zone": zone, "name": f"{host}.{zone}", "type": kind, "ttl": 300, "values": [value]}
        for zone, sets in work["wanted"].items()
        for host, (kind, value) in sets.items()
    ]
    dns = {"providers": {"pdns": {**provider, "concurrency": work["concurrency"]}}, "accept": "best_effort"}
    with open_providers(dns, read_only=False, concurrency=work["concurrency"]) as providers:
        done = providers.change(parse_desired(entries))
    failed = [each["error"] for each in done["record_sets"] if each["failed"]]
    if failed:
        sys.exit(f"{len(failed)} failed: {failed[0]}")
    return sum(each["changed"] for each in done["record_sets"])


if __name__ == "__main__":
    given = json.load(sys.stdin)
    print({"plain": plain, "ours": ours}[given["side"]](given))
