# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The results of the inspection of a web server, and the test of a module file."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from ansible_collections.hosting.websec.plugins.module_utils._errors import BadInputError, RejectedError
from ansible_collections.hosting.websec.plugins.module_utils._web.config_test import (
    apache_configuration,
    apache_loads,
    run_config_test,
)
from ansible_collections.hosting.websec.plugins.module_utils._web.host import CommandResult
from ansible_collections.hosting.websec.plugins.module_utils._web.inspection import (
    Inspection,
    apache_directives,
    inspect_apache,
    inspect_nginx,
    is_running,
    runs_old_program,
    snippets,
)
from ansible_collections.hosting.websec.plugins.module_utils._web.journal_entry import Command
from ansible_collections.hosting.websec.plugins.module_utils._web.layout import OWN_MARK, layout_of

DUMP = """# configuration file /etc/nginx/nginx.conf:
include /etc/nginx/modules-enabled/*.conf;
# load_module modules/ngx_botguard_module.so;
events { }
http { aio threads; sendfile on;   # aio off;
  include /etc/nginx/conf.d/*.conf; }
# configuration file /etc/nginx/modules-enabled/50-mod.conf:
load_module modules/ngx_botguard_module.so;
# configuration file /etc/nginx/sites-enabled/exact.conf:
server { include /etc/nginx/botguard.d/exact.example.conf; }
server { include botguard.d/relative.example.conf; }
server { include "/etc/nginx/botguard.d/wild.example.conf*"; }
# configuration file /etc/nginx/conf.d/50-botguard.conf:
aio threads;
"""
BUILD = "nginx version: nginx/1.22.1\nconfigure arguments: --with-http_realip_module --with-threads"


def answers(**texts: tuple[int, str]) -> dict[str, tuple[int, str]]:
    return {"V": (0, BUILD), "T": (0, DUMP), **texts}


def nginx(**texts: tuple[int, str]) -> Inspection:
    given = answers(**texts)

    def run(command: Command) -> CommandResult:
        code, text = given[command[1].strip("-")]
        return CommandResult(
            command, code, text if command[1] == "-T" else "", text if command[1] != "-T" or code else ""
        )

    return inspect_nginx(run)


class TestNginx:
    def test_its_build_and_configuration(self) -> None:
        inspection = nginx()
        assert (inspection.installed, inspection.version, inspection.threads, inspection.valid) == (
            True,
            "nginx/1.22.1",
            True,
            True,
        )
        assert inspection.loaded_by("ngx_botguard_module.so") == ["/etc/nginx/modules-enabled/50-mod.conf"]
        assert inspection.loaded_by("other.so") == []
        assert inspection.aio_set_by("/etc/nginx/conf.d/50-botguard.conf") == ["/etc/nginx/nginx.conf"]

    def test_only_files_that_are_named_in_full_are_needed(self) -> None:
        paths = [f"/etc/nginx/botguard.d/{name}.example.conf" for name in ("exact", "relative", "wild", "other")]
        assert nginx().needed(paths, "/etc/nginx") == paths[:2]

    def test_whether_the_line_that_loads_the_module_would_be_read(self) -> None:
        places = ["/etc/nginx/modules-available/50-mod.conf", "/etc/nginx/modules-enabled/50-mod.conf"]
        assert nginx().reads(places, "/etc/nginx")
        assert not nginx().reads(places[:1], "/etc/nginx")
        assert not nginx(T=(0, DUMP.replace("include /etc/nginx/modules", "# "))).reads(places, "/etc/nginx")

    def test_a_build_without_threads(self) -> None:
        assert not nginx(V=(0, "nginx version: nginx/1.22.1\nconfigure arguments: --with-threadsafe")).threads

    def test_an_invalid_configuration(self) -> None:
        inspection = nginx(T=(1, "nginx: [emerg] unknown directive"))
        assert (inspection.valid, inspection.message, inspection.directives) == (
            False,
            "nginx: [emerg] unknown directive",
            [],
        )

    def test_no_nginx(self) -> None:
        assert not nginx(V=(127, "not found")).installed


