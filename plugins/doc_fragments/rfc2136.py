# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Documentation of the options that the modules for DNS share."""

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
requirements:
  - dnspython >= 2.3.0
  - idna >= 2.10 (it comes with C(requests))
options:
  server:
    description:
      - Address or name of the name server. For changes this is the primary server of the zones. An IPv6 address may
        be in brackets.
      - It is queried over TCP.
      - If not set, the environment variable E(RFC2136_SERVER) is used.
    type: str
  port:
    description:
      - TCP port of the name server.
      - If not set, the environment variable E(RFC2136_PORT) is used.
    type: int
    default: 53
  key_name:
    description:
      - Name of the TSIG key. If set, every query and every update is signed, and responses must be signed too.
      - If not set, the environment variable E(RFC2136_KEY_NAME) is used.
    type: str
  key_secret:
    description:
      - Secret of the TSIG key, in base64 as in the name server's configuration.
      - If not set, the environment variable E(RFC2136_KEY_SECRET) is used.
    type: str
  key_algorithm:
    description:
      - Algorithm of the TSIG key, one of C(hmac-md5), C(hmac-sha1), C(hmac-sha224), C(hmac-sha256),
        C(hmac-sha256-128), C(hmac-sha384), C(hmac-sha384-192), C(hmac-sha512) and C(hmac-sha512-256), in any letter
        case and with or without a trailing dot.
      - If not set, the environment variable E(RFC2136_KEY_ALGORITHM) is used.
    type: str
    default: hmac-sha256
  timeout:
    description:
      - Seconds to wait for a connection (including the name lookup), and for each response.
    type: int
    default: 10
"""
