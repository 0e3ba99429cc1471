# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the role sitelock_relay checks before it writes anything, through the real ansible-playbook."""

from __future__ import annotations

import pathlib
import typing as t

from integration.playbook import run_tasks
from integration.relay_stack import password_hash

PANEL = {
    "name": "panel",
    "networks": ["198.51.100.7/32"],
    "password_hash": password_hash("x"),
    "methods": ["getStatus"],
}


def test_what_cannot_be_used_is_refused_before_anything_is_written(tmp_path: pathlib.Path) -> None:
    certificate, key = tmp_path / "relay.pem", tmp_path / "relay.key"
    for link in (certificate, key):
        # As an ACME client has them.
        target = tmp_path / f"{link.name}.1"
        target.write_text("x", encoding="utf-8")
        link.symlink_to(target)
    (tmp_path / "folder").mkdir()
    tls = {"certificate": str(certificate), "key": str(key)}
    api = {"api_username": "partner", "api_password": "s3cret-of-the-partner"}
    good = {"server_name": "relay.example", "tls": tls, "api": api, "clients": [PANEL]}
    wrong: list[tuple[dict[str, t.Any], str]] = [
        ({}, ""),
        ({"tls": {**tls, "key": str(tmp_path / "folder")}}, f"sitelock_relay_tls.key: {tmp_path / 'folder'}"),
        ({"tls": {"certificate": str(certificate)}}, "sitelock_relay_tls.key: not set"),
        ({"api": {**api, "api_ca_path": "ca.pem"}}, "sitelock_relay_api.api_ca_path: ca.pem"),
        # Block scalars of YAML end so.
        ({"server_name": "relay.example\n"}, "Check sitelock_relay_server_name"),
        ({"api": {**api, "api_username": "partner\n"}}, "sitelock_relay_api.api_username has a line end"),
        ({"clients": [PANEL, {**PANEL, "name": "PANEL"}]}, "The names panel and PANEL differ only"),
        ({"clients": [{**PANEL, "certificate": "panel.example"}]}, "no client_ca: panel"),
    ]
    tasks: list[dict[str, t.Any]] = [{"ansible.builtin.set_fact": {"said": []}}]
    for changes, _message in wrong:
        variables = {f"sitelock_relay_{name}": value for name, value in {**good, **changes}.items()}
        role = {"name": "hosting.websec.sitelock_relay", "tasks_from": "check.yml", "rolespec_validate": False}
        tasks.append(
            {
                "block": [
                    {"ansible.builtin.include_role": role, "vars": variables},
                    {"ansible.builtin.set_fact": {"said": "{{ said + [''] }}"}},
                ],
                "rescue": [{"ansible.builtin.set_fact": {"said": "{{ said + [ansible_failed_result.msg] }}"}}],
            }
        )
    run = run_tasks(tasks, keep=["said"])
    assert "s3cret" not in run.output
    assert len(run.values["said"]) == len(wrong), run.output
    for (changes, message), said in zip(wrong, run.values["said"]):
        assert said.startswith("Nothing was changed.") is bool(message), (changes, said)
        assert message in said, (changes, said)
