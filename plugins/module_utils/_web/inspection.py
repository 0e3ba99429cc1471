# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The state of a web server: its build, its configuration, its processes. Reads only."""

from __future__ import annotations

import dataclasses
import fnmatch
import glob
import os
import re
import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._web.host import CommandResult
from ansible_collections.hosting.websec.plugins.module_utils._web.journal_entry import Command
from ansible_collections.hosting.websec.plugins.module_utils._web.layout import OWN_MARK, Layout

Run = t.Callable[[Command], CommandResult]

_DUMPED_FILE = re.compile(r"^# configuration file (.+):$", re.MULTILINE)
_NGINX_COMMENT = re.compile(r"(?:^|(?<=\s))#.*$", re.MULTILINE)
_NGINX_DIRECTIVE = re.compile(
    r"(?:^|[;{}])\s*(load_module|aio|include|botguard_check)\s+([^;{}]+?)\s*(?=;)", re.MULTILINE
)
_APACHE_DIRECTIVE = re.compile(
    r"^[ \t]*(LoadModule|Include|IncludeOptional)[ \t]+(.+?)[ \t]*$", re.MULTILINE | re.IGNORECASE
)
_APACHE_FILE = re.compile(r"^\s*(?:\(\S+\)|\*)\s+(/.+?)(?:\s+\(\d+\))?\s*$", re.MULTILINE)
_SWITCHED_ON = re.compile(r"^[ \t]*[A-Za-z]\w*[ \t]+on;?[ \t]*$", re.MULTILINE | re.IGNORECASE)


@dataclasses.dataclass(frozen=True)
class Directive:
    """A relevant directive, and its file."""

    file: str
    name: str
    value: str


@dataclasses.dataclass(frozen=True)
class Inspection:
    """The findings, see the documentation of the module C(botguard_web_info)."""

    installed: bool
    version: str = ""
    threads: bool = False
    valid: bool = False
    message: str = ""
    directives: list[Directive] = dataclasses.field(default_factory=list)

    def loaded_by(self, module_file: str) -> list[str]:
        """The files that load the module file of this name."""
        found = (line for line in self.directives if line.name in ("load_module", "loadmodule"))
        return sorted({line.file for line in found if os.path.basename(_bare(line.value.split()[-1])) == module_file})

    def aio_set_by(self, own: str) -> list[str]:
        """The files, apart from the role's own, that set C(aio)."""
        return sorted({line.file for line in self.directives if line.name == "aio" and line.file != own})

    def reads(self, paths: t.Sequence[str], root: str) -> bool:
        """Whether an include, wherever it is, names or matches one of ``paths``."""
        names = ("include", "includeoptional")
        includes = [os.path.join(root, _bare(line.value)) for line in self.directives if line.name in names]
        return any(fnmatch.fnmatch(path, include) for path in paths for include in includes)

    def needed(self, paths: t.Sequence[str], root: str) -> list[str]:
        """Those of ``paths`` without which the configuration is no longer valid."""
        includes = [os.path.join(root, _bare(line.value)) for line in self.directives if line.name == "include"]
        return sorted(path for path in paths if any(self._fails_without(include, path) for include in includes))

    def _fails_without(self, include: str, path: str) -> bool:
        if include == path:
            return True
        # nginx ignores a pattern without a match, and for Apache's Include it is an error.
        return self._is_apache and fnmatch.fnmatch(path, include) and set(glob.glob(include)) <= {path}

    @property
    def _is_apache(self) -> bool:
        return self.version.startswith("Apache")


def _bare(value: str) -> str:
    return value.strip().strip("\"'")


def inspect_nginx(run: Run) -> Inspection:
    """Read the build and the configuration of nginx."""
    build = run(["nginx", "-V"])
    if build.exit_code:
        return Inspection(installed=False, message=build.text)
    version = re.search(r"nginx version: (\S+)", build.stderr)
    dump = run(["nginx", "-T", "-q"])
    return Inspection(
        installed=True,
        version=version.group(1) if version else "",
        threads="--with-threads" in build.stderr.split(),
        valid=dump.exit_code == 0,
        message="" if dump.exit_code == 0 else dump.stderr.strip(),
        directives=nginx_directives(dump.stdout),
    )


