# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Entries of every variable that are right, with every key, and values to try at each of them."""

from __future__ import annotations

import copy
import typing as t

from ansible_collections.hosting.websec.plugins.plugin_utils._fleet_files.variables import VARIABLES

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
    "botguard_websites_users": {
        "email": "jane@a.example",
        "first_name": "Jane",
        "last_name": "Doe",
        "company": 4711,
        "country": "DE",
        "address": "",
        "lang": "de",
    },
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
