# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Documentation of the options of modules that hand mail to an SMTP server."""

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  smtp_host:
    description: The SMTP server.
    type: str
    default: localhost
  smtp_port:
    description: Its port. By default 587 with V(starttls), 465 with V(tls) and 25 with V(none).
    type: int
  smtp_security:
    description:
      - V(starttls) encrypts the connection after its start. If the server does not offer that, nothing is sent.
      - V(tls) encrypts it from the start. V(none) does not encrypt it, for a server on the same machine.
    type: str
    choices: [none, starttls, tls]
    default: starttls
  smtp_username:
    description: User name for the sign-in (C(PLAIN) or C(LOGIN)). By default there is no sign-in.
    type: str
  smtp_password:
    description: Password for the sign-in. It is refused with O(smtp_security=none).
    type: str
  smtp_ca_path:
    description: File with the certificates of the authorities to trust. By default those of the system.
    type: path
  smtp_validate_certs:
    description: Whether to verify the certificate of the SMTP server.
    type: bool
    default: true
  smtp_timeout:
    description:
      - Seconds to wait for the connection and for each answer. After the last line of a message it waits for at least
        600 seconds, as RFC 5321 asks, because giving up earlier leaves the outcome unknown.
    type: int
    default: 30
notes:
  - Each of the C(smtp_) options can come from the environment, for example O(smtp_password) from
    E(SITELOCK_SMTP_PASSWORD).
"""