def nginx_directives(dump: str) -> list[Directive]:
    """The directives in the output of C(nginx -T)."""
    parts = _DUMPED_FILE.split(dump)
    return [
        Directive(file, found.group(1), found.group(2))
        for file, text in zip(parts[1::2], parts[2::2])
        for found in _NGINX_DIRECTIVE.finditer(_NGINX_COMMENT.sub("", text))
    ]


def inspect_apache(run: Run) -> Inspection:
    """Read the build and the configuration files of Apache."""
    build = run(["apachectl", "-v"])
    if build.exit_code:
        return Inspection(installed=False, message=build.text)
    version = re.search(r"Server version: (\S+)", build.stdout)
    test = run(["apachectl", "-t"])
    listed = run(["apachectl", "-t", "-D", "DUMP_INCLUDES"])
    files = _APACHE_FILE.findall(listed.stdout)
    return Inspection(
        installed=True,
        version=version.group(1) if version else "",
        valid=test.exit_code == 0,
        message="" if test.exit_code == 0 else test.text,
        directives=[directive for file in files for directive in apache_directives(file, _read(file))],
    )


def apache_directives(file: str, text: str) -> list[Directive]:
    """The directives in a file of Apache's configuration."""
    joined = text.replace("\\\n", " ")
    return [Directive(file, found.group(1).lower(), found.group(2)) for found in _APACHE_DIRECTIVE.finditer(joined)]


def _read(path: str) -> str:
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            return file.read()
    except OSError:
        return ""


def snippets(folder: str) -> dict[str, bool | None]:
    """The files for websites: whether they turn the check on; C(None) for one that is not the role's."""
    found = {path: _read(path) for path in sorted(glob.glob(os.path.join(glob.escape(folder), "*.conf")))}
    return {
        path: bool(_SWITCHED_ON.search(text)) if text.startswith(OWN_MARK) else None for path, text in found.items()
    }


def is_foreign(layout: Layout) -> bool:
    """Whether a file that the role does not manage exists where the role would write the line that loads the module."""
    return os.path.exists(layout.load) and not _read(layout.load).startswith(OWN_MARK)


def runs_old_program(names: t.Sequence[str], module_file: str, proc: str = "/proc") -> bool:
    """Whether the main process of the server still uses a replaced or removed program or module file.

    :param names: names of the process, for example C(nginx).
    """
    return any(_uses_deleted(folder, module_file) for folder in _main_processes(names, proc))


def is_running(names: t.Sequence[str], proc: str = "/proc") -> bool:
    """Whether the server is running."""
    return bool(_main_processes(names, proc))


def _main_processes(names: t.Sequence[str], proc: str) -> list[str]:
    """Folders in C(/proc) of the processes with such a name whose parent has another one, on this root file system."""
    processes = {}
    for folder in glob.glob(os.path.join(proc, "[0-9]*")):
        found = re.match(r"(\d+) \((.*)\) \S (\d+) ", _read(os.path.join(folder, "stat")), re.DOTALL)
        if found and found.group(2) in names:
            processes[found.group(1)] = (folder, found.group(3))
    return sorted(folder for folder, parent in processes.values() if parent not in processes and _on_this_root(folder))


def _on_this_root(folder: str) -> bool:
    """Whether the process is not the server of a container on this host."""
    try:
        return os.path.samefile(os.path.join(folder, "root"), "/")
    except OSError:
        return False


def _uses_deleted(folder: str, module_file: str) -> bool:
    lines = _read(os.path.join(folder, "maps")).splitlines()
    deleted = [line for line in lines if line.endswith(" (deleted)")]
    try:
        program = os.readlink(os.path.join(folder, "exe"))
    except OSError:
        program = ""
    return program.endswith(" (deleted)") or any(module_file in os.path.basename(line) for line in deleted)
