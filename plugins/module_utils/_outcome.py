# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""From results and errors to what a task returns."""

from __future__ import annotations

import sys
import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._bugs import unexpected_as_bug
from ansible_collections.hosting.websec.plugins.module_utils._course import Course, DeferredError, LeftError
from ansible_collections.hosting.websec.plugins.module_utils._errors import MissingLibraryError, WebsecError
from ansible_collections.hosting.websec.plugins.module_utils._libraries import missing_libraries
from ansible_collections.hosting.websec.plugins.module_utils._texts import (
    MOST_NAMES,
    Told,
    by_cause,
    counted,
    deferred_lines,
    listed,
    number,
    singular,
)


def sentence(error: t.Mapping[str, t.Any]) -> str:
    """Message and hint of an error (as made by ``WebsecError.as_dict``) as one text."""
    return f"{error['message']} {error['hint']}".strip()


def failure(error: WebsecError, **subject: t.Any) -> dict[str, t.Any]:
    """The result of a task that ends with ``error``."""
    details = error.as_dict(**subject)
    return {"failed": True, "msg": sentence(details), "error": details}


def require_libraries() -> None:
    """Raise C(missing_library) when a library that this code imports is not installed."""
    missing = missing_libraries()
    if missing:
        raise MissingLibraryError(
            f"The Python libraries {', '.join(missing)} are not installed for {sys.executable}.",
            hint=f"Install them there: {sys.executable} -m pip install {' '.join(missing)}",
        )


def outcome(task: t.Callable[[], dict[str, t.Any]]) -> dict[str, t.Any]:
    """Run ``task`` and return its result, or the failed result of the error that it raised."""
    try:
        require_libraries()
        with unexpected_as_bug(may_have_happened=True):
            return task()
    except WebsecError as error:
        return failure(error)


def fleet_outcome(
    name: str, entries: list[dict[str, t.Any]], *, key: str, on_error: str, **more: t.Any
) -> dict[str, t.Any]:
    """The result of a task over many items.

    :param name: name of the list in the result, for example C(sites).
    :param entries: one flat entry an item, with C(failed), C(error) and, unless nothing can change, C(changed).
    :param key: the field that names an item in messages, for example C(site_id).
    :param on_error: C(fail) ends the task failed when any item failed, C(report) does not.
    """
    result = {name: entries, "changed": any(entry.get("changed") for entry in entries), **more}
    failed = [entry for entry in entries if entry["failed"]]
    if failed and on_error == "fail":
        noun = singular(name)
        causes = by_cause((_told(key, entry) for entry in failed), noun)
        told = f"{number(len(failed))} of {counted(len(entries), noun)} failed. {listed(causes, MOST_NAMES, '; ')}"
        result.update(failed=True, msg=f"{told} {deferral(entries, key, noun)}".strip())
    return result


def left(entries: t.Sequence[t.Mapping[str, t.Any]]) -> int:
    """C(left) of a task: how many items were not reached, or not done to their end."""
    return sum(1 for entry in entries if entry["left"])


def left_fields(left: bool, deferred: WebsecError | None) -> dict[str, t.Any]:
    """The fields of an entry that was not reached.

    :param deferred: the reason, if it holds for all entries.
    """
    return {"left": left, "deferred": None if deferred is None else deferred.message}


def left_fields_of(error: WebsecError | None) -> dict[str, t.Any]:
    """The same from the error that ended the work on an item."""
    return left_fields(isinstance(error, LeftError), error.cause if isinstance(error, DeferredError) else None)


def deferral(entries: t.Sequence[t.Mapping[str, t.Any]], key: str, noun: str) -> str:
    """A sentence about the items for which nothing was sent, because others failed for a reason that holds for all;
    empty when there are none."""
    reasons = {str(entry[key]): entry["deferred"] for entry in entries if entry.get("deferred")}
    return " ".join(deferred_lines(reasons, noun))


def stopped_outcome(result: dict[str, t.Any], course: Course) -> dict[str, t.Any]:
    """``result``, as that of a failed task if somebody stopped it: nothing may follow then.

    :param result: of a task whose entries are done or left, with their number in C(left).
    """
    if not course.stopped or result.get("failed"):
        return result
    return {
        **result,
        "failed": True,
        "msg": f"The task was {course.stopped}, between two calls. Left for the next pass: {number(result['left'])}.",
    }


def _told(key: str, entry: t.Mapping[str, t.Any]) -> Told:
    """The error of an item, for messages that name the item once."""
    text, name = sentence(entry["error"]), entry[key]
    starts = (f"{name}: ", f"Site {name}: ")
    label = "" if name is None or text.startswith(starts[1:]) else None
    if label is None and not text.startswith(starts):
        label = f"{key} {name}"
    return Told(str(name), text, (f"Site {name}", f"Site {entry.get('site_id')}"), label)
