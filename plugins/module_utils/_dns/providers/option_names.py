# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Names and choices of options in O(dns), which may be shown wherever they are."""

from __future__ import annotations

import difflib
import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._dns.providers.interface import NOT_ATOMIC, ZONE_ATOMIC
from ansible_collections.hosting.websec.plugins.module_utils._dns.providers.octodns_values import ESCAPED, PLAIN
from ansible_collections.hosting.websec.plugins.module_utils._secrets import HIDDEN

RFC2136 = "rfc2136"
OCTODNS = "octodns"
PYTHON = "python"
TYPES = (RFC2136, OCTODNS, PYTHON)
BEST_EFFORT = "best_effort"

TASK_FILE = "task_file"
"""What the role C(sitelock_waf) makes of its former variable C(dns_records_provider)."""

FLAT = ("server", "port", "key_name", "key_secret", "key_algorithm", "timeout", "propagation_servers")
OF_SET = ("providers", "zones", "default", "accept")
OF_DRIVER = ("type", "class", "options", "atomicity", "txt", "concurrency", "propagation_servers")
"""Options of a provider with a class, without those of the class itself."""
OF_CLASSES = ("host", "port", "scheme", "server", "server_id", "region", "timeout", "retries")
"""Common options of classes. Their values are no secrets, if they have the form of this option."""
SECRETS_OF_CLASSES = ("api_key", "token", "username", "password", "access_key_id", "secret_access_key")
"""Common options of classes that have secrets."""

KNOWN = frozenset(
    (
        *(*TYPES, BEST_EFFORT, ZONE_ATOMIC, NOT_ATOMIC, PLAIN, ESCAPED),
        *(*FLAT, *OF_SET, *OF_DRIVER, *OF_CLASSES, *SECRETS_OF_CLASSES, TASK_FILE),
    )
)


def named(text: str, more: t.Container[str] = ()) -> str:
    """``text`` for messages: hidden unless it is one of the names above, or of ``more``."""
    return text if text in KNOWN or text in more else HIDDEN


def did_you_mean(given: t.Iterable[str], known: t.Iterable[str]) -> str:
    """The known names that wrong ones resemble, as a sentence for messages; empty if there is none.

    The wrong names may be secrets, so they are not in it.
    """
    choices = list(known)
    close = [match for each in given for match in difflib.get_close_matches(each, choices, n=1, cutoff=0.7)]
    return f" Did you mean {', '.join(dict.fromkeys(close))}?" if close else ""
