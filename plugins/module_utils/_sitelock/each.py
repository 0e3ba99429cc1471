# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One read for each of many items, in parallel. An item that fails has its own error."""

from __future__ import annotations

import concurrent.futures
import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._bugs import unexpected_as_bug
from ansible_collections.hosting.websec.plugins.module_utils._errors import BadInputError, WebsecError
from ansible_collections.hosting.websec.plugins.module_utils._results import deferred_fields_of
from ansible_collections.hosting.websec.plugins.module_utils._run_context import DeferredError, RunContext

Item = t.TypeVar("Item")
Read = t.TypeVar("Read")


def read_each(
    read: t.Callable[[Item], Read], things: t.Sequence[Item], *, unit: str, concurrency: int, context: RunContext
) -> list[Read | WebsecError]:
    """The result of ``read`` for each of ``things``, or its error, in the same order.

    :param unit: the noun for progress lines, for example C(account).
    :raises BadInputError: ``concurrency`` is less than 1.
    """
    if concurrency < 1:
        raise BadInputError(f"concurrency is {concurrency}; it must be 1 or greater.")
    context.begin(len(things), unit)

    def one(thing: Item) -> Read | WebsecError:
        try:
            context.check()
            with unexpected_as_bug():
                found: Read | WebsecError = read(thing)
        except WebsecError as error:
            found = error
        context.done(failed=isinstance(found, WebsecError) and not isinstance(found, DeferredError))
        return found

    with concurrent.futures.ThreadPoolExecutor(max_workers=concurrency) as pool:
        return list(pool.map(one, things))


def error_fields(error: WebsecError | None, **subject: t.Any) -> dict[str, t.Any]:
    """The fields of an entry about its error. A deferred entry has not failed.

    :param subject: names the entry in its error.
    """
    failure = None if isinstance(error, DeferredError) else error
    return {
        "failed": failure is not None,
        "error": None if failure is None else failure.as_dict(**subject),
        **deferred_fields_of(error),
    }
