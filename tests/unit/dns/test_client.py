# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Connections: pipelining, reuse, replacement after a break; signatures; messages of failures."""

from __future__ import annotations

import socket
import typing as t

import dns.exception
import dns.message
import dns.name
import dns.rcode
import dns.rdatatype
import dns.tsig
import dns.update
import pytest

from ansible_collections.hosting.websec.plugins.module_utils._dns import connection
from ansible_collections.hosting.websec.plugins.module_utils._dns.client import DnsClient
from ansible_collections.hosting.websec.plugins.module_utils._dns.connection import Endpoint
from ansible_collections.hosting.websec.plugins.module_utils._dns.options import (
    KEY_ALGORITHMS,
    ServerSettings,
    parse_endpoint,
    server_settings,
)
from ansible_collections.hosting.websec.plugins.module_utils._dns.providers.provider_set import one_provider
from ansible_collections.hosting.websec.plugins.module_utils._dns.providers.rfc2136 import Rfc2136Provider
from ansible_collections.hosting.websec.plugins.module_utils._dns.reading import parse_questions
from ansible_collections.hosting.websec.plugins.module_utils._dns.refusals import (
    read_refusal,
    tsig_error,
    update_refusal,
)
from ansible_collections.hosting.websec.plugins.module_utils._effects import WriteRefusedError
from ansible_collections.hosting.websec.plugins.module_utils._errors import BadInputError, WebsecError
from ansible_collections.hosting.websec.tests.unit.dns.model import Model, ModelServer
from ansible_collections.hosting.websec.tests.unit.stuck_resolver import resolver

ZONE = dns.name.from_text("customer.example")
KEY = dns.tsig.Key("websec", "MDEyMzQ1Njc4OWFiY2RlZg==", "hmac-sha256")
OTHER_KEY = dns.tsig.Key("websec", "ZmVkY2JhOTg3NjU0MzIxMA==", "hmac-sha256")
OPTIONS: dict[str, t.Any] = {
    "server": "192.0.2.53",
    "port": 53,
    "key_name": "websec",
    "key_secret": "MDEyMzQ1Njc4OWFiY2RlZg==",
    "key_algorithm": "hmac-sha256",
    "timeout": 10,
}


def model() -> Model:
    return Model(customer_example=[f"n{number} 60 TXT text-{number}" for number in range(100)])


def client(server: ModelServer, key: dns.tsig.Key | None = None, timeout: float = 5) -> DnsClient:
    return DnsClient(ServerSettings(server.endpoint, key, timeout), read_only=False)


def keys(count: int) -> list[tuple[dns.name.Name, dns.rdatatype.RdataType]]:
    return [(dns.name.from_text(f"n{number}", ZONE), dns.rdatatype.TXT) for number in range(count)]


def texts(asking: DnsClient, count: int = 100) -> list[str]:
    return [str(answer.answer[0][0]) for answer in asking.ask(keys(count))]


def an_update() -> dns.update.UpdateMessage:
    message = dns.update.UpdateMessage(ZONE)
    message.add(dns.name.from_text("new", ZONE), 60, "A", "192.0.2.1")
    return message


@pytest.mark.parametrize("key", [None, KEY])
def test_many_questions_and_an_update_share_one_connection(key: dns.tsig.Key | None) -> None:
    zones = model()
    with ModelServer(zones, key) as server, client(server, key) as asking:
        assert texts(asking) == [f'"text-{number}"' for number in range(100)]
        assert asking.update(an_update()).rcode() == dns.rcode.NOERROR
        assert texts(asking, 3) == ['"text-0"', '"text-1"', '"text-2"']
        assert server.connections == 1
    assert "new.customer.example. 60 A 192.0.2.1" in zones.lines("customer.example")
    assert len(zones.queries) == 103


class Watched:
    """A socket that records its calls in ``calls``."""

    def __init__(self, real: socket.socket, calls: list[t.Any]) -> None:
        self._real = real
        self._calls = calls

    def __getattr__(self, name: str) -> t.Any:
        method = getattr(self._real, name)

        def called(*arguments: t.Any) -> t.Any:
            self._calls.append((name, *(each for each in arguments if isinstance(each, int))))
            return method(*arguments)

        return called


