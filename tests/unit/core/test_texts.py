# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Counts, lists of names and shared causes in messages."""

from __future__ import annotations

import typing as t

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.hosting.websec.plugins.filter.counted import FilterModule as Counted
from ansible_collections.hosting.websec.plugins.filter.short_list import FilterModule as ShortList
from ansible_collections.hosting.websec.plugins.module_utils._results import bulk_result
from ansible_collections.hosting.websec.plugins.module_utils._texts import (
    Told,
    by_cause,
    counted,
    joined,
    listed,
    repeats,
    singular,
    unknown_keys,
)

short_list: t.Callable[..., str] = t.cast("t.Any", ShortList().filters()["short_list"])


class TestCounts:
    @pytest.mark.parametrize(
        ("count", "noun", "text"),
        [
            (0, "site", "0 sites"),
            (1, "site", "1 site"),
            (2, "record set", "2 record sets"),
            (1234, "entry", "1,234 entries"),
            (1, "entry", "1 entry"),
            (3, "day", "3 days"),
            (2, "pass", "2 passes"),
            (1.0, "second", "1 second"),
            (0.5, "second", "0.5 seconds"),
            (1, "new website", "1 new website"),
        ],
    )
    def test_the_noun_follows_the_count(self, count: float, noun: str, text: str) -> None:
        assert counted(count, noun) == text
        if isinstance(count, int):
            assert t.cast("t.Any", Counted().filters()["counted"])(count, noun) == text

    @pytest.mark.parametrize(
        ("name", "noun"),
        [("sites", "site"), ("record_sets", "record set"), ("entries", "entry"), ("names", "name")],
    )
    def test_the_noun_of_a_list(self, name: str, noun: str) -> None:
        assert singular(name) == noun


class TestLists:
    def test_in_sentences(self) -> None:
        assert [joined("abc"[:length]) for length in range(4)] == ["", "a", "a and b", "a, b and c"]

    def test_long_ones_are_cut(self) -> None:
        assert listed("abc", 3) == "a, b, c"
        assert listed("abcd", 3) == "a, b, c and 1 more"
        assert short_list(range(1220)).endswith(", 18, 19 and 1,200 more")
        assert short_list(["A.", "B."], separator=" ") == "A. B."

    def test_what_stands_twice_is_named_with_its_entries(self) -> None:
        assert repeats(["a", "b", "a", None, "b", None, "a"]) == "a in the entries 1, 3 and 7; b in the entries 2 and 5"
        assert repeats(["a", None, None]) == ""
        assert "and 80 more" in repeats(["a"] * 100)


class TestUnknownKeys:
    KNOWN = ("aliases", "waf_origin", "domain", "A", "AAAA")

    @pytest.mark.parametrize(
        ("key", "text"),
        [
            ("alias", "alias (did you mean aliases?)"),
            ("waf-orign", "waf-orign (did you mean waf_origin?)"),
            ("Domain", "Domain (did you mean domain?)"),
            ("mx", "mx"),
            (7, "7"),
        ],
    )
    def test_what_may_have_been_meant(self, key: object, text: str) -> None:
        assert unknown_keys([key, "domain"], self.KNOWN) == text

    def test_known_ones(self) -> None:
        assert unknown_keys(self.KNOWN, self.KNOWN) == ""


class TestCauses:
    def test_a_cause_that_many_share_is_one_line(self) -> None:
        told = [
            Told(f"site{number}.example", f"Site {number}: the password is wrong. Correct it.", (f"Site {number}",))
            for number in range(200)
        ]
        told.insert(7, Told("other.example", "other.example: its zone was not found."))
        assert by_cause(told, "site") == [
            "200 sites (site0.example, site1.example, site2.example and 197 more): the password is wrong. Correct it.",
            "other.example: its zone was not found.",
        ]

    def test_the_name_in_the_middle_makes_no_cause_of_its_own(self) -> None:
        told = [
            Told(
                name,
                f"The resolver is away: it did not respond to the query for {name} NS, nor for www.{name}; my{name}, "
                f"{name}.uk.",
            )
            for name in ("a.example", "b.example")
        ]
        assert len(by_cause(told, "site")) == 2
        told = [Told(each.name, each.text.split(";")[0]) for each in told]
        assert by_cause(told, "site") == [
            (
                "2 sites (a.example, b.example): The resolver is away: it did not respond to the query for <domain> "
                "NS, nor for www.<domain>"
            )
        ]
        assert by_cause([Told(f"{name}@x.example", f"{name}@x.example is no user.") for name in "ab"], "user") == [
            "2 users (a@x.example, b@x.example): <e-mail> is no user."
        ]
        assert by_cause([Told(number, f"{number} is wrong.") for number in "12"], "site") == [
            "1: 1 is wrong.",
            "2: 2 is wrong.",
        ]

    def test_one_alone_keeps_its_whole_text(self) -> None:
        assert by_cause([Told("a.example", "Site 5:  no.", ("Site 5",))], "site") == ["a.example: Site 5: no."]
        assert by_cause([Told("a.example", "a.example: no.")] * 2, "site") == ["a.example: no."]
        assert by_cause([], "site") == []

    @given(st.lists(st.tuples(st.sampled_from("abcd"), st.sampled_from(["x", "y", "a: x", "b: y"]))))
    def test_no_cause_is_lost_and_none_is_told_twice(self, pairs: list[tuple[str, str]]) -> None:
        told = [Told(name, text) for name, text in pairs]
        lines = by_cause(told, "site")
        assert len(lines) == len({each.cause for each in told})
        for each in told:
            assert any(line.endswith(each.cause) for line in lines)


class TestTheMessageOfATask:
    def entries(self, count: int, text: str) -> list[dict[str, t.Any]]:
        return [
            {
                "site_id": number,
                "failed": True,
                "error": {"message": text.format(number), "hint": "Look."},
            }
            for number in range(1, count + 1)
        ]

    def message(self, count: int, text: str) -> str:
        result = bulk_result("sites", self.entries(count, text), key="site_id", on_error="fail")
        return str(result["msg"])

    def test_one_cause_of_all(self) -> None:
        assert self.message(200, "Site {}: the password is wrong.") == (
            "200 of 200 sites failed. 200 sites (1, 2, 3 and 197 more): the password is wrong. Look."
        )

    def test_many_causes_are_cut(self) -> None:
        message = self.message(200, "Site {0}: reason {0}.")
        assert "Site 20: reason 20. Look. and 180 more" in message
        assert "reason 21" not in message

    def test_a_single_item(self) -> None:
        assert self.message(1, "No.") == "1 of 1 site failed. site_id 1: No. Look."

    @pytest.mark.parametrize("text", ["No.", "Site {}: No.", "{}.example: No."])
    def test_a_site_is_named_by_its_domain_if_that_is_known(self, text: str) -> None:
        entries = [{**each, "domain": f"{each['site_id']}.example"} for each in self.entries(2, text)]
        result = bulk_result("sites", entries, key="site_id", on_error="fail")
        assert result["msg"] == "2 of 2 sites failed. 2 sites (1.example, 2.example): No. Look."
        alone = bulk_result("sites", entries[:1], key="site_id", on_error="fail")
        told = "Site 1: No." if text.startswith("Site") else "No."
        assert alone["msg"] == f"1 of 1 site failed. 1.example: {told} Look."
