# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""DNS records on a real BIND: the modules, and the role through the real ansible-playbook."""

from __future__ import annotations

import pathlib
import socket
import struct
import threading
import types
import typing as t

import pytest
from integration import in_process
from integration.bind_server import BindServer, Key, free_port
from integration.playbook import Run, run_tasks

CDN = "abc.cdn.example.net"


@pytest.fixture(scope="module")
def bind(tmp_path_factory: pytest.TempPathFactory) -> t.Iterator[BindServer]:
    with BindServer(tmp_path_factory.mktemp("bind")) as server:
        yield server


def options(server: BindServer, **more: t.Any) -> dict[str, t.Any]:
    """Connection options for a server; ``None`` leaves one out."""
    given = {
        "server": server.address,
        "port": server.port,
        "key_name": server.key.name,
        "key_secret": server.key.secret,
        **more,
    }
    return {name: value for name, value in given.items() if value is not None}


def record(name: str, rdtype: str, *values: str, **more: t.Any) -> dict[str, t.Any]:
    return {"name": name, "type": rdtype, "values": list(values), **more}


def role(records: list[dict[str, t.Any]], connection: dict[str, t.Any], *arguments: str, **variables: t.Any) -> Run:
    """Run the role with these records."""
    task = {
        "ansible.builtin.include_role": {"name": "hosting.websec.dns_records"},
        "vars": {"dns_records": records, "dns_records_rfc2136": connection, **variables},
    }
    return run_tasks([task], *arguments, keep=["dns_records_result"])


def module(records: list[dict[str, t.Any]], connection: dict[str, t.Any], **more: t.Any) -> dict[str, t.Any]:
    """A task with the module; its result is kept, also if it failed."""
    return {
        "hosting.websec.rfc2136_record_sets": {"record_sets": records, **connection, **more},
        "ignore_errors": True,
    }


def results(tasks: list[dict[str, t.Any]], *arguments: str) -> list[dict[str, t.Any]]:
    """The results of the tasks."""
    names = [f"result_{number}" for number in range(len(tasks))]
    named = [{**task, "register": name} for task, name in zip(tasks, names)]
    run = in_process.run_tasks(named, *arguments, keep=names)
    assert run.status == 0, run.output
    return [run.values[name] for name in names]


def content(server: BindServer, zone: str) -> set[str]:
    """All records of a zone but its SOA."""
    lines = server.transfer(zone).to_text(relativize=False).splitlines()
    return {" ".join(line.split()) for line in lines if " SOA " not in line and line.strip()}


def test_records_are_changed_and_nothing_else(bind: BindServer) -> None:
    bind.add_zone(
        "site.example",
        '@ 300 IN TXT "v=spf1 mx -all"',
        '@ 300 IN TXT "issuer-verification=old"',
        "@ 600 IN A 192.0.2.1",
        "@ IN AAAA 2001:db8::1",
        "@ IN MX 10 mail",
        "mail IN A 192.0.2.9",
        "www 600 IN A 192.0.2.1",
        "www 600 IN AAAA 2001:db8::1",
    )
    records = [
        record(
            "site.example",
            "TXT",
            "issuer-verification=new",
            zone="site.example",
            mode="present",
            replace_prefix="issuer-verification=",
        ),
        record("site.example", "A", "198.51.100.1", "198.51.100.2", zone="site.example"),
        record("site.example.", "AAAA", zone="site.example"),
        record("www.Site.example", "CNAME", CDN, ttl=300),
    ]
    before, serial = content(bind, "site.example"), bind.serial("site.example")

    (planned,) = results([module(records, options(bind))], "--check", "--diff")
    assert (planned["failed"], planned["changed"]) == (False, True), planned
    assert bind.serial("site.example") == serial
    assert "www.site.example. 600 IN A 192.0.2.1\n" in planned["diff"]["before"]
    assert f"www.site.example. 300 IN CNAME {CDN}.\n" in planned["diff"]["after"]

    (done,) = results([module(records, options(bind))])
    assert (done["failed"], done["changed"]) == (False, True), done
    assert before - content(bind, "site.example") == {
        'site.example. 300 IN TXT "issuer-verification=old"',
        "site.example. 600 IN A 192.0.2.1",
        "site.example. 3600 IN AAAA 2001:db8::1",
        "www.site.example. 600 IN A 192.0.2.1",
        "www.site.example. 600 IN AAAA 2001:db8::1",
    }
    assert content(bind, "site.example") - before == {
        'site.example. 300 IN TXT "issuer-verification=new"',
        "site.example. 600 IN A 198.51.100.1",
        "site.example. 600 IN A 198.51.100.2",
        f"www.site.example. 300 IN CNAME {CDN}.",
    }
    assert bind.serial("site.example") == serial + 1
    (zone,) = done["zones"]
    assert (zone["propagated"], zone["lagging"]) == (True, [])
    assert planned["record_sets"] == done["record_sets"]

    (again,) = results([module(records, options(bind))])
    assert (again["failed"], again["changed"]) == (False, False), again
    assert bind.serial("site.example") == serial + 1

    www = done["record_sets"][3]
    assert www["zone"] == "site.example"
    way_back = [record("www.site.example", old["type"], *old["values"], ttl=old["ttl"]) for old in www["replaced"]]
    assert not results([module(way_back, options(bind))])[0]["failed"]
    assert bind.values("www.site.example", "A") == ["192.0.2.1"]
    assert bind.values("www.site.example", "AAAA") == ["2001:db8::1"]
    assert bind.ttl("www.site.example", "A") == 600