def test_questions_go_out_together_and_answers_are_acknowledged_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[t.Any] = []
    connect = connection.connect
    monkeypatch.setattr(connection, "connect", lambda *arguments: Watched(connect(*arguments), calls))
    with ModelServer(model()) as server, client(server) as asking:
        for _round in range(25):
            assert len(texts(asking, 3)) == 3
    assert [call[0] for call in calls].count("sendall") == 25
    # The server sends the second response only after the first one was acknowledged, which Linux delays by 40 ms
    # without TCP_QUICKACK. It must be set before each read.
    quick = ("setsockopt", socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)
    reads = [number for number, call in enumerate(calls) if call[0] == "recv"]
    assert reads
    assert all(calls[number - 1] == quick for number in reads)


def test_a_server_that_closes_after_some_answers_is_asked_again_for_the_rest() -> None:
    with ModelServer(model(), close_after=30) as server, client(server) as asking:
        assert texts(asking) == [f'"text-{number}"' for number in range(100)]


def test_a_server_that_answers_nothing_at_all_ends_the_questions() -> None:
    with (
        ModelServer(model(), close_after=0) as server,
        client(server) as asking,
        pytest.raises(WebsecError) as failed,
    ):
        asking.ask(keys(3))
    assert failed.value.kind == "unavailable"


def test_an_update_whose_answer_is_lost_may_have_happened() -> None:
    zones = model()
    with ModelServer(zones, lose_updates=True) as server, client(server) as asking:
        with pytest.raises(WebsecError) as failed:
            asking.update(an_update())
        assert failed.value.may_have_happened
        assert zones.updates == 1
        assert len(texts(asking)) == 100


def test_a_silent_server_times_out() -> None:
    with (
        ModelServer(model(), silent=True) as server,
        client(server, timeout=0.2) as asking,
        pytest.raises(WebsecError) as failed,
    ):
        asking.ask(keys(1))
    assert failed.value.kind == "timeout"
    assert str(server.endpoint) in failed.value.message


def test_a_closed_port_is_told_with_address_and_reason() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        endpoint = Endpoint("127.0.0.1", unused.getsockname()[1])
        asking = DnsClient(ServerSettings(endpoint, None, 2), read_only=False)
        with pytest.raises(WebsecError) as failed:
            asking.update(an_update())
    assert failed.value.kind == "unavailable"
    assert not failed.value.may_have_happened
    assert str(endpoint) in failed.value.message
    assert "refused" in failed.value.message


@pytest.mark.parametrize(
    ("server_key", "our_key", "code"),
    [(KEY, OTHER_KEY, "BADSIG"), (KEY, dns.tsig.Key("other", KEY.secret, "hmac-sha256"), "BADKEY")],
)
def test_a_wrong_key_is_told_without_its_secret(server_key: dns.tsig.Key, our_key: dns.tsig.Key, code: str) -> None:
    with (
        ModelServer(model(), server_key) as server,
        client(server, our_key) as asking,
        pytest.raises(WebsecError) as failed,
    ):
        asking.ask(keys(1))
    assert (failed.value.kind, failed.value.code) == ("auth", code)
    assert not failed.value.may_have_happened
    assert our_key.name.to_text(True) in failed.value.message


def test_one_answer_that_is_none_does_not_take_the_others_along() -> None:
    zones = model()
    with ModelServer(zones, KEY, strangers="other.example") as server, client(server, KEY) as asking:
        wanted = [*keys(3), (dns.name.from_text("www.other.example"), dns.rdatatype.SOA), *keys(2)]
        answers = asking.ask_each(wanted)
        with pytest.raises(WebsecError) as failed:
            asking.ask(wanted)
    assert [isinstance(answer, WebsecError) for answer in answers] == [False, False, False, True, False, False]
    assert failed.value.code == "BADKEY"
    assert server.connections == 1


def test_answers_without_signature_are_not_believed() -> None:
    with (
        ModelServer(model(), KEY, unsigned=True) as server,
        client(server, KEY) as asking,
        pytest.raises(WebsecError) as failed,
    ):
        asking.ask(keys(1))
    assert failed.value.kind == "bad_response"
    assert "is not signed with the key websec" in failed.value.message


