# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Logins: availability, passwords, e-mail addresses, terms of service."""

from __future__ import annotations

import typing as t

import pytest

if t.TYPE_CHECKING:
    from conftest import Sandbox

OWNER = "owner@customer.example"


def login(vendor: Sandbox, name: str) -> tuple[str | None, str | None]:
    answer = vendor.call(f"<checkLogin><login>{name}</login></checkLogin>").xml.find("checkLogin")
    assert answer.findtext("login") == name
    return answer.findtext("status"), answer.findtext("message")


FREE = ("ok", "login is available")
TAKEN = ("error", "Login is in use by another account.")


def test_a_login_is_free_until_it_is_taken(vendor: Sandbox) -> None:
    assert login(vendor, OWNER) == FREE
    vendor.order()
    assert login(vendor, OWNER) == TAKEN
    assert login(vendor, "short12") == ("error", "Invalid login")


@pytest.mark.parametrize(("setting", "answer"), [("free", FREE), ("taken", TAKEN)])
def test_setting_login_of_a_deleted_account(vendor: Sandbox, setting: str, answer: tuple[str, str]) -> None:
    vendor.admin("POST", "settings", deleted_logins=setting)
    account_id, _site = vendor.ids(vendor.order())
    vendor.call(f"<deleteAccount><accountInformation><id>{account_id}</id></accountInformation></deleteAccount>")
    assert login(vendor, OWNER) == answer
    assert vendor.order().status == (200 if setting == "free" else 500)


def change_email(vendor: Sandbox, account_id: str, email: str) -> str | None:
    wanted = f"<accountInformation><id>{account_id}</id><email>{email}</email></accountInformation>"
    error: str | None = vendor.call(f"<modifyAccount>{wanted}</modifyAccount>").xml.findtext("modifyAccount/error")
    return error


@pytest.mark.parametrize(("follows", "now"), [(False, OWNER), (True, "new@customer.example")])
def test_setting_login_follows_email(vendor: Sandbox, follows: bool, now: str) -> None:
    vendor.admin("POST", "settings", login_follows_email=follows)
    account_id, _site = vendor.ids(vendor.order())
    assert change_email(vendor, account_id, "new@customer.example") is None
    assert vendor.account("login", now).findtext("email") == "new@customer.example"
    other = {OWNER, "new@customer.example"} - {now}
    assert login(vendor, other.pop()) == FREE
    assert vendor.prices() == [("added", "8", "5.00")]


def test_invalid_email_addresses_are_refused(vendor: Sandbox) -> None:
    vendor.admin("POST", "settings", login_follows_email=True)
    account_id, _site = vendor.ids(vendor.order())
    vendor.ids(vendor.order("other.example", email="other@other.example"))
    assert change_email(vendor, account_id, "other@other.example") == TAKEN[1]
    assert change_email(vendor, "1", "new@customer.example") == "account_id not found"
    assert vendor.account("id", account_id).findtext("login") == OWNER


def reset(vendor: Sandbox, content: str) -> dict[str, str]:
    answer = vendor.call(f"<passwordReset>{content}</passwordReset>").xml.find("passwordReset")
    return {child.tag: child.text or "" for child in answer}


def test_a_password_is_set_or_generated(vendor: Sandbox) -> None:
    account_id, _site = vendor.ids(vendor.order(password="first"))
    before = vendor.admin("GET", "state")["accounts"][0]["password_sha256"]
    assert reset(vendor, f"<user>{OWNER}</user><pass>a&lt;b</pass>") == {"pass": "a<b", "user": OWNER}
    kept = vendor.admin("GET", "state")["accounts"][0]["password_sha256"]
    assert kept != before
    made = reset(vendor, f"<account_id>{account_id}</account_id>")
    assert made["user"] == OWNER
    assert len(made["pass"]) > 8
    assert reset(vendor, f"<account_id>{account_id}</account_id>")["pass"] != made["pass"]
    assert made["pass"] not in str(vendor.admin("GET", "state")) + str(vendor.journal())


@pytest.mark.parametrize(
    ("content", "error"),
    [
        ("<user>nobody-at-all</user>", "user not found"),
        ("<account_id>1</account_id>", "account_id not found"),
        (f"<account_id>77</account_id><user>{OWNER}</user>", "user not found"),
        ("<pass>x</pass>", "Could not parse XML request"),
    ],
)
def test_password_of_an_unknown_account(vendor: Sandbox, content: str, error: str) -> None:
    vendor.admin("POST", "fleet", accounts=[{"id": "77", "login": "somebody-else"}])
    vendor.order()
    assert reset(vendor, content) == {"error": error}


def terms(vendor: Sandbox, account_id: str) -> dict[str, str]:
    question = f"<getLastAcceptedTOS><account_id>{account_id}</account_id></getLastAcceptedTOS>"
    answer = vendor.call(question)
    assert answer.status == 200
    return {child.tag: child.text or "" for child in answer.xml.find("getLastAcceptedTOS")}


def test_terms_never_accepted(vendor: Sandbox) -> None:
    account_id, _site = vendor.ids(vendor.order())
    assert terms(vendor, account_id) == {"message": "User has not accepted TOS.", "status": "error"}
    assert terms(vendor, "1") == {"message": "account_id not found", "status": "error"}
