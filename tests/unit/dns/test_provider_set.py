# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Several DNS providers in one task: the selection by entry, refusals before the first call, and hidden secrets."""

from __future__ import annotations

import collections.abc
import json
import sys
import typing as t

import pytest

from ansible_collections.hosting.websec.plugins.module_utils._dns.desired import parse_desired
from ansible_collections.hosting.websec.plugins.module_utils._dns.names import parse_name
from ansible_collections.hosting.websec.plugins.module_utils._dns.providers.classes import load_octodns_class
from ansible_collections.hosting.websec.plugins.module_utils._dns.providers.hiding import DnsParameter
from ansible_collections.hosting.websec.plugins.module_utils._dns.providers.options import parse_dns_options
from ansible_collections.hosting.websec.plugins.module_utils._dns.providers.provider_set import (
    Subject,
    open_providers,
)
from ansible_collections.hosting.websec.plugins.module_utils._dns.reading import parse_questions
from ansible_collections.hosting.websec.plugins.module_utils._errors import BadInputError, MissingLibraryError
from ansible_collections.hosting.websec.tests.unit.dns.memory_provider import ACCOUNTS, Account
from ansible_collections.hosting.websec.tests.unit.dns.model import Model, ModelServer
from ansible_collections.hosting.websec.tests.unit.dns.own_provider import Dictionary
from ansible_collections.hosting.websec.tests.unit.dns.passes import entry

SECRET = "tok-5e2b9f7c1d"
HERE = "ansible_collections.hosting.websec.tests.unit.dns"
MEMORY = {"type": "octodns", "class": f"{HERE}.memory_provider.MemoryProvider", "account": "one", "token": SECRET}


OWN = {"type": "python", "class": f"{HERE}.own_provider.Dictionary"}


@pytest.fixture
def account() -> collections.abc.Iterator[Account]:
    ACCOUNTS["one"] = Account(memory_example={"A": (60, ["192.0.2.1"])})
    Dictionary.zones_here = {"own.example": {("own.example", "A"): {"ttl": 60, "values": ["192.0.2.2"]}}}
    yield ACCOUNTS["one"]
    del ACCOUNTS["one"]


@pytest.fixture
def server() -> collections.abc.Iterator[ModelServer]:
    with ModelServer(Model(server_example=["@ 60 A 192.0.2.3"])) as opened:
        yield opened


def options(server: ModelServer, **more: t.Any) -> dict[str, t.Any]:
    ns1 = {"server": "127.0.0.1", "port": server.endpoint.port, "propagation_servers": [str(server.endpoint)]}
    return {
        "providers": {"ns1": ns1, "memory": MEMORY, "own": OWN},
        "zones": {"memory.*": "memory", "own.example": "own"},
        "default": "ns1",
        **more,
    }


NAMES = ("www.server.example", "memory.example", "a.own.example")


def test_one_call_is_about_several_providers(account: Account, server: ModelServer) -> None:
    wanted = [entry(name, "A", "198.51.100.7", dns_accept="best_effort") for name in NAMES]
    with open_providers(options(server), read_only=False, concurrency=2) as providers:
        zones = providers.zones([Subject(parse_name(name, "name")) for name in NAMES])
        done = providers.change(parse_desired(wanted))
        again = providers.change(parse_desired(wanted))
        asked = [
            {"zone": zone["zone"], "name": zone["name"], "type": "A", "every_server": zone["provider"] == "ns1"}
            for zone in zones
        ]
        read = providers.read(parse_questions(asked))
    places = [("ns1", "server.example"), ("memory", "memory.example"), ("own", "own.example")]
    assert [(each["provider"], each["zone"]) for each in zones] == places
    assert [(each["provider"], each["zone"], each["changed"]) for each in done["record_sets"]] == [
        (*place, True) for place in places
    ]
    assert [(each["provider"], each["conditional"], each["atomicity"]) for each in done["zones"]] == [
        ("ns1", True, "zone_atomic"),
        ("memory", False, "none"),
        ("own", False, "zone_atomic"),
    ]
    assert (again["changed"], [each["values"] for each in read]) == (False, [["198.51.100.7"]] * 3)
    assert [each["everywhere"] for each in read] == [True, None, None]


def test_check_mode_says_the_same_and_writes_nothing(account: Account, server: ModelServer) -> None:
    wanted = [entry(name, "A", "198.51.100.7", dns_accept="best_effort") for name in NAMES]
    with open_providers(options(server), read_only=True, concurrency=2) as providers:
        planned = providers.change(parse_desired(wanted))
    assert [each["changed"] for each in planned["record_sets"]] == [True] * 3
    assert (account.applied, Dictionary.zones_here["own.example"].keys()) == ([], {("own.example", "A")})
    with open_providers(options(server), read_only=False, concurrency=2) as providers:
        assert providers.change(parse_desired(wanted)) == planned


