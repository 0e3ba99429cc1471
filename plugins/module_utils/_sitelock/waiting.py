# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The states of many sites, and waiting until each of them is where it should be."""

from __future__ import annotations

import concurrent.futures
import dataclasses
import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._bugs import unexpected_as_bug
from ansible_collections.hosting.websec.plugins.module_utils._course import Course, DeferredError, LeftError
from ansible_collections.hosting.websec.plugins.module_utils._errors import (
    RejectedError,
    TimedOutError,
    UnavailableError,
    WebsecError,
)
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.status import ABSENT, ERROR, SiteStatus
from ansible_collections.hosting.websec.plugins.module_utils._texts import counted, shortened

_PASSING = (TimedOutError, UnavailableError)


@dataclasses.dataclass(frozen=True)
class Seen:
    """What was last seen of a site."""

    site_id: int
    status: SiteStatus | None = None
    error: WebsecError | None = None

    @property
    def left(self) -> bool:
        """Whether it was not reached, or not waited for to the end."""
        return isinstance(self.error, LeftError)

    @property
    def deferred(self) -> WebsecError | None:
        """The reason that holds for all sites, because of which it was not reached."""
        return self.error.cause if isinstance(self.error, DeferredError) else None


@dataclasses.dataclass(frozen=True)
class Wait:
    """What to wait for. ``timeout`` and ``interval`` are in seconds; without ``states`` nothing is waited for."""

    states: frozenset[str] = frozenset()
    timeout: float = 600.0
    interval: float = 30.0


def read_all(
    read: t.Callable[[int], SiteStatus],
    site_ids: t.Sequence[int],
    wait: Wait,
    *,
    concurrency: int,
    course: Course,
) -> list[Seen]:
    """The status of every site, in the order of ``site_ids``. While waiting, only those that are not there yet are
    asked again. When the time of the course is over, the waiting ends, and who was not reached is left.

    :param read: reads one site, may raise a ``WebsecError``.
    """
    seen: dict[int, Seen] = {}
    deadline = course.now() + wait.timeout

    def look(site_id: int) -> Seen:
        found = _look(read, site_id, course)
        there = found.status
        course.done(waiting=there is not None and there.on_its_way, failed=there is None and not found.left)
        return found

    with concurrent.futures.ThreadPoolExecutor(max_workers=concurrency) as pool:
        due = list(site_ids)
        while due:
            course.begin(len(due), "site")
            for result in pool.map(look, due):
                if not (result.left and result.site_id in seen):
                    seen[result.site_id] = result
            due = [site_id for site_id in due if _waits(seen[site_id], wait.states)]
            left = deadline - course.now()
            if left <= 0:
                break
            if due:
                try:
                    course.sleep(min(wait.interval, left))
                except LeftError as error:
                    for site_id in due:
                        seen[site_id] = dataclasses.replace(seen[site_id], error=error)
                    due = []
    for site_id in due:
        seen[site_id] = _late(seen[site_id], wait)
    return [_judged(seen[site_id], wait.states) for site_id in site_ids]


def _look(read: t.Callable[[int], SiteStatus], site_id: int, course: Course) -> Seen:
    try:
        course.check()
        with unexpected_as_bug():
            return Seen(site_id, status=read(site_id))
    except WebsecError as error:
        return Seen(site_id, error=error)


def _waits(seen: Seen, states: frozenset[str]) -> bool:
    """Whether it makes sense to ask for this site again."""
    if not states:
        return False
    if seen.status is None:
        return isinstance(seen.error, _PASSING)
    return seen.status.state not in states and seen.status.state not in (ABSENT, ERROR)


def _late(seen: Seen, wait: Wait) -> Seen:
    if seen.status is None:
        return seen
    return dataclasses.replace(
        seen,
        error=TimedOutError(
            f"Site {seen.site_id} is {shortened(seen.status.state)} after {counted(wait.timeout, 'second')} of waiting "
            f"for {' or '.join(sorted(wait.states))}.",
            hint="Steps of the activation may take up to 24 hours each: run again later, or raise wait_timeout.",
        ),
    )


def _judged(seen: Seen, states: frozenset[str]) -> Seen:
    """A site that can no longer reach the wanted state by itself has failed."""
    if not states or seen.error is not None or seen.status is None or seen.status.state in states:
        return seen
    told = f": {shortened(seen.status.message)}" if seen.status.message else ""
    return dataclasses.replace(
        seen,
        error=RejectedError(
            f"Site {seen.site_id} is {shortened(seen.status.state)} and does not get to "
            f"{' or '.join(sorted(states))} by itself{told}.",
            hint="Order Firewall & CDN for the site first."
            if seen.status.state == ABSENT
            else "Look at the site in the vendor's dashboard: its configuration needs a person.",
        ),
    )
