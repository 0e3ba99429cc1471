# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The site file: the user's entries, checked and completed, each with its own error."""

from __future__ import annotations

import dataclasses
import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._addresses import find_address, unmapped
from ansible_collections.hosting.websec.plugins.module_utils._domain import normalise_domain
from ansible_collections.hosting.websec.plugins.module_utils._errors import (
    BadInputError,
    NotFoundError,
    WebsecError,
    of_kind,
)
from ansible_collections.hosting.websec.plugins.module_utils._nesting import plain_data
from ansible_collections.hosting.websec.plugins.module_utils._problems import FIRST, Problems
from ansible_collections.hosting.websec.plugins.module_utils._record_values import address_type, is_value
from ansible_collections.hosting.websec.plugins.module_utils._run_context import DeferredError
from ansible_collections.hosting.websec.plugins.module_utils._site_names import alias_names, full_name, is_apex
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.addon import DesiredAddon
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.addon_checks import IDS, addon_ids, check_addon
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.origin import normalise_origin
from ansible_collections.hosting.websec.plugins.module_utils._sitelock_waf.keys import ADDON_KEYS, KEYS, text, ttl
from ansible_collections.hosting.websec.plugins.module_utils._texts import few, unknown_keys

Entry = dict[str, t.Any]
Sets = dict[str, dict[str, t.Any]]
"""By type: C(ttl) in seconds and C(values). Entries are variables of a play, so they contain only plain data."""

RESTORED_TTL = 3600
"""Seconds: the TTL of records in C(restore) without one."""


@dataclasses.dataclass(frozen=True)
class Defaults:
    """Defaults for the keys that an entry omits. ``ttl`` is in seconds."""

    waf_dns_manager: str = "partner"
    ttl: int = 300
    lower_ttl: int | None = None
    cleanup_verification: bool = False


def prepare(
    sites: t.Sequence[t.Any],
    zones: t.Sequence[t.Mapping[str, t.Any]],
    defaults: Defaults,
    *,
    need_site_id: bool = True,
) -> list[Entry]:
    """Check and complete the entries of a site file.

    :param sites: the user's entries.
    :param zones: results of ``dns_zones_info`` for entries without a zone; may be empty before the lookup.
    :param need_site_id: an entry without C(site_id) is invalid.
    :returns: in the same order, each with all keys, C(names) (the names whose records the site owns; once its zone is
        known), and C(error): C(None), or the error dict because of which the site is refused.
    """
    found = {str(each["name"]): each for each in zones}
    entries = read_entries(sites, defaults, need_site_id=need_site_id)
    for entry in entries:
        _complete(entry, found)
    refuse_shared_site_ids(entries)
    refuse_shared_domains(entries)
    refuse_shared_names(entries)
    return entries


def refuse_shared_site_ids(entries: t.Sequence[Entry]) -> None:
    """Refuse entries that claim one site."""
    _refuse_shared(entries, "site_id", lambda entry: [entry["site_id"]] if entry["site_id"] is not None else [])


def refuse_shared_domains(entries: t.Sequence[Entry]) -> None:
    """Refuse entries with the same domain."""
    _refuse_shared(entries, "domain", lambda entry: [entry["domain"]])


def refuse_shared_names(entries: t.Sequence[Entry]) -> None:
    """Refuse entries that claim one DNS name."""
    _refuse_shared(entries, "DNS name", claimed_names)


def _complete(entry: Entry, found: t.Mapping[str, t.Mapping[str, t.Any]]) -> None:
    if entry["error"] is None:
        try:
            _locate(entry, found)
        except WebsecError as error:
            refuse(entry, error)


def read_entries(sites: t.Sequence[t.Any], defaults: Defaults, *, need_site_id: bool = True) -> list[Entry]:
    """The same, without what depends on the zones and on other entries."""
    return [_read_entry(place, site, defaults, need_site_id) for place, site in enumerate(sites, 1)]


