# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The report of a first contact: as data, and as a page that people read before they send it."""

from __future__ import annotations

import dataclasses
import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._errors import BadInputError, WebsecError
from ansible_collections.hosting.websec.plugins.module_utils._first_contact.names import names_in, reportable
from ansible_collections.hosting.websec.plugins.module_utils._first_contact.observations import (
    MIXED,
    NOT_SEEN,
    REASONS,
    Observation,
    Row,
)
from ansible_collections.hosting.websec.plugins.module_utils._results import failure


@dataclasses.dataclass
class Tally:
    """What came of the calls of one method. :param outcomes: how often, by C(answered) or the kind of the error."""

    outcomes: dict[str, int] = dataclasses.field(default_factory=dict)
    names: set[str] = dataclasses.field(default_factory=set)

    def add(self, outcome: str, data: t.Any) -> None:
        """:param data: the plain data of the response; its names are kept, and nothing else."""
        self.outcomes[outcome] = self.outcomes.get(outcome, 0) + 1
        self.names.update(names_in(data))


ANSWERED = "answered"


def as_report(vendor: str, rows: t.Sequence[Row], tallies: t.Mapping[str, Tally]) -> dict[str, t.Any]:
    """The report as data.

    :param tallies: by the name of the method, as this collection writes it.
    """
    return {
        "vendor": vendor,
        "seen": sum(row.outcome != NOT_SEEN for row in rows),
        "not_seen": sum(row.outcome == NOT_SEEN for row in rows),
        "rows": [dataclasses.asdict(row) for row in rows],
        "calls": [_call(name, tallies[name]) for name in sorted(tallies)],
    }


def _call(name: str, tally: Tally) -> dict[str, t.Any]:
    names, others = reportable(tally.names)
    return {
        "method": name,
        "outcomes": dict(sorted(tally.outcomes.items())),
        "element_names": names,
        "other_element_names": others,
    }


def refuse_words_as_secrets(secrets: t.Iterable[str | None], observations: t.Iterable[Observation[t.Any]]) -> None:
    """Ansible hides the secrets of a task in its result. In a text that everybody knows, the gap would show the secret.

    :param secrets: of the credentials.
    :raises BadInputError: one of them is in the fixed text of every report, or is a name that a report may have.
    """
    texts = [text for each in observations for text in (each.id, each.question, *each.words)]
    fixed = "\n".join([*texts, *REASONS, *REASONS.values(), NOT_SEEN, MIXED])
    if any(secret and (secret in fixed or reportable([secret])[0]) for secret in secrets):
        raise BadInputError(
            "The password, secret or key is a word of the report. Ansible would hide it there, and the gap would "
            "show it. Nothing was asked.",
            hint="Change it to a stronger one.",
        )


def result_of(report: dict[str, t.Any], barred: WebsecError | None) -> dict[str, t.Any]:
    """The result of the task. It fails if nothing could be read; a form of the refusal may be in the report even so.

    :param barred: why nothing at all could be read.
    """
    failed = {} if barred is None else failure(barred)
    return {"changed": False, **failed, "report": report, "markdown": as_markdown(report)}


def as_markdown(report: t.Mapping[str, t.Any]) -> str:
    """The same as a page."""
    lines = [f"## {report['vendor']}", "", "| id | open question | what the live API does |", "|---|---|---|"]
    lines += [f"| `{row['id']}` | {row['question']} | {_outcome(row)} |" for row in report["rows"]]
    lines += ["", "| method | calls | names of elements in its responses |", "|---|---|---|"]
    lines += [f"| `{call['method']}` | {_outcomes(call)} | {_names(call)} |" for call in report["calls"]]
    return "\n".join(lines) + "\n"


def _outcome(row: t.Mapping[str, str]) -> str:
    return f"not seen: {REASONS[row['reason']]}" if row["outcome"] == NOT_SEEN else f"**{row['outcome']}**"


def _outcomes(call: t.Mapping[str, t.Any]) -> str:
    return ", ".join(f"{number} {name}" for name, number in call["outcomes"].items())


def _names(call: t.Mapping[str, t.Any]) -> str:
    told = " ".join(call["element_names"])
    others = call["other_element_names"]
    return f"{told} (and {others} that are not shown)".strip() if others else told
