# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Documentation of the options that all BotGuard modules share."""

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  api_url:
    description:
      - Address of the partner API.
      - Plain C(http://) is accepted for loopback addresses only, because every request carries the key.
        Redirects are never followed.
      - If not set, the environment variable E(BOTGUARD_API_URL) is used.
    type: str
    default: https://apiv2.botguard.net
  api_key:
    description:
      - The key of your partner account, from its page with the credentials. It is sent in a header, never in a URL.
      - If not set, the environment variable E(BOTGUARD_API_KEY) is used.
    type: str
    required: true
  validate_certs:
    description:
      - Whether the TLS certificate of the API is checked. Set it to V(false) in tests only; there is a warning then.
      - If not set, the environment variable E(BOTGUARD_VALIDATE_CERTS) is used.
    type: bool
    default: true
  ca_path:
    description:
      - File or directory with the certificates of the authorities to trust, instead of those of the Python library
        C(requests).
      - If not set, the environment variable E(BOTGUARD_CA_PATH) is used.
    type: path
  client_cert:
    description:
      - File with a TLS client certificate (PEM), for a proxy on your side that asks for one.
      - If not set, the environment variable E(BOTGUARD_CLIENT_CERT) is used.
    type: path
  client_key:
    description:
      - File with the private key of O(client_cert), when it is not in the same file.
      - If not set, the environment variable E(BOTGUARD_CLIENT_KEY) is used.
    type: path
  timeout:
    description:
      - Seconds that one try of a call may take in all, from the look-up of the server's name to the last byte of the
        answer, whatever the resolver, a proxy or the server does. A read has O(retries) more tries, with as much time
        each.
      - A read also ends at the deadline of the task, if it has one. A write that is under way then has up to 5 seconds
        for its answer, because nobody knows what a write did whose answer is lost.
      - If not set, the environment variable E(BOTGUARD_TIMEOUT) is used.
    type: int
    default: 30
  retries:
    description:
      - How often a B(read) is repeated after a broken connection, a missing answer, or HTTP 429 or 5xx, with growing
        pauses. Writes are never repeated blindly, whatever this says - after a lost answer the present state is read
        again first, and a website or a sub-account is never added a second time.
      - If not set, the environment variable E(BOTGUARD_RETRIES) is used.
    type: int
    default: 3
  requests_per_second:
    description:
      - How many requests may be sent in a second, by all workers of the task together. They are spread evenly.
      - Without it there is no limit but the one of the server. A pause that the server asks for (HTTP 429, or 503 with
        C(Retry-After)) is made by all workers together, a minute at the most each time.
      - If not set, the environment variable E(BOTGUARD_REQUESTS_PER_SECOND) is used.
    type: float
requirements:
  - requests
notes:
  - The options of the connection can be set once for all BotGuard modules, with C(module_defaults) for the group
    C(group/hosting.websec.botguard).
  - An answer of more than 8 MiB, also when it is unpacked, is refused, and so is one with a content coding other than
    C(gzip) or C(deflate), or with more than one.
  - Written from the vendor's public material, and not verified against the live service. The vendor does not publish
    the names of the fields in an answer, nor how the API says that a website is not there. So a website counts as
    absent only after a clear answer (HTTP 404 with the error object of the API), or when the API gives no website
    for the domain and the list of all websites does not hold it either. Everything else is an error.
"""

    PAGES = r"""
options:
  lang:
    description: The language of the pages that RV(ignore:events_url) and RV(ignore:settings_url) point to.
    type: str
    choices: [en, ru]
    default: en
"""