def claimed_names(entry: Entry) -> list[str]:
    """The DNS names that belong to a valid entry."""
    return [*entry["names"], *([entry["origin_name"]] if entry["origin_addresses"] else [])]


def without_zone(entries: t.Sequence[Entry]) -> list[Entry]:
    """The entries whose zone must be looked up."""
    return [entry for entry in entries if entry["error"] is None and entry["zone"] is None]


def desired_addon(entry: Entry) -> DesiredAddon:
    """The desired add-on of a site with C(state=present)."""
    options = {key: entry[key] for key in ("domain", *ADDON_KEYS) if entry[key] is not None}
    origin = entry["origin_name"] or entry["waf_origin"]
    return DesiredAddon(**{**options, "waf_origin": origin and normalise_origin(origin)})


def refuse(entry: Entry, error: WebsecError | None) -> None:
    """Set ``error``, if there is one, as the reason why this site is refused."""
    if error is not None:
        entry["error"] = error.as_dict(domain=entry["domain"], site_id=entry["site_id"])


def _read_entry(place: int, site: t.Any, defaults: Defaults, need_site_id: bool) -> Entry:
    entry = blank_entry(defaults)
    try:
        fill_entry(entry, place, site, FIRST)
        if entry["site_id"] is None and need_site_id:
            raise BadInputError(
                f"{entry['domain']}: the entry has no site_id.", hint="Add the site's number from SiteLock."
            )
    except WebsecError as error:
        refuse(entry, error)
    return entry


def blank_entry(defaults: Defaults) -> Entry:
    """An entry with every key, before anything is read into it."""
    return {
        **dict.fromkeys(sorted(KEYS)),
        "state": "present",
        "waf_dns_manager": defaults.waf_dns_manager,
        "ttl": defaults.ttl,
        "lower_ttl": defaults.lower_ttl,
        "cleanup_verification": defaults.cleanup_verification,
        "names": [],
        "origin_addresses": {},
        "error": None,
    }


def fill_entry(entry: Entry, place: int, site: t.Any, problems: Problems) -> None:
    """Read what a user gave into a blank entry, without what depends on its zone.

    :param place: of the entry in the file, from 1.
    :param problems: takes what is invalid. An invalid value is C(None) in the entry.
    """
    if not isinstance(site, t.Mapping):
        problems.add(
            BadInputError(
                f"Entry {place} of the site file is not a mapping.",
                hint='Write {domain: customer.example, subscription: "8765"}.',
            )
        )
        return
    with problems.of():
        given = _given(place, site)
        entry.update({key: value for key, value in given.items() if key in KEYS})
        _check_keys(entry, given, place, problems)
        _check(entry, given, problems)


def _given(place: int, site: t.Mapping[t.Any, t.Any]) -> dict[str, t.Any]:
    """Plain data, without keys that have no value."""
    site = plain_data(site, f"Entry {place} of the site file")
    return {key: value for key, value in site.items() if value is not None}


def _check_keys(entry: Entry, given: t.Mapping[str, t.Any], place: int, problems: Problems) -> None:
    unknown = unknown_keys(given, KEYS)
    if not entry["domain"]:
        keys = f" Unknown keys: {unknown}." if unknown else ""
        raise BadInputError(f"Entry {place} of the site file has no domain.{keys}", hint="Add the domain of the site.")
    if unknown:
        problems.add_unknown(
            BadInputError(
                f"{entry['domain']}: unknown keys in the entry: {unknown}.",
                hint=f"Known keys: {', '.join(sorted(KEYS))}.",
            ),
            next(key for key in given if key not in KEYS),
        )


