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
      - If not set, the environment variable E(SITELOCK_API_USERNAME) is used.
    type: str
    required: true
  api_password:
    description:
      - Password of your partner account at the API.
      - If not set, the environment variable E(SITELOCK_API_PASSWORD) is used.
    type: str
    required: true
  api_partner:
    description:
      - Brand name to use in messages to customers. The newer edition of the vendor's documentation no longer lists it
        for most methods; leave it out unless the vendor told you to set it.
      - If not set, the environment variable E(SITELOCK_API_PARTNER) is used.
    type: str
  validate_certs:
    description:
      - Whether the TLS certificate of the API is checked. Set it to V(false) in tests only; there is a warning then.
      - If not set, the environment variable E(SITELOCK_VALIDATE_CERTS) is used.
    type: bool
    default: true
  ca_path:
    description:
      - File or directory with the certificates of the authorities to trust, instead of those of the Python library
        C(requests).
      - If not set, the environment variable E(SITELOCK_CA_PATH) is used.
    type: path
  client_cert:
    description:
      - File with a TLS client certificate (PEM), for a proxy on your side that asks for one.
      - If not set, the environment variable E(SITELOCK_CLIENT_CERT) is used.
    type: path
  client_key:
    description:
      - File with the private key of O(client_cert), when it is not in the same file.
      - If not set, the environment variable E(SITELOCK_CLIENT_KEY) is used.
    type: path
  timeout:
    description:
      - Seconds that one try of a call may take in all, from the look-up of the server's name to the last byte of the
        answer, whatever the resolver, a proxy or the server does. A read has O(retries) more tries, with as much time
        each.
      - A read also ends at the deadline of the task, if it has one. A write that is under way then has up to 5 seconds
        for its answer, because nobody knows what a write did whose answer is lost.
      - If not set, the environment variable E(SITELOCK_TIMEOUT) is used.
    type: int
    default: 30
  retries:
    description:
      - How often a B(read) is repeated after a broken connection, a missing answer, or HTTP 429 or 5xx, with growing
        pauses. Writes are never repeated blindly, whatever this says - after a lost answer the present state is read
        again first, and an order is never sent a second time.
      - If not set, the environment variable E(SITELOCK_RETRIES) is used.
    type: int
    default: 3
  requests_per_second:
    description:
      - How many requests may be sent in a second, by all workers of the task together. They are spread evenly.
      - Without it there is no limit but the one of the server. A pause that the server asks for (HTTP 429, or 503 with
        C(Retry-After)) is made by all workers together, a minute at the most each time.
      - If not set, the environment variable E(SITELOCK_REQUESTS_PER_SECOND) is used.
    type: float
requirements:
  - requests
  - lxml
notes:
  - The vendor answers approved source addresses only. Run the task where the address is approved, usually with
    C(delegate_to) or C(hosts) set to V(localhost).
  - An answer of more than 8 MiB, also when it is unpacked, is refused, and so is one with a content coding other than
    C(gzip) or C(deflate), or with more than one.
  - Written from the vendor's public documentation, and not verified against the live service.
"""

    SITE_OPTIONS = r"""
options:
  site_id:
    description: The whole number that the vendor gave to the site.
    type: raw
    required: true
  account_id:
    description:
      - The account of the site, the whole number that the vendor gave it. When it is given, C(getStatus) is asked for
        once an account instead of once a site.
    type: raw
  state:
    description:
      - V(present) orders Firewall & CDN if the site does not have it, and changes what differs.
      - V(absent) deletes it. This is refused while the traffic of the site goes through it, unless O(force=true).
    type: str
    choices: [present, absent]
    default: present
  subscription:
    description:
      - Id of the plan, as agreed with the vendor. Needed to order. If the site has another plan, it is changed
        (C(modifyAddon)), which changes what you pay.
      - The plan is compared only when C(getStatus) tells which one the site has. Otherwise there is a warning,
        and nothing is changed.
      - A text or a whole number. Anything else (V(8765.0), V(true)) is refused.
    type: raw
  renewal_date:
    description:
      - Date of the renewal, C(YYYY-MM-DD). Acts only when Firewall & CDN is ordered; it cannot be read back.
    type: str
  waf_origin:
    description:
      - IP address or host name of the server to which the CDN sends the traffic. If the site has another origin, it is
        changed (C(setWafOrigin)).
      - The vendor follows a host name by itself when its address changes. C(getWafOrigin) may return the name or its
        addresses, so a name is compared with both; if it does not resolve where the module runs, there is a warning
        and nothing is changed.
    type: str
  waf_force_ssl:
    description:
      - Take the site as one with SSL even if the vendor detects none. Needs O(waf_origin).
        Acts only when Firewall & CDN is ordered; it cannot be read back.
    type: bool
    default: false
  waf_dns_manager:
    description:
      - Who changes the DNS records of the site. The vendor takes V(customer) when an order does not name it.
    type: str
    choices: [customer, partner]
  waf_skip_network_certificate:
    description:
      - Do not have a certificate issued; you upload your own.
        Acts only when Firewall & CDN is ordered; it cannot be read back.
    type: bool
    default: false
  force:
    description:
      - Delete Firewall & CDN even while the traffic of the site goes through it. B(The site is then down) until its
        DNS records point to the origin again.
    type: bool
    default: false
"""