def test_a_refusal_without_signature_is_a_refusal_all_the_same() -> None:
    with ModelServer(model(), KEY, unsigned=True) as server, client(server, KEY) as asking:
        (answer,) = asking.ask([(dns.name.from_text("other.example"), dns.rdatatype.A)])
    assert answer.rcode() == dns.rcode.REFUSED


@pytest.mark.parametrize(
    ("error", "kind", "code", "says"),
    [
        (dns.tsig.PeerBadKey(), "auth", "BADKEY", "key_name"),
        (dns.tsig.PeerBadSignature(), "auth", "BADSIG", "key_secret"),
        (dns.tsig.BadSignature(), "auth", "BADSIG", "key_secret"),
        (dns.tsig.PeerBadTime(), "auth", "BADTIME", "clock"),
        (dns.tsig.BadTime(), "auth", "BADTIME", "clock"),
        (dns.message.ShortHeader(), "bad_response", None, "ShortHeader"),
    ],
)
def test_what_does_not_fit_in_a_signature_says_what_to_look_at(
    error: dns.exception.DNSException, kind: str, code: str | None, says: str
) -> None:
    told = tsig_error(error, "192.0.2.53", "websec")
    assert (told.kind, told.code) == (kind, code)
    assert says in f"{told.message} {told.hint}"
    assert "192.0.2.53" in told.message


@pytest.mark.parametrize(
    ("clock", "says"),
    [(1234567890, "it is 2009-02-13 23:31:30 UTC there, and "), (2**48 - 1, "signed request.")],
)
def test_a_clock_that_differs_is_told_with_the_time_of_the_server(clock: int, says: str) -> None:
    with (
        ModelServer(model(), KEY, clock=clock) as server,
        client(server, KEY) as asking,
        pytest.raises(WebsecError) as failed,
    ):
        asking.ask(keys(1))
    assert (failed.value.kind, failed.value.code) == ("auth", "BADTIME")
    assert says in failed.value.message


def test_a_bare_notauth_names_the_clocks_too() -> None:
    # The response of PowerDNS if the clocks differ, without a signature and without a reason.
    for error in (
        read_refusal(dns.rcode.NOTAUTH, "192.0.2.53", "www.customer.example A"),
        update_refusal(dns.rcode.NOTAUTH, "192.0.2.53", ZONE, "websec"),
    ):
        assert "clocks" in error.hint


@pytest.mark.parametrize("key", [None, KEY])
def test_a_part_of_an_answer_is_no_answer(key: dns.tsig.Key | None) -> None:
    with ModelServer(model(), key, truncated=True) as server, client(server, key) as asking:
        for failing in (lambda: asking.ask(keys(1)), lambda: asking.update(an_update())):
            with pytest.raises(WebsecError) as failed:
                failing()
            assert (failed.value.kind, failed.value.may_have_happened) == ("bad_response", True)
            assert "truncated" in failed.value.message


def test_a_client_for_check_mode_sends_no_update() -> None:
    zones = model()
    with ModelServer(zones) as server, DnsClient(ServerSettings(server.endpoint), read_only=True) as asking:
        with pytest.raises(WriteRefusedError):
            asking.update(an_update())
        assert server.connections == 0
    assert zones.updates == 0


@pytest.mark.parametrize(
    ("rcode", "kind"),
    [
        ("REFUSED", "not_allowed"),
        ("NOTAUTH", "not_allowed"),
        ("NOTZONE", "bad_input"),
        ("SERVFAIL", "unavailable"),
        ("NOTIMP", "rejected"),
        ("FORMERR", "rejected"),
    ],
)
@pytest.mark.parametrize("key_name", [None, "websec"])
def test_every_refusal_of_an_update_names_zone_server_and_key(rcode: str, kind: str, key_name: str | None) -> None:
    error = update_refusal(dns.rcode.from_text(rcode), "192.0.2.53", ZONE, key_name)
    assert (error.kind, error.code) == (kind, rcode)
    assert "customer.example" in error.message
    assert "192.0.2.53" in error.message
    assert error.hint
    assert ("websec" in error.message) == (kind == "not_allowed" and key_name is not None)


