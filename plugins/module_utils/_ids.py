# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Ids in user input: text or a whole number.

Nothing else is converted to an id. C(8765.0) and C(true) in a YAML file are mistakes, and the resulting id could be
that of another plan or another site.
"""

from __future__ import annotations

import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._errors import BadInputError
from ansible_collections.hosting.websec.plugins.module_utils._parsing import MAX_DIGITS, whole_number

ID: dict[str, t.Any] = {"type": "raw"}
"""The option for an id. Ansible's types C(int) and C(str) would convert C(8765.0) and C(true) to ids."""


def number_id(value: object, what: str) -> int:
    """The numeric id in ``value``.

    :param what: the option and its owner, the beginning of a message.
    :raises BadInputError: it is not an id.
    """
    number = whole_number(value.strip()) if isinstance(value, str) else value
    if not isinstance(number, int) or isinstance(number, bool) or not 0 < number < 10**MAX_DIGITS:
        raise _refusal(value, what, "the positive number that the vendor assigned")
    return int(number)


def text_id(value: object, what: str) -> str:
    """The id in ``value``, which may contain letters. See ``number_id``."""
    if isinstance(value, str) and not value.strip():
        raise BadInputError(f"{what} is empty.", hint="Give the id, or omit it.")
    if isinstance(value, bool) or not isinstance(value, (str, int)) or (isinstance(value, int) and value < 1):
        raise _refusal(value, what, "the id that the vendor assigned")
    # With blanks around it, an id would differ from that of the API in every pass.
    return str(value).strip()


def _refusal(value: object, what: str, wanted: str) -> BadInputError:
    shown = repr(value)
    return BadInputError(
        f"{what} is {shown if len(shown) <= 60 else f'{shown[:60]}...'}; it must be {wanted}.",
        hint="Write it as a whole number, such as 8765, or in quotes.",
    )