def apache(tmp_path: Path, text: str) -> Inspection:
    conf = tmp_path / "apache2.conf"
    conf.write_text(text, encoding="utf-8")

    def run(command: Command) -> CommandResult:
        if "-v" in command:
            return CommandResult(command, 0, "Server version: Apache/2.4.62 (Debian)\n", "")
        if "DUMP_INCLUDES" in command:
            return CommandResult(command, 0, f"Included configuration files:\n  (*) {conf}\n    (7) {conf}.gone\n", "")
        return CommandResult(command, 0, "", "Syntax OK")

    return inspect_apache(run)


class TestApache:
    def test_its_configuration(self, tmp_path: Path) -> None:
        inspection = apache(tmp_path, "#LoadModule a x.so\n  loadmodule b_module \\\n  /usr/lib/mod_b.so\n")
        assert (inspection.installed, inspection.version, inspection.valid) == (True, "Apache/2.4.62", True)
        assert inspection.loaded_by("mod_b.so") == [str(tmp_path / "apache2.conf")]
        assert inspection.loaded_by("x.so") == []

    def test_an_include_without_a_match_is_an_error_for_apache(self, tmp_path: Path) -> None:
        paths = [str(tmp_path / f"{name}.conf") for name in ("exact", "alone", "optional", "one-of-1", "one-of-2")]
        for path in paths:
            Path(path).write_text("", encoding="utf-8")
        text = f"""
Include {tmp_path}/exact.conf
Include "{tmp_path}/alone.conf*"
IncludeOptional {tmp_path}/optional.conf*
Include {tmp_path}/one-of-*.conf
"""
        assert apache(tmp_path, text).needed(paths, "/etc/apache2") == sorted(paths[:2])

    def test_directives_of_other_cases(self) -> None:
        names = [found.name for found in apache_directives("f", "INCLUDE a\nIncludeOptional b\nIncludes c\n")]
        assert names == ["include", "includeoptional"]

    def test_whether_the_line_that_loads_the_module_would_be_read(self, tmp_path: Path) -> None:
        place = ["/etc/apache2/mods-enabled/botguard.load"]
        assert apache(tmp_path, "IncludeOptional mods-enabled/*.load\n").reads(place, "/etc/apache2")
        assert not apache(tmp_path, "IncludeOptional mods-enabled/*.conf\n").reads(place, "/etc/apache2")


def test_snippets(tmp_path: Path) -> None:
    own = f"{OWN_MARK}nginx. Changes are lost.\n"
    contents = {
        "on": f"{own}botguard_check on;\n",
        "off": f"{own}botguard_check off;\n",
        "apache": f"{own}GuardCheck On\n",
        "empty": f"{own}# Nothing, as long as it is on;\n",
        "users": "botguard_check on;\n",
    }
    for name, text in contents.items():
        (tmp_path / f"{name}.conf").write_text(text, encoding="utf-8")
    found = {Path(path).stem: on for path, on in snippets(str(tmp_path)).items()}
    assert found == {"on": True, "off": False, "apache": True, "empty": False, "users": None}


def process(proc: Path, pid: int, parent: int, maps: str, exe: str, root: str = "/") -> None:
    folder = proc / str(pid)
    folder.mkdir()
    (folder / "stat").write_text(f"{pid} (nginx) S {parent} 1 1\n", encoding="ascii")
    (folder / "maps").write_text(maps, encoding="ascii")
    os.symlink(exe, folder / "exe")
    os.symlink(root, folder / "root")


OLD_MODULE = "7f r-xp 0 00:00 1    /usr/lib/nginx/modules/ngx_botguard_module.so (deleted)\n"
MODULE = OLD_MODULE.replace(" (deleted)", "")


