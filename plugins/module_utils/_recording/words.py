# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What may stay in a recorded answer: the words of names, the values that are no data of anybody, the texts of the API.

Everything else is replaced. The words are those of the elements and parameters on the vendors' pages, and of APIs in
general; the values are the enumerations of those pages.
"""

from __future__ import annotations

from ansible_collections.hosting.websec.plugins.module_utils._cdn_names import CDN_SUFFIXES


def _in_order(text: str) -> tuple[str, ...]:
    return tuple(text.split())


def _words(text: str) -> frozenset[str]:
    return frozenset(_in_order(text))


WORDS = _words(
    """
    a aaaa abbr accelerate accepted access account accounts action actions active add additional addon addons
    address advisories after agent agents aggressive all allow already alter amount anp answer apache app
    application apps async at attention auth authenticate authenticated authentication authorization auto available
    backdoor backup bandwidth basic bearer before blacklist body bool bot box bulk bundle bypass bytes caa cache
    caching cancel canceled cancelled category cdn center cert certificate certificates challenge changed check
    checkout checks city class clean client closed cname code color colors company complete completed comply
    compress compression config configured connection contact content continent continents continuous control
    cookies copy count counter countries country cpanel create created creation cross css currency current cursor
    customer customers daily data database date days db ddos deactivated default deferred delete deleted denied
    description detail details detect detected dir dirs disable disallowed dist dns dnssec docroot domain done
    download drupal dynamic each edit element elements email emails empty enable enabled end enterprise entry
    envelope err error errors event events exception exceptions exclude excluded exists exp expire expired expires
    expiry extended exts factor failed failure false feature field fields file files filesize finished first fix
    flag flags flow fly force found free frequency from ftp full gen generated geo get globalsign grant granted
    group header headers hits host hostname hour hourly hours href html http https id ignored illegal image in
    inactive incident incidents inclusion infected info information injection installed installing interval invalid
    invoice ip ips ipv is issued issuer item items java javascript job jobs joomla jpeg kb key kind lang language
    languages last length level levels limit link links list lists local locale lock locked login lp magento
    maintenance malicious malware manage manager mark max maximum member members message messages meta methods mids
    min minify minimum minute minutes missing mobile mode modified modify month monthly months more msg mx mysql
    name names nameserver nameservers network new next nginx no none note notes notifications now ns num number
    oauth object objects offline offset ok on online only open option options order ordered orders orig origin
    original origins os owner page pages pagination parallel parameter parameters part partner parts pass passphrase
    password patch patchman path pattern paused pending percent period permanent permission phone php plan plans
    platform plesk plugin png pooling port post pre prefer prev previous price primary priority private processing
    prod product progress progressive properties property protect protocol provider provision provisioned
    provisioning ps pub purge purged put pw query queue queued quota range rate raw read reads ready reason rec record
    records referer refund refundable refused region register registered rel related remaining remote remove
    rendering renew renewal renewals renewed replacements report reports request requests required reseller
    resellers reset resolved resource response restore result results retrieve retry retrying return returned rev
    revoked risk role roles root rotation routing rrset rule rules running sandbox saved scan scanned scanner scans
    scheduled schema schemas scope score script scripting second secondary seconds secured security selected self
    send sent served server servers service services session set sets setting settings setup severity share shared
    shield shortest side simple since site sitelock sites size sizes skip skipped smart sms sort source spam
    specific speed sql sqli ssh ssl sslhost start started starting state states static status statuses step steps
    stopped store str string sub subaccount subaccounts subscription success summary supports suspended synced
    system table tag tags target task tasks tcp telesign temporary term terms test text think threats tier time
    timeout timeseries tld token tos total totals traffic trial true trusted ttl two txt type types unauthorised
    unauthorized unit units unknown unlimited unreachable unset unverified update updated updates upload url urls
    use used user username users uuid valid validation value
    vary verification verified verify version via views visit visits waf
    wafdns warning warnings web website websites week weekly weeks whitelist whm whole wildcard with without
    wordpress x xss year yearly years zip
    """
)
"""Parts of names of elements, attributes and keys, in lower case."""

WHOLE_NAMES = _words(
    """
    address1 address2 cache300x cache_300x ip4 ip6 ipv4 ipv6 ipv6range oauth2 on_the_fly_compression will_retry
    """
)
"""Names with digits, or with words that are too common for C(WORDS)."""

VALUES = _words(
    """
    0 1 a aaaa account activated active add add_record added addon aex alert all anf any api asc auto backdoor
    backup basic bearer block block_challenge block_ip block_request block_user bot_access_control bronze bundle
    caa canceled cancelled cer challenge changed clean cname complete completed contains continent continuous
    country create created critical cross_site_scripting csv custom customer daily ddos deactivated default
    delete deleted denied desc disable disabled dns domain done edit edited enable enabled enterprise equals
    error fail failed failure false finished fix force_patch free ftp ftps globalsign gold green high hourly
    html http https ignore illegal_resource in_progress inactive infected info insecure invalid invalid_client
    invalid_grant invalid_request invalid_scope ip joomla json last_30_days last_7_days last_90_days low mal
    malware malware_scan medium mixed modified modify month_to_date monthly mx n network never no none
    not_contains not_equals not_found notdeleted ns null off offline ok on on_demand online paid partner paused
    pci pem pending pending-dns pending-domain-validation pending-retry pfx plan prefix processing professional
    progress quarantine_url quarterly queued ready recurring red remote_file_inclusion remove removed restore
    revert risk_score running scan scan_status scheduled secure setup sftp silver site smart smart_scan snf
    spam_scan sql_injection sqli sqli_scan ssl ssl_scan started starting static_and_dynamic static_only
    subscription success suffix suspended test text today true txt unauthorized_client unchanged unknown
    unreachable unsupported_grant_type upload uploaded url vpn vulnerability_scan waf warn warning weekly
    wehbook wordpress xml xss xss_scan y yellow yes
    """
)
"""Enumerated values, in lower case. They stay in the spelling of the answer, except in names of people and places."""

TEXTS = frozenset(
    {
        "ANP Addon Not Found",
        "Addon Not Found",
        "Invalid configuration parameter value",
        "Invalid/Unknown Account ID",
        "Login is in use by another account.",
        "Site Not Found",
        "Site requires SSL",
        "Successfully updated.",
        "TXT Record(s) were found - but none match what we are looking for.",
        "User has not accepted TOS.",
        "WAF Addon Not Found",
        "WAF Subscription deleted ok",
        "WAF Subscription modified ok",
        "Website not found",
        "account_id not found",
        "domain already exists",
    }
)
"""Whole texts of the vendors' pages, some of which decide what an answer means."""

