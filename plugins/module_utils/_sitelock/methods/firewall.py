# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Firewall & CDN of a site: origin, certificate, settings, lists, exceptions, statistics, Login Protect."""

from __future__ import annotations

from ansible_collections.hosting.websec.plugins.module_utils._effects import Effect
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.methods.definition import (
    SITE,
    Method,
    Subject,
    names,
)

_SITE = (SITE,)
_EXCEPTION = Subject("exception", ("exception_id",), names("exception_id"))

_IPS = names("ips/ip")
_GEO = names("countries/country continents/continent")
# Documented: ips/ip and countries/country. Inferred, with their spelling: all others.
_CRITERIA = _IPS | _GEO
_CRITERIA |= names(
    "urls/url client_apps/client_app client_app_types/client_app_type user_agents/user_agent parameters/parameter"
)
_EXCEPTIONS = names("exception") | {path.rpartition("/")[2] for path in _CRITERIA}

# ---- origin, DNS, certificate, cache

# Unknown: the values of the answer; no example is shown.
DETECT_WAF_SSL = Method("detectWafSSL", Effect.ACTION, subjects=_SITE)
DISABLE_WAF_SSL = Method("disableWafSSL", Effect.DESTROY, subjects=_SITE)
# Inferred: dns_ssl_verify in the answer, as that of provisionAddon.
ENABLE_WAF_SSL = Method("enableWafSSL", Effect.CHANGE, subjects=_SITE)
GET_WAF_BYPASS = Method("getWafBypass", Effect.READ, subjects=_SITE)
# Unknown: the form of several origins.
GET_WAF_ORIGIN = Method("getWafOrigin", Effect.READ, repeats=names("origins"), subjects=_SITE)
PURGE_WAF_CACHE = Method("purgeWafCache", Effect.ACTION, subjects=_SITE)
REMOVE_WAF_CERTIFICATE = Method("removeWAFCertificate", Effect.DESTROY, subjects=_SITE)
# Inferred: the element C(bypass), and its values on and off.
SET_WAF_BYPASS = Method("setWafBypass", Effect.CHANGE, subjects=_SITE)
SET_WAF_DNS_MANAGER = Method("setWAFDNSManager", Effect.CHANGE, subjects=_SITE)
SET_WAF_ORIGIN = Method("setWafOrigin", Effect.CHANGE, repeats=names("origins"), subjects=_SITE)
UPLOAD_WAF_CERTIFICATE = Method(
    "uploadWAFCertificate",
    Effect.CHANGE,
    # With type pfx the certificate has the private key in it.
    secrets=names("certificate private_key passphrase"),
    subjects=_SITE,
)

# ---- settings

# Inferred: all after tcp_pre_pooling.
GET_WAF_CDN_SETTINGS = Method("getWafCDNSettings", Effect.READ, subjects=_SITE)
# Inferred: as those of the getter. Unknown: whether an element that is left out keeps its value.
SET_WAF_CDN_SETTINGS = Method("setWafCDNSettings", Effect.CHANGE, subjects=_SITE)
# Inferred: sql_injection and cross_site_scripting, and the values of these two and of remote_file_inclusion.
GET_WAF_SETTINGS = Method("getWafSettings", Effect.READ, repeats=names("option"), subjects=_SITE)
# Inferred: as those of the getter.
SET_WAF_SETTINGS = Method("setWafSettings", Effect.CHANGE, subjects=_SITE)

# ---- lists

