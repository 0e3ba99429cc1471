# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A file of a fleet that is written whole, and never over the work of a person."""

from __future__ import annotations

import contextlib
import hashlib
import os
import stat
import tempfile
import typing as t

import yaml

MARK = "# Written by the playbook hosting.websec.export."
_SUM = "# sha256 of what follows: "
_MODE = 0o640


class KeptError(Exception):
    """The file is not replaced."""


def text_of(variables: t.Mapping[str, t.Any]) -> str:
    """The file with these variables. Its head says whether somebody edited it since."""
    body = yaml.dump(dict(variables), Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=120)
    head = f"{MARK}\n# Applied unchanged, it changes nothing. Once it is edited, an export does not replace it."
    return f"{head}\n{_SUM}{_digest(body)}\n---\n{body}"


class _Dumper(getattr(yaml, "CSafeDumper", yaml.SafeDumper)):  # type: ignore[misc]  # chosen when it runs
    """Without anchors, which people cannot edit."""

    def ignore_aliases(self, _data: t.Any) -> bool:
        return True


def _represent_text(dumper: t.Any, text: str) -> yaml.Node:
    """What a vendor or a customer wrote is no template: Ansible would run it where the file is applied."""
    is_template = any(mark in text for mark in ("{{", "{%", "{#"))
    node: yaml.Node = dumper.represent_scalar("!unsafe" if is_template else "tag:yaml.org,2002:str", text)
    return node


_Dumper.add_representer(str, _represent_text)


def _digest(body: str) -> str:
    return hashlib.sha256(body.encode("utf-8")).hexdigest()


def is_unedited(text: str) -> bool:
    """Whether a file is as an export wrote it."""
    head, _line, body = text.partition("\n---\n")
    return head.startswith(MARK) and head.endswith(f"{_SUM}{_digest(body)}")


def replace(path: str, text: str, *, force: bool, check_mode: bool) -> tuple[bool, str]:
    """Bring a file to its content, as a whole or not at all.

    :param force: replace it also if somebody else wrote or edited it.
    :returns: whether it differed, and what it was.
    :raises KeptError: it differs, and somebody else wrote or edited it. C(OSError): it cannot be written.
    """
    path = os.path.realpath(path)
    try:
        status = os.stat(path)
        if not stat.S_ISREG(status.st_mode):
            raise KeptError("it is not a file")
        with open(path, encoding="utf-8", errors="surrogateescape", newline="") as file:
            before = file.read()
        mode = stat.S_IMODE(status.st_mode)
    except FileNotFoundError:
        before, mode = "", _MODE
    if before == text:
        return False, before
    if before and not force and not is_unedited(before):
        raise KeptError("it was not written by an export, or was edited since")
    if not check_mode:
        _write(path, text, mode)
    return True, before


def _write(path: str, text: str, mode: int) -> None:
    handle, new = tempfile.mkstemp(prefix=f".{os.path.basename(path)}.", dir=os.path.dirname(path))
    try:
        with open(handle, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(new, mode)
        os.replace(new, path)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(new)
        raise
