# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The site file and the web hosts: the hosts and states of websites, and which of them may be removed. Pure.

An entry is C(domain), C(state), C(user) or C(user_email), and C(web_host): a name of the inventory, or a list of names.
"""

from __future__ import annotations

import contextlib
import dataclasses
import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._botguard.websites import (
    ABSENT,
    DesiredWebsite,
    desired_websites,
    read_websites,
)
from ansible_collections.hosting.websec.plugins.module_utils._domain import normalise_domain
from ansible_collections.hosting.websec.plugins.module_utils._errors import BadInputError
from ansible_collections.hosting.websec.plugins.module_utils._nesting import plain_data
from ansible_collections.hosting.websec.plugins.module_utils._problems import Claim, EntryProblem, Problems
from ansible_collections.hosting.websec.plugins.module_utils._schemas import (
    NAME,
    NUMBER_ID,
    TEXT,
    Schema,
    array,
    choice,
    mapping,
)
from ansible_collections.hosting.websec.plugins.module_utils._texts import unknown_keys

Result = dict[str, t.Any]

_KEYS = ("domain", "state", "user", "user_email", "web_host")
_STATES = ("online", "paused", ABSENT)


@dataclasses.dataclass(frozen=True)
class Entry:
    """A website of the site file, checked."""

    website: DesiredWebsite
    web_hosts: tuple[str, ...]

    @property
    def domain(self) -> str:
        return self.website.domain

    @property
    def state(self) -> str:
        return self.website.state


def read_entries(websites: t.Any, known_hosts: t.Sequence[str] | None = None) -> list[Entry]:
    """The entries of a site file, in their order.

    :param known_hosts: the web hosts of the inventory; C(None) leaves the names of hosts unchecked.
    :raises BadInputError: entries are invalid; the message has all problems.
    """
    if not isinstance(websites, (list, tuple)):
        raise BadInputError(f"The websites must be a list, not {type(websites).__name__}.")
    websites = [plain_data(entry, f"Entry {number}") for number, entry in enumerate(websites, 1)]
    problems = [problem for place, entry in enumerate(websites, 1) for problem in _problems(place, entry, known_hosts)]
    if problems:
        raise BadInputError(" ".join(problem.message for problem in problems))
    desired = desired_websites([_with_state(entry) for entry in websites])
    return [Entry(website, _hosts(entry.get("web_host"))) for website, entry in zip(desired, websites)]


def check_websites(websites: t.Sequence[t.Any]) -> list[EntryProblem]:
    """All problems of the entries of a site file that can be seen without the inventory and without a network."""
    found: list[EntryProblem] = []
    readable: dict[int, t.Mapping[str, t.Any]] = {}
    for place, given in enumerate(websites, 1):
        problems, entry = Problems(collect=True), None
        with problems.of():
            entry = plain_data(given, f"Entry {place}")
        found += [EntryProblem.of(place, "", problem) for problem in problems.found]
        of_keys = [*_problems(place, entry, None)] if not problems.found else []
        found += of_keys
        if isinstance(entry, dict) and isinstance(entry.get("domain"), str):
            wrong = {problem.key for problem in of_keys}
            readable[place] = _with_state({key: value for key, value in entry.items() if key not in wrong})
    places = [*readable]
    _desired, problems_of_websites = read_websites(readable.values())
    return [
        *found,
        *(
            dataclasses.replace(each, place=places[each.place - 1]) if isinstance(each.place, int) else each
            for each in problems_of_websites
        ),
    ]


def claims_of_websites(websites: t.Sequence[t.Any]) -> list[Claim]:
    """What the entries claim."""
    found = []
    for place, entry in enumerate(websites, 1):
        domain = entry.get("domain") if isinstance(entry, t.Mapping) else None
        with contextlib.suppress(BadInputError):
            if isinstance(domain, str):
                found.append(Claim(place, domain, "domain", "domain", normalise_domain(domain)))
    return found


def website_schema() -> Schema:
    """The JSON Schema of one entry."""
    keys = {
        "domain": NAME,
        "state": choice(*_STATES),
        "user": NUMBER_ID,
        "user_email": TEXT,
        "web_host": {"anyOf": [TEXT, {**array(TEXT), "minItems": 1}]},
    }
    return mapping(keys, "domain")


def _with_state(entry: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
    return {**entry, "state": entry.get("state", "online")}


def _problems(place: int, entry: t.Any, known_hosts: t.Sequence[str] | None) -> t.Iterator[EntryProblem]:
    if not isinstance(entry, dict) or not isinstance(entry.get("domain"), str):
        yield EntryProblem(place, "", "", f"Entry {place} is not a mapping with a domain.")
        return
    for key, problem in _problems_of_keys(entry, known_hosts):
        message = f"{entry['domain']}: {problem}"
        yield EntryProblem(place, entry["domain"], key, message, is_unknown=key not in _KEYS)


def _problems_of_keys(entry: t.Mapping[str, t.Any], known_hosts: t.Sequence[str] | None) -> t.Iterator[tuple[str, str]]:
    others = [key for key in entry if key not in _KEYS]
    if others:
        yield others[0], f"unknown keys {unknown_keys(entry, _KEYS)}; known are {', '.join(_KEYS)}."
    if entry.get("state", "online") not in _STATES:
        yield "state", f"state is {entry['state']!r}; it must be one of {', '.join(_STATES)}."
    if not isinstance(entry.get("user_email", ""), str):
        yield "user_email", f"user_email is {entry['user_email']!r}; it must be an e-mail address."
    hosts = entry.get("web_host")
    if hosts is not None and not (_is_name(hosts) or (isinstance(hosts, list) and hosts and all(map(_is_name, hosts)))):
        yield "web_host", f"web_host is {hosts!r}; it must be a host of the inventory, or a list of them."
        return
    missing = [host for host in _hosts(hosts) if known_hosts is not None and host not in known_hosts]
    if missing:
        problem = (
            f"web_host {', '.join(missing)} is not among the web hosts of the inventory "
            f"({', '.join(known_hosts or ()) or 'there are none'}). If the host no longer exists, remove it from "
            "web_host."
        )
        yield "web_host", problem


def _is_name(value: t.Any) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _hosts(value: t.Any) -> tuple[str, ...]:
    names = [] if value is None else [value] if isinstance(value, str) else value
    return tuple(dict.fromkeys(str(name).strip() for name in names))


def api_websites(entries: t.Iterable[Entry], domains: t.Collection[str] | None = None) -> list[dict[str, t.Any]]:
    """The websites for the module C(botguard_websites), without keys that it does not have.

    :param domains: only these; C(None) for all.
    """
    return [
        {name: value for name, value in dataclasses.asdict(entry.website).items() if value is not None}
        for entry in entries
        if domains is None or entry.domain in domains
    ]


def api_users(entries: t.Iterable[Entry], users: t.Sequence[t.Mapping[str, t.Any]]) -> list[dict[str, t.Any]]:
    """The sub-accounts for the module C(botguard_users): ``users``, and the others whose websites are not absent."""
    known = {str(user.get("email", "")).strip().lower() for user in users}
    emails = dict.fromkeys(
        entry.website.user_email
        for entry in entries
        if entry.state != ABSENT and entry.website.user_email and entry.website.user_email.lower() not in known
    )
    return [*map(dict, users), *({"email": email} for email in emails)]


def websites_of_host(entries: t.Sequence[Entry], results: t.Sequence[Result], host: str) -> list[dict[str, t.Any]]:
    """The websites of one web host, each with C(domain), C(state) and C(servers), in the order of the site file.

    A website is turned on only if the API reports it as online. If the API does not report an C(online) website as
    such, it is omitted and not changed on the host: its registration failed, it could not be read, or it is not
    registered yet (check mode). Turning off and removing do not depend on the API.

    If a website is omitted and no other one of this host is reported as online, the list is empty, even if others are
    to be turned off: the servers that the host asks are unknown, and its websites must not lose them.

    :param results: C(websites) of the module C(botguard_websites).
    """
    by_domain = {result["domain"]: result for result in results}
    wanted: list[dict[str, t.Any]] = []
    left_out = False
    for entry in entries:
        if host not in entry.web_hosts:
            continue
        result = by_domain.get(entry.domain) or {}
        if entry.state == "online" and not (result.get("website") and result.get("status") == "online"):
            left_out = True
            continue
        servers = result.get("servers") or {}
        wanted.append(
            {
                "domain": entry.domain,
                "state": entry.state,
                "servers": {role: servers[role] for role in ("primary", "secondary") if servers.get(role)},
            }
        )
    return [] if left_out and not any(each["state"] == "online" for each in wanted) else wanted


def removal(entries: t.Iterable[Entry], done: t.Mapping[str, t.Collection[str]]) -> dict[str, list[t.Any]]:
    """Which websites with C(state=absent) may be removed at the API.

    :param done: by web host, the domains that have their desired state there.
    :returns: C(remove), their domains; C(waiting), C(domain) and C(web_hosts) (those that are not done) of the others.
    """
    remove: list[str] = []
    waiting: list[dict[str, t.Any]] = []
    for entry in entries:
        if entry.state != ABSENT:
            continue
        open_hosts = [host for host in entry.web_hosts if entry.domain not in done.get(host, ())]
        if open_hosts:
            waiting.append({"domain": entry.domain, "web_hosts": open_hosts})
        else:
            remove.append(entry.domain)
    return {"remove": remove, "waiting": waiting}
