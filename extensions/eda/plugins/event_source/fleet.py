# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""fleet.py

An event source of ansible-rulebook: one event for each site whose state changed in the JSON file of the role
C(hosting.websec.fleet_report). C(docs/events.md) describes the events.

ansible-rulebook runs this file by itself (C(runpy)), and importing the collection fails there: it needs nothing but the
standard library.
"""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import errno
import fcntl
import hashlib
import json
import logging
import os
import re
import stat
import time
import typing as t

DOCUMENTATION = r"""
---
short_description: One event for each site whose state changed in a fleet report
description:
  - Watches the JSON file of the role P(hosting.websec.fleet_report#role), and sends an event when the state of a site,
    the reason why it needs action, or the findings of its scans changed. What did not change sends none, also after a
    restart.
  - Each event is sent at least once. It is written down right after it was handed to ansible-rulebook, so a process
    that is killed in between sends this one event again, with the same C(id).
  - A report that is missing, half written, broken, too large or of a run in check mode sends nothing. The next one that
    can be read is compared with the last one that could be read.
options:
  report:
    description: The JSON file of the role P(hosting.websec.fleet_report#role).
    type: str
    required: true
  state:
    description:
      - The file in which the source remembers what it has sent, on a disk that outlives the process. It is created if
        it is missing, in a folder that exists, and replaced atomically. Beside it is a journal with the same name and
        C(.journal) at its end. Each source needs a file of its own.
    type: str
    required: true
  interval:
    description: Seconds between two looks at the report.
    type: float
    default: 5
  first_run:
    description:
      - What to do without a state file. V(remember) sends nothing, and only what changes later. V(emit) sends an event
        for each site of the report.
    type: str
    choices: [remember, emit]
    default: remember
  max_size:
    description: A report of more bytes than this is not read.
    type: int
    default: 67108864
"""

EXAMPLES = r"""
- name: Sites that changed
  hosts: all
  sources:
    - hosting.websec.fleet:
        report: /var/lib/websec/fleet-report.json
        state: /var/lib/websec/fleet-events.json
"""

LOGGER = logging.getLogger("hosting.websec.fleet")

REPORT_FORMAT, REPORT_VERSION = "hosting.websec.fleet_report", 1
STATE_FORMAT, STATE_VERSION = "hosting.websec.fleet_events", 1
MAX_TEXT = 500
"""Longer texts of a report are cut."""
MAX_FINDINGS = 50
SETTLED_SECONDS = 2.0
"""A file that changed more recently is read at the next look too: it could change again without a newer time."""

_DOMAIN = re.compile(r"[\w*][\w-]*(\.[\w-]+)*")
_MARKUP = re.compile(r"\{(?=[{%#])")
_UNSAFE = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]+")


class Queue(t.Protocol):
    """Where events go. ansible-rulebook gives one, which takes an event when it has room for it."""

    async def put(self, event: dict[str, t.Any], /) -> None: ...


class NotReadableError(Exception):
    """There is no report to compare now. The text says why."""


@dataclasses.dataclass(frozen=True)
class Options:
    """The arguments of the source, checked; C(DOCUMENTATION) describes them."""

    report: str
    state: str
    interval: float = 5.0
    first_run: str = "remember"
    max_size: int = 64 * 1024 * 1024

    @classmethod
    def from_args(cls, args: t.Mapping[str, t.Any]) -> Options:
        """:raises ValueError: an argument is not valid. Variables of a rulebook give numbers as text."""
        unknown = sorted(set(args) - {each.name for each in dataclasses.fields(cls)})
        if unknown:
            raise ValueError(f"fleet has no option {', '.join(unknown)}.")
        for name in ("report", "state"):
            if not isinstance(args.get(name), str) or not args[name].startswith("/"):
                raise ValueError(f"fleet: {name} must be the absolute path of a file.")
        interval = _number(args, "interval", cls.interval, least=0.1)
        max_size = _number(args, "max_size", cls.max_size, least=1)
        first_run = args.get("first_run", cls.first_run)
        if first_run not in ("remember", "emit"):
            raise ValueError(f"fleet: first_run is {first_run!r}, not remember or emit.")
        if os.path.realpath(args["report"]) == os.path.realpath(args["state"]):
            raise ValueError("fleet: report and state are the same file.")
        return cls(args["report"], args["state"], interval, first_run, int(max_size))


def _number(args: t.Mapping[str, t.Any], name: str, default: float, *, least: float) -> float:
    given = args.get(name, default)
    try:
        value = float("nan" if isinstance(given, bool) else given)
    except (TypeError, ValueError):
        value = float("nan")
    if not least <= value <= 10**12:
        raise ValueError(f"fleet: {name} is {given!r}; it must be a number from {least:g} on.")
    return value


# The report


def read_file(path: str, max_size: int) -> bytes:
    """The content of a regular file.

    :raises OSError: it cannot be read. :raises NotReadableError: it is too large, or no regular file.
    """
    # A pipe or a device must not block.
    handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    with open(handle, "rb") as file:
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            raise NotReadableError("it is not a regular file")
        content = file.read(max_size + 1)
    if len(content) > max_size:
        raise NotReadableError(f"it has more than {max_size} bytes (max_size)")
    return content


def parse_json(content: bytes) -> t.Any:
    """:raises NotReadableError: it is no JSON, such as half a file."""
    try:
        return json.loads(content)
    except (ValueError, RecursionError):
        raise NotReadableError("it is not valid JSON; it may be half written") from None


def sites_of(document: t.Any) -> dict[str, dict[str, t.Any]]:
    """The sites of a report, by their key: the domain, with the number of the site if the domain occurs twice.

    A row that is not valid costs no other row.

    :raises NotReadableError: it is no report of a real pass.
    """
    if not isinstance(document, dict) or document.get("format") != REPORT_FORMAT:
        raise NotReadableError("it is not a report of the role hosting.websec.fleet_report")
    if document.get("version") != REPORT_VERSION or isinstance(document["version"], bool):
        raise NotReadableError(f"it has another version than {REPORT_VERSION}")
    if document.get("check_mode") is not False:
        raise NotReadableError("it is about a run in check mode")
    if not isinstance(document.get("sites"), list):
        raise NotReadableError("it has no list of sites")
    rows = [row for row in map(site_of, document["sites"]) if row is not None]
    if len(rows) < len(document["sites"]):
        LOGGER.warning(
            "%d entries of the report are not sites. They were left out.", len(document["sites"]) - len(rows)
        )
    amounts: dict[str, int] = {}
    for row in rows:
        amounts[row["domain"]] = amounts.get(row["domain"], 0) + 1
    return {
        row["domain"] if amounts[row["domain"]] == 1 else f"{row['domain']} ({row['site_id']})": row for row in rows
    }


def site_of(row: t.Any) -> dict[str, t.Any] | None:
    """What an event says about a site; C(None) if the row is not valid."""
    if not isinstance(row, dict):
        return None
    domain = row.get("domain")
    if not isinstance(domain, str) or len(domain) > 253 or not _DOMAIN.fullmatch(domain):
        return None
    findings = row.get("findings")
    reasons = (
        {plain(each.get("reason")) for each in findings if isinstance(each, dict)}
        if isinstance(findings, list)
        else set()
    )
    error = row["error"] if isinstance(row.get("error"), dict) else {}
    return {
        "domain": domain,
        "site_id": plain(row.get("site_id")),
        "state": plain(row.get("state")),
        "attention": plain(row.get("attention")),
        "findings": sorted(str(each) for each in reasons if each is not None)[:MAX_FINDINGS],
        "waiting_for": plain(row.get("waiting_for")),
        "error": plain(error.get("message")),
        "hint": plain(error.get("hint")),
    }


def plain(value: t.Any) -> t.Any:
    """A number, or a text that is short, in one line, and no template: Ansible renders the texts of an event."""
    if value is None or (isinstance(value, int) and not isinstance(value, bool) and abs(value) < 10**18):
        return value
    if not isinstance(value, str):
        return None
    return _MARKUP.sub("{ ", _UNSAFE.sub(" ", value[:MAX_TEXT]))


# What changed

WATCHED = ("state", "attention", "findings")
"""A difference in one of these is a change of a site. Texts and times are not."""


def remembered(site: t.Mapping[str, t.Any], changes: int) -> dict[str, t.Any]:
    """What the state file keeps of a site. :param changes: how many events there were about it."""
    return {**{name: site[name] for name in WATCHED}, "changes": changes}


def change_of(key: str, before: t.Mapping[str, t.Any] | None, now: t.Mapping[str, t.Any]) -> dict[str, t.Any] | None:
    """The event about a site; C(None) if nothing changed.

    :param before: from C(remembered); C(None): the site is new.
    """
    last: t.Mapping[str, t.Any] = before or {"state": None, "attention": None, "findings": [], "changes": 0}
    if before is not None and all(last[name] == now[name] for name in WATCHED):
        return None
    # The same change has the same id after a restart, and the same change a month later has another.
    identity = json.dumps([key, last["changes"], [now[name] for name in WATCHED]])
    return {
        "id": hashlib.sha256(identity.encode()).hexdigest()[:32],
        **now,
        "state_before": last["state"],
        "attention_before": last["attention"],
        "is_new": before is None,
        "state_changed": last["state"] != now["state"],
        "attention_changed": last["attention"] != now["attention"],
        "new_findings": [each for each in now["findings"] if each not in last["findings"]],
    }


# The state file


class State:
    """What was sent about each site. :param sites: C(None) before the first report.

    The file is that of thousands of sites. So what is sent during one look is first appended to a second file, the
    journal, and is in the file itself at the end of the look.
    """

    def __init__(self, path: str) -> None:
        self._path = path
        self._journal = f"{path}.journal"
        self.sites: dict[str, dict[str, t.Any]] | None = None

    @contextlib.contextmanager
    def locked(self) -> t.Iterator[None]:
        """Keep a second source away from the file.

        :raises RuntimeError: there is one, or the folder cannot be used.
        """
        try:
            handle = os.open(f"{self._path}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise RuntimeError(f"fleet: {self._path}.lock cannot be opened: {error.strerror}.") from None
        try:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError as error:
                if error.errno == errno.EWOULDBLOCK:
                    raise RuntimeError(
                        f"fleet: another source uses {self._path}. Give each a state of its own."
                    ) from None
                # A file system without locks.
            yield
        finally:
            os.close(handle)

    def load(self) -> None:
        """:raises RuntimeError: the file is not one of this source, or cannot be read. It is not replaced."""
        try:
            self.sites = _checked_state(parse_json(read_file(self._path, 1 << 30)))
            self._fold_journal()
        except FileNotFoundError:
            self.sites = None
        except (OSError, NotReadableError) as error:
            reason = error.strerror if isinstance(error, OSError) else error
            raise RuntimeError(
                f"fleet: {self._path} cannot be used: {reason}. "
                "Restore it, or move it away to begin anew (see first_run)."
            ) from None

    def _fold_journal(self) -> None:
        """Take over what a process that was killed had sent since it saved the file. Its last line may be half written:
        nothing may be appended to that."""
        try:
            lines = read_file(self._journal, 1 << 30).split(b"\n")[:-1]
        except FileNotFoundError:
            return
        found: dict[str, dict[str, t.Any]] = {}
        for line in lines:
            found.update(_checked_sites(parse_json(line)))
        self.sites = {**(self.sites or {}), **found}
        self.save()

    def note(self, key: str, site: dict[str, t.Any]) -> None:
        """Keep that an event about a site was sent, on the disk too.

        :param site: from C(remembered). :raises OSError: it is not kept.
        """
        if self.sites is None:
            self.sites = {}
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW | os.O_CLOEXEC
        with open(os.open(self._journal, flags, 0o600), "wb") as file:
            file.write(json.dumps({key: site}, separators=(",", ":")).encode() + b"\n")
            file.flush()
            os.fsync(file.fileno())
        self.sites[key] = site

    def save(self) -> None:
        """Replace the file: afterwards it is the old one or the new one, whatever happens. Then end the journal: what
        it says is in the file, and it may be read once more.

        :raises OSError: it is the old one.
        """
        document = {"format": STATE_FORMAT, "version": STATE_VERSION, "sites": self.sites}
        new = f"{self._path}.new"
        handle = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
        with open(handle, "wb") as file:
            file.write(json.dumps(document, separators=(",", ":")).encode())
            file.flush()
            os.fsync(handle)
        os.replace(new, self._path)
        folder = os.open(os.path.dirname(self._path), os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
        with contextlib.suppress(FileNotFoundError):
            os.unlink(self._journal)


def _checked_state(document: t.Any) -> dict[str, dict[str, t.Any]]:
    """:raises NotReadableError: it is no state file of this version."""
    sites = document.get("sites") if isinstance(document, dict) else None
    if not isinstance(sites, dict) or (document.get("format"), document.get("version")) != (
        STATE_FORMAT,
        STATE_VERSION,
    ):
        raise NotReadableError("it is not a state file of this source")
    return _checked_sites(sites)


def _checked_sites(sites: t.Any) -> dict[str, dict[str, t.Any]]:
    """:raises NotReadableError: they are not from C(remembered)."""
    if not isinstance(sites, dict):
        raise NotReadableError("it is damaged")
    for site in sites.values():
        if (
            not isinstance(site, dict)
            or not {*WATCHED, "changes"} <= set(site)
            or not isinstance(site["findings"], list)
            or not isinstance(site["changes"], int)
        ):
            raise NotReadableError("it is damaged")
    return sites


# The source


class Source:
    """Compares the report with what was sent. :param clock: the time in seconds since 1970."""

    def __init__(self, queue: Queue, options: Options, clock: t.Callable[[], float] = time.time) -> None:
        self._queue = queue
        self._options = options
        self._clock = clock
        self.state = State(options.state)
        self._seen: tuple[int, ...] | None = None
        """The file that was compared last, by what the file system says about it."""
        self._told = ""
        """The last reason why the report was not read: it is not repeated at each look."""

    async def look(self) -> None:
        """Compare once, and send what changed.

        :raises OSError: the state cannot be saved. Nothing more is sent then: without it, all would be sent again.
        """
        try:
            sites = await asyncio.to_thread(self._read)
        except (OSError, NotReadableError) as error:
            reason = str(error.strerror if isinstance(error, OSError) else error)
            if reason != self._told:
                LOGGER.warning("The report %s is not read: %s. The source tries again.", self._options.report, reason)
            self._told = reason
            return
        if sites is None:
            return
        self._told = ""
        if self.state.sites is None:
            self.state.sites = {}
            if self._options.first_run == "remember":
                self.state.sites = {key: remembered(site, 0) for key, site in sites.items()}
                LOGGER.info("First run: %d sites remembered, no event.", len(sites))
            await asyncio.to_thread(self.state.save)
        changes = [await self._compare(key, site) for key, site in sites.items()]
        if any(changes):
            await asyncio.to_thread(self.state.save)

    async def _compare(self, key: str, site: dict[str, t.Any]) -> bool:
        """Whether an event was sent."""
        before = (self.state.sites or {}).get(key)
        event = change_of(key, before, site)
        if event is None:
            return False
        await self._queue.put({"fleet": event})
        await asyncio.to_thread(self.state.note, key, remembered(site, (before or {"changes": 0})["changes"] + 1))
        return True

    def _read(self) -> dict[str, dict[str, t.Any]] | None:
        """The sites of the report; C(None) if the file is the one that was compared last."""
        found = os.stat(self._options.report)
        seen = (found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns)
        if seen == self._seen:
            return None
        sites = sites_of(parse_json(read_file(self._options.report, self._options.max_size)))
        self._seen = seen if abs(self._clock() - found.st_mtime) > SETTLED_SECONDS else None
        return sites


async def main(queue: Queue, args: dict[str, t.Any]) -> None:
    """Watch the report until the task is cancelled.

    :raises ValueError: an argument is not valid. :raises RuntimeError: the state file cannot be used.
    """
    options = Options.from_args(args)
    source = Source(queue, options)
    with source.state.locked():
        source.state.load()
        while True:
            try:
                await source.look()
            except OSError as error:
                raise RuntimeError(f"fleet: {options.state} cannot be written: {error.strerror}.") from None
            await asyncio.sleep(options.interval)
