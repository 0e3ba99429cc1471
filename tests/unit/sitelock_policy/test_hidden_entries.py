# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A key or a passphrase in the list of sites is shown nowhere: at its place, at a wrong one, and in no invocation."""

from __future__ import annotations

import collections.abc
import importlib
import itertools
import json
import signal
import typing as t

import pytest
from ansible.module_utils import basic

from ansible_collections.hosting.websec.plugins.module_utils._sitelock.policy.certificate import _PUBLIC, _SECRET
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.policy.sections import SECTIONS
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.policy.task import read_policy_entries
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.sections.entries import parse_sections
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.sections.hiding import EntryType, PoliciesType
from ansible_collections.hosting.websec.tests.unit.invocation import WITH_INVOCATION
from ansible_collections.hosting.websec.tests.unit.sitelock_policy.certificates import make
from ansible_collections.hosting.websec.tests.unit.sitelock_policy.test_certificate import PASSPHRASE, assert_silent
from ansible_collections.hosting.websec.tests.unit.sitelock_policy.vendor import NOW

Entry = dict[str, t.Any]

PAIR = make()
KEY = PAIR.key_pem
DIGITS = 7_312_904_417
RIGHT: Entry = {
    "state": "present",
    "type": "pem",
    "certificate_file": "/etc/ssl/shop.example/full chain.pem",
    "private_key_file": "~/keys/shop_1.key",
    "apex": True,
    "aliases": ["www", "*"],
    "address": "2001:db8::1",
    "port": "8443",
    "fingerprint": ":".join(["AB"] * 32),
    "force": False,
    "force_upload": "no",
}


def site_with(**sections: t.Any) -> Entry:
    return {"site_id": 442989, "domain": "shop.example", **sections}


def text_of(secret: t.Any) -> str:
    return secret if isinstance(secret, str) else KEY


def places() -> collections.abc.Iterator[tuple[str, collections.abc.Callable[[t.Any], t.Any]]]:
    """Where people may put a secret."""
    yield "the entry", lambda secret: secret
    yield "the section", lambda secret: site_with(certificate=secret)
    yield "a list for a section", lambda secret: site_with(certificate=[secret])
    yield "a section that is none", lambda secret: site_with(private_key=secret)
    yield "a key of the entry", lambda secret: site_with(**{str(secret): 1})
    yield "a key of the section", lambda secret: site_with(certificate={str(secret): 1})
    yield "the number", lambda secret: site_with(site_id=text_of(secret))
    yield "the domain", lambda secret: site_with(domain=text_of(secret))
    for name in (*_SECRET, "keyfile", "pass"):
        yield name, lambda secret, name=name: site_with(certificate={**RIGHT, name: secret})  # type: ignore[misc]  # mypy infers no lambda with a default
    # At a public key only what has not its form, in an entry that is right but for it.
    pair = {"certificate": PAIR.pem, "private_key": KEY}
    for name, several in itertools.product(_PUBLIC, (False, True)):
        yield (
            f"a list at {name}" if several else name,
            lambda secret, name=name, several=several: site_with(  # type: ignore[misc]  # mypy infers no lambda with a default
                certificate={**pair, name: [text_of(secret)] if several else text_of(secret)}
            ),
        )


PLACES = dict(places())


def shown(given: t.Any) -> str:
    """An entry as it may be shown, and what is said about it."""
    parameter = EntryType(SECTIONS)(given)
    named = PoliciesType(SECTIONS)({"shop": given})
    entries = read_policy_entries([parameter, {"site_id": 2, "policy": "shop"}], named)
    parse_sections(entries, SECTIONS, NOW)
    told = [f"{entry.error.message} {entry.error.hint}" for entry in entries if entry.error]
    return "".join([json.dumps(parameter), repr(parameter), json.dumps(named), *told])


@pytest.mark.parametrize("place", PLACES)
def test_a_secret_at_any_place_is_not_shown(place: str) -> None:
    for secret in (KEY, PASSPHRASE, DIGITS):
        given = PLACES[place](secret)
        text = shown(given)
        assert_silent(text, str(DIGITS))


