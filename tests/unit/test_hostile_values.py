# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Unexpected texts and numbers, at every place with input from a server, a zone or a host.

Each of them ends in a result that can be written as JSON and UTF-8, or in a ``WebsecError``.
"""

from __future__ import annotations

import dataclasses
import datetime
import itertools
import json
import pathlib
import typing as t

import dns.rdata
import dns.rdataclass
import dns.rdatatype
import pytest
from dns.rdtypes.ANY.CAA import CAA

from ansible_collections.hosting.websec.plugins.module_utils._botguard.emails import user_id
from ansible_collections.hosting.websec.plugins.module_utils._botguard.pages import dashboard_urls
from ansible_collections.hosting.websec.plugins.module_utils._dns.desired import parse_desired
from ansible_collections.hosting.websec.plugins.module_utils._dns.names import parse_key_name, parse_name, shown
from ansible_collections.hosting.websec.plugins.module_utils._dns.options import parse_endpoint
from ansible_collections.hosting.websec.plugins.module_utils._dns.records import parse_type, parse_value, value_text
from ansible_collections.hosting.websec.plugins.module_utils._domain import normalise_domain
from ansible_collections.hosting.websec.plugins.module_utils._errors import BadInputError, WebsecError
from ansible_collections.hosting.websec.plugins.module_utils._preflight.caa import _issue_value
from ansible_collections.hosting.websec.plugins.module_utils._report.document import to_json
from ansible_collections.hosting.websec.plugins.module_utils._report.overview import overview
from ansible_collections.hosting.websec.plugins.module_utils._report.page import page
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.addon import DesiredAddon
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.addons import desired_addon
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.networks import classes_of
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.status import parse_status
from ansible_collections.hosting.websec.plugins.module_utils._sitelock_waf.clock import parse_time
from ansible_collections.hosting.websec.plugins.module_utils._sitelock_waf.entries import Defaults, prepare
from ansible_collections.hosting.websec.plugins.module_utils._sitelock_waf.rows import rows_of
from ansible_collections.hosting.websec.plugins.module_utils._state_record import (
    MARK,
    from_values,
    to_text,
)
from ansible_collections.hosting.websec.plugins.module_utils._web.host import Host
from ansible_collections.hosting.websec.plugins.module_utils._web.inspection import inspect_apache, inspect_nginx
from ansible_collections.hosting.websec.plugins.plugin_utils._bulk_action import progress_of
from ansible_collections.hosting.websec.tests.unit.botguard import test_repeated_secrets as botguard
from ansible_collections.hosting.websec.tests.unit.fleet_report.rows import error, row
from ansible_collections.hosting.websec.tests.unit.sitelock import test_repeated_secrets as sitelock
from ansible_collections.hosting.websec.tests.unit.sitelock_waf.world import NOON, ZONE, entry, known, status, verify

TEXTS = [
    "\u00b2",
    "\u2460",
    "\u0663",
    "\uff11",
    "9" * 5000,
    "-1",
    "1e999",
    "NaN",
    "0x10",
    "1_000",
    "10000-01-01",
    "10000-01-01T00:00:00Z",
    "0001-01-01",
    "9999-12-31",
    "9999-12-31T23:59:59Z",
    "\u00b2026-11-28",
    "\uff12026-11-28T00:00:00Z",
    "\ud800",
    "a\udfffb",
    "\0",
    "\x1b[31m\x07",
    "a\u2028b",
    "[" * 900,
    '{"a":' * 900,
    "::1%x;\nevil on",
    "%s %(x)s {0} {{ x }}",
    "a@b",
    "a/b:c",
    'a"b',
    "a b",
    "a\\",
    "x" * 70_000,
    # Code without linear time takes hours here.
    f"a{' ' * 100_000}b",
    f"{'a ' * 30_000}b",
    f"a{'-' * 100_000}b",
]
VALUES = [*TEXTS, 10**30, -(10**30), float("inf"), float("nan"), True, None, [], {}, [[[1]]], b"\xff"]


def written(value: t.Any) -> str:
    """``value`` as JSON that every parser accepts."""
    text = json.dumps(value, ensure_ascii=False, allow_nan=False, default=_plain)
    text.encode("utf-8")
    return text


def _plain(value: t.Any) -> t.Any:
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return dataclasses.asdict(value)
    if isinstance(value, (frozenset, set, tuple)):
        return list(value)
    return str(value)


def ends_well(act: t.Callable[[], t.Any]) -> None:
    try:
        found = act()
    except WebsecError as failed:
        # Messages show user input in Python notation.
        found = failed.as_dict()
    written(found)


READ: dict[str, t.Callable[[str], t.Any]] = {
    "parse_time": parse_time,
    "normalise_domain": normalise_domain,
    "name": lambda text: shown(parse_name(text, "zone")),
    "name of a key": lambda text: parse_key_name(text).to_text(),
    "type": lambda text: int(parse_type(text)),
    "endpoint": lambda text: str(parse_endpoint(text, "server")),
    "port": lambda text: str(parse_endpoint(f"192.0.2.1:{text}", "server")),
    **{
        f"value of {kind}": lambda text, kind=kind: value_text(parse_value(parse_type(kind), text))
        for kind in ("A", "AAAA", "CNAME", "MX", "TXT", "SRV", "CAA", "NAPTR", "TLSA", "TYPE65280")
    },
    **{
        f"record set with a hostile {field}": lambda text, field=field: str(parse_desired([_desired_set(field, text)]))
        for field in ("name", "zone", "values", "replace_prefix", "expected", "group")
    },
    "network": lambda text: (
        not _is_xml(text)
        or [
            dataclasses.asdict(each)
            for each in classes_of({"class": [{"@type": "x", "n": text, "r": {"@start": text, "@end": "192.0.2.1"}}]})
        ]
    ),
    "prefix": lambda text: (
        not _is_xml(text) or [dataclasses.asdict(each) for each in classes_of({"class": [f"192.0.2.0/{text}"]})]
    ),
    "id of a sub-account": lambda text: user_id({"id": text, "email": "jane@a.example"}),
    "dashboard": lambda text: dashboard_urls([text], _lookup(), ["partner-key"]),
    "dashboard with a key": lambda text: dashboard_urls(["a.example"], _lookup(api_key=text), ["partner-key"]),
    "state": lambda text: not _is_xml(text) or str(parse_status({"state": text}, 1)),
    "record of the validation": lambda text: (
        not _is_xml(text)
        or str(parse_status({"state": "pending-dns", "dns_ssl_verify": verify(text, name=text, kind=text)}, 1))
    ),
    "issuer": lambda text: _issue_value(_caa(text)),
    "certificate": lambda text: _rows(status("ready", ssl={"network_ssl_cert_exp_date": text})),
    "message": lambda text: _rows(status("pending-domain-validation", message=text)),
    "renewal date": lambda text: str(desired_addon({**_addon(), "renewal_date": text})),
    "origin": lambda text: str(desired_addon({**_addon(), "waf_origin": text})),
}


def _is_xml(text: str) -> bool:
    """Whether an XML parser can return ``text``."""
    return not set(text) & set("\0\x1b\x07\ud800\udfff")


def _desired_set(field: str, text: str) -> dict[str, t.Any]:
    desired_set: dict[str, t.Any] = {
        "name": "a.example",
        "type": "TXT",
        "values": ["v"],
        "zone": "example",
        "mode": "present",
    }
    hostile: t.Any = [text] if field == "values" else {"TXT": [text]} if field == "expected" else text
    return {**desired_set, field: hostile}


def _caa(text: str) -> CAA:
    return CAA(dns.rdataclass.IN, dns.rdatatype.CAA, 0, b"issue", text.encode("utf-8", "replace")[:65_000])


def _addon() -> dict[str, t.Any]:
    return dataclasses.asdict(DesiredAddon(5))


def _lookup(**more: t.Any) -> dict[str, t.Any]:
    url = "https://apiv2.botguard.net"
    options = {"api_key": None, "base_url": None, "api_url": url, "generation": "v2", "page": "events", "lang": "en"}
    return {**options, **more}


def _rows(given: dict[str, t.Any]) -> t.Any:
    return rows_of(known(entry(), statuses=[given]), [], [], [])


@pytest.mark.parametrize("read", READ.values(), ids=READ)
def test_a_text_is_read_or_refused(read: t.Callable[[str], t.Any]) -> None:
    for text in TEXTS:
        ends_well(lambda text=text: read(text))


# ---- the state record of a site, which anybody with access to the zone can write

RECORD: dict[str, t.Any] = {
    "site": 1,
    "original": {"a.example": {"A": [300, "192.0.2.1"]}},
    "target": [300, "x.cdn.example", "198.18.0.1"],
    "verification": ["a.example", "v=1"],
    "state": "ready",
    "since": "2026-11-03T12:00:00Z",
    "restored": "2026-11-03T12:00:00Z",
    "wait": 300,
}


def record_with(place: t.Sequence[t.Any], value: t.Any) -> dict[str, t.Any]:
    return t.cast("dict[str, t.Any]", botguard.changed(RECORD, tuple(place), lambda _old: value))


@pytest.mark.parametrize("place", list(botguard.places(RECORD)), ids=str)
def test_a_state_record_is_read_as_it_is_or_refused(place: tuple[t.Any, ...]) -> None:
    for value in [*TEXTS, 10**30, 1e308, 0.5, True, None, [], {}]:
        if botguard.NAME_OF in place and not isinstance(value, str):
            continue
        text = MARK + json.dumps(record_with(place, value))
        try:
            state_record = from_values("a.example", 1, [text])
        except BadInputError as refused:
            written(refused.as_dict())
            continue
        assert state_record is not None
        assert from_values("a.example", 1, [to_text(state_record)]) == state_record


@pytest.mark.parametrize("text", [*TEXTS, '{"site": 1e999}', '{"site": 1, "site": 2}', f'{{"site": {"9" * 5000}}}'])
def test_a_state_record_that_is_no_record_is_refused(text: str) -> None:
    with pytest.raises(BadInputError) as refused:
        from_values("a.example", 1, [MARK + text])
    assert written(refused.value.as_dict())


# ---- reports: the rows go through variables and templates of users


@pytest.mark.parametrize(
    "field", ["domain", "site_id", "state", "state_before", "since", "steps", "waiting_for", "notes"]
)
def test_a_report_can_be_written_whatever_is_in_a_row(field: str) -> None:
    for value in VALUES:
        for given in (value, [value]):
            report = overview([{**row("a.example"), field: given}], NOON)
            json.loads(to_json(report), parse_constant=pytest.fail)
            page(report, title="Sites").encode("utf-8")
            written([each.as_dict() for each in report.sites])


@pytest.mark.parametrize("field", ["kind", "code", "extended_code", "message", "hint", "http_status"])
def test_a_report_can_be_written_whatever_is_in_an_error(field: str) -> None:
    for value in VALUES:
        report = overview([row("a.example", error=error(**{field: value}))], NOON)
        json.loads(to_json(report), parse_constant=pytest.fail)
        page(report, title="Sites").encode("utf-8")


# ---- entries


@pytest.mark.parametrize(
    "field", [field.name for field in dataclasses.fields(Defaults)] + ["domain", "site_id", "zone", "aliases"]
)
def test_an_entry_is_completed_or_refused(field: str) -> None:
    for value in VALUES:
        (made,) = prepare([{"domain": "a.example", "site_id": 1, "zone": "a.example", field: value}], [], Defaults())
        assert made["error"] is None or made["error"]["kind"] == "bad_input"


# ---- answers of both APIs


@pytest.mark.parametrize(
    "scenario", ["change of everything", "pending-domain-validation", "accounts", "networks", "order"]
)
def test_a_hostile_text_in_an_answer_of_sitelock_ends_well(scenario: str) -> None:
    turn = itertools.cycle(filter(_is_xml, TEXTS))
    for place in sitelock.places(scenario):
        for text in itertools.islice(turn, 5):
            found, _wrote, _bodies = sitelock.outcome(scenario, place, lambda _old, text=text: text)
            json.loads(found, parse_constant=pytest.fail)
            found.encode("utf-8")


@pytest.mark.parametrize("scenario", ["order for a sub-account", "pause", "refusal", "sub-account"])
def test_a_hostile_text_in_an_answer_of_botguard_ends_well(scenario: str) -> None:
    turn = itertools.cycle([*TEXTS, 10**30, float("inf"), True, None, [], {}, json.loads("[" * 60 + "]" * 60)])
    for at in botguard.as_it_is(scenario)[1]:
        for value in itertools.islice(turn, 9):
            if botguard.NAME_OF in at[1] and not isinstance(value, str):
                continue
            if at[1][-1:] == ("api_key",):
                # Returned unchanged, on request.
                continue
            change = t.cast("t.Callable[[str], str]", lambda _old, value=value: value)
            found, _wrote, _answers = botguard.outcome(scenario, at, change)
            json.loads(found, parse_constant=pytest.fail)
            found.encode("utf-8")


ANSWERS: dict[str, t.Callable[[str], dict[str, t.Any]]] = {
    "state": lambda text: {"state": text},
    "message": lambda text: {"message": text},
    "value": lambda text: {"dns_ssl_verify": verify(text)},
    "name": lambda text: {"dns_ssl_verify": verify(name=f"{text}.{ZONE}")},
    "type": lambda text: {"dns_ssl_verify": verify(kind=text)},
    "CNAME": lambda text: {"dns_new_cname": text, "routable": True},
    "A": lambda text: {"dns_new_a": [text], "routable": True},
    "many A": lambda _text: {"dns_new_a": [f"198.18.{n // 250}.{n % 250}" for n in range(1200)], "routable": True},
    "originals": lambda text: {"original_dns": [text]},
}


@pytest.mark.parametrize("said", ANSWERS.values(), ids=ANSWERS)
@pytest.mark.parametrize("state", ["pending-domain-validation", "pending-dns", "ready"])
def test_no_answer_about_one_site_stops_the_record_sets_of_the_others(
    said: t.Callable[[str], dict[str, t.Any]], state: str
) -> None:
    # The module refuses a list with an invalid record set.
    read = [
        {"name": name, "type": kind, "values": [], "ttl": None, "everywhere": None, "failed": False, "error": None}
        for name in (ZONE, f"www.{ZONE}", f"_websec.{ZONE}")
        for kind in ("A", "AAAA", "CNAME", "TXT")
    ]
    for text in filter(_is_xml, TEXTS):
        sites = known(entry(), read=read, statuses=[{**status(state), **said(text)}])
        for desired_set in parse_desired(sites.records()):
            assert sum(len(record.to_wire()) for record in desired_set.records) < 30_000
        written(rows_of(sites, [], [], []))


# ---- records of a name server, and what a host says


@pytest.mark.parametrize("kind", ["A", "AAAA", "CNAME", "MX", "TXT", "CAA", "SRV", "NAPTR", "HINFO", "TYPE65280"])
@pytest.mark.parametrize("byte", [0x00, 0x0A, 0x1B, 0x22, 0x5C, 0x80, 0xC3, 0xED, 0xFF])
def test_every_record_of_a_server_can_be_shown(kind: str, byte: int) -> None:
    rdtype = dns.rdatatype.from_text(kind)
    character = bytes([1, byte])
    name = bytes([2, byte, 0x61, 0])
    wire = {
        "A": bytes([byte] * 4),
        "AAAA": bytes([byte] * 16),
        "CNAME": name,
        "MX": b"\0\1" + name,
        "TXT": character * 2,
        "CAA": b"\0\5issue" + bytes([byte]),
        "SRV": bytes([byte] * 6) + name,
        "NAPTR": bytes([byte] * 4) + character * 3 + name,
        "HINFO": character * 2,
        "TYPE65280": bytes([byte] * 3),
    }[kind]
    written(value_text(dns.rdata.from_wire(dns.rdataclass.IN, rdtype, wire, 0, len(wire))))


@pytest.mark.parametrize("inspect", [inspect_nginx, inspect_apache])
def test_what_a_web_server_says_can_be_shown(inspect: t.Callable[..., t.Any]) -> None:
    said = (
        "nginx version: nginx/1\udcff.2\nServer version: Apache/\udcff\n# configuration file /etc/\udcff:\nuser \udcff;"
    )
    for exit_code in (0, 1):
        host = Host(lambda _command, code=exit_code: (code, said, said), lambda _source, _target: None)
        written(inspect(host.run))


def test_a_program_that_cannot_be_started_is_told() -> None:
    def run(_command: t.Sequence[str]) -> t.NoReturn:
        raise OSError("no program \udcff")

    written(Host(run, lambda _source, _target: None).run(["x"]))


@pytest.mark.parametrize("text", [*TEXTS, "[]", "null", '{"done": 1}', '{"done": "x", "total": [], "unit": 1}'])
def test_progress_that_is_none_is_not_shown(text: str, tmp_path: pathlib.Path) -> None:
    file = tmp_path / "progress"
    file.write_bytes(text.encode("utf-8", "surrogatepass"))
    assert progress_of(str(file)) == {}


def test_every_time_that_can_be_written_can_be_read() -> None:
    for year in (1, 999, 1970, 9999):
        time = datetime.datetime(year, 1, 2, 3, 4, 5, tzinfo=datetime.timezone.utc)
        assert parse_time(time.replace(tzinfo=None).isoformat() + "Z") == time
