# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Lists that are the same for everybody: languages, types of messages, client applications."""

from __future__ import annotations

from . import answer
from .answer import Answer, node, texts
from .context import Context
from .grammar import Field, Group, Values
from .methods import method

# Abbreviation, code, name, name in the language.
_LANGUAGES = (
    ("en", "en-US", "English", "English"),
    ("de", "de-DE", "German", "Deutsch"),
    ("es", "es-ES", "Spanish", "Español"),
    ("ja", "ja-JP", "Japanese", "日本語"),
)
# By id: code, name, text, scan, severity. 20 is documented as the message for the user, the rest is ours.
_MESSAGES = {
    1: ("MAL", "Malware found", "We found malware on %domain%.", "malware", "critical"),
    2: ("SSL", "Certificate expires", "The certificate of %domain% expires soon.", "ssl", "medium"),
    3: ("WAF", "Firewall is ready", "The firewall of %domain% is ready.", "waf", "info"),
    4: ("FTP", "Sign-in failed", "We cannot sign in at the FTP server of %domain%.", "smart", "medium"),
    20: ("USR", "Message for the user", "A message about %domain%.", "", "info"),
}
_CLIENT_APPS = {"242": "Playstation", "6": "Googlebot", "17": "curl", "68": "Firefox"}


@method("getLanguageList")
def get_language_list(_context: Context, _values: Values) -> Answer:
    """getLanguageList: in no element of their own."""
    listed = [
        node("language", *texts(name=name, abbr=abbr, active=1, code=code, id=number, local_name=local, telesign=code))
        for number, (abbr, code, name, local) in enumerate(_LANGUAGES, 1)
    ]
    return answer.ok(node("getLanguageList", *listed))


@method("getMessageTypes")
def get_message_types(_context: Context, _values: Values) -> Answer:
    """getMessageTypes: what the vendor would write to customers."""
    listed = [
        node(
            "message",
            *texts(name=name, code=code, id=number, defaultCopy=copy, scan_code=scan, severity=severity, type="email"),
        )
        for number, (code, name, copy, scan, severity) in _MESSAGES.items()
    ]
    return answer.ok(node("getMessageTypes", node("messages", *listed)))


@method(
    "getTextReport",
    Group("languages", optional=True, children=(Field("lang", optional=True, repeat=True),)),
)
def get_text_report(_context: Context, values: Values) -> Answer:
    """getTextReport: the texts of all messages; how they stand below a language is not documented."""
    wanted = {one.lower() for one in values.get("languages", {}).get("lang", [])}
    listed = [
        node(
            "language",
            *[node("message", text=copy, code=code) for code, _name, copy, _scan, _severity in _MESSAGES.values()],
            abbr=abbr,
            code=code,
            id=str(number),
            local_name=local,
        )
        for number, (abbr, code, name, local) in enumerate(_LANGUAGES, 1)
        if not wanted or wanted & {name.lower(), abbr, code.lower(), str(number)}
    ]
    return answer.ok(node("getTextReport", node("languages", *listed)))


@method("getWafClientAppInfo")
def get_waf_client_app_info(_context: Context, _values: Values) -> Answer:
    """getWafClientAppInfo: the ids that exceptions use."""
    listed = [node("clientApp", *texts(name=name, id=number)) for number, name in _CLIENT_APPS.items()]
    return answer.ok(node("getWafClientAppInfo", node("clientApps", *listed), *texts(status="ok")))
