# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A password in the list of sites is shown nowhere: at its place, at a wrong one, and in no invocation."""

from __future__ import annotations

import collections.abc
import importlib
import json
import signal
import typing as t

import pytest
from ansible.module_utils import basic

from ansible_collections.hosting.websec.plugins.module_utils._sitelock.products.sections import SECTIONS
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.products.task import read_product_entries
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.sections.entries import parse_sections
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.sections.hiding import EntryType
from ansible_collections.hosting.websec.tests.unit.invocation import WITH_INVOCATION
from ansible_collections.hosting.websec.tests.unit.sitelock_products.test_products import EVERYTHING
from ansible_collections.hosting.websec.tests.unit.sitelock_products.vendor import NOW

Entry = dict[str, t.Any]

SECRET = "s3cret & <wOrd>"
DIGITS = 7_312_904_417
PASSWORDS = {
    "smart": ("ftp_pw",),
    "smart_database": ("ftp_pw",),
    "backup_files": ("ftp_pw",),
    "backup_db": ("ftp_pw", "db_pw"),
}


def places() -> collections.abc.Iterator[tuple[str, Entry]]:
    """Where people may put a password."""
    for secret in (SECRET, DIGITS):
        kind = type(secret).__name__
        for section, names in PASSWORDS.items():
            for name in (*names, "password", "ftp_password"):
                yield f"{section} {name} {kind}", {section: {**EVERYTHING[section], name: secret}}
            yield f"{section} itself {kind}", {section: secret}
            yield f"{section} nested {kind}", {section: {"ftp_settings": {"ftp_pw": secret}}}
        yield f"a section that is none {kind}", {"ftp_pw": secret}
    # At a key of something else, whatever has not its form.
    for section, name in (("smart", "docroot"), ("smart", "ftp_host"), ("smart", "port"), ("backup_db", "db_type")):
        yield f"{section} {name}", {section: {name: SECRET}}
    yield "in an address", {"smart": {"ftp_host": f"ftp://shop:{SECRET}@ftp.shop.example"}}


PLACES = dict(places())


def assert_silent(text: str) -> None:
    assert SECRET not in text
    assert json.dumps(SECRET)[1:-1] not in text
    assert str(DIGITS) not in text


@pytest.mark.parametrize("place", PLACES)
def test_a_password_at_any_place_is_not_shown(place: str) -> None:
    parameter = EntryType(SECTIONS)({"site_id": 1, **PLACES[place]})
    entries = read_product_entries({"sites": [parameter], "update_password": "always", "force_frequency": False})
    parse_sections(entries, SECTIONS, NOW)
    told = [f"{entry.error.message} {entry.error.hint}" for entry in entries if entry.error]
    assert_silent("".join([json.dumps(parameter), repr(parameter), *told]))


def test_what_is_no_password_is_shown() -> None:
    given = {"site_id": 1, **{name: dict(section) for name, section in EVERYTHING.items()}}
    del given["backup_db"]["db_pw"]
    given["smart"] |= {"gen_ssh_key": "yes", "update_password": "always", "exclude_files": "a b.php, c.php"}
    assert EntryType(SECTIONS)(given) == given


def test_the_module_prints_none(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = {
        "sites": [{"site_id": number, **sections} for number, sections in enumerate(PLACES.values(), 1)],
        "api_url": "http://127.0.0.1:1",
        "api_username": "me",
        "api_password": "hunter2-and-more",
        "retries": 0,
        "_ansible_verbosity": 4,
        **WITH_INVOCATION,
    }
    numbers = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
    handlers = {number: signal.getsignal(number) for number in numbers}
    monkeypatch.setattr(basic, "_ANSIBLE_ARGS", json.dumps({"ANSIBLE_MODULE_ARGS": arguments}).encode())
    monkeypatch.setattr(basic, "_ANSIBLE_PROFILE", "legacy", raising=False)  # since ansible-core 2.19
    with pytest.raises(SystemExit):
        importlib.import_module("ansible_collections.hosting.websec.plugins.modules.sitelock_products").main()
    for number, handler in handlers.items():
        signal.signal(number, handler)
    text = "".join(capsys.readouterr())
    assert "invocation" in text
    assert_silent(text)
