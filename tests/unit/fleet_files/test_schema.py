# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The JSON Schema for editors agrees with what a run accepts.

It refuses nothing that a run accepts: shown with values of every kind at every key. And it refuses the usual slips.
"""

from __future__ import annotations

import copy
import datetime
import json
import pathlib
import typing as t

import jsonschema
import pytest

from ansible_collections.hosting.websec.plugins.plugin_utils._fleet_files.schema import fleet_schema
from ansible_collections.hosting.websec.plugins.plugin_utils._fleet_files.variables import VARIABLES

COLLECTION = pathlib.Path(__file__).resolve().parents[3]
NOW = datetime.datetime(2026, 11, 29, 12, tzinfo=datetime.timezone.utc)
VALIDATOR = jsonschema.Draft7Validator(fleet_schema())

Data = dict[str, t.Any]
FORM = {"protocol": "sftp", "ftp_host": "ftp.a.example", "ftp_user": "jane", "ftp_pw": "pw", "port": 22}
RIGHT: dict[str, Data] = {
    "sitelock_waf_sites": {
        "domain": "a.example",
        "site_id": 442989,
        "account_id": "379430",
        "state": "present",
        "subscription": "8765",
        "renewal_date": "2027-01-01",
        "waf_origin": "192.0.2.1",
        "waf_force_ssl": True,
        "waf_dns_manager": "partner",
        "waf_skip_network_certificate": False,
        "zone": "a.example",
        "apex": True,
        "aliases": ["www"],
        "ssl": False,
        "ttl": 300,
        "lower_ttl": "60",
        "cleanup_verification": True,
        "origin_name": "www-origin",
        "restore": {"@": {"A": ["192.0.2.9"], "AAAA": "2001:db8::1", "ttl": 300}, "www": {"CNAME": "b.example"}},
        "dns": "ours",
        "dns_accept": "best_effort",
        "policy": ["base"],
    },
    "sitelock_accounts": {
        "login": "customer1",
        "reseller_account_id": "R1",
        "account_id": 379430,
        "state": "present",
        "email": "jane@a.example",
        "name": "Jane",
        "country": "DE",
        "zip": 10115,
        "password": "secret",
        "prune_addons": False,
        "force": "no",
        "sites": [
            {
                "domain": "a.example",
                "state": "present",
                "site_id": 5,
                "subscription": 8765,
                "amount": 5.25,
                "renewal_date": "preserve",
                "domain_email": "jane@a.example",
                "trusted_domain": "yes",
                "force": 0,
                "addons": [{"subscription": "5", "count": 2, "amount": "5.00"}],
            }
        ],
        "addons": [{"subscription": 6, "count": "1", "state": "absent"}],
    },
    "sitelock_products": {
        "site_id": 5,
        "domain": "a.example",
        "smart": {
            "docroot": "/",
            "exclude_dirs": ["tmp"],
            "exclude_exts": "",
            "frequency": "Daily",
            "ftp_timeout": 30,
            "gen_ssh_key": "no",
            "auto_fix": "fix",
            "parallel": "2",
            "update_password": "always",
            **FORM,
        },
        "smart_patch": {"auto_fix_app": "warn"},
        "smart_database": {"malware": "fix", **FORM},
        "backup_files": {"backup_root": "/", "exclude_size_kb": 5, "status": "active", **FORM},
        "backup_db": {
            "db_host": "db.a.example",
            "db_type": "mysql",
            "selected_schemas": ["shop"],
            "root_dir": "/",
            **FORM,
        },
        "shield": {"language": "en", "size": "small", "color": "red", "type": "mal"},
        "ssl_hosts": {"exact": ["www.a.example"]},
        "scan_frequency": {"frequency": "daily", "subscription": 5, "force_frequency": True},
    },
    "botguard_websites": {"domain": "a.example", "state": "paused", "user": 4711, "web_host": ["web1"]},
    "sitelock_waf_policies": {
        "shop": {
            "rules": {"ddos": True, "sql_injection": "block_request"},
            "ip_allow": {"present": ["192.0.2.1"], "absent": ["192.0.2.2"]},
            "ip_block": {"exact": ["192.0.2.0/24", "192.0.2.1-192.0.2.9"]},
            "url_block": {"present": [{"path": "/x", "pattern": "equals"}], "absent": [{"path": "/y"}]},
            "geo_block": {"exact": {"countries": ["NO"], "continents": ["eu"]}},
            "exceptions": {"ddos": {"exact": [{"ips": ["192.0.2.1"], "urls": [{"path": "/x"}], "countries": ["DE"]}]}},
            "login_protect": {
                "enabled": "yes",
                "authentication_methods": ["email"],
                "specific_users": ["jane@a.example"],
                "app": "wordpress",
                "urls": {"exact": [{"value": "/wp-login.php", "pattern": "prefix"}]},
                "users": {"present": [{"email": "jane@a.example", "name": "Jane", "phone": "1-7345555555"}]},
            },
            "cdn": {"cache_mode": "static_only", "minify_css": 1},
            "bypass": {"status": True, "until": "2026-12-24T18:00:00Z", "use_true_shield": True},
            "ssl": {"enabled": True, "address": "192.0.2.1", "port": 443},
        }
    },
    "sitelock_waf_certificates": {
        "a.example": {"certificate_file": "/x.pem", "private_key_file": "/x.key", "apex": "no"}
    },
}
VALUES: list[t.Any] = [
    None, True, False, 0, 1, -1, 5, 1.5, "", " ", "x", "yes", "No", "present", "5", " 5 ", "a.example", "A.example.",
    "2027-01-01", "192.0.2.1", "/x", [], ["x"], [5], [None], ["a.example"], {}, {"x": 1}, [{}], "daily", "5.00",
    [{"domain": "a.example"}], {"exact": []}, {"exact": [], "present": []}, {"exact": None, "present": ["a.example"]},
]  # fmt: skip
"""Tried at every key."""


def value_of(variable: str, entry: Data) -> t.Any:
    return [entry] if VARIABLES[variable].form is list else entry


def schema_accepts(variable: str, entry: Data) -> bool:
    return bool(VALIDATOR.is_valid({variable: value_of(variable, entry)}))


def run_accepts(variable: str, entry: Data) -> bool:
    return not VARIABLES[variable].check(value_of(variable, entry), NOW)


def paths(data: t.Any, path: tuple[t.Any, ...] = ()) -> t.Iterator[tuple[t.Any, ...]]:
    """Every place in an entry, and beside it one that nobody knows."""
    if path:
        yield path
    if isinstance(data, dict):
        yield (*path, "no_such_key")
    for key, value in data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ():
        yield from paths(value, (*path, key))


def with_value(entry: Data, path: t.Sequence[t.Any], value: t.Any) -> Data:
    changed = copy.deepcopy(entry)
    inner: t.Any = changed
    for step in path[:-1]:
        inner = inner[step]
    inner[path[-1]] = value
    return changed


@pytest.mark.parametrize("variable", VARIABLES)
def test_what_is_right_is_accepted_by_both(variable: str) -> None:
    assert run_accepts(variable, RIGHT[variable])
    assert schema_accepts(variable, RIGHT[variable])


def pieces(variable: str) -> t.Iterator[Data]:
    """The entry; one with sections as one for each section."""
    entry = RIGHT[variable]
    if variable == "sitelock_products":
        names = {"site_id", "domain"}
        yield from ({"site_id": 5, "domain": "a.example", name: entry[name]} for name in entry if name not in names)
    elif variable == "sitelock_waf_policies":
        yield from ({"shop": {name: section}} for name, section in entry["shop"].items())
    else:
        yield entry


@pytest.mark.parametrize("variable", VARIABLES)
def test_the_schema_refuses_nothing_that_a_run_accepts(variable: str) -> None:
    refused = accepted = 0
    tried = set()
    for piece in pieces(variable):
        for path in paths(piece):
            if path in tried:
                continue
            tried.add(path)
            # A key without a value is none for a run. An editor shows one that it does not know.
            for value in VALUES[1:] if path[-1] == "no_such_key" else VALUES:
                entry = with_value(piece, path, value)
                if schema_accepts(variable, entry):
                    accepted += 1
                else:
                    refused += 1
                    assert not run_accepts(variable, entry), (path, value)
    # It is no schema that accepts everything.
    assert refused > accepted / 4


SLIPS: list[tuple[str, tuple[t.Any, ...], t.Any]] = [
    ("sitelock_waf_sites", ("subscripton",), "8765"),
    ("sitelock_waf_sites", ("domain",), "https://a.example"),
    ("sitelock_waf_sites", ("domain",), None),
    ("sitelock_waf_sites", ("site_id",), True),
    ("sitelock_waf_sites", ("ssl",), "yes"),
    ("sitelock_waf_sites", ("ttl",), 0),
    ("sitelock_waf_sites", ("aliases",), "www"),
    ("sitelock_waf_sites", ("state",), "gone"),
    ("sitelock_waf_sites", ("restore", "@", "MX"), ["x"]),
    ("sitelock_waf_sites", ("policy",), {"shop": True}),
    ("sitelock_accounts", ("emial",), "x"),
    ("sitelock_accounts", ("sites", 0, "subscription"), False),
    ("sitelock_accounts", ("sites", 0, "force"), "maybe"),
    ("sitelock_accounts", ("sites",), {}),
    ("sitelock_accounts", ("addons", 0), {}),
    ("sitelock_products", ("smart", "frequency"), "dayly"),
    ("sitelock_products", ("smart", "docrot"), "/"),
    ("sitelock_products", ("smart", "ftp_pw"), 123),
    ("sitelock_products", ("backup_files", "port"), 70000),
    ("sitelock_products", ("scan_frequency",), "dayly"),
    ("sitelock_products", ("ssl_hosts",), ["a.example"]),
    ("botguard_websites", ("state",), "on"),
    ("botguard_websites", ("web_host",), []),
    ("sitelock_waf_policies", ("shop", "ip_blok"), {}),
    ("sitelock_waf_policies", ("shop", "ip_block"), ["192.0.2.1"]),
    ("sitelock_waf_policies", ("shop", "ip_block"), {"exact": [], "absent": []}),
    ("sitelock_waf_policies", ("shop", "cdn", "minify_js"), True),
    ("sitelock_waf_policies", ("shop", "rules", "ddos"), "b lock"),
    ("sitelock_waf_policies", ("shop", "geo_block", "exact", "countries"), ["Norway"]),
    ("sitelock_waf_policies", ("shop", "url_block", "present", 0, "pattern"), "is"),
    ("sitelock_waf_policies", ("shop", "bypass", "status"), "maybe"),
    ("sitelock_waf_certificates", ("a.example", "certificat_file"), "x"),
]


@pytest.mark.parametrize(("variable", "path", "value"), SLIPS)
def test_both_refuse_a_slip(variable: str, path: tuple[t.Any, ...], value: t.Any) -> None:
    entry = with_value(RIGHT[variable], path, value)
    assert not run_accepts(variable, entry)
    assert not schema_accepts(variable, entry)


def test_the_file_is_a_schema_and_that_of_the_code() -> None:
    written = json.loads((COLLECTION / "docs" / "schemas" / "fleet.schema.json").read_text(encoding="utf-8"))
    jsonschema.Draft7Validator.check_schema(written)
    assert written == fleet_schema()