class TestProcesses:
    @pytest.mark.parametrize(
        ("maps", "exe", "stale"),
        [
            (MODULE, "/usr/sbin/nginx", False),
            (OLD_MODULE, "/usr/sbin/nginx", True),
            (MODULE, "/usr/sbin/nginx (deleted)", True),
            (OLD_MODULE.replace("ngx_botguard", "ngx_other"), "/usr/sbin/nginx", False),
        ],
    )
    def test_the_main_process_decides(self, tmp_path: Path, maps: str, exe: str, stale: bool) -> None:
        process(tmp_path, 10, 1, maps, exe)
        # A worker that finishes its last request with the old module is no reason.
        process(tmp_path, 11, 10, OLD_MODULE, "/usr/sbin/nginx")
        assert runs_old_program(["nginx"], "ngx_botguard_module.so", str(tmp_path)) is stale

    def test_the_server_of_a_container_does_not_count(self, tmp_path: Path) -> None:
        root = tmp_path / "container"
        root.mkdir()
        process(tmp_path, 10, 1, OLD_MODULE, "/usr/sbin/nginx", str(root))
        assert not runs_old_program(["nginx"], "ngx_botguard_module.so", str(tmp_path))
        assert not is_running(["nginx"], str(tmp_path))


class TestTrial:
    @pytest.fixture
    def module(self, tmp_path: Path) -> str:
        path = tmp_path / "candidate.so"
        path.write_bytes(b"\x7fELF")
        return str(path)

    def run(self, tmp_path: Path, module: str, code: int, text: str) -> bool:
        root = tmp_path / "unpacked"
        (root / "usr/sbin").mkdir(parents=True)
        (root / "usr/sbin/nginx").write_text("", encoding="ascii")
        self.commands: list[Command] = []

        def run(command: Command) -> CommandResult:
            self.commands.append(command)
            return CommandResult(command, code, "", text)

        return run_config_test(run, "nginx", module, "", str(tmp_path), str(root))

    def test_the_new_program_tries_it_away_from_the_configuration(self, tmp_path: Path, module: str) -> None:
        assert self.run(tmp_path, module, 0, "")
        assert self.commands == [[f"{tmp_path}/unpacked/usr/sbin/nginx", "-t", "-q", "-c", f"{tmp_path}/scratch.conf"]]
        assert f'load_module "{module}";' in (tmp_path / "scratch.conf").read_text(encoding="utf-8")

    def test_a_refusal_has_the_words_of_the_server(self, tmp_path: Path, module: str) -> None:
        with pytest.raises(RejectedError, match="version 1099999 instead of 1022001"):
            self.run(tmp_path, module, 1, "nginx: [emerg] module version 1099999 instead of 1022001")

    def test_a_program_without_its_libraries_proves_nothing(self, tmp_path: Path, module: str) -> None:
        assert not self.run(tmp_path, module, 127, "nginx: error while loading shared libraries: libx.so.1")

    def test_a_missing_file(self, tmp_path: Path) -> None:
        with pytest.raises(BadInputError, match=r"The module file /no/such\.so does not exist"):
            self.run(tmp_path, "/no/such.so", 0, "")

    def test_apache_loads_its_other_modules_first_and_not_the_old_one(self, tmp_path: Path) -> None:
        (tmp_path / "a.load").write_text("LoadModule a_module /usr/lib/a.so\n", encoding="utf-8")
        (tmp_path / "b.load").write_text('LoadModule guard_module "/usr/lib/old.so"\n', encoding="utf-8")
        loads = apache_loads([f"{tmp_path}/*.load"])
        assert loads == [("a_module", "/usr/lib/a.so"), ("guard_module", "/usr/lib/old.so")]
        text = apache_configuration("/new.so", "guard_module", loads)
        assert "old.so" not in text
        assert text.index("/usr/lib/a.so") < text.index('LoadModule guard_module "/new.so"')


def test_an_unknown_layout() -> None:
    with pytest.raises(BadInputError, match="apache on Suse is not supported"):
        layout_of("apache", "Suse")