def _check(entry: Entry, given: t.Mapping[str, t.Any], problems: Problems) -> None:
    """Convert the values to their types."""
    with problems.of("domain"):
        entry["domain"] = normalise_domain(text("The entry", "domain", entry["domain"]))
    domain = str(entry["domain"])
    entry.update({**dict.fromkeys(IDS), **addon_ids(domain, entry, problems)})
    for key, known in KEYS.items():
        if known.read is not None and key in given:
            value, entry[key] = entry[key], None
            with problems.of(key):
                entry[key] = known.read(domain, key, value)
    check_addon(domain, entry, problems)


def _locate(entry: Entry, found: t.Mapping[str, t.Mapping[str, t.Any]]) -> None:
    """Complete zone, apex, aliases and names once the zone is known."""
    domain = entry["domain"]
    if entry["zone"] is None and domain in found:
        zone, error = found[domain]["zone"], found[domain]["error"]
        if found[domain].get("deferred"):
            # With its own text if the reason applies to all sites, see ``_next_pass``.
            raise DeferredError(found[domain].get("deferred_reason") or "")
        if zone is None and error and error["kind"] != NotFoundError.kind:
            raise of_kind(error["kind"])(
                f"{domain}: the zone lookup failed. {error['message']}", hint=error["hint"], code=error["code"]
            )
        if zone is None:
            raise NotFoundError(
                f"{domain}: the zone was not found. {error['message'] if error else ''}".rstrip(),
                hint="Set zone in the entry, or check that the DNS server has this domain's zone.",
            )
        entry["zone"] = str(zone)
    if entry["zone"] is not None:
        complete_names(entry, FIRST)


def complete_names(entry: Entry, problems: Problems) -> None:
    """Complete apex, aliases and names of a valid entry whose zone is known.

    :param problems: takes what is invalid.
    """
    domain, zone = entry["domain"], entry["zone"]
    with problems.of("zone"):
        _refuse_outside(domain, domain, zone)
    entry["apex"] = is_apex(domain, zone, entry["apex"])
    if not entry["apex"] and domain == zone:
        problems.add(
            BadInputError(
                f"{domain}: apex is false, but the domain is the apex of its zone, which cannot have a CNAME.",
                hint="Remove apex from the entry.",
            ),
            "apex",
        )
    with problems.of("aliases"):
        for alias in entry["aliases"] or ():
            _check_name(domain, alias)
        entry["aliases"] = alias_names(domain, entry["apex"], entry["aliases"])
        for alias in entry["aliases"]:
            _refuse_outside(domain, alias, zone)
            if alias == zone:
                raise BadInputError(
                    f"{domain}: the alias {alias} is the apex of the zone, which cannot have a CNAME.",
                    hint="Make the apex the domain of the entry.",
                )
        entry["names"] = [domain, *entry["aliases"]]
    if entry["origin_name"] is not None:
        with problems.of("origin_name"):
            _locate_origin(entry)
    if entry["restore"] is not None:
        with problems.of("restore"):
            entry["restore"] = _restore(entry)


def _check_name(domain: str, name: t.Any) -> str:
    if not isinstance(name, str):
        raise BadInputError(
            f"{domain}: {name!r} is one of its names (aliases, origin_name, restore), but is not a valid name.",
            hint="Write names as text, such as www or www.example.com.",
        )
    return name


def _locate_origin(entry: Entry) -> None:
    """Give the origin its own name in the zone, which SiteLock follows; C(waf_origin) is its address."""
    domain = entry["domain"]
    entry["origin_name"] = name = full_name(_check_name(domain, entry["origin_name"]), domain)
    _refuse_outside(domain, name, entry["zone"])
    if name in entry["names"]:
        raise BadInputError(
            f"{domain}: origin_name is {name}, which is a name of the site itself: the CDN would send the traffic back "
            "to itself.",
            hint="Choose a name that nothing else uses, such as www-origin.",
        )
    address = find_address(entry["waf_origin"])
    if address is None:
        raise BadInputError(
            f"{domain}: with origin_name, waf_origin must be the IP address of the origin.",
            hint=f"The pass sets it as the address of {name}, and gives SiteLock the name.",
        )
    address = unmapped(address)
    entry["origin_addresses"] = {
        kind: [str(address)] if kind == address_type(address) else [] for kind in ("A", "AAAA")
    }


