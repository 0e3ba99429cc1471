# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""All servers of a source: each is read, several at the same time, and the failure of one does not stop the others."""

from __future__ import annotations

import concurrent.futures
import dataclasses
import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._bugs import unexpected_as_bug
from ansible_collections.hosting.websec.plugins.module_utils._errors import (
    BadResponseError,
    TimedOutError,
    WebsecError,
)
from ansible_collections.hosting.websec.plugins.module_utils._panels.sites import Listing
from ansible_collections.hosting.websec.plugins.module_utils._run_context import DeferredError, RunContext
from ansible_collections.hosting.websec.plugins.module_utils._texts import FEW_NAMES, counted, listed

Read = t.Callable[[t.Mapping[str, t.Any], RunContext], Listing]

_AT_ONCE = 8

MOST_SECONDS = 3600
"""A server that was not read completely after as many seconds cannot be read: a run never waits for ever."""


@dataclasses.dataclass(frozen=True)
class Server:
    """A server of the source with the options of its connection."""

    name: str
    options: t.Mapping[str, t.Any]


@dataclasses.dataclass
class Fleet:
    """What all servers have, by their names, in the order of the source."""

    listings: dict[str, Listing] = dataclasses.field(default_factory=dict)
    errors: dict[str, WebsecError] = dataclasses.field(default_factory=dict)


def read_fleet(servers: t.Sequence[Server], read: Read) -> Fleet:
    """Read all servers."""
    fleet = Fleet()
    with concurrent.futures.ThreadPoolExecutor(max_workers=_AT_ONCE) as pool:
        for server, result in zip(servers, pool.map(lambda server: _attempt(server, read), servers)):
            if isinstance(result, Listing):
                fleet.listings[server.name] = result
            else:
                fleet.errors[server.name] = result
    return fleet


def _attempt(server: Server, read: Read) -> Listing | WebsecError:
    context = RunContext()
    context.end_after(MOST_SECONDS)
    try:
        with unexpected_as_bug():
            listing = read(server.options, context)
    except DeferredError:
        return TimedOutError(
            f"the server was not read completely within {counted(MOST_SECONDS // 60, 'minute')}.",
            hint="Check its load, or set page_size or concurrency to a greater value if there are such options.",
        )
    except WebsecError as error:
        return error
    if listing.problems and not listing.sites:
        return BadResponseError(
            f"none of the listed domains can be used. {listed(listing.problems, FEW_NAMES, ' ')}",
            hint="If the panel shows these domains as you expect, please report this.",
        )
    return listing


def problems_of(fleet: Fleet) -> list[str]:
    """One sentence or more for each server on which something is left out, or that has no domain at all."""
    told = []
    for name, listing in fleet.listings.items():
        if listing.problems:
            told.append(
                f"{name}: {counted(len(listing.problems), 'domain')} left out. "
                f"{listed(listing.problems, FEW_NAMES, ' ')}"
            )
        elif not listing.sites:
            told.append(f"{name}: the server lists no domain of the wanted types.")
    return told
