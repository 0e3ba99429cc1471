# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The states of many sites, and waiting until each site has reached one of the desired states."""

from __future__ import annotations

import concurrent.futures
import dataclasses
import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._bugs import unexpected_as_bug
from ansible_collections.hosting.websec.plugins.module_utils._errors import (
    RejectedError,
    TimedOutError,
    UnavailableError,
    WebsecError,
)
from ansible_collections.hosting.websec.plugins.module_utils._run_context import DeferredError, RunContext
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.status import ABSENT, ERROR, SiteStatus
from ansible_collections.hosting.websec.plugins.module_utils._texts import counted, shortened

_PASSING = (TimedOutError, UnavailableError)


@dataclasses.dataclass(frozen=True)
class StatusObservation:
    """The last observation of a site."""

    site_id: int
    status: SiteStatus | None = None
    error: WebsecError | None = None

    @property
    def deferred(self) -> bool:
        """Whether it was not read, or the waiting was cut short."""
        return isinstance(self.error, DeferredError)

    @property
    def deferred_cause(self) -> WebsecError | None:
        """The reason, common to all sites, because of which it was not read."""
        return self.error.cause if isinstance(self.error, DeferredError) else None


@dataclasses.dataclass(frozen=True)
class Wait:
    """The states to wait for. ``timeout`` and ``interval`` are in seconds; without ``states`` there is no waiting."""

    states: frozenset[str] = frozenset()
    timeout: float = 600.0
    interval: float = 30.0


def read_all(
    read: t.Callable[[int], SiteStatus],
    site_ids: t.Sequence[int],
    wait: Wait,
    *,
    concurrency: int,
    context: RunContext,
) -> list[StatusObservation]:
    """The status of every site, in the order of ``site_ids``. While waiting, only sites that have not reached a
    desired state are read again. At the deadline of the task the waiting ends, and unread sites are deferred.

    :param read: reads one site; may raise a ``WebsecError``.
    """
    observed: dict[int, StatusObservation] = {}
    deadline = context.now() + wait.timeout

    def look(site_id: int) -> StatusObservation:
        found = _look(read, site_id, context)
        there = found.status
        context.done(waiting=there is not None and there.on_its_way, failed=there is None and not found.deferred)
        return found

    with concurrent.futures.ThreadPoolExecutor(max_workers=concurrency) as pool:
        due = list(site_ids)
        while due:
            context.begin(len(due), "site")
            for result in pool.map(look, due):
                if not (result.deferred and result.site_id in observed):
                    observed[result.site_id] = result
            due = [site_id for site_id in due if _waits(observed[site_id], wait.states)]
            left = deadline - context.now()
            if left <= 0:
                break
            if due:
                try:
                    context.sleep(min(wait.interval, left))
                except DeferredError as error:
                    for site_id in due:
                        observed[site_id] = dataclasses.replace(observed[site_id], error=error)
                    due = []
    for site_id in due:
        observed[site_id] = _late(observed[site_id], wait)
    return [_judged(observed[site_id], wait.states) for site_id in site_ids]


def _look(read: t.Callable[[int], SiteStatus], site_id: int, context: RunContext) -> StatusObservation:
    try:
        context.check()
        with unexpected_as_bug():
            return StatusObservation(site_id, status=read(site_id))
    except WebsecError as error:
        return StatusObservation(site_id, error=error)


def _waits(observed: StatusObservation, states: frozenset[str]) -> bool:
    """Whether this site should be read again."""
    if not states:
        return False
    if observed.status is None:
        return isinstance(observed.error, _PASSING)
    return observed.status.state not in states and observed.status.state not in (ABSENT, ERROR)


def _late(observed: StatusObservation, wait: Wait) -> StatusObservation:
    if observed.status is None:
        return observed
    return dataclasses.replace(
        observed,
        error=TimedOutError(
            f"Site {observed.site_id} is {shortened(observed.status.state)} after {counted(wait.timeout, 'second')} of "
            f"waiting for {' or '.join(sorted(wait.states))}.",
            hint="Steps of the activation may take up to 24 hours each: run again later, or raise wait_timeout.",
        ),
    )


def _judged(observed: StatusObservation, states: frozenset[str]) -> StatusObservation:
    """A site that can no longer reach a desired state by itself has failed."""
    if not states or observed.error is not None or observed.status is None or observed.status.state in states:
        return observed
    told = f": {shortened(observed.status.message)}" if observed.status.message else ""
    return dataclasses.replace(
        observed,
        error=RejectedError(
            f"Site {observed.site_id} is {shortened(observed.status.state)} and cannot reach "
            f"{' or '.join(sorted(states))} by itself{told}.",
            hint="Order Firewall & CDN for the site first."
            if observed.status.state == ABSENT
            else "Check the site in the vendor's dashboard: its configuration must be corrected by hand.",
        ),
    )
