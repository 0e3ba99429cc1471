# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How the sandbox reads real DNS, and the zone files of the role."""

from __future__ import annotations

import io
import json
import pathlib
import socket
import threading
import typing as t

import dns.message
import dns.query
import dns.rrset
import pytest
from websec_sandbox import zones
from websec_sandbox.lookup import NameServer

KEY = {"name": "update-key", "algorithm": "hmac-sha256", "secret": ""}


class NameServerDouble:
    """Answers UDP queries from a list of records, and counts them."""

    def __init__(self) -> None:
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        self.answers: list[dns.rrset.RRset] = []
        self.asked = 0
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()

    def _serve(self) -> None:
        while True:
            wire, client = self.socket.recvfrom(4096)
            if wire == b"stop":
                return
            self.asked += 1
            answer = dns.message.make_response(dns.message.from_wire(wire))
            answer.answer = self.answers
            self.socket.sendto(answer.to_wire(), client)

    def close(self) -> None:
        self.socket.sendto(b"stop", ("127.0.0.1", self.port))
        self._thread.join()
        self.socket.close()


@pytest.fixture
def server() -> t.Iterator[NameServerDouble]:
    double = NameServerDouble()
    yield double
    double.close()


def test_served_records_are_read(server: NameServerDouble) -> None:
    server.answers = [
        dns.rrset.from_text("www.a.example.", 60, "IN", "CNAME", "X.Cdn.Example."),
        dns.rrset.from_text("x.cdn.example.", 60, "IN", "A", "192.0.2.1"),
    ]
    assert NameServer("127.0.0.1", server.port).records("www.a.example", "A") == {"CNAME": ["x.cdn.example"]}
    server.answers = [dns.rrset.from_text("a.example.", 60, "IN", "TXT", '"one" " part"', '"two"')]
    served = NameServer("127.0.0.1", server.port).records("a.example", "TXT")
    assert sorted(served["TXT"]) == ["one part", "two"]


def test_a_change_is_seen_at_once(server: NameServerDouble) -> None:
    view = NameServer("127.0.0.1", server.port)
    assert view.records("a.example", "A") == {}
    server.answers = [dns.rrset.from_text("a.example.", 60, "IN", "A", "192.0.2.1", "192.0.2.2")]
    assert sorted(view.records("a.example", "A")["A"]) == ["192.0.2.1", "192.0.2.2"]
    assert server.asked == 2


def test_an_unreachable_name_server_delays_one_query_only(server: NameServerDouble) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as silent:
        silent.bind(("127.0.0.1", 0))
        view = NameServer("127.0.0.1", silent.getsockname()[1])
        assert [view.records("a.example", "A") for _time in range(50)] == [{}] * 50


def prepare(directory: pathlib.Path, *wanted: dict[str, t.Any], **key: str) -> dict[str, t.Any]:
    return zones.prepare(directory, {**KEY, **key}, list(wanted))


def zone_files(directory: pathlib.Path) -> dict[str, pathlib.Path]:
    return {path.name.rsplit(".", 2)[0]: path for path in directory.glob("*.zone")}


def test_zone_files_are_written_once(tmp_path: pathlib.Path) -> None:
    zone = {"name": "a.example", "records": ["@ A 192.0.2.1"]}
    first = prepare(tmp_path, zone)
    assert first["changed"]
    [file] = zone_files(tmp_path).values()
    file.write_text("; the name server has its own content now\n")
    again = prepare(tmp_path, zone)
    assert again == {"changed": False, "secret": first["secret"]}
    assert file.read_text().startswith("; the name server")


def test_a_changed_zone_is_written_again(tmp_path: pathlib.Path) -> None:
    old = {"name": "a.example", "records": ["@ A 192.0.2.1"]}
    new = {"name": "a.example", "records": ["@ A 192.0.2.2"]}
    kept = {"name": "b.example"}
    prepare(tmp_path, old, kept)
    original = zone_files(tmp_path)["a.example"]
    original.write_text("; changed by updates\n")
    original.with_name(f"{original.name}.jnl").write_text("journal")
    assert prepare(tmp_path, new, kept)["changed"]
    assert original.name not in (tmp_path / "zones.conf").read_text()
    assert prepare(tmp_path, old, kept)["changed"]
    assert "192.0.2.1" in original.read_text()
    assert list(tmp_path.glob("*.jnl")) == []


def test_a_removed_zone_is_not_served(tmp_path: pathlib.Path) -> None:
    prepare(tmp_path, {"name": "a.example"}, {"name": "b.example"})
    assert prepare(tmp_path, {"name": "b.example"})["changed"]
    assert "a.example" not in (tmp_path / "zones.conf").read_text()


