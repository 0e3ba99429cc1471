# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The methods of the API: each stands where it is answered, with what its request must look like."""

from __future__ import annotations

import typing

from .answer import Answer
from .context import Context
from .grammar import METHODS, Field, Method, Part, Values

Handler = typing.Callable[[Context, Values], Answer]
Check = typing.Callable[[Context, Values], None]

HANDLERS: dict[str, Handler] = {}
CHECKS: dict[str, Check] = {}


class Rejected(Exception):
    """The request has the right form, and the API says no: its text is that of the element C(error)."""


class WafError(Exception):
    """A method of Firewall & CDN says no: the text and the code of its element C(error), and why, for the journal."""

    def __init__(self, message: str, code: str | None = None, reason: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.code = code
        self.reason = reason


class ProductError(Exception):
    """A method of the products behind the firewall says no: its text, and why, for the journal."""

    def __init__(self, message: str, reason: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.reason = reason


def invalid(reason: str) -> WafError:
    """A value that cannot be set, in the words that setWafOrigin documents."""
    return WafError("Invalid configuration parameter value", "6002", reason)


def method(
    name: str,
    *children: Part,
    attributes: tuple[Field, ...] = (),
    write: bool = False,
    check: Check | None = None,
) -> typing.Callable[[Handler], Handler]:
    """Make a function the answer to the method ``name``.

    :param children: elements of the request. :param attributes: its attributes. :param write: it changes something.
    :param check: raises grammar.Refused for elements that do not go together.
    """

    def register(handler: Handler) -> Handler:
        METHODS[name] = Method(children, attributes, write)
        HANDLERS[name] = handler
        if check:
            CHECKS[name] = check
        return handler

    return register