@pytest.mark.parametrize(
    ("rcode", "kind"),
    [("REFUSED", "not_allowed"), ("NOTAUTH", "auth"), ("SERVFAIL", "unavailable"), ("FORMERR", "rejected")],
)
def test_every_refusal_of_a_question_names_what_was_asked(rcode: str, kind: str) -> None:
    error = read_refusal(dns.rcode.from_text(rcode), "192.0.2.53", "www.customer.example A")
    assert (error.kind, error.code) == (kind, rcode)
    assert "www.customer.example A" in error.message


@pytest.mark.parametrize(
    ("text", "endpoint"),
    [
        ("192.0.2.1", Endpoint("192.0.2.1", 53)),
        ("192.0.2.1:5353", Endpoint("192.0.2.1", 5353)),
        ("2001:DB8::1", Endpoint("2001:db8::1", 53)),
        ("[2001:db8::1]", Endpoint("2001:db8::1", 53)),
        ("[2001:db8::1]:5353", Endpoint("2001:db8::1", 5353)),
        ("NS1.example.net:54", Endpoint("ns1.example.net", 54)),
    ],
)
def test_endpoints_have_the_usual_forms(text: str, endpoint: Endpoint) -> None:
    assert parse_endpoint(text, "propagation_servers") == endpoint


@pytest.mark.parametrize(
    "text",
    [
        "",
        "192.0.2.1:",
        "192.0.2.1:dns",
        "192.0.2.1:0",
        "192.0.2.1:65536",
        "192.0.2.1:\u00b2",
        "192.0.2.1:\u0661",
        "2001:db8::x",
        "[2001:db8::1]x",
        "[2001:db8::1]:",
        "[2001:db8::1]:5 3",
    ],
)
def test_what_is_no_endpoint_is_refused_by_the_name_of_the_option(text: str) -> None:
    with pytest.raises(BadInputError, match="propagation_servers"):
        parse_endpoint(text, "propagation_servers")


@pytest.mark.parametrize("secret", ["this is none", "MDEyMzQ1Njc4OWFiY2RlZg", "caf\u00e9", "===="])
def test_a_secret_that_is_not_base64_is_refused_and_not_shown(secret: str) -> None:
    with pytest.raises(BadInputError) as refused:
        server_settings({**OPTIONS, "key_secret": secret})
    assert "key_secret" in refused.value.message
    assert secret not in refused.value.message + refused.value.hint


@pytest.mark.parametrize(
    "wrong",
    [
        {"server": "a b"},
        {"server": "[::1]:53"},
        {"server": "[::1"},
        {"port": 70000},
        {"timeout": 0},
        {"key_name": "a..b"},
        {"key_name": "@"},
        {"key_name": "a b"},
        {"key_algorithm": "sha256"},
    ],
)
def test_wrong_options_are_refused(wrong: dict[str, t.Any]) -> None:
    with pytest.raises(BadInputError):
        server_settings({**OPTIONS, **wrong})


@pytest.mark.parametrize(
    ("text", "address"), [("[::1]", "::1"), ("::1", "::1"), (" [2001:DB8::1] ", "2001:db8::1"), ("NS1.Example.", None)]
)
def test_a_server_may_stand_in_brackets(text: str, address: str | None) -> None:
    assert server_settings({**OPTIONS, "server": text}).endpoint == Endpoint(address or "ns1.example", 53)


@pytest.mark.parametrize("written", ["{}", "{}.", " {} "])
@pytest.mark.parametrize("algorithm", KEY_ALGORITHMS)
def test_algorithms_are_those_of_the_library_in_any_spelling(algorithm: str, written: str) -> None:
    for text in (written.format(algorithm), written.format(algorithm.upper())):
        key = server_settings({**OPTIONS, "key_algorithm": text}).key
        assert key is not None
        assert dns.tsig.get_context(key) is not None
        assert key.algorithm.to_text() == ("HMAC-MD5.SIG-ALG.REG.INT." if algorithm == "hmac-md5" else f"{algorithm}.")


def test_the_name_of_md5_on_the_wire_is_known() -> None:
    key = server_settings({**OPTIONS, "key_algorithm": "HMAC-MD5.SIG-ALG.REG.INT."}).key
    assert key is not None
    assert key.algorithm == dns.tsig.HMAC_MD5


