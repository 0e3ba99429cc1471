# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The check of the files of a fleet: every problem of every entry, with its file and line."""

from __future__ import annotations

import contextlib
import dataclasses
import datetime
import difflib
import gc
import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._parsing import clean_text
from ansible_collections.hosting.websec.plugins.module_utils._problems import Claim, EntryProblem
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.policy.file_check import check_policies_of_sites
from ansible_collections.hosting.websec.plugins.module_utils._texts import counted, few, joined
from ansible_collections.hosting.websec.plugins.plugin_utils._fleet_files.reading import (
    Content,
    UnreadableError,
    read_file,
    steps,
)
from ansible_collections.hosting.websec.plugins.plugin_utils._fleet_files.variables import (
    CERTIFICATES,
    POLICIES,
    PRODUCTS,
    SITES,
    VARIABLES,
)

_NEAR = 0.9
"""How similar two names of variables are if one is a slip of the other."""


@dataclasses.dataclass(frozen=True)
class FleetFile:
    """
    :param variable: that a plain list in the file is; C(None): the file is a mapping of variables.
    :param decrypted: a decrypted copy of the file. :param may_be_encrypted: a run has the password, too.
    """

    path: str
    variable: str | None = None
    decrypted: str | None = None
    may_be_encrypted: bool = True


@dataclasses.dataclass
class Report:
    """
    :param problems: rows with C(file), C(line), C(variable), C(entry), C(name), C(key), C(message) and C(hint).
    :param notes: what was not checked, and why.
    :param checked: the number of entries by variable.
    """

    problems: list[dict[str, t.Any]] = dataclasses.field(default_factory=list)
    notes: list[str] = dataclasses.field(default_factory=list)
    checked: dict[str, int] = dataclasses.field(default_factory=dict)


@dataclasses.dataclass(frozen=True)
class _Part:
    """The value of one variable in one file. :param path: of it in the file."""

    file: str
    content: Content
    variable: str
    value: t.Any
    path: tuple[str, ...]


def check_files(files: t.Sequence[FleetFile], now: datetime.datetime) -> Report:
    """
    :param now: the time of the check.
    """
    report = Report()
    with _without_collector():
        _check(files, report, now)
    report.problems.sort(key=lambda row: (row["file"], row["line"] or 0))
    return report


