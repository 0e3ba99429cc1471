# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Password hashes of the relay's clients."""

from __future__ import annotations

import pytest
from sitelock_relay import passwords

from .conftest import CLIENTS, PANEL, PASSWORD, World, envelope

ARGON2 = "$argon2id$v=19$m=8192,t=1,p=1$7MDzSplTyBK3cqkffKn6sQ$QcRGqLkqxrqzOk8jvMGPsg"
TOKEN = "<createToken><account_id>570</account_id></createToken>"


@pytest.mark.parametrize("text", [passwords.hashed(PASSWORD), ARGON2], ids=["scrypt", "argon2id"])
def test_a_hash_fits_only_its_password(text: str) -> None:
    assert passwords.problem(text) is None
    assert passwords.matches(PASSWORD, text)
    for wrong in ("", f"{PASSWORD} ", PASSWORD.upper()):
        assert not passwords.matches(wrong, text)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("scrypt$2$8$1$" + "A" * 24 + "$" + "A" * 44, "cost must be a power of two"),
        ("scrypt$16385$8$1$" + "A" * 24 + "$" + "A" * 44, "cost must be a power of two"),
        ("scrypt$1048576$8$1$" + "A" * 24 + "$" + "A" * 44, "cost is too high"),
        ("scrypt$16384$0$1$" + "A" * 24 + "$" + "A" * 44, "cost must be a power of two"),
        ("scrypt$16384$8$1$" + "A" * 23 + "$" + "A" * 44, "is not Base64"),
        (ARGON2.replace("m=8192", "m=1024"), "memory cost must be at least"),
        (ARGON2.replace("m=8192", "m=1048576"), "cost is too high"),
        (ARGON2.replace("t=1", "t=100"), "cost is too high"),
        (ARGON2.replace("p=1", "p=0"), "memory cost must be at least"),
        (ARGON2.rpartition("$")[0] + "$" + "A" * 25, "is not Base64"),
        (ARGON2.rpartition("$")[0], "not a valid argon2id hash"),
        (ARGON2.replace("argon2id", "argon2i"), "neither an scrypt nor an argon2id hash"),
        ("$2b$12$" + "A" * 53, "neither an scrypt nor an argon2id hash"),
        (PASSWORD, "neither an scrypt nor an argon2id hash"),
    ],
)
def test_a_hash_that_cannot_be_used_is_refused(text: str, problem: str) -> None:
    assert problem in (passwords.problem(text) or "")


def test_an_argon2_hash_without_its_library_is_refused_with_the_name_of_the_package(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(passwords, "argon2", None)
    assert passwords.problem(ARGON2) == "it is an argon2 hash, and python3-argon2 is not installed"
    assert passwords.problem(passwords.hashed(PASSWORD)) is None


@pytest.mark.parametrize("user", ["panel-07", "nobody"])
def test_unknown_users_are_tried_with_the_hash_of_a_client_and_are_refused_even_if_it_fits(
    world: World, monkeypatch: pytest.MonkeyPatch, user: str
) -> None:
    tried = []

    def matches(_password: str, text: str) -> bool:
        tried.append(text)
        return True

    monkeypatch.setattr(passwords, "matches", matches)
    world.send(envelope(TOKEN, user), PANEL)
    assert world.audit["decision"] == ("passed" if user == "panel-07" else "refused")
    assert tried
    assert set(tried) <= {client["password_hash"] for client in CLIENTS}
