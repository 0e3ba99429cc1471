# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A secret at any wrong place of O(dns), in any wrong form: in no error, in no result and in no invocation."""

from __future__ import annotations

import base64
import collections.abc
import importlib
import itertools
import json
import signal
import socket
import typing as t

import pytest
from ansible.module_utils import basic

from ansible_collections.hosting.websec.plugins.module_utils._dns.desired import parse_desired
from ansible_collections.hosting.websec.plugins.module_utils._dns.names import parse_name
from ansible_collections.hosting.websec.plugins.module_utils._dns.providers import hiding
from ansible_collections.hosting.websec.plugins.module_utils._dns.providers import option_names as names
from ansible_collections.hosting.websec.plugins.module_utils._dns.providers.hiding import DnsParameter
from ansible_collections.hosting.websec.plugins.module_utils._dns.providers.provider_set import (
    Subject,
    open_providers,
)
from ansible_collections.hosting.websec.plugins.module_utils._dns.reading import parse_questions
from ansible_collections.hosting.websec.plugins.module_utils._errors import WebsecError
from ansible_collections.hosting.websec.tests.unit.dns.own_provider import Dictionary
from ansible_collections.hosting.websec.tests.unit.dns.passes import entry
from ansible_collections.hosting.websec.tests.unit.invocation import WITH_INVOCATION

Given = dict[str, t.Any]

HERE = "ansible_collections.hosting.websec.tests.unit.dns"
SERVER = {"server": "127.0.0.1", "port": 1, "key_name": "websec", "key_secret": "c2VjcmV0LW9mLXRoZS1rZXk="}
DRIVERS = {
    "octodns": {"type": "octodns", "class": f"{HERE}.memory_provider.MemoryProvider", "account": "one", "token": "x"},
    "python": {"type": "python", "class": f"{HERE}.own_provider.Dictionary"},
}
SECRETS = (
    "Tr0ub4dor-and-3-more",
    "correct horse battery staple",
    base64.b64encode(b"a key of a name server?").decode(),
    "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N",
    "9f86d081884c7d659a2feaa0c55ad015",
    "https://admin:Tr0ub4dor@192.0.2.7/",
    'it\'s "quoted"\\and\nbroken 41',
    "8675309123",
    "env/not a variable but 53cret",
)
WORDS = ("swordfish", "letmein-please", "correct.horse.battery")
"""Secrets that look like names."""
FORMS: tuple[collections.abc.Callable[[str], t.Any], ...] = (
    lambda secret: secret,
    lambda secret: {"token": secret},
    lambda secret: [secret],
    lambda secret: {secret: "x"},
    lambda secret: [{"deep": [{"er": secret}]}],
)
UNKNOWN = "key_secrt"
TOP = {
    *names.FLAT,
    *("providers", "zones", "default", "accept", UNKNOWN),
}
OF_PROVIDER = {*names.FLAT, "type", "class", "options", "atomicity", "txt", "concurrency", "host", UNKNOWN}


Make = collections.abc.Callable[[t.Any], Given]


def _at(base: Given, name: str, wrap: Make = lambda made: t.cast("Given", made)) -> Make:
    """:returns: makes O(dns) with a value as ``name`` of ``base``."""
    return lambda value: wrap({**base, name: value})


def _as_key(base: Given, wrap: Make = lambda made: t.cast("Given", made)) -> Make:
    return lambda value: wrap({**base, str(value): "x"})


def _provider(one: Given) -> Given:
    return {"providers": {"ns1": one}, "accept": "best_effort"}


def cases() -> collections.abc.Iterator[tuple[str, Make]]:
    """Every place, with a function that makes O(dns) with a value there."""
    one = _provider(DRIVERS["python"])
    yield "dns", lambda value: t.cast("Given", value)
    for name in sorted(TOP):
        yield f"dns.{name}", _at(SERVER, name)
        yield f"dns.{name} beside providers", _at(one, name)
    yield "a key of dns", _as_key(SERVER)
    yield "a key of providers", _as_key({}, lambda made: {"providers": made})
    yield "a pattern", lambda value: {**one, "zones": {str(value): "ns1"}}
    yield "a provider of a pattern", lambda value: {**one, "zones": {"*.example": value}}
    for kind, base in {"rfc2136": {"type": "rfc2136", **SERVER}, **DRIVERS}.items():
        for name in sorted(OF_PROVIDER):
            yield f"{kind}.{name}", _at(base, name, _provider)
        yield f"a key of {kind}", _as_key(base, _provider)
        yield f"{kind}.options.host", _at({}, "host", _at(base, "options", _provider))


