# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A module file, tested by the web server itself on a configuration of a few lines, before anything is installed."""

from __future__ import annotations

import glob
import os
import re
import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._errors import BadInputError, RejectedError
from ansible_collections.hosting.websec.plugins.module_utils._web.host import CommandResult
from ansible_collections.hosting.websec.plugins.module_utils._web.journal_entry import Command
from ansible_collections.hosting.websec.plugins.module_utils._web.values import directive_name, quoted

Run = t.Callable[[Command], CommandResult]

APACHE_FILES = ("/etc/apache2/mods-enabled/*.load", "/etc/httpd/conf.modules.d/*.conf")

_LOAD_LINE = re.compile(r"^[ \t]*LoadModule[ \t]+(\S+)[ \t]+(\S+)", re.MULTILINE | re.IGNORECASE)


def nginx_configuration(module: str, pid: str) -> str:
    """A configuration that loads the module and uses a directive of BotGuard. ``pid``: a path that is free."""
    return (
        f"load_module {quoted(module, 'path')};\npid {quoted(pid, 'path')};\nevents {{}}\n"
        "http { access_log off; botguard_check off; }\n"
    )


def apache_configuration(module: str, name: str, loads: t.Sequence[tuple[str, str]]) -> str:
    """A configuration that loads the module after those that the server loads anyway."""
    lines = [f"LoadModule {other} {path}" for other, path in loads if other != name]
    return "\n".join(
        ["ServerName localhost", "ErrorLog /dev/null", *lines, f"LoadModule {name} {quoted(module, 'path')}", ""]
    )


def apache_loads(patterns: t.Sequence[str] = APACHE_FILES) -> list[tuple[str, str]]:
    """Names and paths of the modules that Apache loads now."""
    found = []
    for pattern in patterns:
        for path in sorted(glob.glob(pattern)):
            with open(path, encoding="utf-8", errors="replace") as file:
                found += _LOAD_LINE.findall(file.read())
    return [(name, path.strip('"')) for name, path in found]


def run_config_test(run: Run, server: str, module: str, name: str, folder: str, root: str) -> bool:
    """Make the server load the file.

    :param folder: an empty folder for the configuration.
    :param root: the folder into which packages of the server were unpacked, if they contain its program;
        otherwise the installed program is used.
    :returns: whether the test was possible. An unpacked program may need libraries that are not installed yet.
    :raises RejectedError: the server does not accept the file, with its message.
    """
    if not os.path.isfile(module):
        raise BadInputError(f"The module file {module} does not exist.")
    scratch = os.path.join(folder, "scratch.conf")
    if server == "nginx":
        text = nginx_configuration(module, os.path.join(folder, "pid"))
        command = [_program(root, ["/usr/sbin/nginx"]), "-t", "-q", "-c", scratch]
    else:
        text = apache_configuration(module, directive_name(name, "module_name"), apache_loads())
        command = [_program(root, ["/usr/sbin/apache2", "/usr/sbin/httpd"]), "-t", "-f", scratch]
    with open(scratch, "w", encoding="utf-8") as file:
        file.write(text)
    result = run(command)
    if root and command[0].startswith(root) and "error while loading shared libraries" in result.text:
        return False
    if result.exit_code:
        raise RejectedError(
            f"The web server does not load the module file {os.path.basename(module)}: {result.text}",
            hint="Nothing was installed or loaded. Get the module build for this version of the server.",
        )
    return True


def _program(root: str, paths: t.Sequence[str]) -> str:
    inside = [f"{root.rstrip('/')}{path}" for path in paths] if root else []
    found = [path for path in [*inside, *paths] if os.path.isfile(path)]
    if not found:
        raise BadInputError("The web server is not installed.", hint="Install it, or add it to server_packages.")
    return found[0]