@contextlib.contextmanager
def _without_collector() -> t.Iterator[None]:
    """Python's collector of cycles would look at millions of objects again and again, and find nothing."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def _check(files: t.Sequence[FleetFile], report: Report, now: datetime.datetime) -> None:
    parts = [part for file in dict.fromkeys(files) for part in _parts(file, report)]
    _note_twice(parts, report)
    for part in parts:
        report.checked[part.variable] = report.checked.get(part.variable, 0) + len(part.value)
        _add(report, part, VARIABLES[part.variable].check(part.value, now))
        _note_templates(part, report)
    _check_claims(parts, report)
    _check_policies_of_sites(parts, report, now)
    _check_certificates_of_sites(parts, report)


def problem_line(row: t.Mapping[str, t.Any]) -> str:
    """A problem for people, in the form in which compilers write theirs."""
    where = ":".join(str(each) for each in (row["file"], row["line"]) if each is not None)
    named = f" ({row['name']})" if row["name"] and row["name"] not in row["message"] else ""
    entry = f"entry {row['entry']}{named}: " if isinstance(row["entry"], int) else ""
    return f"{where}: {entry}{row['message']} {row['hint']}".rstrip()


def _parts(file: FleetFile, report: Report) -> list[_Part]:
    """The variables of a file that can be checked."""
    try:
        content = read_file(
            file.path,
            file.decrypted,
            is_list=file.variable is not None,
            may_be_encrypted=file.may_be_encrypted,
        )
        found = [*_variables(file, content, report)]
    except UnreadableError as error:
        report.problems.append(_row(file.path, error.line, None, EntryProblem(None, "", "", error.message, error.hint)))
        return []
    for duplicate in content.duplicates:
        first = "" if duplicate.first is None else f" It is also in line {duplicate.first}."
        message = f"the key {duplicate.key} is there twice.{first} Only the last one would count."
        variable, place = _place_of(found, duplicate.line)
        problem = EntryProblem(place, "", duplicate.key, message, "Remove one of them.")
        report.problems.append(_row(file.path, duplicate.line, variable, problem))
    return found


def _place_of(parts: t.Sequence[_Part], line: int | None) -> tuple[str | None, int | str | None]:
    for part in parts:
        place = part.content.place(part.path, line)
        if place is not None:
            return part.variable, place
    return None, None


def _variables(file: FleetFile, content: Content, report: Report) -> t.Iterator[_Part]:
    data = content.data
    if isinstance(data, dict) and file.variable == PRODUCTS:
        raise UnreadableError(
            "it is a mapping, and a run takes only a plain list of entries from such a file.",
            hint="Give it at files, and to a run with -e @file.",
        )
    if isinstance(data, dict) and file.variable is not None and file.variable not in data:
        raise UnreadableError(
            "it does not contain a list of entries.",
            hint=f"Write a list, or a mapping with the list as {file.variable}.",
        )
    if file.variable is not None and not isinstance(data, dict):
        data = {file.variable: data}
        yield from _typed(file.path, content, file.variable, data[file.variable], (), report)
        return
    if not isinstance(data, dict):
        raise UnreadableError(
            f"it is not a mapping of variables. Known are {joined(VARIABLES)}.",
            hint="A file that is only a list of entries is given at sites_file, accounts_file or products_file.",
        )
    slips = [*_slips(data)]
    for name, known in slips:
        problem = EntryProblem(None, "", name, f"unknown variable {name} (did you mean {known}?).")
        report.problems.append(_row(file.path, content.line((name,)), None, problem))
    there = [name for name in VARIABLES if name in data]
    if not there and not slips:
        raise UnreadableError(f"it has none of the variables {joined(VARIABLES)}.", hint="Leave the file out.")
    for name in there:
        yield from _typed(file.path, content, name, data[name], (name,), report)


def _slips(data: t.Mapping[t.Any, t.Any]) -> t.Iterator[tuple[str, str]]:
    """Names that are nearly those of variables."""
    for name in map(str, data):
        if name not in VARIABLES and not name.startswith(tuple(f"{known}_" for known in VARIABLES)):
            for known in difflib.get_close_matches(name.lower().replace("-", "_"), VARIABLES, 1, _NEAR):
                yield name, known


def _typed(
    file: str, content: Content, variable: str, value: t.Any, path: tuple[str, ...], report: Report
) -> t.Iterator[_Part]:
    form = VARIABLES[variable].form
    if isinstance(value, form):
        yield _Part(file, content, variable, value, path)
    elif _has_template(value):
        report.notes.append(f"{file}: {variable} is a template or encrypted. It was not checked.")
    else:
        wanted = "a list" if form is list else "a mapping"
        empty = "[]" if form is list else "{}"
        told = f"has no value; write {empty} if it is meant so" if value is None else f"must be {wanted}"
        report.problems.append(
            _row(file, content.line(path), variable, EntryProblem(None, "", "", f"{variable} {told}."))
        )


def _add(report: Report, part: _Part, problems: t.Iterable[EntryProblem]) -> None:
    for problem in problems:
        if not (part.content.templates and _is_about_template(part, problem)):
            path = (*part.path, *_steps_to(problem), *steps(problem.key))
            report.problems.append(_row(part.file, part.content.line(path), part.variable, problem))


def _steps_to(problem: EntryProblem) -> tuple[str | int, ...]:
    if problem.place is None:
        return ()
    return (problem.place - 1 if isinstance(problem.place, int) else problem.place,)


def _row(file: str, line: int | None, variable: str | None, problem: EntryProblem) -> dict[str, t.Any]:
    return {
        "file": file,
        "line": line,
        "variable": variable,
        "entry": problem.place,
        "name": clean_text(problem.name),
        "key": clean_text(problem.key),
        "message": clean_text(problem.message),
        "hint": clean_text(problem.hint),
    }


# ---- templates: only Ansible knows their values, and whoever wrote the file could run anything with them


def _has_template(value: t.Any, depth: int = 0) -> bool:
    if isinstance(value, str):
        return "{{" in value or "{%" in value
    if depth > 50:
        return False
    each = [*value, *value.values()] if isinstance(value, dict) else value if isinstance(value, list) else []
    return any(_has_template(one, depth + 1) for one in each)


def _is_about_template(part: _Part, problem: EntryProblem) -> bool:
    """Whether a problem may be none once its value is known."""
    value: t.Any = part.value
    for step in (*_steps_to(problem), *steps(problem.key)):
        known = isinstance(value, dict) and step in value
        if not known and not (isinstance(value, list) and isinstance(step, int) and step < len(value)):
            # A key that is missing, or unknown.
            return not problem.key and _has_template(value)
        value = value[step]
    return problem.place is not None and not problem.is_unknown and _has_template(value)


def _note_templates(part: _Part, report: Report) -> None:
    if part.content.templates:
        values = part.value.values() if isinstance(part.value, dict) else part.value
        count = sum(map(_has_template, values))
        if count:
            entries = counted(count, "entry")
            report.notes.append(
                f"{part.file}: {entries} of {part.variable} {'has' if count == 1 else 'have'} templates or encrypted "
                "values, which were not checked."
            )


# ---- what several files say together


def _note_twice(parts: t.Sequence[_Part], report: Report) -> None:
    for name in VARIABLES:
        files = [part.file for part in parts if part.variable == name]
        if len(files) > 1:
            report.notes.append(f"{name} is in {joined(files)}. For a host Ansible takes only one of them.")


def _check_claims(parts: t.Sequence[_Part], report: Report) -> None:
    """What entries of several files claim. A run reads one of the files, and so does not see that another one wants
    something else for the same site."""
    for name, variable in VARIABLES.items():
        files = [part for part in parts if part.variable == name]
        claims: dict[tuple[str, t.Hashable], list[tuple[_Part, Claim]]] = {}
        for part in files if len(files) > 1 else ():
            for claim in variable.claims(part.value):
                if not (part.content.templates and _has_template(claim.value)):
                    claims.setdefault((claim.what, claim.value), []).append((part, claim))
        for shared in claims.values():
            if len({id(part) for part, _claim in shared}) > 1:
                _add_shared(shared, report)


def _add_shared(shared: t.Sequence[tuple[_Part, Claim]], report: Report) -> None:
    for part, claim in shared:
        others = few(_named(other, of.place) for other, of in shared if other is not part)
        # A domain is a DNS name of its site, and may be an alias in the other file.
        what = "domain" if claim.key == "domain" else claim.what
        message = f"the {what} {claim.value} is also in {others}."
        hint = "Remove or correct one of them: a run that reads one of the files does not see the other."
        _add(report, part, [EntryProblem(claim.place, claim.name, claim.key, message, hint)])


def _named(part: _Part, place: int | str) -> str:
    """An entry of another file."""
    line = part.content.line((*part.path, place - 1 if isinstance(place, int) else place))
    return f"{part.file}:{line}" if line is not None else f"{part.file}, entry {place}"


def _check_policies_of_sites(parts: t.Sequence[_Part], report: Report, now: datetime.datetime) -> None:
    policies = {name: value for part in parts if part.variable == POLICIES for name, value in part.value.items()}
    wrong = {row["entry"] for row in report.problems if row["variable"] == POLICIES}
    for part in parts:
        if part.variable != SITES or not any(isinstance(site, dict) and site.get("policy") for site in part.value):
            continue
        if any(each.variable == POLICIES for each in parts):
            _add(report, part, check_policies_of_sites(part.value, policies, wrong, now))
        else:
            report.notes.append(f"{part.file}: no file has {POLICIES}, so the names of policies were not checked.")


def _check_certificates_of_sites(parts: t.Sequence[_Part], report: Report) -> None:
    sites = [site for part in parts if part.variable == SITES for site in part.value]
    known = {str(site.get("domain")).rstrip(".").lower() for site in sites if isinstance(site, dict)}
    for part in parts:
        if part.variable == CERTIFICATES and sites:
            strays = [str(domain) for domain in part.value if str(domain).rstrip(".").lower() not in known]
            message = "{}: the site file does not have this domain."
            _add(report, part, (EntryProblem(each, each, "", message.format(each)) for each in strays))
