# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A stand-in of Plesk (XML API and one call of its REST API), written from the public documentation, and not from the
client.

It is strict about credentials, content type, datasets and the order of elements. Who asks for a dataset with hosting
settings gets passwords.
"""

from __future__ import annotations

import base64
import dataclasses
import typing as t
import xml.etree.ElementTree as ET

from .stand_in import (
    PASSWORD,
    Answer,
    Request,
    answered,
    json_answer,
)


@dataclasses.dataclass(frozen=True)
class Webspace:
    """A subscription with its main domain."""

    number: int
    name: str
    owner: str = "alpha"
    status: str = "0"
    addresses: tuple[str, ...] = ("192.0.2.20",)
    plans: tuple[str, ...] = ("plan-basic",)
    htype: str = "vrt_hst"
    ascii_name: str = ""
    aliases: tuple[t.Any, ...] = ()


@dataclasses.dataclass(frozen=True)
class Site:
    """Another domain of a subscription."""

    number: int
    name: str
    webspace: int
    status: str = "0"
    addresses: tuple[str, ...] = ()
    htype: str = "vrt_hst"
    aliases: tuple[t.Any, ...] = ()


PLANS = {"plan-basic": "basic", "plan-shop": "shop"}


class PleskPanel:
    """Answers requests: call it with each."""

    def __init__(
        self,
        webspaces: t.Sequence[Webspace] = (),
        sites: t.Sequence[Site] = (),
        *,
        plans: t.Mapping[str, str] = PLANS,
        key: str = "PLESK-KEY-0123456789",
        login: tuple[str, str] = ("admin", "Plesk-Pa55word"),
        nothing: str = "status",
    ) -> None:
        """:param nothing: how a list without entries is answered: C(status) or C(error)."""
        self.webspaces, self.sites, self.plans = list(webspaces), list(sites), dict(plans)
        self.key, self.login, self.nothing = key, login, nothing
        self.plan_owners: dict[str, str] = {}
        self.calls: list[str] = []

    def __call__(self, request: Request) -> Answer:
        headers = {name.lower(): value for name, value in request.headers.items()}
        if request.path == "/api/v2/domains":
            return self._rest(request, headers)
        if request.path != "/enterprise/control/agent.php" or request.method != "POST":
            return answered(b"<html><body>Not found</body></html>", 404, {"Content-Type": "text/html"})
        if headers.get("content-type") != "text/xml":
            return _system_error("1014", "Parser error: the content type is not text/xml")
        own = (headers.get("http_auth_login"), headers.get("http_auth_passwd"))
        if headers.get("key") != self.key and own != self.login:
            code = "11003" if "key" in headers else "1001"
            return _system_error(code, "PleskAPIInvalidSecretKeyException : Invalid secret key usage")
        try:
            packet = ET.fromstring(request.body)
        except ET.ParseError:
            return _system_error("1014", "Parser error")
        (operator,) = packet
        (get,) = operator
        if packet.tag != "packet" or get.tag != "get":
            return _system_error("1014", "Parser error: this stand-in takes only get")
        self.calls.append(f"{operator.tag}.get")
        return self._listing(operator.tag, [each.tag for each in get], [each.tag for each in get.findall("dataset/*")])

    def _listing(self, operator: str, parts: list[str], datasets: list[str]) -> Answer:
        answers = {"webspace": self._webspaces, "site": self._sites, "service-plan": self._plans}
        order = ["filter", "owner-all"] if operator == "service-plan" else ["filter", "dataset"]
        if operator not in answers or parts != order:
            return _system_error("1014", f"Parser error: {operator} has {parts}")
        results = answers[operator](datasets)
        if not results:
            empty = {"status": "<status>ok</status>", "error": _error("1013", "Object does not exist.")}[self.nothing]
            results = [f"<result>{empty}</result>"]
        body = f"<packet version='1.6.9.1'><{operator}><get>{''.join(results)}</get></{operator}></packet>"
        return answered(f'<?xml version="1.0" encoding="UTF-8"?>\n{body}'.encode())

    def _webspaces(self, datasets: list[str]) -> list[str]:
        return [
            _result(
                each.number,
                each.name,
                (
                    f"{_info(each)}<owner-id>3</owner-id><owner-login>{_text(each.owner)}</owner-login>"
                    f"{_addresses(each)}<htype>{each.htype}</htype><guid>w-{each.number}</guid>"
                ),
                _hosting(datasets),
                f"<subscriptions><subscription><locked>false</locked><synchronized>true</synchronized>"
                f"{''.join(f'<plan><plan-guid>{plan}</plan-guid></plan>' for plan in each.plans)}"
                "</subscription></subscriptions>"
                if "subscriptions" in datasets
                else "",
            )
            for each in self.webspaces
        ]

    def _sites(self, datasets: list[str]) -> list[str]:
        return [
            _result(
                each.number,
                each.name,
                f"{_info(each)}{_addresses(each)}<htype>{each.htype}</htype><guid>s-{each.number}</guid>"
                f"<webspace-guid>w-{each.webspace}</webspace-guid><webspace-id>{each.webspace}</webspace-id>",
                _hosting(datasets),
            )
            for each in self.sites
        ]

    def _plans(self, _datasets: list[str]) -> list[str]:
        return [
            f"<result><status>ok</status><id>{number}</id><name>{_text(name)}</name><guid>{guid}</guid>"
            f"<owner-login>{self.plan_owners.get(guid, 'admin')}</owner-login></result>"
            for number, (guid, name) in enumerate(self.plans.items(), 1)
        ]

    def _rest(self, request: Request, headers: dict[str, str]) -> Answer:
        self.calls.append(f"{request.method} /domains")
        basic = base64.b64encode(":".join(self.login).encode()).decode()
        if headers.get("x-api-key") != self.key and headers.get("authorization") != f"Basic {basic}":
            return json_answer({"code": 401, "message": "Unauthorized"}, 401)
        domains = []
        for each in [*self.webspaces, *self.sites]:
            aliases = [
                alias if isinstance(alias, dict) else {"name": alias, "ascii_name": alias, "web": True, "dns": True}
                for alias in each.aliases
            ]
            domain = {"id": each.number, "name": each.name, "ascii_name": getattr(each, "ascii_name", "") or each.name}
            domains.append({**domain, "hosting_type": "virtual", "aliases": aliases})
        return json_answer(domains)


def _result(number: int, name: str, info: str, *more: str) -> str:
    data = f"<data><gen_info>{info}</gen_info>{''.join(more)}</data>"
    return f"<result><status>ok</status><filter-id>{_text(name)}</filter-id><id>{number}</id>{data}</result>"


def _info(each: Webspace | Site) -> str:
    plain = getattr(each, "ascii_name", "") or each.name
    return (
        f"<cr_date>2024-05-01</cr_date><name>{_text(each.name)}</name><ascii-name>{_text(plain)}</ascii-name>"
        f"<status>{_text(each.status)}</status><real_size>0</real_size>"
    )


def _addresses(each: Webspace | Site) -> str:
    return "".join(f"<dns_ip_address>{_text(address)}</dns_ip_address>" for address in each.addresses)


def _hosting(datasets: list[str]) -> str:
    if "hosting" not in datasets:
        return ""
    secret = f"<property><name>ftp_password</name><value>{PASSWORD}</value></property>"
    return f"<hosting><vrt_hst>{secret}</vrt_hst></hosting>"


def _error(code: str, text: str) -> str:
    return f"<status>error</status><errcode>{code}</errcode><errtext>{_text(text)}</errtext>"


def _system_error(code: str, text: str) -> Answer:
    return answered(f'<?xml version="1.0"?><packet><system>{_error(code, text)}</system></packet>'.encode())


def _text(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