@pytest.mark.parametrize("asked", ["none", KEY])
@pytest.mark.parametrize("sections", [{}, "no dictionary"])
def test_a_secret_as_the_name_of_a_policy_is_not_shown(asked: str, sections: t.Any) -> None:
    named = PoliciesType(SECTIONS)({KEY: sections})
    (entry,) = read_policy_entries([EntryType(SECTIONS)({"site_id": 1, "policy": asked})], named)
    assert (entry.error is None) == (asked == KEY and sections == {})
    assert_silent(f"{entry.error} {entry.error and entry.error.hint} {named}")


WRONG_KEYS = ("passphrase", "private_key", "password", "api_token", "Client-Secret")


@pytest.mark.parametrize("section", [section.name for section in SECTIONS])
def test_a_secret_at_its_own_key_in_another_section_is_not_shown(section: str) -> None:
    for name in WRONG_KEYS:
        for wish in (
            {name: PASSPHRASE},
            {"present": [{name: PASSPHRASE}]},
            {"sql_injection": {"present": [{"other": {name: [PASSPHRASE]}}]}},
            {"exact": {"countries": [{name: PASSPHRASE}]}},
            {"enabled": {name: PASSPHRASE}},
        ):
            assert_silent(shown(site_with(**{section: wish})), str(DIGITS))


def test_beside_a_secret_the_rest_is_shown() -> None:
    entry = EntryType(SECTIONS)(site_with(cdn={"minify_css": True, "passphrase": PASSPHRASE}, ssl={"enabled": KEY}))
    assert entry["cdn"] == {"minify_css": True, "passphrase": "********"}
    assert entry["ssl"] == {"enabled": "********"}


def test_what_is_no_secret_is_shown() -> None:
    given = site_with(certificate=RIGHT, rules={"ddos": "auto"}, ip_block={"exact": ["192.0.2.1"]}, ssl=None)
    assert EntryType(SECTIONS)(given) == given
    assert PoliciesType(SECTIONS)({"my shop": given}) == {"my shop": given}
    assert PoliciesType(SECTIONS)('{"a": {"rules": {"ddos": "on"}}}') == {"a": {"rules": {"ddos": "on"}}}


def test_an_entry_that_holds_itself() -> None:
    given: Entry = site_with()
    given["certificate"] = given
    parameter = EntryType(SECTIONS)(given)
    (entry,) = read_policy_entries([parameter], {})
    assert parameter == {}
    assert "contains itself" in str(entry.error)


@pytest.fixture(name="output")
def _output(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> collections.abc.Iterator[t.Any]:
    """What the module prints at the highest verbosity."""
    numbers = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
    handlers = {number: signal.getsignal(number) for number in numbers}

    def run(given: t.Any, **options: t.Any) -> str:
        arguments = {
            "sites": given,
            "api_url": "http://127.0.0.1:1",
            "api_username": "me",
            "api_password": "hunter2-and-more",
            "retries": 0,
            "_ansible_verbosity": 4,
            **WITH_INVOCATION,
            **options,
        }
        monkeypatch.setattr(basic, "_ANSIBLE_ARGS", json.dumps({"ANSIBLE_MODULE_ARGS": arguments}).encode())
        monkeypatch.setattr(basic, "_ANSIBLE_PROFILE", "legacy", raising=False)  # since ansible-core 2.19
        module = "ansible_collections.hosting.websec.plugins.modules.sitelock_waf_policies"
        with pytest.raises(SystemExit):
            importlib.import_module(module).main()
        return "".join(capsys.readouterr())

    yield run
    for number, handler in handlers.items():
        signal.signal(number, handler)


@pytest.mark.parametrize("place", PLACES)
def test_the_module_prints_none(output: t.Any, place: str) -> None:
    for secret, options in ((KEY, {}), (PASSPHRASE, {"no_such_option": 1})):
        policies = {"shop": PLACES[place](secret)}
        text = output([PLACES[place](secret), {"site_id": 2, "policy": "shop"}], policies=policies, **options)
        assert "invocation" in text
        assert_silent(text, str(DIGITS))
