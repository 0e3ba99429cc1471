# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Brings the events that the hook of WHMCS wrote down into the site file in git. Calls no vendor.

    python3 commit_sites.py SPOOL CLONE

SPOOL is the file of the hook. CLONE is a clone of its own, with a branch that tracks one to which it may push; what is
in it and is not pushed is discarded. Run it every few minutes, as another user than PHP's: it needs nothing but git.

The repository gets a file C(services/<number>.json) for each service, and C(sites.json) with C(sitelock_waf_sites) and
C(botguard_websites). What a product of WHMCS gets is in C(products.json), which people edit:

    {"3": {"sitelock_waf": {"subscription": "8765", "policy": "shop"}, "botguard_website": {}}}

A product that is not in it gets nothing. A suspended service is paused at BotGuard, and a terminated one is C(absent).
"""

from __future__ import annotations

import argparse
import dataclasses
import fcntl
import json
import os
import pathlib
import re
import signal
import subprocess
import sys
import typing as t

STATES = {
    "create": "active",
    "unsuspend": "active",
    "change": None,
    "suspend": "suspended",
    "terminate": "terminated",
}
"""The state of a service after an event; C(None): it stays."""

_DOMAIN = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])")
_PREFERRED = ("active", "suspended", "terminated")
_TRIES = 5
_LONGEST = 1000
"""Characters of a line."""
_SHOWN = 80
"""Characters of it in a message."""


Rules = dict[str, dict[str, object]]
"""What a product gets: C(sitelock_waf), C(botguard_website)."""


class Refused(Exception):
    """Something that a person has to correct."""


def take(spool: pathlib.Path, pending: pathlib.Path) -> list[str]:
    """Move the lines of the hook to a file of ours, and return all that are not committed yet.

    The hook holds the same lock while it writes, and waits no longer than this takes.
    """
    if spool.exists():
        with spool.open("r+b") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            content = file.read()
            if content:
                with pending.open("ab") as kept:
                    kept.write(content)
                    kept.flush()
                    os.fsync(kept.fileno())
                file.truncate(0)
    # The hook begins each event with a line break, so one that was cut off does not spoil the next one.
    lines = pending.read_text("utf-8", "replace").split("\n") if pending.exists() else []
    return [line for line in lines if line.strip()]


def parse(line: str) -> dict[str, object]:
    """An event. :raises Refused: the line is none, whoever wrote it."""
    try:
        event = json.loads(line) if len(line) <= _LONGEST else None
    except (ValueError, RecursionError):
        event = None
    if not isinstance(event, dict) or set(event) != {"event", "service", "product", "domain"}:
        raise Refused(f"not an event of the hook: {line[:_SHOWN]!r}")
    if not isinstance(event["event"], str) or event["event"] not in STATES:
        raise Refused(f"an unknown event: {line[:_SHOWN]!r}")
    for name in ("service", "product"):
        number = event[name]
        if not isinstance(number, int) or isinstance(number, bool) or not 0 < number < 10**10:
            raise Refused(f"{name} is not a number: {line[:_SHOWN]!r}")
    domain = event["domain"]
    if not isinstance(domain, str) or len(domain) > 253 or not _DOMAIN.fullmatch(domain):
        raise Refused(f"domain is not a domain name: {line[:_SHOWN]!r}")
    return event


def after(service: dict[str, object] | None, event: dict[str, object]) -> dict[str, object]:
    """A service after an event.

    :raises Refused: it would end something that nobody asked to end.
    """
    if service is not None and service["domain"] != event["domain"] and service["state"] != "terminated":
        raise Refused(
            f"service {event['service']} had the domain {service['domain']}, and now has {event['domain']}. What is "
            "missing from the file is never ended: edit its file by hand, and the site file for the former domain"
        )
    state = STATES[str(event["event"])] or (str(service["state"]) if service else "active")
    return {"domain": event["domain"], "product": event["product"], "state": state}


def site_file(services: dict[str, dict[str, object]], products: dict[str, Rules]) -> dict[str, object]:
    """C(sites.json). Of several services with one domain, an active one counts before a suspended or terminated one."""
    chosen: dict[str, dict[str, object]] = {}
    # In the order of their numbers: of several active ones, the first customer keeps the domain.
    for _number, service in sorted(services.items(), key=lambda each: int(each[0])):
        present = chosen.get(str(service["domain"]))
        if present is None or _PREFERRED.index(str(service["state"])) < _PREFERRED.index(str(present["state"])):
            chosen[str(service["domain"])] = service
    waf, botguard = [], []
    for domain, service in sorted(chosen.items()):
        gets = products.get(str(service["product"]), {})
        state = service["state"]
        if "sitelock_waf" in gets:
            end = {"state": "absent"} if state == "terminated" else {}
            waf.append({"domain": domain, **gets["sitelock_waf"], **end})
        if "botguard_website" in gets:
            now = {"active": "online", "suspended": "paused", "terminated": "absent"}[str(state)]
            botguard.append({"domain": domain, **gets["botguard_website"], "state": now})
    return {"sitelock_waf_sites": waf, "botguard_websites": botguard}


@dataclasses.dataclass(frozen=True)
class Clone:
    """The clone. :param seconds: that one call of git may take."""

    path: pathlib.Path
    seconds: float

    def git(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run git, without a terminal to ask on.

        :raises Refused: it did not end in time. It and what it started, such as ssh, were ended.
        """
        command = ["git", "-C", str(self.path), *arguments]
        with subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            errors="replace",
            env={**os.environ, "GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C"},
            start_new_session=True,
        ) as process:
            try:
                output, errors = process.communicate(timeout=self.seconds)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                raise Refused(f"git {arguments[0]} did not end within {self.seconds:g} seconds") from None
        return subprocess.CompletedProcess(command, process.returncode, output, errors)

    def must(self, *arguments: str) -> str:
        """The output of git. :raises Refused: it failed."""
        done = self.git(*arguments)
        if done.returncode:
            raise Refused(f"git {arguments[0]}: {done.stderr.strip()}")
        return done.stdout


