# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A plan as one line of text, for systems that hand values and no files from one job to the next, such as the workflows
of AWX."""

from __future__ import annotations

import base64
import binascii
import zlib

from ansible_collections.hosting.websec.plugins.module_utils._errors import BadInputError
from ansible_collections.hosting.websec.plugins.module_utils._texts import counted, number

PREFIX = "websec-plan-1:"
MOST = 512 * 1024
"""Characters of a packed plan. AWX documents no limit for what a job hands on; it keeps it in its database, and shows
it as a variable of each later job. It drops results of tasks above 700,000 bytes (C(MAX_EVENT_RES_DATA))."""


def is_packed(text: str) -> bool:
    return text.startswith(PREFIX)


def pack(content: str) -> str:
    """The content of the file of a plan as one line, without characters that a template would take for its own.

    :raises BadInputError: it is too large.
    """
    packed = PREFIX + base64.b64encode(zlib.compress(content.encode(), 9)).decode()
    if len(packed) > MOST:
        raise BadInputError(
            f"The plan is too large to be handed on by a workflow: packed, it has {counted(len(packed), 'character')} "
            f"of {number(MOST)}.",
            hint="Write it to a folder that both jobs mount: set plan_file and approved_plan to a path there, and do "
            "not publish it. Or divide the fleet into several files.",
        )
    return packed


def unpack(text: str, most: int) -> bytes | None:
    """The content of the file; C(None) if the text was not made by C(pack).

    :param most: bytes of the content.
    """
    if len(text) > MOST:
        return None
    decompressor = zlib.decompressobj()
    try:
        content = decompressor.decompress(base64.b64decode(text[len(PREFIX) :], validate=True), most)
    except (binascii.Error, ValueError, zlib.error):
        return None
    return content if decompressor.eof and not decompressor.unused_data else None
