# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every broken response ends in a correct result or in a ``WebsecError``.

The cases have numbers, and a number is always the same case. C(make fuzz) runs 100,000 of each API.
"""

from __future__ import annotations

import json
import os
import typing as t

import pytest

from ansible_collections.hosting.websec.tests.unit.fuzz import accounts_answers, botguard_answers, sitelock_answers

ANSWERS = int(os.environ.get("WEBSEC_FUZZ_ANSWERS", "2000"))
CHUNK = 500
APIS = {"sitelock": sitelock_answers.play, "accounts": accounts_answers.play, "botguard": botguard_answers.play}
KINDS = {
    *("auth", "not_allowed", "not_found", "rejected", "unavailable", "timeout", "bad_response", "outcome_unknown"),
    *("bad_input", "write_refused"),
}


def errors_in(value: t.Any) -> t.Iterator[t.Mapping[str, t.Any]]:
    """All errors in the results of a task."""
    if isinstance(value, dict):
        if {"kind", "message", "hint"} <= value.keys():
            yield value
        for each in value.values():
            yield from errors_in(each)
    elif isinstance(value, (list, tuple)):
        for each in value:
            yield from errors_in(each)


@pytest.mark.parametrize("first", range(0, ANSWERS, CHUNK))
@pytest.mark.parametrize("api", APIS)
def test_every_answer_ends_in_a_right_result_or_in_an_error_of_ours(api: str, first: int) -> None:
    for number in range(first, min(first + CHUNK, ANSWERS)):
        try:
            result, wrong = APIS[api](number)
            json.dumps(result, allow_nan=False, ensure_ascii=False).encode()
        except Exception as mistake:
            raise AssertionError(f"{api}: answer {number} ended with {mistake!r}") from mistake
        assert wrong == [], f"{api}: answer {number}"
        for error in errors_in(result):
            assert error["kind"] in KINDS, f"{api}: answer {number}: {error}"
            assert len(error["message"]) < 5000, f"{api}: answer {number}"
