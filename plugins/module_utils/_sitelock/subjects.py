# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The subject of a response: it must be the one of the request, and the response must not contradict itself.

This uses the table of methods, and happens before anything else in a response is used, its errors included: "there is
no add-on" for another site would lead to an order for this one.
"""

from __future__ import annotations

import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._errors import BadResponseError
from ansible_collections.hosting.websec.plugins.module_utils._parsing import whole_number
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.methods import METHODS, Method, Subject
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.methods.definition import Parameters
from ansible_collections.hosting.websec.plugins.module_utils._texts import shortened

Data = t.Mapping[str, t.Any]

_ERRORS = frozenset({"error", "error_code", "code"})
_METHOD_NAMES = frozenset(name.lower() for method in METHODS for name in (method.name, *method.other_names))
MAX_SHOWN = 60
"""Characters of a foreign name that a message shows."""

_UNREADABLE = "something that is not text"


def refuse_foreign(document: Data, method: Method, parameters: Parameters) -> None:
    """Check the response ``document`` (see ``xml``) to ``method``, called with ``parameters``.

    :raises BadResponseError: it is about another subject, names its subject twice, or contradicts itself. Then it is
        unknown whether a write had its effect.
    """
    _refuse_other_methods(document, method, parameters)
    _refuse_contradictions(document, method)
    if method.batch is None:
        for subject in method.subjects:
            _check(subject, _asked(subject, parameters), statements(document, subject.named), method)
    else:
        _check_batch(document, method, parameters, *method.batch)


def refuse_nameless(data: Data, method: Method, parameters: Parameters) -> None:
    """Check that ``data``, a response without an error, names the required subjects.

    :raises BadResponseError: it does not name one.
    """
    for subject in method.subjects:
        asked = _asked(subject, parameters)
        if subject.required and asked and not statements(data, subject.named):
            raise _refusal(
                method,
                f"the request was about {subject.kind} {', '.join(asked)}, but the response does not say which one it "
                "is about",
            )


def statements(data: t.Any, names: t.Collection[str], *, outside: str = "") -> list[str]:
    """The distinct values in ``data`` under one of ``names`` (see ``Subject.named``); empty elements do not count.

    :param outside: elements of this name are skipped.
    """
    wanted = {name.lower() for name in names}
    found: list[str] = []
    for parent, name, value in _walk(data, outside.lower()):
        if name in wanted or f"{parent}/{name}" in wanted:
            found += _texts(value)
    return list(dict.fromkeys(found))


def only_number(data: t.Any, name: str, where: str) -> int | None:
    """The one number in ``data`` under ``name``; C(None) if there is none.

    :param where: names ``data`` in the message.
    :raises BadResponseError: it is not a number, or there are two.
    """
    said = statements(data, {name})
    numbers = {whole_number(each) for each in said}
    if len(numbers) > 1 or None in numbers:
        raise BadResponseError(
            f"{where}: the response of the SiteLock API says {name} {' and '.join(map(_shown, said))}, which is not a "
            "single number.",
            hint=_HINT,
            may_have_happened=True,
        )
    return next(iter(numbers), None)


_HINT = (
    "This response was discarded. Run the pass again. If the error persists, a proxy may be mixing up responses, or "
    "the API has changed: ask the vendor."
)


def _refusal(method: Method, what: str) -> BadResponseError:
    return BadResponseError(f"{method.name}: {what}.", hint=_HINT, may_have_happened=True)


def _walk(data: t.Any, outside: str, parent: str = "") -> t.Iterator[tuple[str, str, t.Any]]:
    """Each element and attribute in ``data`` with the name of the element that it is in, in lower case."""
    if isinstance(data, list):
        for each in data:
            yield from _walk(each, outside, parent)
    elif isinstance(data, dict):
        for key, value in data.items():
            name = key.lstrip("@").lower()
            if name != outside or not outside:
                yield parent, name, value
                yield from _walk(value, outside, name)


def _texts(value: t.Any) -> list[str]:
    if isinstance(value, list):
        return [text for each in value for text in _texts(each)]
    if isinstance(value, dict):
        return [value.get("#text", _UNREADABLE)]
    return [value] if value else []


def _asked(subject: Subject, parameters: t.Any) -> list[str]:
    """The subjects in the request, as texts; there may be several, or none."""
    value = parameters
    for name in subject.asked:
        value = value.get(name) if isinstance(value, t.Mapping) else None
    values = value if isinstance(value, (list, tuple)) else [value]
    return [str(each) for each in values if each is not None]


def _same(subject: Subject, one: str, other: str) -> bool:
    if subject.number:
        number = whole_number(one)
        return number is not None and number == whole_number(other)
    return subject.fold(one) == subject.fold(other)


def _is_asked(subject: Subject, asked: t.Sequence[str], said: str) -> bool:
    return not asked or any(_same(subject, each, said) for each in asked)


def _check(subject: Subject, asked: t.Sequence[str], said: t.Sequence[str], method: Method) -> None:
    """A subject that was not requested must at least be a single valid one."""
    if not asked and not subject.one:
        return
    foreign = [each for each in said if not _is_asked(subject, asked or said[:1], each)]
    if foreign and asked:
        raise _about_another(subject, asked, foreign[0], method)
    if foreign:
        named = ", ".join(map(_shown, said))
        raise _refusal(method, f"the SiteLock API answered about more than one {subject.kind}: {named}")


def _about_another(subject: Subject, asked: t.Iterable[str], said: str, method: Method) -> BadResponseError:
    return _refusal(
        method,
        f"the request was about {subject.kind} {', '.join(dict.fromkeys(asked))}, but the SiteLock API answered about "
        f"{_shown(said)}",
    )


def _shown(said: str) -> str:
    return repr(shortened(said, MAX_SHOWN))


def _check_batch(document: Data, method: Method, parameters: Parameters, repeated: str, answering: str) -> None:
    items = _items(parameters.get(repeated))
    for subject in method.subjects:
        for said in statements(document, subject.named, outside=answering):
            _matching(subject, items, range(len(items)), said, method)
    answered: list[int] = []
    # With more responses than items, one is about another subject, or two are about the same item.
    for answer in _elements(document, answering)[: len(items) + 1]:
        item = _answered_item(answer, items, answered, method, answering)
        for subject in method.subjects:
            _check(subject, _asked(subject, items[item]), statements(answer, subject.named), method)
        _refuse_contradiction(answer, method)
        if item in answered:
            raise _refusal(method, f"the SiteLock API answered more than once about {_told(items[item], method)}")
        answered.append(item)


def _items(value: t.Any) -> list[Parameters]:
    """The items of a batch: mappings, or lists in one mapping (C(planInfo) with several C(site_id))."""
    if isinstance(value, t.Mapping):
        listed = {name: each for name, each in value.items() if isinstance(each, (list, tuple))}
        return [{**value, name: each} for name, many in listed.items() for each in many] or [value]
    return list(value or ())


def _answered_item(
    answer: t.Any, items: t.Sequence[Parameters], answered: t.Collection[int], method: Method, answering: str
) -> int:
    """The number of the item that ``answer`` is about. Refusals in the old form may name none; then there must be only
    one possible item."""
    left: t.Sequence[int] = range(len(items))
    for subject in method.subjects:
        for said in statements(answer, subject.named):
            matching = _matching(subject, items, left, said, method)
            left = [item for item in left if item in matching]
    if not left:
        raise _refusal(method, f"an {answering} of the response names two items of the request, or none")
    if any(items[item] != items[left[0]] for item in left):
        raise _refusal(method, f"an {answering} of the response does not say which item it is about")
    return next((item for item in left if item not in answered), left[0])


def _matching(
    subject: Subject, items: t.Sequence[Parameters], among: t.Iterable[int], said: str, method: Method
) -> set[int]:
    """The items that match a response with the value ``said`` for ``subject``.

    :param among: the numbers of the items that match its other values.
    :raises BadResponseError: no item has ``said``, so the response is about another subject.
    """
    asked = [_asked(subject, item) for item in items]
    matching = {item for item, names in enumerate(asked) if _is_asked(subject, names, said)}
    if not matching:
        raise _about_another(subject, (name for names in asked for name in names), said, method)
    return matching.intersection(among)


def _told(item: Parameters, method: Method) -> str:
    """An item of a batch, for messages."""
    named = [(subject.kind, asked) for subject in method.subjects for asked in _asked(subject, item)]
    return " ".join(named[0]) if named else "one item"


def _elements(data: Data, name: str) -> list[t.Any]:
    """All elements of this name in ``data``, in upper or lower case."""
    found = [value for _parent, each, value in _walk(data, "") if each == name.lower()]
    return [each for value in found for each in (value if isinstance(value, list) else [value])]


def _refuse_other_methods(document: Data, method: Method, parameters: Parameters) -> None:
    """One request calls one method, so a document with two responses is invalid."""
    named = [name for name in document if name.lower() in _METHOD_NAMES]
    others = [name for name in named if not method.is_answered_by(name)]
    may_repeat = method.may_answer_each and not any(
        _asked(each, parameters) for each in method.subjects if not each.one
    )
    repeated = not may_repeat and any(isinstance(document[name], list) for name in named)
    if len(others) != len(named) and (others or len(named) > 1 or repeated):
        raise _refusal(method, f"the SiteLock API answered more than once: {', '.join(named)}")


def _refuse_contradictions(document: Data, method: Method) -> None:
    for name, value in document.items():
        if method.is_answered_by(name):
            for answer in value if isinstance(value, list) else [value]:
                _refuse_contradiction(answer, method)
    if method.answers_at_root:
        _refuse_contradiction(document, method)


def _refuse_contradiction(answer: t.Any, method: Method) -> None:
    """C(status=ok), or a state other than C(error), next to an error: it is unknown which of them is true."""
    if not isinstance(answer, dict):
        return
    direct = {key.lstrip("@").lower(): value for key, value in answer.items()}
    said = {name: [text.lower() for text in _texts(direct.get(name, ""))] for name in ("status", "state", "will_retry")}
    # An order that the vendor will retry is accepted, although it has an error.
    good = "ok" in said["status"] and "1" not in said["will_retry"]
    good = good or any(state != "error" for state in said["state"])
    errors = [name for name in sorted(_ERRORS & direct.keys()) if name == "error" or _texts(direct[name])]
    if good and errors:
        shown = [*map(_shown, [*said["status"], *said["state"]]), *errors]
        raise _refusal(method, f"the response of the SiteLock API contradicts itself: {', '.join(shown)}")