@pytest.mark.parametrize(
    ("name", "labels"),
    [
        ("websec", [b"websec"]),
        ("host/ns1@EXAMPLE.com:5353.", [b"host/ns1@example", b"com:5353"]),
        ("a_b.c-d", [b"a_b", b"c-d"]),
        ("dhcp\\.key", [b"dhcp.key"]),
    ],
)
def test_names_of_keys_are_those_that_bind_takes(name: str, labels: list[bytes]) -> None:
    settings = server_settings({**OPTIONS, "key_name": name})
    assert settings.key is not None
    assert settings.key.name.labels == (*labels, b"")
    assert settings.key_name == b".".join(labels).decode()


def test_no_secret_is_shown() -> None:
    assert "MDEyMzQ1" not in repr(server_settings(OPTIONS))


# ---- the name of the server


def test_a_name_server_may_be_given_by_its_name() -> None:
    with ModelServer(model()) as server, resolver(ns_invalid=server.endpoint.host):
        named = ServerSettings(Endpoint("ns.invalid", server.endpoint.port), None, 5)
        with DnsClient(named) as asking:
            assert texts(asking, 1) == ['"text-0"']


def test_a_name_server_whose_name_is_not_resolved_is_not_waited_for() -> None:
    with (
        resolver(stuck="ns.invalid") as names,
        DnsClient(ServerSettings(Endpoint("ns.invalid"), None, 1), read_only=False) as asking,
    ):
        with pytest.raises(WebsecError) as failed:
            asking.update(an_update())
        with pytest.raises(WebsecError):
            texts(asking)
        assert names.answered == []
    assert names.asked == ["ns.invalid"], "one look-up for all zones"
    assert failed.value.message == "The name of the name server ns.invalid could not be resolved within 1 s."
    assert (failed.value.kind, failed.value.may_have_happened) == ("timeout", False)


# ---- a reason that holds for all zones


def read_of_each(asking: DnsClient, zones: int) -> list[dict[str, t.Any]]:
    """The result of M(hosting.websec.dns_record_sets_info) for one name in each of this number of zones."""
    names = [f"customer.example{number}" for number in range(zones)]
    entries = [{"zone": name, "name": name, "type": "A", "every_server": False} for name in names]
    providers = one_provider(Rfc2136Provider(asking), read_only=True, concurrency=4)
    return providers.read(parse_questions(entries))


def test_a_key_that_the_server_does_not_take_is_not_tried_for_each_zone() -> None:
    zones = model()
    with ModelServer(zones, OTHER_KEY) as server, client(server, KEY) as asking:
        found = read_of_each(asking, 60)
    failed = [entry["error"] for entry in found if entry["failed"]]
    assert 3 <= len(failed) <= 3 + 4
    assert {error["kind"] for error in failed} == {"auth"}
    deferred = [entry["deferred_reason"] for entry in found if entry["deferred"]]
    assert len(failed) + len(deferred) == 60
    assert set(deferred) == {failed[0]["message"]}


def test_a_server_that_is_not_there_is_not_called_for_each_zone(monkeypatch: pytest.MonkeyPatch) -> None:
    calls = []

    def refuse(*arguments: object) -> t.NoReturn:
        calls.append(arguments)
        raise ConnectionRefusedError(111, "Connection refused")

    monkeypatch.setattr(connection, "connect", refuse)
    with DnsClient(ServerSettings(Endpoint("192.0.2.53", 53), None, 5)) as asking:
        found = read_of_each(asking, 60)
    assert 4 <= len(calls) <= 3 + 4 + 1, "what was under way, and one call about no zone"
    assert sum(entry["failed"] for entry in found) + sum(bool(entry["deferred_reason"]) for entry in found) == 60


def test_zones_that_are_refused_do_not_stop_the_others() -> None:
    """The server responds, so the failure is about these zones."""
    zones = Model(**{f"customer_example{number}": [] for number in range(20, 40)})
    with ModelServer(zones, KEY) as server, client(server, KEY) as asking:
        found = read_of_each(asking, 40)
    assert [entry["failed"] for entry in found] == [True] * 20 + [False] * 20
