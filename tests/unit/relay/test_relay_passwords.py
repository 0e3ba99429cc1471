# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Password hashes of the relay's clients."""

from __future__ import annotations

import io
import json
import pathlib
import subprocess
import sys
import typing as t
import unittest.mock

import pytest
from sitelock_relay import check, passwords
from sitelock_relay.__main__ import main as service

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
    monkeypatch: pytest.MonkeyPatch, tmp_path: pathlib.Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "config.json"
    for text, status in ((ARGON2, 1), (passwords.hashed(PASSWORD), 0)):
        config = {
            "clients": [{**CLIENTS[0], "password_hash": text}],
            "upstream_url": "https://vendor.example/",
            "upstream_user": "partner",
            "orders_file": "orders.sqlite",
        }
        path.write_text(json.dumps(config), encoding="utf-8")
        assert service(["--check", str(path)]) == 0
        monkeypatch.setattr(passwords, "argon2", None)
        assert service(["--check", str(path)]) == status
        # The controller checks only the form.
        assert check.main([str(path)]) == 0
        monkeypatch.undo()
    assert "panel-07: password_hash needs python3-argon2, which is not installed" in capsys.readouterr().err


def test_the_command_writes_a_hash_that_fits(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{PASSWORD}\n"))
    assert passwords.main() == 0
    assert passwords.matches(PASSWORD, capsys.readouterr().out.strip())
    monkeypatch.setattr("sys.stdin", io.StringIO("\n"))
    assert passwords.main() == 1


class Terminal(io.StringIO):
    """Standard input of a person."""

    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ([PASSWORD, "panel secert"], "The two passwords differ."),
        ([PASSWORD, KeyboardInterrupt()], "No hash was made."),
        ([EOFError()], "No hash was made."),
        (["", ""], "The password is empty."),
    ],
)
def test_a_person_who_mistypes_gets_no_hash(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], typed: list[t.Any], said: str
) -> None:
    monkeypatch.setattr("sys.stdin", Terminal())
    asked = unittest.mock.Mock(side_effect=typed)
    monkeypatch.setattr("getpass.getpass", asked)
    assert passwords.main() == 1
    captured = capsys.readouterr()
    assert (captured.out, captured.err.strip()) == ("", said)
    asked.side_effect = [PASSWORD, PASSWORD]
    assert passwords.main() == 0
    assert passwords.matches(PASSWORD, capsys.readouterr().out.strip())


def test_the_check_of_the_controller_needs_nothing_but_the_standard_library(tmp_path: pathlib.Path) -> None:
    files = pathlib.Path(passwords.__file__).parents[1]
    code = "import sys, sitelock_relay.check as c; sys.exit(c.main(['/dev/stdin']))"
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", f"import sys; sys.path.append({str(files)!r}); {code}"],
        input='{"clients": [], "upstream_url": "https://vendor.example/", "upstream_user": "u", "orders_file": "x"}',
        text=True,
        capture_output=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (1, "The client table must be a list with at least one client.\n")


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
