#!/usr/bin/python
# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: sitelock_waf_policies
short_description: Manage what the SiteLock firewall of many sites does
version_added: 0.1.0
author:
  - hosting.websec contributors (@hosting-websec)
description:
  - Brings the settings of Firewall & CDN to the desired state, for many sites in one task.
  - The settings are divided into sections. Only sections that an entry of O(sites) names are read and written. A
    section that does not differ is not written. After each write it is read again, and that decides.
  - An entry that is not valid changes nothing at its site. A section that the API refuses does not stop the other
    sections of its site. Neither stops the other sites.
  - For N sites with S sections each it makes N x S calls that read. C(geo_block), and C(exceptions) with countries or
    continents, need one C(getWafGeoInfo) for all sites, and C(ip_allow) one C(getSiteLockIPs). A section that was
    written is read once more. It is also read once more right before each write that repeats what was read, or that
    would do again what somebody else may have done. These are the writes of C(rules), C(cdn), C(bypass), C(exceptions)
    and C(login_protect), and C(disableWafSSL).
extends_documentation_fragment:
  - hosting.websec.sitelock
  - hosting.websec.run_context
  - hosting.websec.attributes
attributes:
  check_mode:
    support: full
  diff_mode:
    support: full
  idempotent:
    support: full
options:
  sites:
    description:
      - The sites, each at most once. An entry has C(site_id) or C(domain) or both, C(policy), and the sections below.
      - Without C(site_id) the number of the site comes from O(site_ids), else one C(checkDomain) call looks it up.
      - "C(policy): the name of one of O(policies), or a list of names. Later ones win, and sections of the entry win
        over all of them. Sections are merged key by key. Lists at C(present) and C(absent) are joined, and change an
        C(exact) of an earlier policy. A later C(exact) replaces what came before."
      - "C(rules): what the firewall does when it sees an attack. A dictionary of the names of rules, such as
        C(sql_injection), C(cross_site_scripting), C(illegal_resource), C(remote_file_inclusion), C(backdoor), C(ddos)
        and C(bot_access_control), with one of the values that the site offers, such as C(block_request) or C(alert).
        C(disable) and C(disabled) are the same."
      - "C(ip_allow) and C(ip_block): addresses that are always let through, and those that are always refused. Lists of
        addresses, networks (C(192.0.2.0/24)) and ranges (C(192.0.2.1-192.0.2.9)), at C(exact), or at C(present) and
        C(absent). C(exact) is the whole list. SiteLock's own scanners stay in C(ip_allow) whatever the entry says."
      - "C(url_block): paths that are refused. Lists at C(exact), or at C(present) and C(absent), of dictionaries with
        C(path) and C(pattern), which is one of C(EQUALS), C(NOT_EQUALS), C(CONTAINS), C(NOT_CONTAINS), C(PREFIX) and
        C(SUFFIX). At C(absent) the path is enough."
      - "C(geo_block): countries and continents whose visitors are refused. Dictionaries at C(exact), or at C(present)
        and C(absent), with the lists C(countries) and C(continents) of codes with two letters. Write C('NO') in
        quotes."
      - "C(exceptions): requests for which a rule or a list does not count. Its keys are the names of rules, or
        C(blacklisted_ips), C(blacklisted_urls) and C(blacklisted_countries). If SiteLock spells these three in another
        way, write it so, with the word C(ips), C(urls), C(countries) or C(geo). Each has lists at C(exact), or at
        C(present) and C(absent). An exception has at least one of C(ips), C(urls) (dictionaries with C(path) and
        optionally C(pattern), as in C(url_block)), C(countries), C(continents) and C(other), which takes elements that
        are not documented, such as C({client_apps: {client_app: [17]}}). Two exceptions are the same if they have the
        same criteria; of two that are the same, one is removed. Without a pattern, only the path counts."
      - "C(login_protect): the second factor before the login pages. C(enabled), C(allow_all_users) and
        C(send_lp_notifications) are booleans, C(authentication_methods) is a list such as C([email, sms, ga]).
        C(urls) are lists at C(exact), or at C(present) and C(absent), of dictionaries with C(value), a path, and
        C(pattern), one of C(prefix), C(suffix), C(contains), C(not_contains) and C(equals). C(users) are such lists of
        dictionaries with C(email), C(name), C(phone) (C(1-7345555555)) and C(two_factor_auth) (C(enabled)). At
        C(absent) the value and the e-mail address are enough. A new user gets a mail."
      - "C(specific_users) (e-mail addresses), C(app) (C(wordpress) or C(joomla)) and C(two_factor_auth) of
        C(login_protect) cannot be read back. They are no difference by themselves: C(specific_users) is sent when one
        of the booleans or C(authentication_methods) changes, C(app) also with a new URL, and C(two_factor_auth) when
        the user is added or changed."
      - "C(cdn): how the CDN delivers. C(cache_mode) is one of C(disable), C(static_only) and C(static_and_dynamic). All
        others are booleans: C(comply_no_cache), C(cache300x), C(async_validation), C(comply_vary),
        C(prefer_last_modified), C(use_shortest_caching), C(disable_client_side_caching), C(on_the_fly_compression),
        C(tcp_pre_pooling), C(minify_javascript), C(minify_css), C(minify_static_html), C(compress_jpeg),
        C(progressive_image_rendering), C(aggressive_compression), C(compress_png), C(accelerate_https)."
      - "C(bypass): takes the protection of the host C(www) away for a time. C(status) is C(on) or C(off). C(until),
        such as C(2026-12-24T18:00:00Z), is its end in UTC: a run after it switches it off. C(use_true_shield) and
        C(use_true_speed) are booleans for the firewall and for the cache while the bypass is off, so they cannot be
        false together with C(until)."
      - "C(ssl): whether the CDN serves the site over HTTPS. C(enabled) is a boolean. C(waf_network_cert_type) is the
        method of validation, used when SSL is switched on. With C(detect=true), for a site without a certificate of the
        CDN (C(waf_skip_network_certificate)), C(detectWafSSL) is sent instead of C(enableWafSSL). C(force=true) is
        needed to switch SSL off while visitors may come through the CDN; it removes the certificate as well. If the API
        is silent and the CDN serves no certificate for the domain, the method is sent if the state record says that it
        was not sent before, and that is written there. Otherwise nothing is sent, unless C(force_request=true), which
        is for a single run."
      - "C(certificate): the site's own certificate at the CDN, for an entry with C(domain). C(state) is C(present)
        (default) or C(absent). C(certificate_file) and C(private_key_file) are files on the host of the module, with
        absolute paths, or C(certificate) and C(private_key) are their text in PEM. C(passphrase) is that of the private
        key. C(type) is C(pem) (default), C(cer), or C(pfx), which has the private key in it. C(apex) and C(aliases) as
        in the entries of M(hosting.websec.sitelock_waf_sites) say which names the certificate must have. Without
        C(apex), a domain with one dot is an apex. C(force=true) is needed to remove it while visitors may come through
        the CDN. It needs the Python library C(cryptography)."
      - "C(ssl) and C(certificate) look at the certificate that the CDN serves. C(address) and C(port) (443) say where
        the CDN is; without C(address) it is what the API says, which is nothing for most sites in the state C(ready),
        or else what the state record of the site says. If nothing can be seen, C(certificate) compares C(fingerprint),
        that of the last upload (empty: there was none), see RV(sites[].details), or else that in the state record. If
        that is not known either, nothing is sent, unless C(force_upload=true), which is for a single run."
      - "C(zone), C(dns) and C(dns_accept) as in M(hosting.websec.sitelock_waf_sites): where the state record of the
        site is, see O(dns)."
    type: list
    elements: raw
    required: true
  policies:
    description: Sections by the name of the policy.
    type: dict
    default: {}
  dns:
    description:
      - Where the state records of the sites are, in the form of O(hosting.websec.sitelock_waf_sites#module:dns). A
        single name server is completed from the environment (E(RFC2136_SERVER) and so on).
      - The state records are read for entries with C(certificate) or C(ssl) only. After a certificate was uploaded or
        removed, its fingerprint is written into the state record, and after SSL was switched on, the method that was
        sent. A record is never created. Without a name server the state records are not used.
    type: dict
  site_ids:
    description: Numbers of sites by their domain, for entries without C(site_id).
    type: dict
    default: {}
  only_ready:
    description:
      - Whether sites that are not in the state V(ready) are left alone. They have RV(sites[].waiting_for), and have not
        failed. The state is read, one C(getAnpProvisioningStatus) for each site, unless it is in O(states).
    type: bool
    default: false
  states:
    description: States of sites by their domain, as M(hosting.websec.sitelock_waf_sites) has just returned them.
    type: dict
    default: {}
  max_changes:
    description:
      - Maximum number of sites whose settings may change in one run, or a percentage of O(sites), such as V(25%).
        If more would change, nothing is sent, and the task fails with a list of them.
      - A percentage allows at least 10. Without this option there is no limit.
    type: str
  concurrency:
    description: Number of parallel calls.
    type: int
    default: 8
  on_error:
    description:
      - V(fail) fails the task if a site failed, after all sites are done. V(report) only returns the error of the site.
    type: str
    choices: [fail, report]
    default: fail
seealso:
  - module: hosting.websec.sitelock_waf_sites
"""

EXAMPLES = r"""
- name: A shop, and a blog with a cache of its own
  hosting.websec.sitelock_waf_policies:
    api_username: reseller
    api_password: "{{ vault_sitelock_password }}"
    policies:
      base:
        rules:
          sql_injection: block_request
          ddos: auto
        ip_allow:
          present: [192.0.2.10]
      shop:
        rules:
          backdoor: quarantine_url
        ip_block:
          exact: [203.0.113.0/24, 198.51.100.7]
        url_block:
          exact:
            - path: /xmlrpc.php
              pattern: EQUALS
        geo_block:
          exact:
            countries: [KP]
            continents: []
    sites:
      - site_id: 442989
        domain: shop.example
        policy: [base, shop]
      - domain: blog.example
        policy: base
        cdn:
          cache_mode: static_only
          minify_css: true
        exceptions:
          sql_injection:
            exact:
              - ips: [192.0.2.10]
                urls:
                  - path: /admin
                    pattern: PREFIX
        login_protect:
          enabled: true
          urls:
            exact:
              - value: /wp-login.php
                pattern: prefix
          users:
            present:
              - email: owner@customer.example
                name: Shop owner
                phone: 1-7345555555

- name: Take the protection away for a test of load, until the evening
  hosting.websec.sitelock_waf_policies:
    api_username: reseller
    api_password: "{{ vault_sitelock_password }}"
    sites:
      - site_id: 442989
        bypass:
          status: "on"
          until: "2026-12-24T18:00:00Z"

- name: The customer's own certificate
  hosting.websec.sitelock_waf_policies:
    api_username: reseller
    api_password: "{{ vault_sitelock_password }}"
    sites:
      - site_id: 442989
        domain: shop.example
        certificate:
          certificate_file: /etc/ssl/shop.example/fullchain.pem
          private_key_file: /etc/ssl/shop.example/privkey.pem
          address: 198.51.100.17
"""

RETURN = r"""
results_file:
  description:
    - File on the controller with all entries, as a JSON object with RV(sites). It is removed when
      C(ansible-playbook) ends.
  returned: with O(results=notable)
  type: str
sites:
  description: The sites, in the order of O(sites).
  returned: always, unless the options were refused
  type: list
  elements: dict
  contains:
    site_id:
      description: The site. V(null) if the entry does not name one.
      type: int
      sample: 442989
    domain:
      description: Its domain, as in the entry.
      type: str
      sample: shop.example
    sections:
      description: The sections that were processed.
      type: list
      elements: str
      sample: [ip_allow, rules]
    changed_sections:
      description: The sections that were changed, or in check mode would be changed.
      type: list
      elements: str
      sample: [rules]
    actions:
      description: The API methods that were sent, or in check mode would be sent.
      type: list
      elements: str
      sample: [setWafSettings]
    details:
      description:
        - What is known of a section and cannot be set, by its name. C(certificate) has C(fingerprint), the SHA-256 of
          the certificate at the CDN as far as it is known. Keep it for the next run. C(ssl) has C(requested), the
          method that was sent last to switch SSL on.
      type: dict
      sample: {}
    needs_person:
      description: What a person has to know or to do although nothing failed, such as a bypass that is on.
      type: list
      elements: str
      sample: ["The firewall is bypassed until 2026-12-24T18:00:00Z."]
    changed:
      description: Whether something was changed at this site.
      type: bool
      sample: true
    failed:
      description: Whether a section of this site failed, or its entry is not valid.
      type: bool
      sample: false
    error:
      description: The first of RV(sites[].errors). V(null) if there is none.
      type: dict
      sample: null
    errors:
      description: What went wrong, in fields that a playbook can test. C(section) names the section. It is V(null) if
        the error is about the whole entry.
      type: list
      elements: dict
      sample: []
    waiting_for:
      description: Why nothing was read and sent yet. V(null) if the site does not wait.
      type: str
      sample: "the state ready (it is pending-dns)"
    deferred:
      description:
        - Whether it was not reached, or not done to its end, because the time was over (O(deadline)) or the task was
          stopped. It has not failed.
      type: bool
      sample: false
    deferred_reason:
      description:
        - Why nothing was sent for it although there was time. The calls for other items failed for a reason that holds
          for all of them, such as a wrong password. RV(sites[].deferred) is true then.
        - V(null) if nothing stopped it.
      type: str
      sample: null
deferred:
  description: Number of sites that were deferred to the next run.
  returned: always, unless the options were refused
  type: int
  sample: 0
summary:
  description: What was sent, or in check mode would be sent, in one line.
  returned: always, unless the options were refused
  type: str
  sample: "changes of 2 sites: rules 2, ip_block 1"
"""

import datetime

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.hosting.websec.plugins.module_utils._argspec import bulk_options, run_context_options
from ansible_collections.hosting.websec.plugins.module_utils._module import run_bulk_module
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.options import sitelock_options
from ansible_collections.hosting.websec.plugins.module_utils._sitelock_waf.policies import (
    policies_options,
    run_policies,
)


def main() -> None:
    spec = sitelock_options().merge(bulk_options()).merge(run_context_options()).merge(policies_options())
    module = AnsibleModule(**spec.to_kwargs(), supports_check_mode=True)
    now = datetime.datetime.now(datetime.timezone.utc)
    run_bulk_module(
        module,
        lambda context: run_policies(
            module.params, check_mode=module.check_mode, warn=module.warn, context=context, now=now
        ),
    )


if __name__ == "__main__":
    main()
