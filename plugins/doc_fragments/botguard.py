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
      - API key of your partner account, as shown on its credentials page. It is sent in a header, never in a URL.
      - If not set, the environment variable E(BOTGUARD_API_KEY) is used.
    type: str
    required: true
  validate_certs:
    description:
      - Whether to verify the TLS certificate of the API. Set it to V(false) in tests only; the module then warns.
      - If not set, the environment variable E(BOTGUARD_VALIDATE_CERTS) is used.
    type: bool
    default: true
  ca_path:
    description:
      - File or directory with trusted CA certificates, instead of those of the Python library
        C(requests).
      - If not set, the environment variable E(BOTGUARD_CA_PATH) is used.
    type: path
  client_cert:
    description:
      - File with a TLS client certificate (PEM), for a proxy on your side that requires one.
      - If not set, the environment variable E(BOTGUARD_CLIENT_CERT) is used.
    type: path
  client_key:
    description:
      - File with the private key of O(client_cert), if it is not in the same file.
      - If not set, the environment variable E(BOTGUARD_CLIENT_KEY) is used.
    type: path
  timeout:
    description:
      - Maximum number of seconds for one attempt of a call, from the name lookup to the last byte of the response. A
        read has O(retries) more attempts, each with the same
        timeout.
      - A read also ends at the deadline of the task, if it has one. A write in progress gets up to 5 more seconds for
        its response, because the outcome of a write is unknown without it.
      - If not set, the environment variable E(BOTGUARD_TIMEOUT) is used.
    type: int
    default: 30
  retries:
    description:
      - How often to retry a B(read) after a broken connection, a missing response, or HTTP 429 or 5xx, with increasing
        pauses. Writes are never blindly retried - after a lost response the current state is read
        first, and a website or a sub-account is never added a second time.
      - If not set, the environment variable E(BOTGUARD_RETRIES) is used.
    type: int
    default: 3
  requests_per_second:
    description:
      - Maximum number of requests per second, for all workers of the task together. The requests are spread evenly.
      - By default there is no limit on the client's side. If the server requests a pause (HTTP 429, or 503 with
        C(Retry-After)), all workers pause, for at most one minute each time.
      - If not set, the environment variable E(BOTGUARD_REQUESTS_PER_SECOND) is used.
    type: float
  record_answers:
    description:
      - The absolute path of a directory in which every answer of the API is kept as a file, so that it can become a
        test case of this collection. It is made if it is not there, on the host that runs the task.
      - Names, domains, addresses, ids, dates, texts and secrets are replaced before anything is written. Requests are
        not kept. See the page C(docs/first-contact.md).
      - At most 100 answers to the same call are kept in a task. If one cannot be written, the module warns once, and
        goes on without.
      - Reads are recorded in check mode, too.
      - If not set, the environment variable E(BOTGUARD_RECORD_ANSWERS) is used.
    type: path
requirements:
  - requests
notes:
  - Set the connection options once for all BotGuard modules with C(module_defaults) for the group
    C(group/hosting.websec.botguard).
  - Responses larger than 8 MiB (compressed or decompressed) are refused, and so are responses with a content coding
    other than C(gzip) or C(deflate), or with several.
  - Written from the vendor's public material, and not verified against the live service. The vendor does not publish
    the field names in responses, nor how the API reports that a website does not exist. So a website counts as absent
    only after an unambiguous response (HTTP 404 with the error object of the API), or if the API returns no website
    for the domain and the list of all websites does not contain it either. Everything else is an error.
"""

    PAGES = r"""
options:
  lang:
    description: The language of the pages that RV(ignore:events_url) and RV(ignore:settings_url) point to.
    type: str
    choices: [en, ru]
    default: en
"""
