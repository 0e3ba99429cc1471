# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The parameters of requests that a method's entry does not name: elements directly in that of the method, and those
that may repeat. Nested ones and attributes are in the entry.

The client does not need them: it sends what it is given. The relay does, because it refuses what it does not know
(C(tools/relay_table.py) writes both into its table). Source: the method pages. A page of which only the beginning was
public may have more parameters; they are then unknown to the relay, too.
"""

from __future__ import annotations

from ansible_collections.hosting.websec.plugins.module_utils._sitelock.methods.definition import names

DIRECT: dict[str, frozenset[str]] = {
    "checkDomain": names("domain"),
    "checkLogin": names("login"),
    "createToken": names("account_id"),
    "getAccounts": names("limit offset"),
    "getLastAcceptedTOS": names("account_id"),
    "passwordReset": names("account_id pass user"),
    "detectWafSSL": names("site_id"),
    "disableWafSSL": names("site_id"),
    "enableWafSSL": names("site_id waf_network_cert_type"),
    "getWafBypass": names("site_id"),
    "getWafOrigin": names("site_id"),
    "purgeWafCache": names("purge_pattern site_id"),
    "removeWAFCertificate": names("site_id"),
    "setWafBypass": names("bypass site_id use_true_shield use_true_speed"),
    "setWAFDNSManager": names("site_id waf_dns_manager"),
    "setWafOrigin": names("site_id waf_origin"),
    "uploadWAFCertificate": names("certificate passphrase private_key site_id type"),
    "getWafCDNSettings": names("site_id"),
    "setWafCDNSettings": names(
        "accelerate_https aggressive_compression async_validation cache300x cache_mode comply_no_cache "
        "comply_vary compress_jpeg compress_png disable_client_side_caching minify_css minify_javascript "
        "minify_static_html on_the_fly_compression prefer_last_modified progressive_image_rendering site_id "
        "tcp_pre_pooling use_shortest_caching"
    ),
    "getWafSettings": names("site_id"),
    "setWafSettings": names(
        "backdoor bot_access_control cross_site_scripting ddos illegal_resource remote_file_inclusion site_id "
        "sql_injection"
    ),
    "addWafBlacklistGeo": names("site_id"),
    "addWafBlacklistIPs": names("site_id"),
    "addWafBlacklistUrls": names("site_id"),
    "addWafWhitelistIPs": names("site_id"),
    "getWafGeoBlacklist": names("site_id"),
    "getWafIPBlacklist": names("site_id"),
    "getWafIPWhitelist": names("site_id"),
    "getWafUrlBlacklist": names("site_id"),
    "removeWafBlacklistGeo": names("site_id"),
    "removeWafBlacklistIPs": names("site_id"),
    "removeWafBlacklistUrls": names("site_id"),
    "removeWafWhitelistIPs": names("site_id"),
    "addWafException": names("site_id type"),
    "alterWafException": names("exception_id site_id type"),
    "removeWafException": names("exception_id site_id type"),
    "getWafDetailResults": names("page_num page_size site_id time_range"),
    "getWafResults": names(
        "bandwidth_timeseries caching caching_timeseries hits_timeseries requests_geo_dist_summary site_id "
        "threats time_range visits_dist_summary visits_timeseries"
    ),
    "loginProtectAddUser": names("email name phone site_id"),
    "loginProtectConfigAddUrl": names("site_id"),
    "loginProtectConfigApp": names("app site_id"),
    "loginProtectConfigDeleteUrl": names("site_id"),
    "loginProtectDeleteUser": names("email site_id"),
    "loginProtectListUser": names("site_id"),
    "loginProtectModifyConfig": names(
        "allow_all_users authentication_methods enabled send_lp_notifications site_id specific_users_list"
    ),
    "loginProtectModifyUser": names("email phone site_id two_factor_auth username"),
    "loginProtectRetrieveConfig": names("site_id"),
    "loginProtectSendSMS": names("email site_id text"),
    "download": names("file_id group_resellers report"),
    "modifyScanFrequency": names("frequency site_id"),
    "scanDetail": names("site_id"),
    "scanDomain": names("domain"),
    "scanInfo": names("account_id site_id"),
    "scanNow": names("account_id scan_code site_id"),
    "scanSummary": names("end_date site_id start_date"),
    "getSMART": names("site_id"),
    "getSMARTDatabase": names("site_id"),
    "getSMARTPatch": names("site_id"),
    "manageSMARTPatch": names("action site_id smart_scan_id"),
    "modifySMART": names(
        "auto_fix docroot exclude_dirs exclude_exts exclude_files frequency ftp_host ftp_pw ftp_timeout "
        "ftp_user gen_ssh_key methods parallel port protocol site_id"
    ),
    "modifySMARTDatabase": names("malware site_id spam_code spam_link"),
    "modifySMARTPatch": names("auto_fix_app site_id"),
    "getBackupDetails": names("backup_id site_id"),
    "getBackupFilesChanged": names("backup_id site_id"),
    "getBackupSettings": names("site_id"),
    "getBackupSummary": names("end_date site_id start_date"),
    "manageBackup": names("action backup_db backup_files backup_id site_id"),
    # The page does not show what is in ftp_settings of backup_db; the client sends what is in that of backup_files.
    "modifyBackupSettings": names(
        "site_id backup_db/ftp_settings/protocol backup_db/ftp_settings/ftp_host backup_db/ftp_settings/ftp_user "
        "backup_db/ftp_settings/ftp_pw backup_db/ftp_settings/port backup_db/ftp_settings/ftp_timeout "
        "backup_db/ftp_settings/gen_ssh_key"
    ),
    "getPendingEmails": names("account after before"),
    "getPendingEmailsSimple": names("account after before"),
    "markEmailsSent": names("queue_id"),
    "getDomainDNSInfo": names("site_id"),
    "manageDomainDNS": names("action site_id"),
    "addSSLHost": names("domain site_id"),
    "deleteSSLHost": names("account_id site_id"),
    "editSSLHost": names("domain site_id"),
    "getShield": names("account_id site_id"),
    "getSSLHost": names("account_id site_id"),
    "getPlanScanFrequency": names("id"),
}
"""By method: elements without children, directly in the element of the method."""

REPEATED: dict[str, frozenset[str]] = {
    "deleteBundle": names("bundleInfo/site_id"),
    "deletePlan": names("planInfo/site_id"),
    "deleteAddon": names("addonInfo"),
    "modifyAddon": names("addonInfo"),
    "provisionAddon": names("addonInfo"),
    "setWafOrigin": names("waf_origin"),
    "addWafBlacklistGeo": names("continents/continent countries/country"),
    "addWafBlacklistIPs": names("ips/ip"),
    "addWafBlacklistUrls": names("urls/url"),
    "addWafWhitelistIPs": names("ips/ip"),
    "removeWafBlacklistGeo": names("continents/continent countries/country"),
    "removeWafBlacklistIPs": names("ips/ip"),
    "removeWafBlacklistUrls": names("urls/url"),
    "removeWafWhitelistIPs": names("ips/ip"),
    "addWafException": names(
        "client_app_types/client_app_type client_apps/client_app continents/continent countries/country "
        "ips/ip parameters/parameter urls/url user_agents/user_agent"
    ),
    "alterWafException": names(
        "client_app_types/client_app_type client_apps/client_app continents/continent countries/country "
        "ips/ip parameters/parameter urls/url user_agents/user_agent"
    ),
    "loginProtectConfigAddUrl": names("urls/url"),
    "loginProtectConfigDeleteUrl": names("urls/url"),
    "loginProtectModifyConfig": names("urls/url"),
    "scanNow": names("scan_code"),
    "modifySMART": names("exclude_dirs"),
    "modifyBackupSettings": names("backup_db/selected_schemas/schema"),
    "getTextReport": names("languages/lang"),
    "markEmailsSent": names("queue_id"),
    "manageDomainDNS": names("record"),
    "deleteSSLHost": names("site_id"),
    "getShield": names("site_id"),
    "getSSLHost": names("site_id"),
}
"""By method: paths of the elements that a request may repeat."""