def _restore(entry: Entry) -> dict[str, Sets]:
    """C(restore) of an entry: the original records by name and type."""
    domain, given = entry["domain"], entry["restore"]
    if not isinstance(given, t.Mapping):
        raise BadInputError(f"{domain}: restore must be a mapping of names, such as {{'@': {{A: [192.0.2.10]}}}}.")
    restored = {}
    for label, types in given.items():
        name = full_name(_check_name(domain, label), domain)
        if name not in entry["names"]:
            raise BadInputError(
                f"{domain}: restore has the name {name}, which is not one of the site ({', '.join(entry['names'])})."
            )
        restored[name] = _restore_types(domain, name, types)
        if "CNAME" in restored[name] and name == entry["zone"]:
            raise BadInputError(
                f"{domain}: restore has a CNAME at {name}, the apex of the zone, which cannot have one."
            )
    return restored


def _restore_types(domain: str, name: str, types: t.Any) -> Sets:
    if not isinstance(types, t.Mapping):
        raise BadInputError(f"{domain}: restore of {name} must be a mapping with A, AAAA or CNAME, and ttl.")
    unknown = unknown_keys(types, ("A", "AAAA", "CNAME", "ttl"))
    if unknown:
        raise BadInputError(
            f"{domain}: restore of {name} has the unknown keys {unknown}; known are A, AAAA, CNAME and ttl."
        )
    seconds = ttl(domain, f"ttl in restore of {name}", types.get("ttl", RESTORED_TTL))
    sets: Sets = {}
    for kind in ("A", "AAAA", "CNAME"):
        values = [] if types.get(kind) is None else types[kind]
        values = values if isinstance(values, list) else [values]
        for value in values:
            if not isinstance(value, str) or not is_value(kind, value):
                raise BadInputError(f"{domain}: restore of {name} has {value!r}, which is not a value of type {kind}.")
        if values:
            sets[kind] = {"ttl": seconds, "values": [str(value) for value in values]}
    if "CNAME" in sets and (len(sets) > 1 or len(sets["CNAME"]["values"]) > 1):
        raise BadInputError(f"{domain}: restore of {name} has a CNAME together with other records.")
    return sets


def _refuse_outside(domain: str, name: str, zone: str) -> None:
    if name != zone and not name.endswith(f".{zone}"):
        raise BadInputError(
            f"{domain}: the name {name} is not in the zone {zone}.",
            hint="Correct zone or aliases. A name in another zone needs an entry of its own.",
        )


def _refuse_shared(entries: t.Sequence[Entry], what: str, keys: t.Callable[[Entry], list[t.Any]]) -> None:
    """Refuse both of two entries that claim the same name or number: it is unknown which one is intended.

    The message is the same for both, so that a report shows it once.
    """
    claims: dict[t.Any, list[int]] = {}
    for place, entry in enumerate(entries, 1):
        for key in keys(entry) if entry["error"] is None else []:
            claims.setdefault(key, []).append(place)
    refused: dict[t.Any, str] = {}
    for entry in entries:
        shared = [key for key in keys(entry) if len(claims[key]) > 1] if entry["error"] is None else []
        if shared:
            key = shared[0]
            if key not in refused:
                by = [f"{place} ({entries[place - 1]['domain']})" for place in dict.fromkeys(claims[key])]
                who = f"entries {few(by)} of the site file claim" if len(by) > 1 else f"entry {by[0]} claims"
                refused[key] = f"The {what} {key} is claimed more than once: {who} it."
            error = BadInputError(refused[key], hint="Remove or correct one of the claims.")
            entry["error"] = error.as_dict(domain=entry["domain"], site_id=entry["site_id"])
