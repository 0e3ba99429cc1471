# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The event source C(fleet): which events a report makes, whatever happens to its file and to the process."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import pathlib
import runpy
import time
import typing as t

import pytest
import yaml

from ansible_collections.hosting.websec.tests.unit.documented import COLLECTION

FOLDER = COLLECTION / "extensions/eda/plugins/event_source"
# As ansible-rulebook loads it.
FLEET = runpy.run_path(str(FOLDER / "fleet.py"))

Site = dict[str, t.Any]
EARLY = 1_000_000_000
"""A time long after which every report of a test was written."""


class KilledError(BaseException):
    """The process is gone."""


class Queue:
    """Keeps the events. :param dies_at: the process is killed right after it has put so many."""

    def __init__(self, dies_at: int | None = None) -> None:
        self.events: list[Site] = []
        self._dies_at = dies_at

    async def put(self, event: Site) -> None:
        self.events.append(event["fleet"])
        if len(self.events) == self._dies_at:
            raise KilledError


class World:
    """A report and a state file, looked at by one process after another."""

    def __init__(self, folder: pathlib.Path) -> None:
        self.report, self.state = folder / "report.json", folder / "state.json"
        self._reports = 0

    def write(self, *sites: Site, **fields: t.Any) -> None:
        """Replace the report, as the role does."""
        document = {
            "format": "hosting.websec.fleet_report",
            "version": 1,
            "check_mode": False,
            "sites": sites,
            **fields,
        }
        self.put(json.dumps(document).encode())

    def put(self, content: bytes) -> None:
        self._reports += 1
        new = self.report.with_suffix(".new")
        new.write_bytes(content)
        # Each report has a time of its own, as in life.
        os.utime(new, (EARLY, EARLY + self._reports))
        new.replace(self.report)

    def options(self, **args: t.Any) -> t.Any:
        return FLEET["Options"].from_args({"report": str(self.report), "state": str(self.state), **args})

    def start(self, queue: Queue, **args: t.Any) -> t.Any:
        """A process that has just started."""
        source = FLEET["Source"](queue, self.options(**args))
        source.state.load()
        return source

    def events(self, **args: t.Any) -> list[Site]:
        """What a process that starts now sends."""
        queue = Queue()
        asyncio.run(self.start(queue, **args).look())
        return queue.events


@pytest.fixture(name="world")
def _world(tmp_path: pathlib.Path) -> World:
    return World(tmp_path)


def site(domain: str, state: str | None = "ready", *reasons: str, **fields: t.Any) -> Site:
    return {
        "domain": domain,
        "site_id": 7,
        "state": state,
        "attention": reasons[0] if reasons else None,
        "findings": [{"reason": reason, "text": "told"} for reason in reasons],
        **fields,
    }


def test_one_event_for_each_change_and_none_for_the_rest(world: World) -> None:
    world.write(site("a.example", "pending-dns"), site("b.example"), site("c.example"))
    assert world.events() == []  # The first run remembers.
    world.write(
        site("a.example"),
        site("b.example", since="2026-11-29T00:00:00Z", waiting_for="something", changed=True),
        site("c.example", "ready", "finding_red"),
        site("d.example", "pending-dns"),
    )
    ready, malware, new = world.events()
    assert (ready["domain"], ready["state_before"], ready["state"]) == ("a.example", "pending-dns", "ready")
    assert (ready["state_changed"], ready["attention_changed"], ready["new_findings"]) == (True, False, [])
    assert (malware["domain"], malware["attention_before"], malware["attention"]) == ("c.example", None, "finding_red")
    assert (malware["state_changed"], malware["new_findings"]) == (False, ["finding_red"])
    assert (new["domain"], new["is_new"], ready["is_new"]) == ("d.example", True, False)
    assert world.events() == []
    world.write(site("c.example", "ready", "finding_red"), site("a.example"))
    assert world.events() == []  # Another order, and sites that are not in this report.


