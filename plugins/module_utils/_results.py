# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""From results and errors to the result of a task."""

from __future__ import annotations

import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._bugs import unexpected_as_bug
from ansible_collections.hosting.websec.plugins.module_utils._errors import MissingLibraryError, WebsecError
from ansible_collections.hosting.websec.plugins.module_utils._libraries import missing_libraries
from ansible_collections.hosting.websec.plugins.module_utils._run_context import DeferredError, RunContext
from ansible_collections.hosting.websec.plugins.module_utils._texts import (
    DEFERRED_TO_NEXT_PASS,
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
        raise MissingLibraryError.of(missing)


def run_task(task: t.Callable[[], dict[str, t.Any]]) -> dict[str, t.Any]:
    """Run ``task`` and return its result, or the failed result of the error that it raised."""
    try:
        require_libraries()
        with unexpected_as_bug(may_have_happened=True):
            return task()
    except WebsecError as error:
        return failure(error)


def bulk_result(
    name: str, results: list[dict[str, t.Any]], *, key: str, on_error: str, **more: t.Any
) -> dict[str, t.Any]:
    """The result of a task over many items.

    :param name: name of the list in the result, for example C(sites).
    :param results: one flat dictionary per item, with C(failed), C(error) and, unless nothing can change, C(changed).
    :param key: the field that names an item in messages, for example C(site_id).
    :param on_error: C(fail) fails the task if any item failed, C(report) does not.
    """
    result = {name: results, "changed": any(each.get("changed") for each in results), **more}
    failed = [each for each in results if each["failed"]]
    if failed and on_error == "fail":
        noun = singular(name)
        causes = by_cause((_told(key, each) for each in failed), noun)
        told = f"{number(len(failed))} of {counted(len(results), noun)} failed. {listed(causes, MOST_NAMES, '; ')}"
        result.update(failed=True, msg=f"{told} {deferral(results, key, noun)}".strip())
    return result


def deferred_count(results: t.Sequence[t.Mapping[str, t.Any]]) -> int:
    """C(deferred) of a task: the number of items that were not reached or not completed."""
    return sum(1 for each in results if each["deferred"])


def deferred_fields(deferred: bool, cause: WebsecError | None) -> dict[str, t.Any]:
    """The fields of an item that was not reached.

    :param cause: the reason, if it applies to all items.
    """
    return {"deferred": deferred, "deferred_reason": None if cause is None else cause.message}


def deferred_fields_of(error: WebsecError | None) -> dict[str, t.Any]:
    """The same from the error of an item."""
    return deferred_fields(True, error.cause) if isinstance(error, DeferredError) else deferred_fields(False, None)


def deferral(results: t.Sequence[t.Mapping[str, t.Any]], key: str, noun: str) -> str:
    """A sentence about the items for which nothing was sent, because others failed for a reason that applies to all;
    empty if there are none."""
    reasons = {str(each[key]): each["deferred_reason"] for each in results if each.get("deferred_reason")}
    return " ".join(deferred_lines(reasons, noun))


def stopped_result(result: dict[str, t.Any], context: RunContext, *, sent: str = "") -> dict[str, t.Any]:
    """``result``, marked as failed if the task was stopped, so that no task follows.

    :param result: of a task whose items are done or deferred, with the number of deferred ones in C(deferred).
    :param sent: what was sent, in one line, where the result says it.
    """
    if not context.stopped or result.get("failed"):
        return result
    return {
        **result,
        "failed": True,
        "msg": f"The task was {context.stopped} between two calls. {f'Sent: {sent}. ' if sent else ''}"
        f"{DEFERRED_TO_NEXT_PASS.capitalize()}: {number(result['deferred'])}.",
    }


def _told(key: str, result: t.Mapping[str, t.Any]) -> Told:
    """The error of an item, for messages with the name of the item only once."""
    text, name = sentence(result["error"]), result[key]
    if name is not None and result.get("domain"):
        # People know a site by its domain.
        return Told(str(result["domain"]), text, (f"Site {result.get('site_id')}",))
    starts = (f"{name}: ", f"Site {name}: ")
    label = "" if name is None or text.startswith(starts[1:]) else None
    if label is None and not text.startswith(starts):
        label = f"{key} {name}"
    return Told(str(name), text, (f"Site {name}", f"Site {result.get('site_id')}"), label)