CASES = dict(cases())

ANY_NAME = {
    "a pattern",
    *(f"{base}.{name}" for base in ("dns", "rfc2136") for name in ("server", "key_name", "propagation_servers")),
    *(f"dns.{name} beside providers" for name in ("server", "key_name", "propagation_servers")),
    *(f"{kind}.{name}" for kind in DRIVERS for name in ("server", "host", "options.host", "propagation_servers")),
}
"""Places where any name is right: nothing distinguishes a secret that looks like one from a name server."""


@pytest.fixture(autouse=True)
def _no_name_service(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_arguments: t.Any, **_named: t.Any) -> t.NoReturn:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", fail)
    Dictionary.zones_here = {"own.example": {}}


def shows(text: str, secret: str) -> bool:
    """Whether the secret or its longest part is in ``text``, unchanged or as JSON or Python write it."""
    written = {secret, secret.lower(), json.dumps(secret)[1:-1], repr(secret)[1:-1]}
    longest = max(secret.replace("/", ".").replace(":", ".").replace("@", ".").split("."), key=len)
    return any(each in text for each in {*written, longest, longest.lower()})


def told(given: Given) -> str:
    """All output about O(dns) and its use."""
    parameter = DnsParameter(given)
    said = [json.dumps(parameter), repr(parameter)]
    name = parse_name("www.own.example", "name")
    try:
        with open_providers(parameter, read_only=False, concurrency=1) as providers:
            for own in (None, "ns1"):
                said.append(str(providers.refusal(name, zone=name, provider=own)))
                said.append(json.dumps(providers.zones([Subject(name, own)])))
            question = {"zone": "own.example", "name": "www.own.example", "type": "A", "every_server": False}
            said.append(json.dumps(providers.read(parse_questions([question]))))
            wanted = {**entry("www.own.example", "A", "192.0.2.1"), "zone": "own.example"}
            said.append(json.dumps(providers.change(parse_desired([wanted]), warn=said.append)))
    except WebsecError as error:
        said.append(f"{error.message} {error.hint}")
    return "\n".join(said)


AS_IT_IS, _IN_A_MAPPING, IN_A_LIST, AS_A_KEY, _DEEP = FORMS


def is_a_right_name(place: str, form: t.Any, secret: str) -> bool:
    forms = (AS_A_KEY,) if place.startswith("dns.zones") else (AS_IT_IS, IN_A_LIST) if place in ANY_NAME else ()
    return secret in WORDS and form in forms


@pytest.mark.parametrize("place", CASES)
def test_a_secret_at_any_wrong_place_is_shown_nowhere(place: str) -> None:
    for secret, form in itertools.product((*SECRETS, *WORDS), FORMS):
        if is_a_right_name(place, form, secret):
            continue
        given = CASES[place](form(secret))
        text = told(given)
        assert not shows(text, secret), f"{given}: {text}"


MODULES = ("dns_record_sets", "dns_record_sets_info", "dns_zones_info", "sitelock_waf_sites")
OPTIONS: dict[str, Given] = {
    "dns_record_sets": {"record_sets": [{"name": "www.own.example", "type": "A", "values": ["192.0.2.1"]}]},
    "dns_record_sets_info": {"record_sets": [{"name": "www.own.example", "type": "A"}]},
    "dns_zones_info": {"names": ["www.own.example"]},
    "sitelock_waf_sites": {"sites": [{"domain": "www.own.example", "site_id": 1}], "preflight": False},
}
API = {"api_url": "http://127.0.0.1:1", "api_username": "me", "api_password": "hunter2-and-more", "retries": 0}