def test_the_first_run_can_send_every_site(world: World) -> None:
    world.write(site("a.example"), site("b.example", "error"))
    assert [event["domain"] for event in world.events(first_run="emit")] == ["a.example", "b.example"]
    assert world.events(first_run="emit") == []


def test_a_change_that_comes_back_has_another_id(world: World) -> None:
    ids = []
    world.write(site("a.example"))
    world.events()
    for state in ("error", "ready", "error", "ready"):
        world.write(site("a.example", state))
        ids += [event["id"] for event in world.events()]
    assert len(set(ids)) == 4


@pytest.mark.parametrize("dies_at", [1, 2, 3])
def test_a_process_that_is_killed_loses_nothing_and_repeats_one_event(world: World, dies_at: int) -> None:
    names = ["a.example", "b.example", "c.example"]
    world.write(*(site(name) for name in names))
    world.events()
    world.write(*(site(name, "error") for name in names))
    queue = Queue(dies_at)
    with pytest.raises(KilledError):
        asyncio.run(world.start(queue).look())
    again = world.events()
    assert [event["domain"] for event in again] == names[dies_at - 1 :]
    # The last one was sent before and not written down: it is recognised by its id.
    assert again[0] == queue.events[-1]
    assert world.events() == []


def test_a_state_that_cannot_be_written_stops_the_source(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.write(site("a.example"), site("b.example"))
    world.events()
    world.write(site("a.example", "error"), site("b.example", "error"))
    queue = Queue()
    source = world.start(queue)

    def full(*_names: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", full)
        with pytest.raises(OSError, match="No space left"):
            asyncio.run(source.look())
    assert len(queue.events) == 1
    # The first one may have been written down or not: it may come again, the other one does.
    assert [event["domain"] for event in world.events()][-1:] == ["b.example"]
    assert world.events() == []


def test_what_is_in_the_journal_is_not_sent_again(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """The process ends before it has saved the state file, and in the middle of a line of its journal."""
    names = ["a.example", "b.example"]
    world.write(*map(site, names))
    world.events()
    world.write(*(site(name, "error") for name in names))
    source = world.start(Queue())
    with monkeypatch.context() as patched:
        patched.setattr(source.state, "save", lambda: None)
        asyncio.run(source.look())
    journal = world.state.with_name(f"{world.state.name}.journal")
    assert len(journal.read_bytes().splitlines()) == 2
    journal.write_bytes(journal.read_bytes()[:-5])
    again = Queue(1)
    with pytest.raises(KilledError):
        asyncio.run(world.start(again).look())
    assert [event["domain"] for event in again.events] == ["b.example"]
    assert [event["domain"] for event in world.events()] == ["b.example"]
    assert world.events() == []
    assert not journal.exists()


def test_a_damaged_journal_stays(world: World) -> None:
    world.write(site("a.example"))
    world.events()
    journal = world.state.with_name(f"{world.state.name}.journal")
    journal.write_bytes(b'{"a.example": 5}\n')
    with pytest.raises(RuntimeError, match="it is damaged"):
        world.start(Queue())
    assert journal.exists()
    # Without the state file it is about nothing: that is how to begin anew.
    world.state.unlink()
    assert world.events(first_run="remember") == []
    assert not journal.exists()


UNREADABLE = {
    "half written": b'{"format": "hosting.websec.fleet_report", "version": 1, "sites": [{"dom',
    "empty": b"",
    "no UTF-8": b"\xff\xfe{",
    "too deep": b"[" * 100_000,
    "a number that is too long": b'{"version": ' + b"9" * 10_000 + b"}",
    "another file": b'{"format": "something.else", "version": 1, "check_mode": false, "sites": []}',
    "a later version": b'{"format": "hosting.websec.fleet_report", "version": 2, "check_mode": false, "sites": []}',
    "check mode": b'{"format": "hosting.websec.fleet_report", "version": 1, "check_mode": true, "sites": []}',
    "no list": b'{"format": "hosting.websec.fleet_report", "version": 1, "check_mode": false, "sites": {}}',
    "too large": b" " * 2000,
}


@pytest.mark.parametrize("content", UNREADABLE.values(), ids=UNREADABLE)
def test_a_report_that_is_no_report_changes_nothing(
    world: World, content: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    world.write(site("a.example"))
    world.events()
    before = world.state.read_bytes()
    queue = Queue()
    source = world.start(queue, max_size=1500)
    world.put(content)
    asyncio.run(source.look())
    asyncio.run(source.look())
    assert (queue.events, world.state.read_bytes()) == ([], before)
    told = [record for record in caplog.records if record.levelno == logging.WARNING]
    assert len(told) == 1, "said once, not at each look"
    world.write(site("a.example", "error"))
    asyncio.run(source.look())
    assert [event["state"] for event in queue.events] == ["error"]


@pytest.mark.parametrize("kind", ["missing", "a folder", "a pipe", "a dangling link"])
def test_something_else_in_its_place(world: World, kind: str, tmp_path: pathlib.Path) -> None:
    world.write(site("a.example"))
    world.events()
    world.report.unlink()
    if kind == "a folder":
        world.report.mkdir()
    elif kind == "a pipe":
        os.mkfifo(world.report)
    elif kind == "a dangling link":
        world.report.symlink_to(tmp_path / "nowhere")
    assert world.events() == []
    assert json.loads(world.state.read_text())["sites"]["a.example"]["state"] == "ready"


def test_a_report_that_is_written_in_place_is_read_when_it_is_whole(world: World) -> None:
    world.write(site("a.example"))
    queue = Queue()
    source = world.start(queue)
    asyncio.run(source.look())
    text = world.report.read_text()
    now = time.time_ns()
    for part in (text[:10], text.replace("ready", "error"), text.replace("ready", "absen")):
        # The second whole one has the size of the first, and was written within one tick of the file system's clock.
        world.report.write_text(part)
        os.utime(world.report, ns=(now, now))
        asyncio.run(source.look())
    assert [event["state"] for event in queue.events] == ["error", "absen"]


def test_a_broken_row_costs_no_other(world: World) -> None:
    broken: list[t.Any] = [
        None,
        "text",
        {},
        {"domain": 5},
        {"domain": "{{ lookup('pipe', 'id') }}"},
        {"domain": "x" * 300},
    ]
    world.write(*broken, site("a.example"), site("odd.example", findings="none", error=[], attention={"a": 1}))
    events = world.events(first_run="emit")
    assert [event["domain"] for event in events] == ["a.example", "odd.example"]
    assert (events[1]["findings"], events[1]["error"], events[1]["attention"]) == ([], None, None)


def test_a_domain_that_two_sites_have(world: World) -> None:
    world.write(site("a.example", site_id=1), site("a.example", "error", site_id=2))
    world.events()
    world.write(site("a.example", "error", site_id=2), site("a.example", "error", site_id=1))
    assert [event["site_id"] for event in world.events()] == [1]


def test_texts_of_others_are_no_templates(world: World) -> None:
    """Ansible renders what comes as an extra variable."""
    evil = "{{ lookup('pipe', 'id') }} {% if 1 %} {# x #} {{{ \ud800\n" + "x" * 600
    world.write(site("a.example", "ready", error={"message": evil, "hint": evil}, attention=evil, waiting_for=evil))
    (event,) = world.events(first_run="emit")
    for name in ("error", "hint", "attention", "waiting_for"):
        assert "x" in event[name]
        assert not any(mark in event[name] for mark in ("{{", "{%", "{#", "\n", "\ud800"))
        assert len(event[name]) < 520


STATES = {
    "another file": b'{"customers": []}',
    "half a file": b'{"format": "hosting.websec.fleet_events", "ver',
    "damaged": b'{"format": "hosting.websec.fleet_events", "version": 1, "sites": {"a.example": {"state": "ready"}}}',
}


@pytest.mark.parametrize("content", STATES.values(), ids=STATES)
def test_a_state_file_that_is_none_is_not_replaced(world: World, content: bytes) -> None:
    world.state.write_bytes(content)
    world.write(site("a.example"))
    with pytest.raises(RuntimeError, match=r"cannot be used: .* Restore it, or move it away"):
        asyncio.run(FLEET["main"](Queue(), {"report": str(world.report), "state": str(world.state)}))
    assert world.state.read_bytes() == content


def test_two_sources_do_not_share_a_state_file(world: World) -> None:
    world.write(site("a.example"))
    with world.start(Queue()).state.locked(), pytest.raises(RuntimeError, match="another source uses"):
        asyncio.run(FLEET["main"](Queue(), {"report": str(world.report), "state": str(world.state)}))


def test_it_runs_until_it_is_cancelled(world: World) -> None:
    """The whole source: it looks again and again, and what was sent before the end is not sent again."""
    world.write(site("a.example"))

    async def life() -> list[Site]:
        events: asyncio.Queue[Site] = asyncio.Queue(1)
        args = {"report": str(world.report), "state": str(world.state), "interval": "0.1", "first_run": "emit"}
        task = asyncio.create_task(FLEET["main"](events, args))
        found = [await events.get()]
        world.write(site("a.example", "error"), site("b.example"), site("c.example"))
        found += [await events.get(), await events.get(), await events.get()]
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        return [each["fleet"] for each in found]

    assert [event["state"] for event in asyncio.run(life())] == ["ready", "error", "ready", "ready"]
    assert len(world.events()) <= 1  # The last one, if the end came between it and the state file.


@pytest.mark.parametrize(
    ("args", "told"),
    [
        ({"report": ""}, "report must be the absolute path"),
        ({"state": "relative"}, "state must be the absolute path"),
        ({"state": None}, "state must be the absolute path"),
        ({"interval": 0}, "interval is 0; it must be a number from 0.1 on"),
        ({"interval": "often"}, "interval is 'often'"),
        ({"interval": True}, "interval is True"),
        ({"interval": "nan"}, "interval is 'nan'"),
        ({"max_size": 0}, "max_size is 0"),
        ({"first_run": "all"}, "first_run is 'all', not remember or emit"),
        ({"intervall": 5}, "fleet has no option intervall"),
    ],
)
def test_wrong_arguments(world: World, args: dict[str, t.Any], told: str) -> None:
    with pytest.raises(ValueError, match=told):
        world.options(**args)
    with pytest.raises(ValueError, match="are the same file"):
        world.options(state=str(world.report))


def test_the_documentation_and_the_schema_are_what_the_source_takes() -> None:
    documented = yaml.safe_load(FLEET["DOCUMENTATION"])["options"]
    schema = json.loads((FOLDER / "schemas/fleet.json").read_text())
    defaults = FLEET["Options"]("/report", "/state")
    assert list(documented) == list(schema["properties"]) == list(FLEET["Options"].__dataclass_fields__)
    for name, option in documented.items():
        assert option.get("required", False) == (name in schema["required"])
        assert option.get("default") == schema["properties"][name].get("default")
        if not option.get("required"):
            assert getattr(defaults, name) == option["default"]
    assert documented["first_run"]["choices"] == schema["properties"]["first_run"]["enum"]


def test_the_rulebook_gives_the_source_what_it_takes() -> None:
    (ruleset,) = yaml.safe_load((COLLECTION / "extensions/eda/rulebooks/fleet.yml").read_text())
    (source,) = ruleset["sources"]
    assert set(source["hosting.websec.fleet"]) <= set(yaml.safe_load(FLEET["DOCUMENTATION"])["options"])
    for rule in ruleset["rules"]:
        name = rule["action"]["run_playbook"]["name"].removeprefix("hosting.websec.")
        assert (COLLECTION / "playbooks" / f"{name}.yml").is_file()