ADD_WAF_BLACKLIST_GEO = Method("addWafBlacklistGeo", Effect.CHANGE, nested=_GEO, repeats=_EXCEPTIONS, subjects=_SITE)
ADD_WAF_BLACKLIST_IPS = Method("addWafBlacklistIPs", Effect.CHANGE, nested=_IPS, repeats=_EXCEPTIONS, subjects=_SITE)
ADD_WAF_BLACKLIST_URLS = Method(
    "addWafBlacklistUrls",
    Effect.CHANGE,
    nested=names("urls/url urls/url/path urls/url/pattern"),
    repeats=_EXCEPTIONS,
    subjects=_SITE,
)
ADD_WAF_WHITELIST_IPS = Method("addWafWhitelistIPs", Effect.CHANGE, nested=_IPS, repeats=names("ip"), subjects=_SITE)
# Unknown, of this and the other lists: the form of an empty one.
GET_WAF_GEO_BLACKLIST = Method(
    "getWafGeoBlacklist", Effect.READ, repeats=_EXCEPTIONS, subjects=_SITE, may_be_empty=True
)
GET_WAF_GEO_INFO = Method("getWafGeoInfo", Effect.READ, repeats=names("continent country"))
GET_WAF_IP_BLACKLIST = Method("getWafIPBlacklist", Effect.READ, repeats=_EXCEPTIONS, subjects=_SITE, may_be_empty=True)
GET_WAF_IP_WHITELIST = Method("getWafIPWhitelist", Effect.READ, repeats=names("ip"), subjects=_SITE, may_be_empty=True)
GET_WAF_URL_BLACKLIST = Method(
    "getWafUrlBlacklist", Effect.READ, repeats=_EXCEPTIONS, subjects=_SITE, may_be_empty=True
)
REMOVE_WAF_BLACKLIST_GEO = Method(
    "removeWafBlacklistGeo", Effect.CHANGE, nested=_GEO, repeats=_EXCEPTIONS, subjects=_SITE
)
REMOVE_WAF_BLACKLIST_IPS = Method(
    "removeWafBlacklistIPs", Effect.CHANGE, nested=_IPS, repeats=_EXCEPTIONS, subjects=_SITE
)
REMOVE_WAF_BLACKLIST_URLS = Method(
    "removeWafBlacklistUrls",
    Effect.CHANGE,
    # The description of the page has this name, its example the one of the request.
    other_names=names("removeWafUrlBlacklist"),
    nested=names("urls/url"),
    repeats=names("url"),
    subjects=_SITE,
)
REMOVE_WAF_WHITELIST_IPS = Method(
    "removeWafWhitelistIPs", Effect.CHANGE, nested=_IPS, repeats=names("ip"), subjects=_SITE
)

# ---- exceptions to rules

# Inferred: all types but sql_injection.
ADD_WAF_EXCEPTION = Method("addWafException", Effect.CHANGE, nested=_CRITERIA, repeats=_EXCEPTIONS, subjects=_SITE)
# It replaces the whole exception. Inferred: as for addWafException.
ALTER_WAF_EXCEPTION = Method(
    "alterWafException", Effect.CHANGE, nested=_CRITERIA, repeats=_EXCEPTIONS, subjects=(SITE, _EXCEPTION)
)
GET_WAF_CLIENT_APP_INFO = Method("getWafClientAppInfo", Effect.READ, repeats=names("clientApp"))
REMOVE_WAF_EXCEPTION = Method("removeWafException", Effect.DESTROY, subjects=(SITE, _EXCEPTION))

# ---- statistics

# Inferred: names in a visit, and in an action but queryString, responseTime and thinkTime.
GET_WAF_DETAIL_RESULTS = Method(
    "getWafDetailResults", Effect.READ, repeats=names("visit action"), private=True, subjects=_SITE
)
# Inferred: the whole answer.
GET_WAF_RESULTS = Method("getWafResults", Effect.READ, repeats=names("visits_timeseries threats"), subjects=_SITE)

# ---- Login Protect

_URLS = names("urls/url")

LOGIN_PROTECT_ADD_USER = Method("loginProtectAddUser", Effect.CHANGE, subjects=_SITE)
LOGIN_PROTECT_CONFIG_ADD_URL = Method(
    "loginProtectConfigAddUrl",
    Effect.CHANGE,
    nested=names("urls/url urls/url/value urls/url/pattern"),
    subjects=_SITE,
)
LOGIN_PROTECT_CONFIG_APP = Method("loginProtectConfigApp", Effect.CHANGE, subjects=_SITE)
LOGIN_PROTECT_CONFIG_DELETE_URL = Method("loginProtectConfigDeleteUrl", Effect.CHANGE, nested=_URLS, subjects=_SITE)
LOGIN_PROTECT_DELETE_USER = Method("loginProtectDeleteUser", Effect.DESTROY, subjects=_SITE)
LOGIN_PROTECT_LIST_USER = Method("loginProtectListUser", Effect.READ, repeats=names("user"), subjects=_SITE)
# Inferred: its answer. Unknown: what specific_users_list and authentication_methods take.
LOGIN_PROTECT_MODIFY_CONFIG = Method(
    "loginProtectModifyConfig",
    Effect.CHANGE,
    nested=names("urls/url urls/url/value urls/url/pattern"),
    subjects=_SITE,
)
LOGIN_PROTECT_MODIFY_USER = Method("loginProtectModifyUser", Effect.CHANGE, subjects=_SITE)
LOGIN_PROTECT_RETRIEVE_CONFIG = Method("loginProtectRetrieveConfig", Effect.READ, repeats=names("url"), subjects=_SITE)
# Each one is paid for. Unknown: the values of C(success).
LOGIN_PROTECT_SEND_SMS = Method("loginProtectSendSMS", Effect.ACTION, subjects=_SITE)
