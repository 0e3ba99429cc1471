# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The filters return their error as a text that the role can show alone."""

from __future__ import annotations

import typing as t

from ansible_collections.hosting.websec.plugins.filter.botguard_web_files import botguard_web_files
from ansible_collections.hosting.websec.plugins.filter.botguard_web_packages import botguard_web_packages
from ansible_collections.hosting.websec.plugins.filter.botguard_web_source import botguard_web_source

SETTINGS: dict[str, t.Any] = {
    "state": "present",
    "source": {"type": "module_file"},
    "module_path": "/usr/lib/nginx/modules/ngx_botguard_module.so",
    "snippets_directory": "/etc/nginx/botguard.d",
    "server_port": 80,
}


def test_a_source_that_is_not_complete() -> None:
    error = str(botguard_web_source({}, "apache", "Debian")["error"])
    assert error.startswith("The variable botguard_apache_source is missing")
    assert "https://botguard.net/en/docs" in error


def test_a_source_that_is_complete() -> None:
    source = botguard_web_source({"type": "module_file", "path": "x.so"}, "nginx", "Debian")
    assert source["error"] is None
    assert source["module_path"] == SETTINGS["module_path"]


def test_variables_that_are_missing() -> None:
    made = botguard_web_files([{"domain": "a.example"}], "nginx", "Debian", SETTINGS, {})
    assert "botguard_nginx_primary_server" in str(made["error"])


def test_variables_that_are_complete() -> None:
    made = botguard_web_files([], "nginx", "Debian", SETTINGS, {})
    assert made["error"] is None
    assert made["files"]


def test_the_folder_of_the_module_is_made_and_removed_with_it() -> None:
    with_candidate = {**SETTINGS, "candidate": "/var/lib/x.so"}
    folder = "/usr/lib/nginx/modules"
    made = botguard_web_files([], "nginx", "Debian", with_candidate, {})
    assert (made["folders"], made["empty_folders"]) == (["/etc/nginx/botguard.d", folder], [])
    # A package creates its own.
    assert botguard_web_files([], "nginx", "Debian", SETTINGS, {})["folders"] == ["/etc/nginx/botguard.d"]
    gone = botguard_web_files([], "nginx", "Debian", {**SETTINGS, "state": "absent"}, {})
    assert (gone["folders"], gone["empty_folders"]) == ([], [folder])


def test_packages() -> None:
    made = botguard_web_packages(["installed nginx 1 nginx"], {"package": "p", "server_packages": []}, "nginx")
    assert made["install"] == ["p"]
    assert "Package: nginx\nPin: version 1\n" in str(made["pin_installed"])