def test_a_failing_record_and_a_failing_zone_do_not_stop_the_others(bind: BindServer) -> None:
    bind.add_zone("mx.example", "shop 300 IN A 192.0.2.1", "shop 300 IN MX 10 mail.example.net.")
    bind.add_static_zone("static.example")
    records = [
        record("shop.mx.example", "CNAME", CDN),
        record("www.static.example", "A", "192.0.2.1"),
        record("www.lost.example", "A", "192.0.2.1"),
        record("www.mx.example", "CNAME", CDN),
    ]
    (result,) = results([module(records, options(bind), on_error="report")])
    assert (result["failed"], result["changed"]) == (False, True), result
    assert [entry["error"] and entry["error"]["kind"] for entry in result["record_sets"]] == [
        "rejected",
        "not_allowed",
        "not_found",
        None,
    ]
    assert [entry["failed"] for entry in result["zones"]] == [True, True]
    assert bind.values("shop.mx.example", "A") == ["192.0.2.1"]
    assert bind.values("www.mx.example", "CNAME") == [f"{CDN}."]

    failed = role(records, options(bind))
    assert (failed.status, failed.recap["changed"]) == (2, 0)
    message = " ".join(failed.output.split())
    for words in ("3 of 4 record sets failed", "type MX", "key websec to change the zone static.example", "www.lost"):
        assert words in message


def test_texts_of_any_length_and_ttls_are_kept(bind: BindServer) -> None:
    bind.add_zone("text.example", '@ 123 IN TXT "v=spf1 -all"')
    long_text = "k=rsa; p=" + "0123456789" * 30
    records = [
        record("text.example", "TXT", long_text, 'say "hi" \\ b\u00fccher', mode="present"),
        record("new.text.example", "A", "192.0.2.1"),
    ]
    first, second = results([module(records, options(bind)), module(records, options(bind))])
    assert (first["changed"], second["changed"]) == (True, False)
    assert first["record_sets"][0]["values"] == sorted([long_text, 'say "hi" \\ b\u00fccher', "v=spf1 -all"])
    strings = [record.strings for record in bind.query("text.example", "TXT").answer[0]]
    assert (long_text[:255].encode(), long_text[255:].encode()) in strings
    assert (bind.ttl("text.example", "TXT"), bind.ttl("new.text.example", "A")) == (123, 3600)


