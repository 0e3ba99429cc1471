# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Documentation of the options that all SiteLock modules share."""

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  api_url:
    description:
      - Address of the partner API.
      - Plain C(http://) is accepted for loopback addresses only, because every request carries the password.
        Redirects are never followed.
      - If not set, the environment variable E(SITELOCK_API_URL) is used.
    type: str
    default: https://api.sitelock.com/v1/partner
  api_username:
    description:
      - User name of your partner account at the API.
      - Set O(api_username) and O(api_password), or O(api_client_id) and O(api_client_secret). Setting both pairs, in
        the task or in the environment, is an error.
      - If not set, the environment variable E(SITELOCK_API_USERNAME) is used.
    type: str
  api_password:
    description:
      - Password of your partner account at the API.
      - If not set, the environment variable E(SITELOCK_API_PASSWORD) is used.
    type: str
  api_client_id:
    description:
      - Client id for OAuth 2.0 client credentials, from your account manager at the vendor. The vendor plans to end the
        sign-in with user name and password.
      - With it every request carries an access token. The token lives in memory, for one task.
      - If not set, the environment variable E(SITELOCK_API_CLIENT_ID) is used.
    type: str
  api_client_secret:
    description:
      - Secret of O(api_client_id).
      - If not set, the environment variable E(SITELOCK_API_CLIENT_SECRET) is used.
    type: str
  api_token_url:
    description:
      - Address that issues access tokens. Set it together with O(api_url) if that is a relay of your own, because
        O(api_client_secret) is sent to this address.
      - If not set, the environment variable E(SITELOCK_API_TOKEN_URL) is used.
    type: str
    default: https://api.sitelock.com/v2/oauth2/token
  api_partner:
    description:
      - Brand name to use in messages to customers. The newer edition of the vendor's documentation no longer lists it
        for most methods; omit it unless the vendor told you to set it. Requests with an access token cannot carry it,
        so it cannot be combined with O(api_client_id).
      - If not set, the environment variable E(SITELOCK_API_PARTNER) is used.
    type: str
  validate_certs:
    description:
      - Whether to verify the TLS certificate of the API. Set it to V(false) in tests only; the module then warns.
      - If not set, the environment variable E(SITELOCK_VALIDATE_CERTS) is used.
    type: bool
    default: true
  ca_path:
    description:
      - File or directory with trusted CA certificates, instead of those of the Python library
        C(requests).
      - If not set, the environment variable E(SITELOCK_CA_PATH) is used.
    type: path
  client_cert:
    description:
      - File with a TLS client certificate (PEM), for a proxy on your side that requires one.
      - If not set, the environment variable E(SITELOCK_CLIENT_CERT) is used.
    type: path
  client_key:
    description:
      - File with the private key of O(client_cert), if it is not in the same file.
      - If not set, the environment variable E(SITELOCK_CLIENT_KEY) is used.
    type: path
  timeout:
    description:
      - Maximum number of seconds for one attempt of a call, from the name lookup to the last byte of the response. A
        read has O(retries) more attempts, each with the same
        timeout.
      - A read also ends at the deadline of the task, if it has one. A write in progress gets up to 5 more seconds for
        its response, because the outcome of a write is unknown without it.
      - If not set, the environment variable E(SITELOCK_TIMEOUT) is used.
    type: int
    default: 30
  retries:
    description:
      - How often to retry a B(read) after a broken connection, a missing response, or HTTP 429 or 5xx, with increasing
        pauses. Writes are never blindly retried - after a lost response the current state is read
        first, and an order is never sent a second time.
      - If not set, the environment variable E(SITELOCK_RETRIES) is used.
    type: int
    default: 3
  requests_per_second:
    description:
      - Maximum number of requests per second, for all workers of the task together. The requests are spread evenly.
      - By default there is no limit on the client's side. If the server requests a pause (HTTP 429, or 503 with
        C(Retry-After)), all workers pause, for at most one minute each time.
      - If not set, the environment variable E(SITELOCK_REQUESTS_PER_SECOND) is used.
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
      - If not set, the environment variable E(SITELOCK_RECORD_ANSWERS) is used.
    type: path
requirements:
  - requests
  - lxml
notes:
  - The vendor accepts requests from approved source addresses only. Run the task on a host with an approved address,
    usually with C(delegate_to) or C(hosts) set to V(localhost).
  - Responses larger than 8 MiB (compressed or decompressed) are refused, and so are responses with a content coding
    other than C(gzip) or C(deflate), or with several.
  - Written from the vendor's public documentation, and not verified against the live service.
"""

    SITE_OPTIONS = r"""
options:
  site_id:
    description: The site's number, a whole number assigned by the vendor.
    type: raw
    required: true
  account_id:
    description:
      - The account of the site, a whole number assigned by the vendor. If it is set, C(getStatus) is called once per
        account instead of once per site.
    type: raw
  state:
    description:
      - V(present) orders Firewall & CDN if the site does not have it, and corrects differences.
      - V(absent) deletes it. This is refused while the site's traffic goes through it, unless O(force=true).
    type: str
    choices: [present, absent]
    default: present
  subscription:
    description:
      - Id of the plan, as agreed with the vendor. Needed to order. If the site has another plan, it is changed
        (C(modifyAddon)), which changes what you pay.
      - The plan is compared only if C(getStatus) returns it. Otherwise the module warns, and changes
        nothing.
      - A text or a whole number. Anything else (V(8765.0), V(true)) is refused.
    type: raw
  renewal_date:
    description:
      - Date of the renewal, C(YYYY-MM-DD). Used only when Firewall & CDN is ordered; it cannot be read back.
    type: str
  waf_origin:
    description:
      - IP address or host name of the server to which the CDN sends the traffic. If the site has another origin, it is
        changed (C(setWafOrigin)).
      - If the address of a host name changes, the vendor follows it. C(getWafOrigin) may return the name or its
        addresses, so a name is compared with both. If it does not resolve where the module runs, the module warns and
        changes nothing.
    type: str
  waf_force_ssl:
    description:
      - Treat the site as one with SSL even if the vendor detects none. Requires O(waf_origin).
        Used only when Firewall & CDN is ordered; it cannot be read back.
    type: bool
    default: false
  waf_dns_manager:
    description:
      - Who changes the DNS records of the site. If an order does not set it, the vendor assumes V(customer).
    type: str
    choices: [customer, partner]
  waf_skip_network_certificate:
    description:
      - Do not request a certificate, because you upload your own.
        Used only when Firewall & CDN is ordered; it cannot be read back.
    type: bool
    default: false
  force:
    description:
      - Delete Firewall & CDN even while the site's traffic goes through it. B(The site is then down) until its DNS
        records point to the origin again.
    type: bool
    default: false
"""
