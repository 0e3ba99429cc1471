# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The JSON Schema for editors agrees with what a run accepts.

It refuses nothing that a run accepts: shown with values of every kind at every key. And it refuses the usual slips.
"""

from __future__ import annotations

import datetime
import json
import pathlib
import typing as t

import jsonschema
import pytest

from ansible_collections.hosting.websec.plugins.plugin_utils._fleet_files.schema import fleet_schema
from ansible_collections.hosting.websec.plugins.plugin_utils._fleet_files.variables import VARIABLES
from ansible_collections.hosting.websec.tests.unit.fleet_files.entries import (
    RIGHT,
    VALUES,
    Data,
    paths,
    pieces,
    value_of,
    with_value,
)

COLLECTION = pathlib.Path(__file__).resolve().parents[3]
NOW = datetime.datetime(2026, 11, 29, 12, tzinfo=datetime.timezone.utc)
VALIDATOR = jsonschema.Draft7Validator(fleet_schema())


def schema_accepts(variable: str, entry: Data) -> bool:
    return bool(VALIDATOR.is_valid({variable: value_of(variable, entry)}))


def run_accepts(variable: str, entry: Data) -> bool:
    return not VARIABLES[variable].check(value_of(variable, entry), NOW)


@pytest.mark.parametrize("variable", VARIABLES)
def test_what_is_right_is_accepted_by_both(variable: str) -> None:
    assert run_accepts(variable, RIGHT[variable])
    assert schema_accepts(variable, RIGHT[variable])


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
    ("botguard_websites_users", ("emial",), "x"),
    ("botguard_websites_users", ("email",), "jane"),
    ("botguard_websites_users", ("country",), "DEU"),
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
