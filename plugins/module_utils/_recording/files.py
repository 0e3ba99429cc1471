# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Files that are written once, whole, by anybody at the same time, and never through a link."""

from __future__ import annotations

import contextlib
import os


def write_new(directory: str, name: str, text: str) -> None:
    """Write a file that is not there yet; readers see all of it or nothing.

    :raises OSError: it cannot be written, is there already, or ``directory`` is a link or no directory.
    """
    with contextlib.suppress(FileExistsError):
        os.makedirs(directory, mode=0o700)
    folder = os.open(directory, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
    try:
        part = f".{name}.part"
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
        handle = os.open(part, flags, 0o600, dir_fd=folder)
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                file.write(text)
            # Unlike a renaming, it never takes the place of another file.
            os.link(part, name, src_dir_fd=folder, dst_dir_fd=folder)
        finally:
            os.unlink(part, dir_fd=folder)
    finally:
        os.close(folder)
