# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Wrong answers of a custom DNS provider: an error of the entries that need it, and no change."""

from __future__ import annotations

import asyncio
import collections.abc
import copy
import signal
import threading
import typing as t

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.hosting.websec.plugins.module_utils._dns.desired import parse_desired
from ansible_collections.hosting.websec.plugins.module_utils._dns.names import parse_name
from ansible_collections.hosting.websec.plugins.module_utils._dns.providers.provider_set import (
    ProviderSet,
    Subject,
    open_providers,
)
from ansible_collections.hosting.websec.plugins.module_utils._dns.records import MAX_TTL
from ansible_collections.hosting.websec.plugins.module_utils._run_context import RunContext
from ansible_collections.hosting.websec.tests.unit.dns.own_provider import Dictionary
from ansible_collections.hosting.websec.tests.unit.dns.passes import entry

HERE = "ansible_collections.hosting.websec.tests.unit.dns"
NAME, ZONE = "www.odd.example", "odd.example"
SETS = {(NAME, "A"): {"ttl": 60, "values": ["192.0.2.1"]}, (ZONE, "A"): {"ttl": 60, "values": ["192.0.2.2"]}}

Answer = collections.abc.Callable[[], t.Any]
ENDINGS = (KeyboardInterrupt, SystemExit, GeneratorExit, asyncio.CancelledError, RuntimeError, RecursionError)


class Odd(Dictionary):
    """Returns a given answer from one of its methods."""

    method = ""
    answer: t.ClassVar[Answer]
    sets: t.ClassVar[dict[tuple[str, str], t.Any]] = {}
    changed = 0

    def __getattribute__(self, name: str) -> t.Any:
        if name == Odd.method:
            if name in ("atomicity", "conditional"):
                return Odd.answer()
            return lambda *_arguments: Odd.answer()
        return super().__getattribute__(name)

    def __init__(self) -> None:
        super().__init__()
        if Odd.method == "__init__":
            Odd.answer()

    def zones(self, names: list[str]) -> dict[str, str]:
        return {name: ZONE for name in names if f".{name}".endswith(f".{ZONE}")}

    def read(self, zone: str, record_sets: list[tuple[str, str]]) -> dict[tuple[str, str], t.Any]:
        assert zone == ZONE
        return {at: self.sets[at] for at in record_sets if at in self.sets}

    def change(self, zone: str, changes: list[dict[str, t.Any]], expected: dict[tuple[str, str], t.Any]) -> None:
        Odd.changed += 1
        for change in changes:
            self.sets[change["name"], change["type"]] = change["after"]


def opened(context: RunContext | None = None) -> ProviderSet:
    options = {
        "providers": {
            "odd": {"type": "python", "class": f"{__name__}.Odd"},
            "good": {"type": "python", "class": f"{HERE}.own_provider.Dictionary"},
        },
        "zones": {"*odd.example": "odd"},
        "default": "good",
        "accept": "best_effort",
    }
    return open_providers(options, read_only=False, concurrency=1, context=context)


def passed(method: str, answer: Answer) -> tuple[dict[str, t.Any], dict[str, t.Any]]:
    """The results of an entry at the wrong provider and of one at another, after zones, read and change."""
    Odd.method, Odd.answer, Odd.sets, Odd.changed = method, staticmethod(answer), copy.deepcopy(SETS), 0
    Dictionary.zones_here = {"good.example": {}}
    with opened() as providers:
        zones = providers.zones([Subject(parse_name(name, "name")) for name in (NAME, "good.example")])
        assert zones[1]["error"] is None
        names = (NAME, "good.example")
        done = providers.change(
            parse_desired(
                [{**entry(name, "A", "198.51.100.7"), "zone": None, "replace_prefix": None} for name in names]
            )
        )["record_sets"]
    return done[0], done[1]


def raising(kind: type[BaseException]) -> Answer:
    def answer() -> t.NoReturn:
        raise kind

    return answer


scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary()
values = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3), max_leaves=5
)
no_ttl = st.sampled_from([-5, 2**40, MAX_TTL + 1, None, True, 1.5, float("inf"), float("nan"), "soon", "-1", [60]])
no_values = st.sampled_from(["192.0.2.1", None, [1], [None], ["nowhere"], [["192.0.2.1"]], {"a": 1}, 5, b"192.0.2.1"])
no_zone = st.sampled_from(
    [".", "..", "other.example", f"www.{NAME}", "odd..example", 5, True, [ZONE], {"zone": ZONE}, b"odd.example", "a b"]
)
no_key = st.sampled_from(
    [NAME, (NAME,), (NAME, "A", "x"), (NAME, 1), 5, ("www.other.example", "A"), (".", "A"), ("", "A")]
)
wrong_zones = no_zone.map(lambda zone: {NAME: zone}) | values.filter(lambda answer: not isinstance(answer, dict))
wrong_sets = (
    no_ttl.map(lambda ttl: {(NAME, "A"): {"ttl": ttl, "values": ["192.0.2.1"]}})
    | no_values.map(lambda found: {(NAME, "A"): {"ttl": 60, "values": found}})
    | no_key.map(lambda key: {**SETS, key: {"ttl": 60, "values": ["192.0.2.1"]}})
    | values.filter(lambda answer: not isinstance(answer, dict))
    | values.filter(lambda found: found is not None and not isinstance(found, dict)).map(
        lambda found: {(NAME, "A"): found}
    )
)
wrong = st.one_of(
    st.tuples(st.just("zones"), wrong_zones.map(lambda made: lambda: made)),
    st.tuples(st.just("read"), wrong_sets.map(lambda made: lambda: made)),
    st.tuples(st.just("atomicity"), values.map(lambda made: lambda: made)),
    st.tuples(
        st.just("conditional"), values.filter(lambda made: not isinstance(made, bool)).map(lambda made: lambda: made)
    ),
    st.tuples(
        st.sampled_from(["__init__", "zones", "read", "atomicity", "conditional"]),
        st.sampled_from(ENDINGS).map(raising),
    ),
)


@given(wrong)
def test_a_wrong_answer_costs_what_it_is_about_alone(case: tuple[str, Answer]) -> None:
    # As in a module: RunContext takes the signal, so that Python raises no KeyboardInterrupt.
    before = signal.signal(signal.SIGINT, lambda _number, _frame: None)
    try:
        odd, good = passed(*case)
    finally:
        signal.signal(signal.SIGINT, before)
    assert odd["failed"]
    assert odd["error"]["kind"] in ("bad_response", "bad_input", "rejected"), odd["error"]
    assert "odd" in odd["error"]["message"]
    assert (Odd.changed, Odd.sets) == (0, SETS)
    assert (good["failed"], good["changed"]) == (False, True)


@pytest.mark.parametrize("ending", [each for each in ENDINGS if not issubclass(each, Exception)])
def test_a_class_that_ends_while_it_changes_a_zone_may_have_changed_it(
    monkeypatch: pytest.MonkeyPatch, ending: type[BaseException]
) -> None:
    def half(self: Odd, _zone: str, changes: list[dict[str, t.Any]], _expected: t.Any) -> None:
        self.sets[changes[0]["name"], changes[0]["type"]] = changes[0]["after"]
        raise ending

    monkeypatch.setattr(signal, "getsignal", lambda _number: None)
    monkeypatch.setattr(Odd, "change", half)
    odd, good = passed("", lambda: None)
    assert good["changed"]
    # It is read again, and the result reports what was read.
    assert (odd["changed"], odd["failed"]) == (True, False)


def test_a_contradiction_between_two_names_is_an_error_of_the_one_that_would_get_the_parent() -> None:
    names = (NAME, ZONE, f"a.{NAME}")
    Odd.method, Odd.answer = "zones", staticmethod(lambda: {NAME: "example", ZONE: ZONE, f"a.{NAME}": ZONE})
    with opened() as providers:
        provider = providers.provider("odd")
        found = provider.zones([parse_name(name, "name") for name in names])
    kinds = [getattr(found[parse_name(name, "name")], "kind", None) for name in names]
    assert kinds == ["bad_response", None, None]


@pytest.mark.parametrize("answer", [{NAME: None}, {NAME: ""}, {}, {"other.example": "other.example"}])
def test_a_name_without_a_zone_is_not_found(answer: dict[str, t.Any]) -> None:
    odd, _good = passed("zones", lambda: answer)
    assert odd["error"]["kind"] == "not_found"


@pytest.mark.parametrize("found", [None, {"ttl": 60, "values": []}, {"ttl": "60", "values": ("192.0.2.9",)}])
def test_what_is_right_is_taken(found: t.Any) -> None:
    Odd.method, Odd.sets = "", {(NAME, "A"): found}
    with opened() as providers:
        done = providers.change(parse_desired([{**entry(NAME, "A", "192.0.2.10"), "zone": ZONE}]))["record_sets"]
    assert (done[0]["failed"], done[0]["changed"]) == (False, True)
    assert (done[0]["before"] is not None) == bool(found and found["values"])


def test_ctrl_c_is_not_swallowed() -> None:
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        assert threading.current_thread() is threading.main_thread()
        Odd.method, Odd.answer = "zones", staticmethod(lambda: signal.raise_signal(signal.SIGINT))
        with opened() as providers, pytest.raises(KeyboardInterrupt):
            providers.zones([Subject(parse_name(NAME, "name"))])
    finally:
        signal.signal(signal.SIGINT, before)
