# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The admin path of the products behind the firewall: what they are set to and what they found, and a click on it."""

from __future__ import annotations

import copy
import dataclasses
import typing

from .model import Site
from .scans import CODES, FLAGS, FREQUENCIES, default_flag
from .site_products import PATCH_CHOICES, SHIELD_CHOICES, Record, SiteProducts
from .sitelock.ftp_settings import digest
from .world import World

_DAY = 86400.0


def read(world: World, site_id: str | None) -> Record:
    """The products of one site, or C(products) by site. Raises ValueError for an unknown site."""
    with world.change():
        if site_id is not None:
            return dataclasses.asdict(_site(world, site_id).products or SiteProducts())
        return {
            "products": {
                site.site_id: dataclasses.asdict(site.products) for site in world.sites.values() if site.products
            }
        }


def click(world: World, wanted: Record) -> Record:
    """
    Change the products of C(site_id) as the customer, the dashboard or fate would: not by the API, without its journal.

    Returns the products. Raises ValueError, and then changes nothing.
    """
    with world.change():
        site = _site(world, str(wanted.get("site_id", "")))
        site.products = changed(world, site.products, {name: one for name, one in wanted.items() if name != "site_id"})
        world.save(site)
        return dataclasses.asdict(site.products)


def changed(world: World, known: SiteProducts | None, wanted: Record) -> SiteProducts:
    """C(known) with what is in C(wanted): a mapping is merged, a list and a null take its place. Raises ValueError."""
    products = copy.deepcopy(known) if known else SiteProducts()
    names = {field.name for field in dataclasses.fields(SiteProducts)}
    if "ftp_password" in wanted:
        password = str(wanted["ftp_password"])
        wanted = {name: one for name, one in wanted.items() if name != "ftp_password"}
        products.ftp_password_sha256 = digest(password) if password else ""
    for name, value in wanted.items():
        if name not in names:
            raise ValueError(f"unknown product {name}")
        before = getattr(products, name)
        reader = _READERS.get(name)
        if reader:
            value = reader(world, before, value)
        elif not isinstance(value, type(before)):
            raise ValueError(f"{name} must be a {type(before).__name__}")
        setattr(products, name, value)
    return products


def _site(world: World, site_id: str) -> Site:
    site = world.sites.get(site_id)
    if not site:
        raise ValueError(f"unknown site {site_id}")
    return site


def _merge(name: str, known: Record, value: object) -> Record:
    if not isinstance(value, dict) or set(value) - set(known):
        raise ValueError(f"{name} must be a mapping with {', '.join(sorted(known))}")
    return {**known, **value}


_FTP: Record = {
    "protocol": "ftp",
    "ftp_host": "ftp.example.com",
    "port": "21",
    "ftp_user": "site",
    "ftp_timeout": "1800",
    "ssh_pub_key": None,
    "ftp_pw_sha256": "",
}


def _smart(world: World, known: Record | None, value: object) -> Record | None:
    new = {
        **_FTP,
        "id": world.number("smart"),
        "created_at": "2026-01-01 00:00:00",
        "docroot": "/",
        "exclude_dirs": [],
        "exclude_exts": "",
        "exclude_files": "",
        "frequency": "daily",
        "auto_fix": "warn",
        "parallel": "1",
    }
    return None if value is None else _merge("smart", known or new, value)


def _with_ftp(name: str, new: Record) -> typing.Callable[[World, Record | None, object], Record | None]:
    def reader(_world: World, known: Record | None, value: object) -> Record | None:
        if value is None:
            return None
        merged = _merge(name, {"ftp_settings": None, **new, **(known or {})}, value)
        before = (known or {}).get("ftp_settings") or _FTP
        return {**merged, "ftp_settings": _merge("ftp_settings", {**_FTP, **before}, merged["ftp_settings"] or {})}

    return reader


def _patch(_world: World, known: Record, value: object) -> Record:
    merged = _merge("smart_patch", known, value)
    if merged["auto_fix_app"] not in PATCH_CHOICES:
        raise ValueError(f"auto_fix_app must be one of {', '.join(PATCH_CHOICES)}")
    return merged


def _shield(_world: World, known: Record, value: object) -> Record:
    merged = _merge("shield", known, value)
    for name, choices in SHIELD_CHOICES.items():
        if merged[name] not in choices:
            raise ValueError(f"{name} must be one of {', '.join(choices)}")
    return merged


def _hosts(world: World, _known: object, value: object) -> list[dict[str, str]]:
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise ValueError("ssl_hosts must be a list of host names")
    return [{"id": world.number("ssl_host"), "domain": one} for one in value]


def _backups(world: World, _known: object, value: object) -> list[Record]:
    """Backups that are done, each made C(days_ago); C(files) are mappings of C(name) and C(size_kb)."""
    if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
        raise ValueError("backups must be a list of mappings")
    return sorted((_backup(world, one) for one in value), key=lambda one: float(one["done_at"]))


def _backup(world: World, given: Record) -> Record:
    one = _merge("a backup", {"days_ago": 0, "action": "backup", "parts": None, "error": "", "files": None}, given)
    made = world.clock.now() - _DAY * float(one["days_ago"])
    return {
        "id": world.number("backup"),
        "action": one["action"],
        "parts": one["parts"] or ["backup_files", "backup_db"],
        "started_at": made,
        "done_at": made,
        "error": one["error"],
        "source": "",
        **({"files": one["files"]} if one["files"] else {}),
    }


def _findings(world: World, _known: object, value: object) -> list[Record]:
    """Findings, each there since C(days_ago); whatever else they have is told by the scans."""
    if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
        raise ValueError("findings must be a list of mappings")
    return [_finding(world, one) for one in value]


def _finding(world: World, given: Record) -> Record:
    code = given.get("code", "")
    if code not in CODES:
        raise ValueError(f"code of a finding must be one of {', '.join(CODES)}")
    if given.get("flag", "red") not in FLAGS:
        raise ValueError(f"flag of a finding must be one of {', '.join(FLAGS)}")
    since = world.clock.now() - _DAY * float(given.get("days_ago", 0))
    rest = {name: one for name, one in given.items() if name != "days_ago"}
    return {"since": since, "flag": default_flag(code), **rest}


def _often(_world: World, _known: object, value: object) -> str:
    if value not in FREQUENCIES:
        raise ValueError(f"scan_frequency must be one of {', '.join(FREQUENCIES)}")
    return str(value)


_READERS: dict[str, typing.Callable[[World, typing.Any, object], typing.Any]] = {
    "smart": _smart,
    "smart_patch": _patch,
    "smart_database": _with_ftp("smart_database", {"malware": "warn", "spam_code": "warn", "spam_link": "warn"}),
    "backup_files": _with_ftp(
        "backup_files",
        {
            "backup_root": "/",
            "excluded_dirs": "",
            "excluded_exts": "",
            "excluded_files": "",
            "exclude_size_kb": "",
            "status": "active",
        },
    ),
    "backup_db": _with_ftp(
        "backup_db",
        {
            "db_host": "localhost",
            "db_type": "mysql",
            "db_user": "site",
            "db_pw_sha256": "",
            "root_dir": "/",
            "selected_schemas": [],
            "status": "active",
        },
    ),
    "backups": _backups,
    "findings": _findings,
    "scan_frequency": _often,
    "shield": _shield,
    "ssl_hosts": _hosts,
}