def test_who_may_not_and_who_cannot_be_reached_is_told(bind: BindServer) -> None:
    bind.add_zone("closed.example")
    wanted = [record("www.closed.example", "A", "192.0.2.1", zone="closed.example")]
    wrong = Key.new("websec")
    nobody = free_port()
    refused = results(
        [
            module(wanted, options(bind, key_secret=wrong.secret)),
            module(wanted, options(bind, key_name="stranger")),
            module(wanted, options(bind, key_name=None, key_secret=None)),
            module(wanted, options(bind, port=nobody)),
            module(wanted, options(bind, key_secret="this is no base64")),
        ]
    )
    errors = [result["record_sets"][0]["error"] if "record_sets" in result else result["error"] for result in refused]
    assert all(result["failed"] for result in refused)
    assert [(error["kind"], error["code"]) for error in errors] == [
        ("auth", "BADSIG"),
        ("auth", "BADKEY"),
        ("not_allowed", "REFUSED"),
        ("unavailable", None),
        ("bad_input", None),
    ]
    assert "unsigned" in refused[2]["msg"]
    assert str(nobody) in refused[3]["msg"]
    assert bind.values("www.closed.example", "A") == []


def test_wrong_input_is_refused_before_the_first_query(bind: BindServer) -> None:
    fine = record("www.site.example", "A", "192.0.2.1")
    asked = len(bind.queries())
    refused = results(
        [
            module([fine, record("www.other.example", "A", "192.0.2.1", zone="site.example")], options(bind)),
            module([fine, record("www.site.example", "A", "192.0.2.2")], options(bind)),
            module([fine, record("a.site.example", "A", "192.0.2.256")], options(bind)),
            module([fine], options(bind), wait_propagation=-1),
            module([fine], options(bind), concurrency=0),
            module([fine], options(bind), propagation_servers=["192.0.2.1:99999"]),
        ]
    )
    assert [result["error"]["kind"] for result in refused] == ["bad_input"] * 6
    for result, words in zip(
        refused,
        ["www.other.example", "contradict", "192.0.2.256", "wait_propagation", "concurrency", "propagation_servers"],
    ):
        assert words in result["msg"]
    assert len(bind.queries()) == asked


class Interceptor:
    """A TCP relay to a name server that acts when the first update passes. Use as a context.

    :param before_update: called when an update arrives, before it goes on to the server.
    :param lose_answer: close the connection instead of returning the response.
    """

    def __init__(
        self,
        server: BindServer,
        *,
        before_update: t.Callable[[], None] = lambda: None,
        lose_answer: bool = False,
    ) -> None:
        self._server = server
        self._before_update = before_update
        self._lose_answer = lose_answer
        self._armed = True
        self.updates = 0
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._thread = threading.Thread(target=self._accept, daemon=True)

    def __enter__(self) -> Interceptor:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: types.TracebackType | None
    ) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join()

    def _accept(self) -> None:
        while True:
            try:
                client, _address = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._relay, args=(client,), daemon=True).start()

    def _relay(self, client: socket.socket) -> None:
        with client, socket.create_connection((self._server.address, self._server.port)) as upstream:
            while True:
                message = _frame(client)
                if message is None:
                    return
                fire = message[4] >> 3 & 15 == 5
                self.updates += fire
                fire = fire and self._armed
                if fire:
                    self._armed = False
                    self._before_update()
                upstream.sendall(message)
                answer = _frame(upstream)
                if answer is None or (fire and self._lose_answer):
                    return
                client.sendall(answer)


def _frame(source: socket.socket) -> bytes | None:
    """One message with its length, or ``None`` at the end."""
    data = b""
    while len(data) < 2 or len(data) < 2 + struct.unpack("!H", data[:2])[0]:
        wanted = 2 if len(data) < 2 else 2 + struct.unpack("!H", data[:2])[0]
        try:
            more = source.recv(wanted - len(data))
        except OSError:
            return None
        if not more:
            return None
        data += more
    return data


def test_a_change_between_reading_and_update_is_not_overwritten(bind: BindServer) -> None:
    bind.add_zone("race.example", '@ 300 IN TXT "v=spf1 -all"')

    def somebody_else() -> None:
        bind.update("race.example", lambda message: message.add("@", 300, "TXT", "theirs"))

    with Interceptor(bind, before_update=somebody_else) as relay:
        wanted = [record("race.example", "TXT", "verify=1", mode="present")]
        (result,) = results([module(wanted, options(bind, port=relay.port))])
    assert (result["changed"], result["failed"], relay.updates) == (True, False, 2)
    assert result["record_sets"][0]["before"]["values"] == ["theirs", "v=spf1 -all"]
    assert bind.values("race.example", "TXT") == ['"theirs"', '"v=spf1 -all"', '"verify=1"']


