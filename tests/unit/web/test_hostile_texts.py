# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""No text of a variable becomes a directive: it is refused, or remains the same value."""

from __future__ import annotations

import copy
import re
import typing as t

import pytest

from ansible_collections.hosting.websec.plugins.module_utils._errors import BadInputError
from ansible_collections.hosting.websec.plugins.module_utils._web.config_test import (
    apache_configuration,
    nginx_configuration,
)
from ansible_collections.hosting.websec.plugins.module_utils._web.plan import web_files
from ansible_collections.hosting.websec.plugins.module_utils._web.source import read_source
from ansible_collections.hosting.websec.tests.unit.web.test_files_of_nginx_and_apache import APACHE, HOST, NGINX
from ansible_collections.hosting.websec.tests.unit.web.test_packages_and_source import REPOSITORY

ENDS = ["", ";", ";\n", "\n", "\r\n", "\r", '"', '";\n', "'", "\\", '\\"', "}\n", "> ", "#", "\0", "\x0b", "\x0c"]
ENDS += ["\x85", "\u2028", "\ud800", "${", "$", "`", " ", "\t", "\\\n"]
HOSTILE = [f"{start}{end}evil on;\nEvil On{tail}" for start in ("", "x") for end in ENDS for tail in ("", "\\")]
HOSTILE += [f"x{end}evil{tail}" for end in ENDS[1:] for tail in ("", "\\", '"', "\n")]

VALUES: dict[str, t.Any] = {
    "primary_server": "srv-1.example",
    "secondary_server": "srv-2.example:81",
    "module_path": "/usr/lib/x.so",
    "snippets_directory": "/etc/x.d",
    "skip": "^/status$",
    "cache_results": True,
    "real_ip": {"networks": ["192.0.2.0/24"], "header": "X-Real-IP"},
}
OF_APACHE: dict[str, t.Any] = {
    **VALUES,
    "module_name": "guard_module",
    "directives": {
        "primary_server": "GuardFirst",
        "secondary_server": "GuardSecond",
        "check": "GuardCheck",
        "cache_results": "GuardCache",
        "skip": "GuardSkip",
    },
}
SETTINGS = {"nginx": {**NGINX, **VALUES}, "apache": {**APACHE, **OF_APACHE}}
SITE = {"domain": "a.example", "servers": {"primary": "srv-3.example", "secondary": "srv-4.example"}}


def places(value: t.Any, place: tuple[t.Any, ...] = ()) -> t.Iterator[tuple[t.Any, ...]]:
    """The places of texts in ``value``."""
    if isinstance(value, str):
        yield place
    elif isinstance(value, (dict, list)):
        for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
            yield from places(inner, (*place, key))


def replaced(value: t.Any, place: tuple[t.Any, ...], text: str) -> t.Any:
    """``value`` with ``text`` at that place."""
    made = copy.deepcopy(value)
    inner = made
    for key in place[:-1]:
        inner = inner[key]
    inner[place[-1]] = text
    return made


def nginx_directives(text: str) -> list[list[str]]:
    """The directives as nginx splits them (ngx_conf_read_token), each with its values."""
    found: list[list[str]] = [[]]
    for token in re.finditer(r'#[^\n]*|"((?:[^"\\]|\\.)*)"|\'(?:[^\'\\]|\\.)*\'|[;{}]|[^\s;{}"\']+', text, re.DOTALL):
        if token[0] in (";", "{", "}"):
            found.append([])
        elif not token[0].startswith("#"):
            found[-1].append(re.sub(r"\\(.)", r"\1", token[1]) if token[1] is not None else token[0])
    return [each for each in found if each]


def apache_directives(text: str) -> list[list[str]]:
    """The directives as Apache splits them: lines, joined where one ends with a backslash."""
    lines = [line.strip() for line in text.replace("\\\n", "").split("\n")]
    return [
        [re.sub(r"\\([\\\"])", r"\1", word[1]) if word[1] is not None else word[0] for word in words]
        for line in lines
        if line and not line.startswith("#")
        for words in [list(re.finditer(r'"((?:[^"\\]|\\.)*)"|\S+', line))]
    ]


