# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""E-mail addresses in the form in which an SMTP server takes them."""

from __future__ import annotations

import re

from ansible_collections.hosting.websec.plugins.module_utils._domain import normalise_domain
from ansible_collections.hosting.websec.plugins.module_utils._errors import BadInputError
from ansible_collections.hosting.websec.plugins.module_utils._texts import shortened

MAX_LOCAL = 64
MAX_SHOWN = 100

# RFC 5321, 4.1.2: Dot-string. A quoted local part is valid too, and no mail service gives one to people.
_LOCAL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")


def check_address(text: str, what: str) -> str:
    """The one address in ``text``, its domain as punycode.

    :param what: the option or field, the beginning of a message.
    :raises BadInputError: it is not a single plain address. So it cannot contain another recipient or another command.
    """
    local, at, domain = text.strip().rpartition("@")
    try:
        if not at:
            raise BadInputError("it has no '@'")
        if not local.isascii():
            raise BadInputError("letters other than ASCII before the '@' are not supported")
        if not _LOCAL.fullmatch(local) or len(local) > MAX_LOCAL:
            raise BadInputError("the part before the '@' is not valid")
        return f"{local}@{normalise_domain(domain)}"
    except BadInputError as error:
        raise BadInputError(
            f"{what} is {shortened(text, MAX_SHOWN)!r}, which is not an e-mail address: {error.message.rstrip('.')}.",
            hint="Give one address, such as jane@example.com, without a name.",
        ) from None