def read(path: pathlib.Path) -> object:
    """A file of the repository. :raises Refused: it is no JSON."""
    try:
        return json.loads(path.read_text("utf-8"))
    except (OSError, ValueError, RecursionError) as problem:
        raise Refused(f"{path.name} in the repository cannot be read: {problem}") from None


def read_service(path: pathlib.Path) -> dict[str, object]:
    """What is known of a service. :raises Refused: a person has left its file half edited."""
    service = read(path)
    if (
        not (path.stem.isascii() and path.stem.isdigit())
        or not isinstance(service, dict)
        or set(service) != {"domain", "product", "state"}
        or service["state"] not in _PREFERRED
        or not _DOMAIN.fullmatch(str(service["domain"]))
    ):
        raise Refused(
            f"services/{path.name} in the repository is not a service: its name must be a number, with domain, product "
            f"and state ({', '.join(_PREFERRED)})"
        )
    return service


def read_products(path: pathlib.Path) -> dict[str, Rules]:
    """What each product gets. :raises Refused: the file is missing, or has another form."""
    if not path.exists():
        raise Refused("the repository has no products.json")
    products = read(path)
    known = {"sitelock_waf", "botguard_website"}
    for number, gets in products.items() if isinstance(products, dict) else [("", None)]:
        if not isinstance(gets, dict) or not set(gets) <= known or not all(isinstance(r, dict) for r in gets.values()):
            raise Refused(
                f"products.json in the repository is wrong at {number!r}: it must be a mapping of numbers of products "
                "to sitelock_waf and botguard_website, each with a mapping"
            )
    return t.cast("dict[str, Rules]", products)


def write(path: pathlib.Path, content: object) -> None:
    """Write JSON as git shows it best: sorted, one value a line."""
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(content, indent=2, sort_keys=True) + "\n", "utf-8")


def note(line: str, services: dict[str, dict[str, object]], folder: pathlib.Path) -> str:
    """Bring one line into the services and their files. :returns: why it was refused; empty if it was not."""
    try:
        event = parse(line)
        number = str(event["service"])
        services[number] = after(services.get(number), event)
    except Refused as problem:
        return str(problem)
    write(folder / f"{number}.json", services[number])
    return ""


def apply(clone: pathlib.Path, lines: list[str]) -> list[str]:
    """Write the files of the clone. :returns: what was refused, a text for each line."""
    refused = []
    folder = clone / "services"
    services = {path.stem: read_service(path) for path in folder.glob("*.json")}
    for line in lines:
        problem = note(line, services, folder)
        if problem:
            refused.append(problem)
    write(clone / "sites.json", site_file(services, read_products(clone / "products.json")))
    return refused


def commit(clone: Clone, lines: list[str]) -> list[str]:
    """Bring events into the branch, on top of what others pushed meanwhile.

    :returns: what was refused.
    :raises Refused: nothing was pushed; the events are kept for the next run.
    """
    for _try in range(_TRIES):
        clone.must("fetch", "--quiet")
        clone.must("reset", "--quiet", "--hard", "@{upstream}")
        clone.must("clean", "--quiet", "--force", "-d")
        refused = apply(clone.path, lines)
        clone.must("add", "--all")
        if not clone.must("status", "--porcelain"):
            return refused
        clone.must("commit", "--quiet", "-m", f"WHMCS: {len(lines)} events")
        pushed = clone.git("push", "--quiet")
        if pushed.returncode == 0:
            return refused
    raise Refused(f"git push: {pushed.stderr.strip()}")


def main() -> int:
    """Exit status 0: all events are in the branch. 1: some need a person, or none could be pushed."""
    parser = argparse.ArgumentParser(description="Bring the events of the WHMCS hook into the site file in git.")
    parser.add_argument("spool", type=pathlib.Path)
    parser.add_argument("clone", type=pathlib.Path)
    parser.add_argument("--seconds", type=float, default=300, help="that one call of git may take (%(default)s)")
    options = parser.parse_args()
    own = options.clone / ".git"
    with (own / "websec-lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return 0  # Another run does it.
        pending = own / "websec-pending.jsonl"
        try:
            lines = take(options.spool, pending)
            if not lines:
                return 0
            refused = commit(Clone(options.clone, options.seconds), lines)
        except (OSError, ValueError, Refused) as problem:
            sys.stderr.write(f"commit_sites: {problem}\n")
            return 1
        pending.unlink()
    for text in refused:
        sys.stderr.write(f"commit_sites: refused: {text}\n")
    return 1 if refused else 0


if __name__ == "__main__":
    sys.exit(main())