def test_the_public_view_has_the_parent_zones(tmp_path: pathlib.Path) -> None:
    prepare(tmp_path, {"name": "a.b.example"}, {"name": "b.example"}, {"name": "c.test"})
    public = (tmp_path / "public.conf").read_text()
    assert [line.split('"')[1] for line in public.splitlines() if "in-view" in line] == [
        "a.b.example",
        "b.example",
        "c.test",
    ]
    assert [line.split('"')[1] for line in public.splitlines() if "primary" in line] == ["example", "test"]
    assert prepare(tmp_path, {"name": "a.b.example"}, {"name": "b.example"}, {"name": "c.test"})["changed"] is False


def test_the_key_is_generated_once_or_given(tmp_path: pathlib.Path) -> None:
    made = prepare(tmp_path)["secret"]
    assert len(made) == 44
    assert prepare(tmp_path)["secret"] == made
    assert prepare(tmp_path, secret="c2VjcmV0") == {"changed": True, "secret": "c2VjcmV0"}
    assert 'secret "c2VjcmV0";' in (tmp_path / "tsig.key").read_text()
    assert {path.stat().st_mode & 0o077 for path in tmp_path.iterdir()} == {0}


@pytest.mark.parametrize(
    ("record", "line"),
    [
        ("www 60 A 192.0.2.1", "www 60 A 192.0.2.1"),
        ({"name": "@", "type": "A", "values": ["192.0.2.1"], "ttl": 60}, "@ 60 A 192.0.2.1"),
        ({"type": "a", "values": ["192.0.2.1"]}, "@ A 192.0.2.1"),
        ({"name": "a.example", "type": "MX", "values": ["10 mx.b.example"]}, "@ MX 10 mx.b.example."),
        ({"name": "WWW.a.example.", "type": "CNAME", "values": ["a.example"]}, "www CNAME a.example."),
        ({"name": "t", "type": "TXT", "values": ['say "hi" \\ bye']}, 't TXT "say \\"hi\\" \\\\ bye"'),
        ({"name": "t", "type": "TXT", "values": ['"already" "quoted"']}, 't TXT "already" "quoted"'),
        ({"name": "t", "type": "TXT", "values": ["x" * 300]}, f't TXT "{"x" * 255}" "{"x" * 45}"'),
    ],
)
def test_both_forms_of_records(record: t.Any, line: str) -> None:
    assert line in zones.content({"name": "a.example", "records": [record]}).splitlines()


def test_a_zone_contains_its_name_server() -> None:
    assert "ns1 A 127.0.0.1" in zones.content({"name": "a.example"}).splitlines()


@pytest.mark.parametrize(
    "zone",
    [
        {"name": ""},
        {"name": "../etc"},
        {"name": 'a"; include "x'},
        {"name": "a.example", "records": ["@ A 192.0.2"]},
        {"name": "a.example", "records": [{"name": "@", "values": ["192.0.2.1"]}]},
        {"name": "a.example", "records": [7]},
    ],
)
def test_invalid_zones_are_refused(tmp_path: pathlib.Path, zone: dict[str, t.Any]) -> None:
    with pytest.raises(zones.Unusable):
        prepare(tmp_path, {"name": "good.example"}, zone)
    assert list(tmp_path.iterdir()) == []


def test_a_zone_listed_twice(tmp_path: pathlib.Path) -> None:
    with pytest.raises(zones.Unusable):
        prepare(tmp_path, {"name": "a.example"}, {"name": "A.example."})


def test_the_command_line(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    wanted: dict[str, t.Any] = {"directory": str(tmp_path), "key": KEY, "zones": [{"name": "a.example"}]}
    monkeypatch.setattr("sys.stdin", io.StringIO(json.dumps(wanted)))
    assert zones.main(["prepare"]) == 0
    assert json.loads(capsys.readouterr().out)["changed"]
    wanted["zones"] = [{"name": "b.example", "records": ["@ A x"]}]
    monkeypatch.setattr("sys.stdin", io.StringIO(json.dumps(wanted)))
    assert zones.main(["prepare"]) == 1
    assert "b.example" in capsys.readouterr().err


def test_a_name_server_may_be_given_by_name(server: NameServerDouble) -> None:
    server.answers = [dns.rrset.from_text("id.server.", 0, "CH", "TXT", '"mine"')]
    assert zones.check("127.0.0.1", server.port, "mine")
    assert not zones.check("127.0.0.1", server.port, "another", seconds=0.2)