_FILLERS = _words(
    """
    a about access address after again already also an and another any api are as at be because before below but by
    can cannot check contact could credential credentials did do does due each either empty exceeded expected expired
    for format found from given greater has have if in incorrect is it its least less longer match matches maximum
    may minimum missing more most must neither no none nor not of on one only or other out over permitted please
    provided requires same should so some such supported than that the their then there these this to too try under
    unable unauthorised unauthorized unexpected unsupported until used using wait was we were what when where which
    while who with within without wrong you your
    authentication authenticate authenticated authorised authorized authorization password passwords username
    """
)
NAMES_OF_PEOPLE = _words(
    """
    april basic big bot brand bronze code day field free gold grant green guest high host job key lock long lost low
    mark may new open page paid patch plan price rec rule secure server shield silver small smart star start stone
    table test tier
    title trial view white wild will young
    """
)
"""Words that are names, too: C(for Mark Page) stays nowhere."""

MESSAGE_WORDS = (WORDS | _FILLERS) - NAMES_OF_PEOPLE
"""What stays of a text for people, in lower case."""

TEXT_NAMES = _words(
    "error err_msg error_message error_description error_str message messages msg description reason hint detail"
)
"""Elements with texts for people."""

CODE_NAMES = _words("code err_code errcode error_code extended_code extended_error_code")
"""Elements whose short numbers and words say what went wrong."""

PEOPLE = _words(
    """
    address address1 address2 answer brand business city company contact country county customer email first first_name
    firstname full_name hostname last_name lastname login name nickname organisation organization owner partner person
    phone province region street surname title user username zip
    """
)
"""Elements in which even a known value can be somebody's name."""

COUNTS = _words(
    """
    bandwidth bytes count days hits hours length level limit minutes month months number_of offset page pages percent
    port priority progress retries score seconds severity size time_left timeout total ttl version visits weeks years
    expires_in
    """
)
"""Last words of names whose numbers are no ids."""

SECRET = _words(
    "cvv kennwort otp pass passcode passphrase passwd password passwords passwort pin pw pwd secret secrets"
)
SECRET_ENDS = ("authorization", "key", "passphrase", "password", "secret", "token")
"""Words in names, and ends of names, whose values are replaced whatever they are."""

VENDOR_DOMAINS = ("botguard.net", "sitelock.com", *CDN_SUFFIXES)
"""The ends of names that belong to the vendors."""

TXT_PREFIXES = ("_globalsign-domain-verification=", "globalsign-domain-verification=")
"""The part of a TXT value that says for whom it is."""

COUNTRIES = _in_order("DE FR US GB ES IT NL BE AT CH SE NO DK FI PL CZ PT IE LU EE LV LT SK SI HR RO BG GR CY MT")
"""Stand for the countries of an answer, in this order."""
