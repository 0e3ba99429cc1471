# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""DirectAdmin: domains with the settings of their users, refusals, and the answers that are none."""

from __future__ import annotations

import pathlib
import typing as t

import pytest

from ansible_collections.hosting.websec.tests.unit.panels.directadmin_panel import DirectAdminPanel, user
from ansible_collections.hosting.websec.tests.unit.panels.sources import Read, reader
from ansible_collections.hosting.websec.tests.unit.scripted_server import Received, Reply


@pytest.fixture
def read(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> Read:
    return reader("directadmin", tmp_path, monkeypatch)


def small_panel() -> DirectAdminPanel:
    return DirectAdminPanel(
        [user("alpha", package="shop & more"), user("beta", suspended="yes", creator="admin")],
        {"alpha.example": "alpha", "shop_one.example": "alpha", "shop.example": "alpha", "beta.example": "beta"},
    )


def test_domains_have_the_package_and_state_of_their_user(read: Read) -> None:
    panel = small_panel()
    source = read(panel)
    assert source.error == ""
    assert source.hosts["shop.example"] == {
        "panel_type": "directadmin",
        "panel_server": "127.0.0.1",
        "panel_domain": "shop.example",
        "panel_domain_type": "addon",
        "panel_parent_domain": "alpha.example",
        "panel_account": "alpha",
        "panel_owner": "resell1",
        "panel_package": "shop & more",
        "panel_suspended": False,
        "panel_addresses": ["192.0.2.30"],
        "panel_duplicate": False,
    }
    assert source.hosts["beta.example"]["panel_suspended"] is True
    assert source.hosts["alpha.example"]["panel_domain_type"] == "main"
    # An underscore is never taken for a dot.
    assert "shop.one.example" not in source.hosts
    assert "shop_one.example" in source.warnings[0]
    assert panel.calls[0] == "CMD_API_DOMAIN_OWNERS"
    assert sorted(panel.calls[1:]) == ["CMD_API_SHOW_USER_CONFIG alpha", "CMD_API_SHOW_USER_CONFIG beta"]
    assert "hunter2" not in source.text


def test_a_user_that_was_deleted_meanwhile_costs_only_its_own_domains(read: Read) -> None:
    panel = small_panel()
    del panel.users["beta"]
    source = read(panel)
    assert sorted(source.hosts) == ["alpha.example", "shop.example"]
    assert "'beta.example': CMD_API_SHOW_USER_CONFIG for beta: the DirectAdmin API refused the request" in str(
        source.warnings
    )
    assert "That user does not exist" in source.warnings[0]


@pytest.mark.parametrize("owner", ["", " ", "x\x1b[2J\nroot", "x" * 300])
def test_an_owner_that_is_no_name_is_not_asked_for(read: Read, owner: str) -> None:
    panel = small_panel()
    panel.owners["odd.example"] = owner
    source = read(panel)
    assert source.error == ""
    assert "odd.example" not in source.hosts
    assert "'odd.example': it" in str(source.warnings)
    assert source.warnings[0].isprintable()
    assert len(panel.calls) == 3


def test_settings_of_another_user_are_not_taken(read: Read) -> None:
    panel = small_panel()
    panel.users["beta"] = user("alpha", package="shop")
    source = read(panel)
    assert "beta.example" not in source.hosts
    assert "answers with another user" in source.warnings[0]


@pytest.mark.parametrize("value", ["", "maybe", None])
def test_without_a_clear_state_a_domain_is_left_out(read: Read, value: str | None) -> None:
    settings = user("beta")
    if value is None:
        del settings["suspended"]
    else:
        settings["suspended"] = value
    panel = DirectAdminPanel([user("alpha"), settings], {"alpha.example": "alpha", "beta.example": "beta"})
    source = read(panel)
    assert list(source.hosts) == ["alpha.example"]
    assert "'beta.example': suspended is" in source.warnings[0]


def test_a_failure_in_the_middle_fails_the_server(read: Read) -> None:
    panel = small_panel()

    def failing(request: Received) -> t.Any:
        return Reply(b"", 500) if "user=beta" in request.path else panel(request)

    source = read(failing)
    assert source.hosts == {}
    assert "CMD_API_SHOW_USER_CONFIG for beta: the DirectAdmin API failed (HTTP 500)" in source.error


@pytest.mark.parametrize(
    ("reply", "told"),
    [
        (Reply(b"error=1&text=No%20rights&details=Not%20an%20admin"), "refused the request: No rights Not an admin"),
        (Reply(b"<html><title>Login</title>"), "it is an HTML page"),
        (Reply(b"{not url encoded}"), "it is not URL-encoded"),
        (Reply(b"a.example=x&a.example=y"), "it has a field twice"),
        (Reply(b"\xff\xfe=x"), "it is not URL-encoded"),
        (Reply(b"", 401), "refused the credentials (HTTP 401)"),
        (Reply(b"", 302, {"Location": "https://other.example/"}), "a redirect (HTTP 302), which is never followed"),
    ],
)
def test_an_answer_that_is_none_fails_the_source(read: Read, reply: Reply, told: str) -> None:
    source = read([reply])
    assert source.hosts == {}
    assert "127.0.0.1: CMD_API_DOMAIN_OWNERS: " in source.error
    assert told in source.error
    assert "DA-KEY" not in source.text


def test_a_wrong_key_is_a_redirect_that_is_not_followed(read: Read) -> None:
    source = read(small_panel(), api_login_key="wrong-K3y-123")
    assert "which is never followed" in source.error
    assert "wrong-K3y-123" not in source.text


def test_a_server_without_domains(read: Read) -> None:
    source = read(DirectAdminPanel([], {}))
    assert (source.error, source.hosts) == ("", {})
    assert source.warnings == ["127.0.0.1: the server lists no domain of the wanted types."]