@pytest.fixture(name="output")
def _output(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> collections.abc.Iterator[t.Any]:
    """What a module prints at the highest verbosity."""
    numbers = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
    handlers = {number: signal.getsignal(number) for number in numbers}

    def run(module: str, given: t.Any, *, broken: bool) -> str:
        arguments = {
            **OPTIONS[module],
            **(API if module == "sitelock_waf_sites" else {}),
            **({"no_such_option": 1} if broken else {}),
            "dns": given,
            "_ansible_verbosity": 4,
            **WITH_INVOCATION,
        }
        monkeypatch.setattr(basic, "_ANSIBLE_ARGS", json.dumps({"ANSIBLE_MODULE_ARGS": arguments}).encode())
        monkeypatch.setattr(basic, "_ANSIBLE_PROFILE", "legacy", raising=False)  # since ansible-core 2.19
        main = importlib.import_module(f"ansible_collections.hosting.websec.plugins.modules.{module}").main
        with pytest.raises(SystemExit):
            main()
        return "".join(capsys.readouterr())

    yield run
    for number, handler in handlers.items():
        signal.signal(number, handler)


@pytest.mark.parametrize("module", MODULES)
def test_no_module_prints_a_secret_at_a_wrong_place(output: t.Any, module: str) -> None:
    """Each module with a share of the places; C(broken): another option is wrong, so Ansible ends the module."""
    mixtures = itertools.cycle(itertools.product(FORMS, (*SECRETS, *WORDS)))
    for position, (place, form_and_secret) in enumerate(zip(CASES, mixtures)):
        form, secret = form_and_secret
        if is_a_right_name(place, form, secret):
            continue
        text = output(module, CASES[place](form(secret)), broken=position % 5 == 4)
        assert "invocation" in text
        assert not shows(text, secret), f"{place}: {text}"


@pytest.mark.parametrize(
    ("place", "value", "message"),
    [
        ("dns.accept beside providers", "besteffort", "accept is wrong; the only allowed value is best_effort"),
        ("python.type", "pyhton", "Types are rfc2136, octodns, python."),
        ("octodns.atomicity", "zone", "atomicity is ********; use "),
        ("octodns.atomicity", "best_effort", "atomicity is best_effort; use "),
        ("rfc2136.server", "name server", "********"),
        ("rfc2136.port", "0", "port is 0; it must be a number"),
        ("rfc2136.port", "dns", "port is ********; it must be a number"),
        ("rfc2136.key_algorithm", "hmac-sha3", "Use one of hmac-md5,"),
        ("rfc2136.key_secrt", "x", "no option ********. Did you mean key_secret?"),
        ("rfc2136.host", "192.0.2.1", "no option host."),
        ("a provider of a pattern", "ns11", "is an unknown DNS provider. Did you mean ns1?"),
        ("dns.default beside providers", "ns11", "default of dns is an unknown DNS provider. Did you mean ns1?"),
        ("octodns.class", "octodns_nowhere.Provider", "octodns_nowhere"),
    ],
)
def test_a_message_about_a_wrong_value_says_what_is_right(place: str, value: str, message: str) -> None:
    assert message in told(CASES[place](value))


@pytest.mark.parametrize(
    "given",
    [
        {"server": "ns1.hoster.example", "port": 5353, "key_name": "websec-key.hoster.example.", "timeout": 10},
        {"server": "2001:db8::1", "propagation_servers": ["192.0.2.1:53", "[2001:db8::2]:5353", "ns2.Hoster.example"]},
        {"providers": {"NS 1": {"server": "ns1"}}, "zones": {"*.bücher.example": "NS 1"}, "default": "NS 1"},
        {"providers": {"p": {"type": "octodns", "class": "octodns_route53.Route53Provider", "region": "eu-west-1"}}},
        {"providers": {"p": {"type": "python", "class": "MyPackage.Mine", "host": "https://dns.example:8443/api/"}}},
        {"providers": {"p": {"type": "octodns", "options": {"host": "192.0.2.5", "port": "8081"}}}},
        {"accept": "best_effort", "providers": {}},
    ],
)
def test_what_is_right_is_shown(given: Given) -> None:
    assert dict(DnsParameter(given)) == given


def test_the_environment_is_named_and_its_values_are_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WEBSEC_SERVER", SECRETS[0])
    given = {"providers": {"ns1": {"server": "env/WEBSEC_SERVER", "key_name": f"env/WEBSEC_KEY/{SECRETS[1]}"}}}
    parameter = DnsParameter(given)
    assert parameter["providers"]["ns1"] == {"server": "env/WEBSEC_SERVER", "key_name": "env/WEBSEC_KEY/********"}
    assert not shows(told(given), SECRETS[0])
    assert not shows(told(given), SECRETS[1])


def test_every_option_is_attacked() -> None:
    known = {*hiding._OF_SERVER, *hiding._OF_DRIVER, *names.OF_DRIVER, *names.OF_SET, *names.FLAT}
    assert known - {"providers", "zones", "default", "accept"} <= OF_PROVIDER
    assert known <= TOP | OF_PROVIDER