def test_a_mail_server_that_appears_in_between_keeps_the_cname_away(bind: BindServer) -> None:
    bind.add_zone("race2.example", "www 300 IN A 192.0.2.1")

    def somebody_else() -> None:
        bind.update("race2.example", lambda message: message.add("www", 300, "MX", "10 mail.example.net."))

    with Interceptor(bind, before_update=somebody_else) as relay:
        wanted = [record("www.race2.example", "CNAME", CDN)]
        (result,) = results([module(wanted, options(bind, port=relay.port))])
    assert result["failed"]
    assert "MX" in result["msg"]
    assert bind.values("www.race2.example", "A") == ["192.0.2.1"]


def test_a_lost_answer_ends_with_one_change_and_the_truth(bind: BindServer) -> None:
    bind.add_zone("lost.test")
    serial = bind.serial("lost.test")
    with Interceptor(bind, lose_answer=True) as relay:
        wanted = [record("www.lost.test", "A", "192.0.2.1", zone="lost.test")]
        (result,) = results([module(wanted, options(bind, port=relay.port))])
    assert (result["changed"], result["failed"], relay.updates) == (True, False, 1)
    assert bind.serial("lost.test") == serial + 1


def test_propagation_is_looked_at_on_every_server(bind: BindServer, tmp_path: pathlib.Path) -> None:
    with BindServer(tmp_path, keys=bind.keys) as second:
        notify = f'notify explicit; also-notify {{ 127.0.0.1 port {second.port} key "{bind.key.name}"; }};'
        bind.add_zone("follows.example", extra=notify)
        bind.add_zone("frozen.example")
        for zone in ("follows.example", "frozen.example"):
            second.add_secondary(zone, bind)
        second.wait_for_zone("follows.example")
        second.wait_for_zone("frozen.example")
        servers = [f"{server.address}:{server.port}" for server in (bind, second)]

        def change(zone: str, value: str, **more: t.Any) -> dict[str, t.Any]:
            wanted = [record(f"www.{zone}", "A", value, zone=zone)]
            return module(wanted, options(bind), propagation_servers=servers, **more)

        follows, frozen, unasked = results(
            [
                change("follows.example", "192.0.2.1", wait_propagation=20),
                change("frozen.example", "192.0.2.1", wait_propagation=1),
                change("frozen.example", "192.0.2.2", wait_propagation=0),
            ]
        )
        assert (follows["zones"][0]["propagated"], follows["zones"][0]["lagging"]) == (True, [])
        assert second.values("www.follows.example", "A") == ["192.0.2.1"]
        assert (frozen["changed"], frozen["failed"], frozen["zones"][0]["propagated"]) == (True, False, False)
        assert frozen["zones"][0]["lagging"] == [servers[1]]
        (warning,) = frozen["warnings"]
        assert "frozen.example" in warning
        assert servers[1] in warning
        assert (unasked["zones"][0]["propagated"], unasked["zones"][0]["lagging"]) == (None, [])


def test_the_queries_are_those_that_the_documentation_promises(bind: BindServer) -> None:
    zones = ["count1.example", "count2.example", "count3.example"]
    for zone in zones:
        bind.add_zone(zone, "@ 300 IN A 192.0.2.1", "www 300 IN A 192.0.2.1")
    records = [
        entry
        for zone in zones
        for entry in (
            record(zone, "A", "192.0.2.2", zone=zone),
            record(f"www.{zone}", "CNAME", CDN, zone=zone),
            record(zone, "TXT", "verify=1", zone=zone, mode="present"),
        )
    ]

    other = [record(zone, "TXT", "verify=2", zone=zone) for zone in zones]
    serials = sum(map(bind.serial, zones))
    asked = len(bind.queries())
    passes = results(
        [
            module(records, options(bind), wait_propagation=0),
            module(records, options(bind), wait_propagation=0),
            module([*records[0::3], *other], options(bind)),
        ]
    )
    queries = len(bind.queries()) - asked
    assert [result["changed"] for result in passes] == [True, False, True], passes
    assert sum(map(bind.serial, zones)) - serials == 3 + 3

    read = 3
    new_cname = 1
    propagation = 1 + 2 + 1
    assert queries == 3 * ((read + new_cname + read) + read + (2 + 2 + propagation))


