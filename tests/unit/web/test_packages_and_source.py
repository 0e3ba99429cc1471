# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The source of the module, and the packages that are upgraded with it."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.hosting.websec.plugins.module_utils._errors import BadInputError
from ansible_collections.hosting.websec.plugins.module_utils._web.packages import package_plan, pins
from ansible_collections.hosting.websec.plugins.module_utils._web.source import module_path, read_source

INSTALLED = [
    "installed nginx 1.22.1-9 nginx",
    "installed nginx-common 1.22.1-9 nginx",
    "installed libnginx-mod-http-echo 1:0.63-4 libnginx-mod-http-echo",
    "config-files libnginx-mod-guard 0.9 libnginx-mod-guard",
    "not-installed nginx-full",
]
WITH_MODULE = [*INSTALLED, "installed libnginx-mod-guard 1.0 libnginx-mod-guard"]
NGINX_PIN = "Package: nginx nginx-common\nPin: version 1.22.1-9\nPin-Priority: 1001\n"


def plan(lines: list[str], **source: t.Any) -> dict[str, t.Any]:
    given = {"package": "libnginx-mod-guard", "server_packages": [], **source}
    return package_plan(given, lines, "nginx")


class TestPackages:
    def test_a_module_that_is_not_there_is_installed_and_tried(self) -> None:
        made = plan(INSTALLED)
        assert (made["install"], made["download"]) == (["libnginx-mod-guard"], ["libnginx-mod-guard"])

    def test_what_is_installed_stays_when_no_version_is_wanted(self) -> None:
        made = plan(WITH_MODULE)
        assert (made["install"], made["download"]) == ([], [])

    def test_another_version(self) -> None:
        assert plan(WITH_MODULE, version="2.0")["install"] == ["libnginx-mod-guard=2.0"]
        assert plan(WITH_MODULE, version="1.0")["install"] == []

    def test_module_and_server_move_in_one_transaction_and_are_tried_together(self) -> None:
        made = plan(WITH_MODULE, version="2.0", server_packages=["nginx"], server_version="1.22.1-10")
        assert made["install"] == ["libnginx-mod-guard=2.0", "nginx=1.22.1-10"]
        assert made["download"] == ["libnginx-mod-guard=2.0", "nginx=1.22.1-10"]
        assert "Package: libnginx-mod-guard\nPin: version 2.0\n" in made["pin"]
        assert "Package: nginx nginx-common\nPin: version 1.22.1-10\n" in made["pin"]

    def test_a_server_that_moves_alone_takes_the_wanted_module_along(self) -> None:
        made = plan(WITH_MODULE, version="1.0", server_packages=["nginx"], server_version="1.22.1-10")
        assert made["install"] == ["nginx=1.22.1-10", "libnginx-mod-guard=1.0"]

    def test_without_a_server_the_module_cannot_be_tried(self) -> None:
        made = plan([], server_packages=["nginx"])
        assert (made["install"], made["download"]) == (["libnginx-mod-guard", "nginx"], [])

    def test_the_pin_keeps_the_module_and_all_packages_of_the_server(self) -> None:
        text = pins("libnginx-mod-guard", WITH_MODULE, "nginx")
        assert NGINX_PIN in text
        assert "Package: libnginx-mod-guard\nPin: version 1.0\nPin-Priority: 1001\n" in text
        assert "echo" not in text

    def test_the_program_of_apache_is_in_a_package_of_its_own(self) -> None:
        lines = ["installed apache2 2.4.1 apache2", "installed apache2-bin 2.4.1 apache2"]
        source = {"package": "mod-guard", "server_packages": ["apache2"], "server_version": "2.4.2"}
        assert package_plan(source, lines, "apache")["download"] == ["mod-guard", "apache2-bin=2.4.2"]


REPOSITORY = {
    "type": "repository",
    "uris": ["https://packages.example"],
    "suites": ["stable"],
    "signed_by": "KEY",
    "package": "libnginx-mod-guard",
}


class TestSource:
    @pytest.mark.parametrize("given", [None, {}, {"type": "magic"}])
    def test_no_source_says_where_a_partner_finds_it(self, given: dict[str, t.Any] | None) -> None:
        with pytest.raises(BadInputError, match="botguard_nginx_source is missing") as refusal:
            read_source(given, "nginx", "Debian")
        assert "https://botguard.net/en/docs" in refusal.value.hint

    @pytest.mark.parametrize("key", ["uris", "suites", "signed_by", "package"])
    def test_each_key_of_a_repository_is_asked_for(self, key: str) -> None:
        with pytest.raises(BadInputError, match=rf"botguard_apache_source\.{key} is missing") as refusal:
            read_source({**REPOSITORY, key: ""}, "apache", "Debian")
        assert "partner area" in refusal.value.hint

    @pytest.mark.parametrize("key", ["baseurl", "gpgkey", "package"])
    def test_red_hat_asks_for_other_keys(self, key: str) -> None:
        whole = {"type": "repository", "baseurl": "https://packages.example", "gpgkey": "https://k", "package": "p"}
        assert read_source(whole, "nginx", "RedHat")["name"] == "botguard"
        with pytest.raises(BadInputError, match=rf"source\.{key} is missing"):
            read_source({**whole, key: None}, "nginx", "RedHat")

    @pytest.mark.parametrize(
        ("given", "key"),
        [
            ({"type": "package_file", "package": "p"}, "path"),
            ({"type": "package_file", "path": "p.deb"}, "package"),
            ({"type": "module_file"}, "path"),
        ],
    )
    def test_files_need_a_path(self, given: dict[str, t.Any], key: str) -> None:
        with pytest.raises(BadInputError, match=rf"source\.{key} is missing"):
            read_source(given, "nginx", "Debian")

    def test_a_version_of_the_server_is_one_of_its_package(self) -> None:
        assert read_source({**REPOSITORY, "server_version": "1"}, "nginx", "Debian")["server_packages"] == ["nginx"]
        assert read_source({**REPOSITORY, "server_version": "1"}, "apache", "Debian")["server_packages"] == ["apache2"]

    @pytest.mark.parametrize(
        "wrong",
        [{"package": "a b"}, {"package": "-o=x"}, {"version": "1 2"}, {"server_packages": ["x;y"]}, {"name": "../x"}],
    )
    def test_names_and_versions_are_checked(self, wrong: dict[str, t.Any]) -> None:
        with pytest.raises(BadInputError, match="is not valid"):
            read_source({**REPOSITORY, **wrong}, "nginx", "Debian")

    def test_an_unknown_system(self) -> None:
        with pytest.raises(BadInputError, match="Alpine is not supported"):
            read_source(REPOSITORY, "nginx", "Alpine")

    def test_only_the_module_file_of_nginx_has_a_known_place(self) -> None:
        assert module_path("", "nginx", "Debian") == "/usr/lib/nginx/modules/ngx_botguard_module.so"
        assert module_path("", "nginx", "RedHat") == "/usr/lib64/nginx/modules/ngx_botguard_module.so"
        assert module_path("", "apache", "Debian") == ""
        assert module_path("/opt/x.so", "nginx", "Debian") == "/opt/x.so"