def test_an_entry_chooses_its_provider_itself(account: Account, server: ModelServer) -> None:
    wanted = [
        {**entry("own.example", "A", "198.51.100.7", dns="memory", dns_accept="best_effort"), "zone": "own.example"},
        {**entry("own.example", "A", "198.51.100.8", dns_accept="best_effort"), "zone": "own.example"},
    ]
    account.zones["own.example."] = {}
    with open_providers(options(server), read_only=False, concurrency=2) as providers:
        done = providers.change(parse_desired(wanted))
    assert [each["provider"] for each in done["record_sets"]] == ["memory", "own"]
    assert account.zones["own.example."] == {"A": (3600, ["198.51.100.7"])}
    assert Dictionary.zones_here["own.example"]["own.example", "A"]["values"] == ["198.51.100.8"]


@pytest.mark.parametrize(
    ("change", "zone", "own", "message"),
    [
        ({"zones": {"memory.*": "memory", "*.example": "own"}}, "memory.example", None, "matched by 2 patterns"),
        ({}, "memory.example", "nowhere", "dns of the entry is an unknown DNS provider."),
        (
            {"zones": {"memory.example": "nowhere"}},
            "memory.example",
            None,
            "memory.example in zones of dns is an unknown",
        ),
        ({"default": None}, "server.example", None, "there is no default"),
        ({"memory": {**MEMORY, "type": "cobol"}}, "memory.example", None, "there is no type ********"),
        ({"memory": {**MEMORY, "class": "octodns_nowhere.Provider"}}, "memory.example", None, "octodns_nowhere"),
        ({"memory": {**MEMORY, "class": "octodns.zone.Zone"}}, "memory.example", None, "is not a provider of octoDNS"),
        ({"memory": {**MEMORY, "class": "octodns.zone.Nothing"}}, "memory.example", None, "has no Nothing"),
        ({"memory": {**MEMORY, "class": "no path"}}, "memory.example", None, "is not the path of a Python class"),
        ({"memory": {"type": "octodns"}}, "memory.example", None, "has no class"),
        ({"memory": {**MEMORY, "token": None}}, "memory.example", None, "lacks options, such as credentials"),
        ({"memory": {**MEMORY, "tokens": "x"}}, "memory.example", None, "refuses its options"),
        ({"memory": {**MEMORY, "token": "env/WEBSEC_NO_SUCH"}}, "memory.example", None, "WEBSEC_NO_SUCH is not set"),
        ({"memory": {**MEMORY, "concurrency": 0}}, "memory.example", None, "1 or greater"),
        (
            {"memory": {**MEMORY, "options": {"token": "x"}}},
            "memory.example",
            None,
            "given both in options and next to it",
        ),
        (
            {"own": {**OWN, "class": f"{HERE}.own_provider.Incomplete"}},
            "own.example",
            None,
            "no method read, change",
        ),
        ({"ns1": {"server": "192.0.2.1", "key_name": "k"}}, "server.example", None, "key_secret is missing"),
        ({"ns1": {"server": "192.0.2.1", "key_name": "k", "key_secret": "%"}}, "server.example", None, "not base64"),
        ({"ns1": {"key_name": "k", "key_secret": "QQ=="}}, "server.example", None, "has no server"),
        ({"ns1": {"server": "192.0.2.1", "token": "x"}}, "server.example", None, "has no option token"),
        ({"accept": None}, "memory.example", None, "dns_accept: best_effort"),
    ],
)
def test_what_is_refused_before_the_first_call_and_whom_it_costs(
    account: Account, server: ModelServer, change: dict[str, t.Any], zone: str, own: str | None, message: str
) -> None:
    given = options(server, accept="best_effort")
    for name, value in change.items():
        (given["providers"] if name in given["providers"] else given)[name] = value
    wanted = [{**entry(zone, "A", "198.51.100.7"), "zone": zone, "dns": own}]
    wanted += [
        {**entry(each, "A", "198.51.100.7"), "zone": each, "dns": name, "dns_accept": "best_effort"}
        for each, name in (("memory.example", "memory"), ("own.example", "own"), ("server.example", "ns1"))
        if each != zone
    ]
    with open_providers(given, read_only=False, concurrency=2) as providers:
        refusal = providers.refusal(parse_name(zone, "zone"), zone=parse_name(zone, "zone"), provider=own)
        done = providers.change(parse_desired(wanted))["record_sets"]
    assert refusal is not None
    assert refusal.kind == ("missing_library" if "nowhere.P" in str(change) else "bad_input")
    assert message in f"{refusal.message} {refusal.hint}"
    assert SECRET not in f"{refusal.message} {refusal.hint}"
    assert done[0]["error"]["message"] == refusal.message
    assert [(each["failed"], each["changed"]) for each in done] == [(True, False), (False, True), (False, True)]


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"providers": {}, "server": "192.0.2.1"}, "server of a single name server as well"),
        ({"providers": ["ns1"]}, "not a mapping of names"),
        ({"provider": {}}, "has no option .*Did you mean providers"),
        ({"providers": {}, "accept": "anything"}, "the only allowed value is best_effort"),
        ({"providers": {}, "zones": ["x"]}, "not a mapping of patterns"),
    ],
)
def test_what_is_not_understood_as_a_whole(given: dict[str, t.Any], message: str) -> None:
    with pytest.raises(BadInputError, match=message):
        parse_dns_options(given)