@pytest.mark.parametrize("where", [pytest.param("variable", marks=pytest.mark.all_only), "environment"])
def test_no_secret_is_shown_at_any_verbosity(bind: BindServer, where: str, monkeypatch: pytest.MonkeyPatch) -> None:
    zone = f"{where}.secret.example"
    bind.add_zone(zone)
    connection = options(bind)
    if where == "environment":
        for name in ("server", "port", "key_name", "key_secret"):
            monkeypatch.setenv(f"RFC2136_{name.upper()}", str(connection.pop(name)))
    run = role(
        [record(f"www.{zone}", "A", "192.0.2.1"), record("www.nowhere.example", "A", "192.0.2.1")],
        connection,
        "-vvvv",
        "--diff",
    )
    assert run.recap["changed"] == 1, run.output
    assert "nowhere.example" in run.output
    assert bind.key.secret not in run.output


@pytest.mark.all_only
def test_unknown_connection_options_are_refused_by_name(bind: BindServer) -> None:
    run = role([], options(bind, key="what", key_secret=bind.key.secret), "-vvvv")
    assert run.status != 0
    assert "dns_records_rfc2136.key" in run.output
    assert bind.key.secret not in run.output


@pytest.mark.all_only
def test_an_empty_list_makes_no_call() -> None:
    run = role([], {"server": "192.0.2.1"})
    assert (run.status, run.recap["changed"]) == (0, 0), run.output
    assert run.values["dns_records_result"] == {"record_sets": [], "zones": [], "changed": False}
    assert "rfc2136" not in run.output


@pytest.mark.all_only
def test_a_task_file_as_provider_is_refused_with_what_to_write_now() -> None:
    run = role([record("www.customer.example", "A", "192.0.2.1")], {}, dns_records_provider="dns/mine.yml")
    assert run.status != 0
    output = " ".join(run.output.split())
    assert "dns_records_dns: {providers: {mine: {type: python, class:" in output
    assert "rfc2136_record_sets" not in output


def test_the_role_hands_records_to_the_providers_of_their_zones(bind: BindServer) -> None:
    bind.add_zone("role.example")
    dns = {
        "providers": {"ns1": {**options(bind), "propagation_servers": [f"{bind.address}:{bind.port}"]}, "other": {}},
        "zones": {"other.example": "other"},
        "default": "ns1",
    }
    records = [record("www.role.example", "A", "192.0.2.1"), record("other.example", "A", "192.0.2.1")]
    run = role(records, {}, "-vvvv", dns_records_dns=dns, dns_records_on_error="report")
    assert run.status == 0, run.output
    done, refused = run.values["dns_records_result"]["record_sets"]
    assert (done["provider"], done["changed"], bind.values("www.role.example", "A")) == ("ns1", True, ["192.0.2.1"])
    assert (refused["failed"], "has no server" in refused["error"]["message"]) == (True, True)
    assert bind.key.secret not in run.output


def test_zones_are_found_at_the_server(bind: BindServer) -> None:
    bind.add_zone("zones.example", "alias IN CNAME elsewhere.example.net.")
    bind.add_zone("below.zones.example")
    names = ["WWW.zones.example.", "alias.zones.example", "a.b.below.zones.example", "zones.example", "no.zone.test"]
    task = {"hosting.websec.dns_zones_info": {"names": names, **options(bind)}, "ignore_errors": True}
    reported = {"hosting.websec.dns_zones_info": {"names": names, "on_error": "report", **options(bind)}}
    failed, found = results([task, reported])
    assert [entry["zone"] for entry in found["zones"]] == [
        "zones.example",
        "zones.example",
        "below.zones.example",
        "zones.example",
        None,
    ]
    assert (found["changed"], found["failed"], failed["failed"]) == (False, False, True)
    assert found["zones"][4]["error"]["kind"] == "not_found"
    assert "no.zone.test" in failed["msg"]
    assert f"{bind.address}:{bind.port}" in failed["msg"]
