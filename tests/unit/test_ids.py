# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Ids are texts and whole numbers; nothing else becomes one.

For every option of every module that is an id, with its argument spec, and for the entries of the site files.
"""

from __future__ import annotations

import importlib
import json
import pkgutil
import re
import typing as t

import pytest
from ansible.module_utils import basic

from ansible_collections.hosting.websec.plugins import modules
from ansible_collections.hosting.websec.plugins.module_utils._botguard.hosting import read_entries
from ansible_collections.hosting.websec.plugins.module_utils._errors import BadInputError
from ansible_collections.hosting.websec.plugins.module_utils._ids import number_id, text_id
from ansible_collections.hosting.websec.plugins.module_utils._sitelock_waf.entries import Defaults, prepare
from ansible_collections.hosting.websec.tests.unit.invocation import WITH_INVOCATION

IDS = {"site_id": 5678, "ended_account_id": 571, "account_id": 570, "subscription": 8765, "user": 4711}
"""Names of options that are ids, each with a valid id."""

NO_IDS = {("sitelock_password_reset", "user")}
"""Options of the same names that are not ids: the user is a login."""

BAD: list[t.Any] = [8765.0, 8765.5, 1e18, True, False, [8765], ["8765"], {"id": 8765}, -5, 0]
NO_NUMBER: list[t.Any] = [
    "8765.0",
    "x777",
    "\u00b2",
    "\u2460",
    "\uff15",
    "0x1F",
    "1e3",
    "-5",
    "0",
    "5" * 5000,
    "true",
    " ",
]
NO_TEXT: list[t.Any] = ["", " \n"]


class _SpecError(Exception):
    """Carries the argument spec of a module."""


def spec_of(name: str, monkeypatch: pytest.MonkeyPatch) -> dict[str, t.Any]:
    """The argument spec of a module, as its C(main) passes it to AnsibleModule."""

    def catch(*_arguments: t.Any, **given: t.Any) -> None:
        raise _SpecError(given["argument_spec"])

    module = importlib.import_module(f"{modules.__name__}.{name}")
    with monkeypatch.context() as patched:
        patched.setattr(module, "AnsibleModule", catch)
        with pytest.raises(_SpecError) as caught:
            module.main()
    spec: dict[str, t.Any] = caught.value.args[0]
    return spec


def options_of(spec: t.Mapping[str, t.Any], inside: tuple[str, ...] = ()) -> t.Iterator[tuple[tuple[str, ...], t.Any]]:
    """Every option of a spec with its path."""
    for name, option in spec.items():
        yield (*inside, name), option
        yield from options_of(option.get("options") or {}, (*inside, name))


def minimal(spec: t.Mapping[str, t.Any], path: tuple[str, ...], value: t.Any) -> dict[str, t.Any]:
    """Options with ``value`` at ``path``; otherwise only required ones and the credentials."""
    samples = {
        "domain": "a.example",
        "email": "jane@a.example",
        "login": "jane@a.example",
        "api_url": "http://127.0.0.1:9",
        "retries": 0,
        "sender": "jane@a.example",
        # No template is in it, and no journal can be.
        "templates": "/dev",
        "journal": "/dev/null/journal",
        **IDS,
    }
    given: dict[str, t.Any] = {}
    for name, option in spec.items():
        if path[:1] == (name,):
            inner = minimal(option["options"], path[1:], value) if path[1:] else value
            given[name] = [inner] if option.get("type") == "list" else inner
        elif option.get("required") and option.get("options"):
            given[name] = [minimal(option["options"], (), None)]
        elif option.get("required") or name in ("api_url", "api_username", "api_password", "retries", "login"):
            given[name] = samples.get(name, (option.get("choices") or ["made-up"])[0])
    return given


MODULES = [module.name for module in pkgutil.iter_modules(modules.__path__)]


def ids_of(name: str, monkeypatch: pytest.MonkeyPatch) -> list[tuple[tuple[str, ...], t.Any]]:
    return [
        (path, option)
        for path, option in options_of(spec_of(name, monkeypatch))
        if path[-1] in IDS and (name, *path) not in NO_IDS
    ]


@pytest.mark.parametrize("name", MODULES)
def test_an_option_that_is_an_id_is_not_changed_by_ansible(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for path, option in ids_of(name, monkeypatch):
        assert option.get("elements" if option.get("type") == "list" else "type") == "raw", path


def test_the_modules_have_ids(monkeypatch: pytest.MonkeyPatch) -> None:
    found = {(name, *path) for name in MODULES for path, _option in ids_of(name, monkeypatch)}
    assert found == {
        ("botguard_website", "user"),
        ("botguard_websites", "websites", "user"),
        ("sitelock_accounts", "accounts", "account_id"),
        ("sitelock_accounts", "accounts", "sites", "site_id"),
        ("sitelock_accounts", "accounts", "sites", "subscription"),
        ("sitelock_accounts", "accounts", "sites", "addons", "subscription"),
        ("sitelock_accounts", "accounts", "addons", "subscription"),
        ("sitelock_anp_status", "site_id"),
        ("sitelock_first_contact_info", "sites", "site_id"),
        ("sitelock_first_contact_info", "account_id"),
        ("sitelock_first_contact_info", "ended_account_id"),
        ("sitelock_mail", "account_id"),
        ("sitelock_password_reset", "account_id"),
        ("sitelock_pending_emails_info", "account_id"),
        ("sitelock_sso_link", "account_id"),
        ("sitelock_sso_link", "site_id"),
        ("sitelock_waf_addon", "site_id"),
        ("sitelock_waf_addon", "account_id"),
        ("sitelock_waf_addon", "subscription"),
        ("sitelock_waf_addons", "sites", "site_id"),
        ("sitelock_waf_addons", "sites", "account_id"),
        ("sitelock_waf_addons", "sites", "subscription"),
    }


def result_of(
    name: str, given: dict[str, t.Any], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> dict[str, t.Any]:
    arguments = {"ANSIBLE_MODULE_ARGS": {**given, **WITH_INVOCATION}}
    monkeypatch.setattr(basic, "_ANSIBLE_ARGS", json.dumps(arguments).encode())
    monkeypatch.setattr(basic, "_ANSIBLE_PROFILE", "legacy", raising=False)  # since ansible-core 2.19
    with pytest.raises(SystemExit):
        importlib.import_module(f"{modules.__name__}.{name}").main()
    result: dict[str, t.Any] = json.loads(capsys.readouterr().out)
    return result


def error_of(result: dict[str, t.Any]) -> dict[str, t.Any]:
    """Of the task, or of its only item."""
    lists = (result[name] for name in ("accounts", "sites", "websites") if result.get(name))
    error: dict[str, t.Any] = result.get("error") or next(lists)[0]["error"]
    return error


@pytest.mark.parametrize("name", MODULES)
def test_nothing_but_texts_and_whole_numbers_becomes_an_id(
    name: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for path, _option in ids_of(name, monkeypatch):
        spec = spec_of(name, monkeypatch)
        for value in [*BAD, *(NO_TEXT if path[-1] == "subscription" else NO_NUMBER)]:
            if path == ("site_id",) and name == "sitelock_anp_status" and isinstance(value, list):
                continue  # a list of lists is refused by Ansible itself
            result = result_of(name, minimal(spec, path, value), monkeypatch, capsys)
            assert result["failed"], (path, value)
            error = error_of(result)
            assert error["kind"] == "bad_input", (path, value)
            message = error["message"]
            assert re.search(rf"{path[-1]}( of an add-on)? is ", message), (path, value)
            whose = {
                "botguard": "a.example: ",
                "sitelock_waf_a": "Site ",
                "sitelock_waf_p": "a.example: ",
                "sitelock_acc": "",
            }
            if path[-1] != "site_id":
                assert message.startswith(next((text for start, text in whose.items() if name.startswith(start)), ""))


@pytest.mark.parametrize("name", [name for name in MODULES if name != "sitelock_waf_preflight"])
def test_an_id_may_be_a_number_or_a_text(
    name: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for path, _option in ids_of(name, monkeypatch):
        spec = spec_of(name, monkeypatch)
        for value in (8765, "8765", " 8765\n"):
            # Nothing listens there, so the error comes from the network and not from the options.
            result = result_of(name, minimal(spec, path, value), monkeypatch, capsys)
            error = error_of(result)
            assert error["kind"] == "unavailable", (path, value)


@pytest.mark.parametrize("key", ["site_id", "account_id", "subscription"])
def test_an_entry_of_the_site_file_names_site_and_key(key: str) -> None:
    for value in [*BAD, *(NO_TEXT if key == "subscription" else NO_NUMBER)]:
        (entry,) = prepare([{"domain": "a.example", "site_id": 5, key: value}], [], Defaults())
        assert entry["error"] is not None, value
        assert entry["error"]["kind"] == "bad_input"
        assert entry["error"]["message"].startswith(f"a.example: {key} is "), value
    for value, taken in ((8765, 8765), ("8765", 8765)):
        (entry,) = prepare([{"domain": "a.example", "site_id": 5, key: value}], [], Defaults())
        assert entry["error"] is None
        assert entry[key] == (str(taken) if key == "subscription" else taken)


@pytest.mark.parametrize("key", ["domain", "zone", "renewal_date", "waf_origin"])
@pytest.mark.parametrize("value", [1.5, True, ["a.example"], {"a": "b"}, 7])
def test_a_text_of_the_site_file_is_a_text(key: str, value: t.Any) -> None:
    (entry,) = prepare([{"domain": "a.example", "site_id": 5, key: value}], [], Defaults())
    assert entry["error"] is not None
    assert f"{key} is {value!r}" in entry["error"]["message"]


@pytest.mark.parametrize("value", [*BAD, *NO_NUMBER])
def test_an_entry_of_the_website_file_names_website_and_key(value: t.Any) -> None:
    with pytest.raises(BadInputError, match=r"^a\.example: user is "):
        read_entries([{"domain": "a.example", "user": value}])


def test_a_sub_account_in_the_website_file_may_be_a_number_or_a_text() -> None:
    assert [read_entries([{"domain": "a.example", "user": user}])[0].website.user for user in (7, "7")] == [7, 7]


def test_an_id_is_given_back_as_what_the_vendor_knows() -> None:
    assert (number_id("0042", "x"), number_id(42, "x")) == (42, 42)
    assert (text_id(" P-1 ", "x"), text_id(8765, "x"), text_id("8765.0", "x")) == ("P-1", "8765", "8765.0")
    with pytest.raises(BadInputError) as refused:
        number_id("9" * 5000, "x")
    assert len(refused.value.message) < 200