DIRECTIVES = {"nginx": nginx_directives, "apache": apache_directives}


def directives(server: str, settings: dict[str, t.Any], site: dict[str, t.Any]) -> list[list[str]]:
    made = web_files([site], server, "Debian", {**settings, "servers_per_website": True}, HOST)
    for file in made["files"]:
        assert re.fullmatch(r"(/[A-Za-z0-9_+][A-Za-z0-9_.+-]*)+", file["path"]), file
    contents = [file.get("content", "") for file in made["files"]]
    assert all(content == content.encode().decode() for content in contents)
    return [each for content in contents for each in DIRECTIVES[server](content)]


@pytest.mark.parametrize("server", ["nginx", "apache"])
class TestFilesOfTheWebServer:
    def tried(self, server: str, place: tuple[t.Any, ...], text: str) -> list[list[str]]:
        if place[0] == "site":
            return directives(server, SETTINGS[server], replaced(SITE, place[1:], text))
        return directives(server, replaced(SETTINGS[server], place, text), SITE)

    def test_every_text(self, server: str) -> None:
        written = VALUES if server == "nginx" else OF_APACHE
        usual = directives(server, SETTINGS[server], SITE)
        accepted = set()
        for place in [*places(written), *(("site", *place) for place in places(SITE))]:
            for text in HOSTILE:
                try:
                    found = self.tried(server, place, text)
                except BadInputError:
                    continue
                accepted.add(place)
                assert [len(each) for each in found] == [len(each) for each in usual], (place, text)
                differ = [new for new, old in zip(found, usual) if new != old]
                assert len(differ) == 1, (place, text)
                assert differ[0][-1] == text, (place, text)
        # The one free text is used unchanged, and the tokenizers would end it too early.
        assert accepted == {("skip",)}


@pytest.mark.parametrize("text", HOSTILE)
def test_the_path_of_a_module_file_in_the_config_test(text: str) -> None:
    for configuration, split in ((nginx_configuration, nginx_directives), (apache_config_test, apache_directives)):
        usual = split(configuration("/x.so", "/pid"))
        try:
            found = split(configuration(text, "/pid"))
        except BadInputError:
            continue
        assert [len(each) for each in found] == [len(each) for each in usual]
        assert [text] == [new for ours, old in zip(found, usual) for new, was in zip(ours, old) if new != was]


def apache_config_test(module: str, _pid: str) -> str:
    return apache_configuration(module, "guard_module", [])


@pytest.mark.parametrize("text", HOSTILE)
def test_options_are_free_but_no_control_characters(text: str) -> None:
    try:
        made = web_files([], "nginx", "Debian", {**NGINX, "options": text}, HOST)
    except BadInputError:
        return
    written = "".join(file.get("content", "") for file in made["files"])
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f]", written)
    # Only a line break begins a line, so a comment stays a comment.
    assert text.rstrip("\n").count("\n") == written.count("\n") - web_lines()


def web_lines() -> int:
    made = web_files([], "nginx", "Debian", {**NGINX, "options": "x"}, HOST)
    return "".join(file.get("content", "") for file in made["files"]).count("\n")


@pytest.mark.parametrize("family", ["Debian", "RedHat"])
def test_the_file_of_a_repository(family: str) -> None:
    source = {
        **REPOSITORY,
        "name": "botguard",
        "components": ["main"],
        "baseurl": "https://packages.example",
        "gpgkey": "https://packages.example/key",
        "version": "1.0",
        "server_packages": ["nginx"],
        "server_version": "1.0",
        "path": "x",
    }
    for place in places({key: value for key, value in source.items() if key != "type"}):
        for text in HOSTILE:
            try:
                read_source(replaced(source, place, text), "nginx", family)
            except BadInputError:
                continue
            # A key may have lines, the path of a file on the control node may have blanks, the rest is one word.
            free = {"signed_by": r"[^\x00-\x09\x0b\x0c\x0e-\x1f]+", "path": r"[^\x00-\x1f]+"}
            assert re.fullmatch(free.get(place[0], "[!-~]+"), text), (place, text)