def test_reading_and_conditional_providers_need_nobody_to_accept_anything(
    account: Account, server: ModelServer
) -> None:
    with open_providers(options(server), read_only=False, concurrency=1) as providers:
        zones = {name: parse_name(name, "zone") for name in ("server.example", "memory.example")}
        found = [
            providers.refusal(zone, zone=zone, writes=writes, accept=accept) is None
            for zone in zones.values()
            for writes, accept in ((True, None), (False, None), (True, "best_effort"))
        ]
        unknown = providers.refusal(zones["memory.example"])
    assert found == [True, True, True, False, True, True]
    assert unknown is not None  # its zone may belong to a provider that is not conditional


def test_the_options_of_one_server_are_one_provider(server: ModelServer) -> None:
    with open_providers(
        {"server": "127.0.0.1", "port": server.endpoint.port}, read_only=False, concurrency=1
    ) as providers:
        done = providers.change(parse_desired([entry("server.example", "A", "198.51.100.7")]))
    assert (done["record_sets"][0]["provider"], done["record_sets"][0]["changed"]) == ("rfc2136", True)


@pytest.mark.parametrize(
    ("pattern", "zone", "expected"),
    [
        ("*.example", "customer.example", True),
        ("*.example", "a.customer.example", True),
        ("*.example", "example.net", False),
        ("CUSTOMER.example.", "customer.example", True),
        ("bücher.example", "xn--bcher-kva.example", True),
        ("*.bücher.example", "a.xn--bcher-kva.example", True),
    ],
)
def test_patterns_of_zones(pattern: str, zone: str, expected: bool) -> None:
    parsed = parse_dns_options({"providers": {"one": {}, "two": {}}, "zones": {pattern: "one"}, "default": "two"})
    assert parsed.provider_of(parse_name(zone, "zone")) == ("one" if expected else "two")


@pytest.mark.parametrize(
    "given",
    [
        {"key_secet": SECRET, "server": "192.0.2.1"},
        {"providers": {"one": {**MEMORY, "options": json.dumps({"key": SECRET})}}},
        {"providers": {"one": {**MEMORY, "options": {"host": f"https://user:{SECRET}@192.0.2.1"}}}},
        {"providers": {"one": {**MEMORY, "key": (SECRET,)}}},
    ],
)
def test_a_secret_in_a_wrong_place_is_not_shown_either(given: dict[str, t.Any]) -> None:
    assert SECRET not in json.dumps(DnsParameter(given))


def test_a_secret_of_digits_is_not_shown() -> None:
    given = {"providers": {"one": {**MEMORY, "password": 8675309123}, "two": {"key_secret": 8675309123}}}
    parameter = DnsParameter(given)
    assert "8675309123" not in json.dumps(parameter)
    assert "8675309123" in parse_dns_options(parameter.given).providers["one"].secrets()


def test_ansible_can_copy_the_option_in_a_result() -> None:
    # ansible-core 2.18 makes an empty mapping of the same class, and fills it.
    assert type(DnsParameter({"server": "192.0.2.1"}))() == {}


class _Untold(Exception):
    def __str__(self) -> str:
        raise ValueError


