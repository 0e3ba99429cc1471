# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The task of M(hosting.websec.sitelock_dashboard_files)."""

from __future__ import annotations

import collections
import contextlib
import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._bugs import unexpected_as_bug
from ansible_collections.hosting.websec.plugins.module_utils._dashboard.files import Folder, Outcome, account_of
from ansible_collections.hosting.websec.plugins.module_utils._errors import BadInputError, WebsecError
from ansible_collections.hosting.websec.plugins.module_utils._ids import number_id
from ansible_collections.hosting.websec.plugins.module_utils._results import (
    bulk_result,
    deferred_count,
    deferred_fields_of,
)
from ansible_collections.hosting.websec.plugins.module_utils._run_context import DeferredError, RunContext
from ansible_collections.hosting.websec.plugins.module_utils._texts import counted, number, repeats
from ansible_collections.hosting.websec.plugins.module_utils._web.files import (
    DesiredFile,
    diff,
    plain_path,
    read_desired,
)
from ansible_collections.hosting.websec.plugins.module_utils._web.host import Host

STEPS = {
    "created": "created",
    "replaced": "replaced",
    "permissions": "with other permissions",
    "removed": "removed",
}
"""What happens to a file, each with its words."""


def write_documents(
    options: t.Mapping[str, t.Any], context: RunContext, host: Host, *, check_mode: bool, with_diff: bool = False
) -> dict[str, t.Any]:
    """The result of the task.

    :raises BadInputError: the options are not valid, or the folder cannot be used.
    """
    path = plain_path(options["directory"])
    like = _like(path, options)
    keep = {number_id(each, "keep") for each in options["keep"]}
    documents = list(map(str, options["documents"]))
    if options["prune"] and not documents and not keep:
        raise BadInputError(
            "There are no documents. Nothing was removed.",
            hint="Remove the directory if all customers are gone; check the inputs if they are not.",
        )
    accounts = [_account(text, place) for place, text in enumerate(documents, 1)]
    twice = repeats(each if isinstance(each, int) else None for each in accounts)
    if twice:
        raise BadInputError(f"Two documents are about the same account: {twice}.", hint="Nothing was written.")

    folder = Folder(path, host)
    known = keep | {each for each in accounts if isinstance(each, int)}
    with contextlib.nullcontext() if check_mode else folder.locked():
        context.begin(len(documents), "customer")
        outcomes = [
            _write(folder, account, text, like, context, check_mode=check_mode)
            for account, text in zip(accounts, documents)
        ]
        warnings = []
        if options["prune"]:
            gone, warning = _pruned(folder, known, outcomes, context, check_mode=check_mode)
            outcomes += gone
            warnings = [warning] if warning else []
        if not check_mode and any(each.change for each in outcomes):
            folder.sync()
    rows = [_row(each) for each in outcomes]
    amounts = collections.Counter(each.step for each in outcomes)
    counts = {**{step: amounts[step] for step in STEPS}, "failed": sum(row["failed"] for row in rows)}
    return {
        **bulk_result("customers", rows, key="account_id", on_error=options["on_error"], deferred=deferred_count(rows)),
        "counts": {"documents": len(documents), **counts},
        "summary": _summary(len(documents), counts, check_mode=check_mode),
        "warnings": warnings,
        **({"diff": diff([each.change for each in outcomes if each.change])} if with_diff else {}),
    }


def _summary(documents: int, counts: t.Mapping[str, int], *, check_mode: bool) -> str:
    done = (
        ", ".join(f"{number(amount)} {STEPS.get(step, step)}" for step, amount in counts.items() if amount)
        or "nothing changed"
    )
    return f"{counted(documents, 'customer')}: {'in check mode ' if check_mode else ''}{done}."


def _like(path: str, options: t.Mapping[str, t.Any]) -> DesiredFile:
    """A file with mode and owner of the options, for all of them."""
    given = {name: options[name] for name in ("mode", "owner", "group")}
    return read_desired([{"path": path, "content": "", **given}])[0]


def _account(text: str, place: int) -> int | WebsecError:
    try:
        with unexpected_as_bug():
            return account_of(text, f"Document {place}")
    except WebsecError as error:
        return error


def _write(
    folder: Folder,
    account: int | WebsecError,
    text: str,
    like: DesiredFile,
    context: RunContext,
    *,
    check_mode: bool,
) -> Outcome:
    if isinstance(account, WebsecError):
        outcome = Outcome(None, None, error=account)
    else:
        try:
            context.check()
            outcome = folder.write(account, text, like, check_mode=check_mode)
        except DeferredError as error:
            outcome = Outcome(account, folder.path_of(account), error=error)
    context.done(failed=outcome.error is not None)
    return outcome


def _pruned(
    folder: Folder, known: t.Collection[int], outcomes: t.Sequence[Outcome], context: RunContext, *, check_mode: bool
) -> tuple[list[Outcome], str]:
    """The files that were removed, and why none was."""
    if any(each.account_id is None for each in outcomes):
        return [], "No file was removed, because a document is not valid: the customer may be that of a file."
    try:
        context.check()
    except DeferredError as error:
        return [], f"No file was removed. {error.message}"
    gone = [folder.remove(account, path, check_mode=check_mode) for account, path in folder.others(known)]
    return [each for each in gone if each.change or each.error], ""


def _row(outcome: Outcome) -> dict[str, t.Any]:
    failed = outcome.error is not None and not isinstance(outcome.error, DeferredError)
    return {
        "account_id": outcome.account_id,
        "file": outcome.path,
        "step": outcome.step,
        "changed": outcome.change is not None,
        "failed": failed,
        "error": outcome.error.as_dict(account_id=outcome.account_id) if failed and outcome.error else None,
        **deferred_fields_of(outcome.error),
    }
