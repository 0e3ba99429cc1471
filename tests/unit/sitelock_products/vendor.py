# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The products of sites at the vendor, in memory, with the answers that the pages of the API document.

A request is encoded, as the client does it, and what it does not have falls back to a value that nobody wants.
"""

from __future__ import annotations

import collections
import copy
import dataclasses
import datetime
import typing as t

from lxml import etree

from ansible_collections.hosting.websec.plugins.module_utils._effects import Effect
from ansible_collections.hosting.websec.plugins.module_utils._errors import RejectedError, TimedOutError
from ansible_collections.hosting.websec.plugins.module_utils._run_context import RunContext
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.methods import METHODS, Method
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.products.sections import SECTIONS
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.products.task import read_product_entries
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.responses import method_data
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.sections.task import run_sections
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.xml import decode, encode

Data = dict[str, t.Any]
NOW = datetime.datetime(2026, 11, 29, 12, 0, tzinfo=datetime.timezone.utc)
READS = frozenset(method.name for method in METHODS if method.effect is Effect.READ)
PLAN = "8765"
PATCHING = {"auto_fix_app": "warn", "feature_status": "fix"}
SMART = {
    "docroot": "/public_html",
    "exclude_dirs": ["/cache"],
    "exclude_exts": "jpg",
    "exclude_files": "a.php",
    "frequency": "daily",
    "ftp_host": "ftp.shop.example",
    "ftp_timeout": "1800",
    "ftp_user": "shop",
    "auto_fix": "warn",
    "port": "21",
    "protocol": "ftp",
    "parallel": "1",
}
FTP = {
    "protocol": "sftp",
    "ftp_host": "ftp.shop.example",
    "ftp_user": "shop",
    "port": "22",
}
DATABASE = {"ftp_settings": {**FTP, "status": "active"}, "malware": "warn", "spam_code": "warn", "spam_link": "warn"}
FILES = {
    "backup_root": "/public_html",
    "excluded_dirs": "/cache",
    "excluded_exts": "log",
    "excluded_files": "a.zip",
    "exclude_size_kb": "100",
    "ftp_settings": {**FTP, "ftp_timeout": "60"},
    "status": "active",
}
DB = {
    "db_host": "db.shop.example",
    "db_type": "mysql",
    "db_user": "shop",
    "ftp_settings": {**FTP, "ftp_timeout": "60"},
    "root_dir": "/",
    "selected_schemas": {"schema": ["shop"]},
    "status": "active",
}


@dataclasses.dataclass
class Site:
    """The products of one site. ``forms`` are those with a getter and a setter; what is empty is not configured.

    :param passwords: those that were sent last, by form and element.
    :param keys: how many key pairs were made for a form.
    """

    forms: Data = dataclasses.field(
        default_factory=lambda: copy.deepcopy(
            {
                "smart": SMART,
                "smart_patch": PATCHING,
                "smart_database": DATABASE,
                "backup_files": FILES,
                "backup_db": DB,
            }
        )
    )
    passwords: Data = dataclasses.field(default_factory=dict)
    keys: collections.Counter[str] = dataclasses.field(default_factory=collections.Counter)
    pending: bool = False
    shield: dict[str, str] = dataclasses.field(
        default_factory=lambda: {"language": "en", "size": "small", "color": "red", "type": "mal"}
    )
    hosts: list[str] = dataclasses.field(default_factory=lambda: ["www.shop.example"])
    frequency: str = "weekly"
    shows_frequency: bool = True
    shows_key: bool = True

    @classmethod
    def empty(cls) -> Site:
        """A site of which nothing is configured."""
        names = ("smart", "smart_patch", "smart_database", "backup_files", "backup_db")
        return cls(forms={name: {} for name in names}, hosts=[])


class Vendor:
    """Takes calls as ``SiteLockClient`` does.

    ``faults`` says for each method what happens to its next calls: C(lost answer), C(lost request), C(refused).
    ``before_write`` is called with the method of each write, before it is done.
    """

    def __init__(self, **sites: Site) -> None:
        self.sites = {int(name.lstrip("s")): site for name, site in (sites or {"s1": Site()}).items()}
        self.calls: list[str] = []
        self.bodies: list[str] = []
        self.faults: dict[str, collections.deque[str]] = collections.defaultdict(collections.deque)
        self.before_write: t.Callable[[str], None] = lambda _name: None
        self.offers = ["daily", "weekly", "monthly"]

    def writes(self) -> list[str]:
        """The methods that were called and are no reads."""
        return [name for name in self.calls if name not in READS]

    def call(self, method: Method, parameters: t.Mapping[str, t.Any]) -> Data:
        self.calls.append(method.name)
        body = encode(method, parameters, None)
        request = etree.fromstring(body)[0]
        self.bodies.append(etree.tostring(request, encoding="unicode"))
        if method.effect is not Effect.READ:
            self.before_write(method.name)
        fault = self.faults[method.name].popleft() if self.faults[method.name] else ""
        if fault == "refused":
            raise RejectedError(f"{method.name}: Not today.")
        if fault == "lost request":
            raise TimedOutError(f"{method.name}: no answer.", may_have_happened=True)
        answer = self._answer(method, request)
        if fault == "lost answer":
            raise TimedOutError(f"{method.name}: no answer.", may_have_happened=True)
        document = f"<SiteLockOnlineResponse>{answer}</SiteLockOnlineResponse>"
        return method_data(decode(document.encode(), method), method)

    def _answer(self, method: Method, request: etree._Element) -> str:
        shield = request.find("shield")
        number = request.findtext("site_id") if shield is None else shield.get("site_id")
        site = self.sites[int(number)] if number else None
        found = getattr(self, f"_{method.name}")(site, request)
        return found if isinstance(found, str) else _xml(method.name, found)

    # ---- forms

    @staticmethod
    def _getSMART(site: Site, _request: object) -> t.Any:
        if not site.forms["smart"]:
            return {}
        shown = {"id": "7", "error_str": "", "ssh_pub_key": "", **site.forms["smart"]}
        return shown if site.shows_key else {name: shown[name] for name in shown.keys() - {"ssh_pub_key"}}

    def _getSMARTPatch(self, site: Site, _request: object) -> Data:
        self._needs_smart(site)
        return site.forms["smart_patch"] or PATCHING

    def _getSMARTDatabase(self, site: Site, _request: object) -> t.Any:
        self._needs_smart(site)
        return site.forms["smart_database"]

    @staticmethod
    def _getBackupSettings(site: Site, _request: object) -> Data:
        pending = {"pending_backup": "1"} if site.pending else {}
        return {name: {**site.forms[name], **pending} for name in ("backup_db", "backup_files")}

    def _modifySMART(self, site: Site, request: etree._Element) -> Data:
        had = site.forms["smart"]
        kept = {"auto_fix", "port", "protocol", "parallel"}
        done = self._modify(site, "smart", request, {*SMART} - kept)
        site.forms["smart"] = {**{name: value for name, value in had.items() if name in kept}, **site.forms["smart"]}
        return done

    def _modifySMARTPatch(self, site: Site, request: etree._Element) -> Data:
        self._needs_smart(site)
        done = self._modify(site, "smart_patch", request, {"auto_fix_app"})
        site.forms["smart_patch"]["feature_status"] = "fix"
        return done

    def _modifySMARTDatabase(self, site: Site, request: etree._Element) -> Data:
        self._needs_smart(site)
        done = self._modify(site, "smart_database", request, {*DATABASE})
        site.forms["smart_database"].setdefault("ftp_settings", {})["status"] = "active"
        return done

    def _modifyBackupSettings(self, site: Site, request: etree._Element) -> Data:
        (part,) = [each for each in request if each.tag != "site_id"]
        return self._modify(site, part.tag, part, {*(FILES if part.tag == "backup_files" else DB)})

    @staticmethod
    def _needs_smart(site: Site) -> None:
        if not site.forms["smart"]:
            raise RejectedError("SMART must be configured first.")

    @staticmethod
    def _modify(site: Site, name: str, request: etree._Element, known: set[str]) -> Data:
        if site.pending:
            raise RejectedError("A backup is pending.")
        given = _form(request)
        had = site.forms[name]
        for place in (given, given.get("ftp_settings", {})):
            if not isinstance(place, dict):
                continue
            place.pop("site_id", None)
            for password in ("ftp_pw", "db_pw"):
                if password in place:
                    site.passwords[name, password] = place.pop(password)
            if place.pop("gen_ssh_key", "no") == "yes":
                site.keys[name] += 1
                place["ssh_pub_key"] = f"ssh-ed25519 {name}{site.keys[name]}"
        key = had.get("ssh_pub_key"), had.get("ftp_settings", {}).get("ssh_pub_key")
        if key[0]:
            given.setdefault("ssh_pub_key", key[0])
        if key[1]:
            given.setdefault("ftp_settings", {}).setdefault("ssh_pub_key", key[1])
        fallen = {each: "fallen back" for each in had if each in known and request.find(each) is None}
        site.forms[name] = {**fallen, **given}
        return {"status": "ok"}

    # ---- the others

    @staticmethod
    def _getShield(site: Site, request: etree._Element) -> str:
        look = "".join(f' {name}="{value}"' for name, value in site.shield.items())
        options = "<options><colors>red,white</colors><sizes>small,medium,big</sizes><type>mal</type></options>"
        number = request.findtext("site_id")
        return f'<getShield><shield site_id="{number}"{look}>{options}</shield></getShield>'

    @staticmethod
    def _modifyShield(site: Site, request: etree._Element) -> Data:
        given = dict(request[0].attrib)
        site.shield = {name: str(given.get(name, "fallen back")) for name in site.shield}
        return {"status": "ok"}

    @staticmethod
    def _getSSLHost(site: Site, request: etree._Element) -> str:
        number = request.findtext("site_id")
        found = "".join(f'<sslhost site_id="{number}" id="9" domain="{host}"/>' for host in site.hosts)
        return f"<getSSLHost>{found}</getSSLHost>"

    @staticmethod
    def _addSSLHost(site: Site, request: etree._Element) -> str:
        site.hosts = [str(request.findtext("domain"))]
        return f'<addSSLHost><sslhost id="9" domain="{site.hosts[0]}" action="created"/></addSSLHost>'

    @staticmethod
    def _editSSLHost(site: Site, request: etree._Element) -> str:
        domain = request.findtext("domain")
        if not site.hosts:
            return f'<editSSLHost domain="{domain}" error="sslhost not set for 1"/>'
        site.hosts = [str(domain)]
        return f'<editSSLHost><sslhost id="9" domain="{domain}" action="edited"/></editSSLHost>'

    @staticmethod
    def _deleteSSLHost(site: Site, request: etree._Element) -> str:
        assert request.find("account_id") is None, "it would delete the hosts of all sites"
        number, action = request.findtext("site_id"), "deleted" if site.hosts else "notdeleted"
        site.hosts = []
        return f'<deleteSSLHost><sslhost site_id="{number}" action="{action}"/></deleteSSLHost>'

    @staticmethod
    def _scanInfo(site: Site, request: etree._Element) -> str:
        shown = f' frequency="{site.frequency}"' if site.shows_frequency else ""
        number = request.findtext("site_id")
        product = f'<product name="Content" attention_flag="green"{shown}/>'
        return f'<scanInfo account_id="5" site_id="{number}">{product}</scanInfo>'

    def _getPlanScanFrequency(self, _site: None, _request: object) -> Data:
        options = {"options": {"option": self.offers}, "feature_type": "recurring"}
        never = {"options": {"option": ["hourly"]}, "feature_type": "on_demand"}
        return {"malware_scan": options, "smart_scan": never}

    @staticmethod
    def _modifyScanFrequency(site: Site, request: etree._Element) -> Data:
        site.frequency = str(request.findtext("frequency"))
        return {"status": "ok", "message": "done"}


def _form(element: etree._Element) -> Data:
    """Elements as plain data, without what is empty."""
    form: Data = {}
    for each in element:
        value = _form(each) if len(each) else each.text
        if not value:
            continue
        if each.tag in ("exclude_dirs", "schema"):
            form.setdefault(each.tag, []).append(value)
        else:
            assert each.tag not in form, "an element that does not repeat"
            form[each.tag] = value
    return form


def _xml(name: str, value: t.Any) -> str:
    if isinstance(value, list):
        return "".join(_xml(name, each) for each in value)
    content = "".join(_xml(key, each) for key, each in value.items()) if isinstance(value, dict) else value
    return f"<{name}>{content}</{name}>"


def run(vendor: Vendor, sites: list[t.Any], *, check_mode: bool = False, **options: t.Any) -> Data:
    """One run of the module over ``vendor``."""
    defaults = {"max_changes": None, "concurrency": 1, "on_error": "report", "only_ready": False}
    passwords = {"update_password": "on_change", "force_frequency": False}
    params = {"sites": sites, **defaults, **passwords, "site_ids": {}, "states": {}, **options}
    return run_sections(
        t.cast("t.Any", vendor),
        SECTIONS,
        read_product_entries(params),
        params,
        check_mode=check_mode,
        context=RunContext(),
        now=NOW,
    )