@pytest.mark.parametrize("problem", [SystemExit(1), _Untold()])
@pytest.mark.parametrize("method", ["zones", "read", "close"])
def test_an_odd_exception_of_a_provider_costs_what_needs_it_alone(
    account: Account, monkeypatch: pytest.MonkeyPatch, problem: BaseException, method: str
) -> None:
    def fail(*_arguments: t.Any) -> None:
        raise problem

    monkeypatch.setattr(Dictionary, method, fail, raising=False)
    given = {"providers": {"memory": MEMORY, "own": OWN}, "zones": {"memory.*": "memory"}, "default": "own"}
    with open_providers(given, read_only=True, concurrency=1) as providers:
        names = ("memory.example", "own.example")
        zones = providers.zones([Subject(parse_name(name, "name")) for name in names])
        read = providers.read(
            parse_questions([{"zone": name, "name": name, "type": "A", "every_server": False} for name in names])
        )
    assert [result["error"] is None for result in zones] == [True, method != "zones"]
    assert [result["failed"] for result in read] == [False, method == "read"]


@pytest.mark.parametrize(
    "answer", [[1], "x", {"values": [SECRET], "ttl": 60}, {"values": ["192.0.2.1"], "ttl": float("inf")}]
)
def test_what_is_no_record_set_is_said_of_the_provider_and_without_its_secrets(account: Account, answer: t.Any) -> None:
    Dictionary.zones_here = {"own.example": {("own.example", "A"): answer}}
    given = {"providers": {"own": {**OWN, "password": SECRET}}}
    with open_providers(given, read_only=True, concurrency=1) as providers:
        question = {"zone": "own.example", "name": "own.example", "type": "A", "every_server": False}
        (result,) = providers.read(parse_questions([question]))
    assert result["error"]["kind"] == "bad_response"
    assert "is not a record set" in result["error"]["message"]
    assert SECRET not in json.dumps(result)


def test_no_secret_is_logged_returned_or_told(account: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WEBSEC_TOKEN", "secret-of-the-environment")
    given = {
        "providers": {
            "ns1": {"server": "192.0.2.1", "key_name": "key", "key_secret": SECRET},
            "memory": {**MEMORY, "options": {"deep": [{"er": SECRET}], "host": "h"}},
            "own": {**OWN, "password": "wrong"},
            "environment": {**MEMORY, "token": "env/WEBSEC_TOKEN"},
        },
        "default": "own",
        "accept": "best_effort",
    }
    parameter = DnsParameter(given)
    assert SECRET not in json.dumps(parameter) + repr(parameter) + str(parameter)
    told = t.cast("dict[str, t.Any]", parameter["providers"])
    assert (told["ns1"]["server"], told["ns1"]["key_name"]) == ("192.0.2.1", "key")
    assert (told["memory"]["class"], told["memory"]["options"]["host"]) == (MEMORY["class"], "h")
    assert told["environment"]["token"] == "env/WEBSEC_TOKEN"
    with open_providers(parameter, read_only=True, concurrency=1) as providers:
        assert providers._options.providers["ns1"].given["key_secret"] == SECRET
        assert SECRET not in repr(providers._options)
        result = providers.read(
            parse_questions([{"zone": "own.example", "name": "own.example", "type": "A", "every_server": False}])
        )
    assert (result[0]["error"]["kind"], "wrong" in result[0]["error"]["message"]) == ("not_allowed", False)


def test_nobody_is_told_to_install_a_class_of_ones_own_from_an_index(server: ModelServer) -> None:
    given = options(server)
    given["providers"]["own"] = {**OWN, "class": "websec_no_such_package.Mine"}
    given["providers"]["memory"] = {**MEMORY, "class": "websec_no_such_package.Theirs"}
    with open_providers(given, read_only=True, concurrency=2) as providers:
        own, published = (
            providers.refusal(parse_name(f"{each}.example", "zone"), provider=each) for each in ("own", "memory")
        )
    assert own is not None
    assert published is not None
    assert (own.kind, published.kind) == ("missing_library", "missing_library")
    assert ("PYTHONPATH" in own.hint, "pip" in own.hint) == (True, False)
    assert "pip install websec-no-such-package" in published.hint


@pytest.mark.parametrize(
    ("path", "packages"),
    [
        ("octodns_powerdns.PowerDnsProvider", "octodns octodns-powerdns"),
        ("octodns_azure.provider.AzureProvider", "octodns octodns-azure"),
        ("mine.Provider", "octodns"),
    ],
)
def test_without_octodns_both_packages_are_named(monkeypatch: pytest.MonkeyPatch, path: str, packages: str) -> None:
    monkeypatch.setitem(sys.modules, "octodns.provider.base", None)
    with pytest.raises(MissingLibraryError) as refused:
        load_octodns_class(path)
    assert refused.value.hint.endswith(f"pip install {packages}")
