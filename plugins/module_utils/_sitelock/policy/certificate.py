# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""C(certificate): the site's own certificate at the CDN.

Sources: C(uploadWafCertificate), C(removeWafCertificate), C(getAnpProvisioningStatus). The API does not return an
uploaded certificate. So the one that the CDN serves is compared. If it cannot be seen, the fingerprint of the last
upload counts, from the state record or from the entry; without one, nothing is uploaded unless the entry demands it.
"""

from __future__ import annotations

import dataclasses
import datetime
import os
import re
import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._errors import BadInputError
from ansible_collections.hosting.websec.plugins.module_utils._schemas import (
    FLAG,
    GIVEN_TEXT,
    Schema,
    mapping,
    number,
    word,
)
from ansible_collections.hosting.websec.plugins.module_utils._secrets import register_secret
from ansible_collections.hosting.websec.plugins.module_utils._site_names import alias_names
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.methods.firewall import (
    REMOVE_WAF_CERTIFICATE,
    UPLOAD_WAF_CERTIFICATE,
)
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.policy.certificate_files import (
    CER,
    PEM,
    PFX,
    Certificate,
    KeyPair,
    UnusableError,
    problem_of,
    read_key_pair,
    require_library,
)
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.policy.edge import (
    Edge,
    Look,
    Looker,
    look,
    may_be_routed,
    parse_edge,
    read_site,
)
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.policy.site_ssl import SOON, refuse_while_routed
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.sections.given import Given
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.sections.reader import SectionReader
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.sections.section import Plain, Write
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.status import SiteStatus

PRESENT, ABSENT = "present", "absent"
OF_THE_CDN = "network"
"""C(cert_from) of a certificate that the CDN made itself."""
_PUBLIC = (
    "state",
    "type",
    "certificate_file",
    "private_key_file",
    "apex",
    "aliases",
    "address",
    "port",
    "fingerprint",
    "force",
    "force_upload",
)
_SECRET = ("certificate", "private_key", "passphrase")
KEYS = (*_PUBLIC, *_SECRET)
_FLAGS = ("apex", "force", "force_upload")
_FILES = ("certificate_file", "private_key_file")
_MOST_BYTES = 128 * 1024
"""Of a file. A certificate with its chain has some thousand."""
_FINGERPRINT = re.compile(r"[0-9a-f]{64}")


@dataclasses.dataclass(frozen=True)
class CurrentCertificate:
    """
    :param seen: the certificate that the CDN serves.
    :param own: whether the API says that the site has a certificate that was uploaded. C(None): it does not say.
    :param routed: visitors may come through the CDN.
    :param uploaded: an upload was accepted in this run. :param removed: a removal was.
    """

    seen: Look
    own: bool | None = None
    routed: bool = False
    uploaded: bool = False
    removed: bool = False


@dataclasses.dataclass(frozen=True)
class DesiredCertificate:
    """
    :param pair: what is uploaded; C(None): no certificate is wanted.
    :param last: fingerprint of the last upload; empty: there was none; C(None): not known.
    :param force: it may be removed while visitors come through the CDN.
    :param force_upload: it is uploaded even if nothing can be compared.
    """

    where: str
    edge: Edge
    pair: KeyPair | None
    last: str | None
    force: bool
    force_upload: bool
    now: datetime.datetime


@dataclasses.dataclass(frozen=True)
class CertificateSection(Plain[DesiredCertificate, CurrentCertificate]):
    """See ``sections.section.Section``.

    :param look: how to look at the certificate that is served.
    """

    name: t.ClassVar[str] = "certificate"
    schema: t.ClassVar[Schema] = {
        **mapping(
            {
                **dict.fromkeys(("address", *_FILES), GIVEN_TEXT),
                **{key: {"type": ["string", "integer"]} for key in ("fingerprint", *_SECRET)},
                "state": word(PRESENT, ABSENT),
                "type": word(PEM, CER, PFX),
                "apex": FLAG,
                "aliases": {"type": "array"},
                "port": number(1, 65535),
                "force": FLAG,
                "force_upload": FLAG,
            }
        ),
        "minProperties": 1,
    }
    public: t.ClassVar[frozenset[str] | None] = frozenset(_PUBLIC)
    look: Looker = look

    def check_forms(self, given: Given) -> None:
        """Refuse unknown keys and values of a wrong form, without a look at the files."""
        given.only(*KEYS)
        given.choice("state", (PRESENT, ABSENT))
        given.choice("type", (PEM, CER, PFX))
        for check in (parse_edge, _fingerprint):
            with given.problems.of():
                check(given)
        for name in _FLAGS:
            given.flag(name)
        for name in _SECRET:
            with given.problems.of():
                _secret(given, name)
        for name in _FILES:
            given.text(name)
        if given.has("aliases"):
            given.each("aliases", lambda value, _place: str(value))

    def parse(self, given: Given) -> DesiredCertificate:
        require_library()
        given.only(*KEYS)
        edge = parse_edge(given)
        if edge.domain is None:
            raise BadInputError(
                f"{given.where}: the entry has no domain.", hint="The certificate is checked against the domain."
            )
        absent = given.choice("state", (PRESENT, ABSENT)) == ABSENT
        _refuse_with_ssl_off(given, absent)
        pair = None if absent else _key_pair(given)
        if pair is not None:
            problem = problem_of(pair, _hosts(given, edge.domain), given.now)
            if problem is not None:
                raise _refusal(given, problem)
        return DesiredCertificate(
            given.where,
            edge,
            pair,
            _fingerprint(given),
            bool(given.flag("force")),
            bool(given.flag("force_upload")),
            given.now,
        )

    def read(self, reader: SectionReader, site_id: int, desired: DesiredCertificate | None) -> CurrentCertificate:
        if desired is None:
            return CurrentCertificate(Look(None))
        status = read_site(reader, site_id)
        return CurrentCertificate(
            self.look(desired.edge, status, reader.context),
            _is_own(status),
            may_be_routed(status),
            uploaded=reader.was_accepted(UPLOAD_WAF_CERTIFICATE, site_id),
            removed=reader.was_accepted(REMOVE_WAF_CERTIFICATE, site_id),
        )

    def plan(self, current: CurrentCertificate, desired: DesiredCertificate) -> list[Write]:
        """One call at most.

        :raises RejectedError: it would be removed while visitors come through the CDN.
        """
        there = _is_there(current, desired)
        if desired.pair is None:
            if not there:
                return []
            refuse_while_routed(current.routed, desired.force, desired.where, "the certificate was not removed")
            return [
                Write(REMOVE_WAF_CERTIFICATE, {}, fresh=True, shown_by=lambda seen: _is_there(seen, desired) is False)
            ]
        unseen = there is None or (not current.uploaded and _is_foreign(current.seen.served, desired))
        if (there or unseen) and not (unseen and desired.force_upload):
            return []
        parameters = desired.pair.parameters
        return [Write(UPLOAD_WAF_CERTIFICATE, parameters, shown_by=lambda seen: _is_there(seen, desired) is True)]

    def expected(self, current: CurrentCertificate, desired: DesiredCertificate) -> CurrentCertificate:
        sent = bool(self.plan(current, desired))
        if desired.pair is None:
            return dataclasses.replace(current, removed=current.removed or sent)
        return dataclasses.replace(current, uploaded=current.uploaded or sent)

    def dump(self, _current: CurrentCertificate) -> t.Any:
        """Nothing: it cannot be read back."""
        return None

    def details(self, current: CurrentCertificate, desired: DesiredCertificate) -> dict[str, t.Any]:
        """C(fingerprint): of the certificate at the CDN, as far as it is known; C(null): none, or unknown."""
        if current.removed:
            return {"fingerprint": None}
        if current.uploaded and desired.pair is not None:
            return {"fingerprint": desired.pair.certificate.fingerprint}
        served = current.seen.served
        known = served is not None and not _is_foreign(served, desired)
        return {"fingerprint": served.fingerprint if served is not None and known else desired.last or None}

    def needs_person(self, current: CurrentCertificate, desired: DesiredCertificate) -> list[str]:
        there = _is_there(current, desired)
        if desired.pair is None:
            return [] if there is not None else [_UNKNOWN]
        told = (
            [sentence] if (sentence := _about_what_is_served(current, desired, desired.pair.certificate, there)) else []
        )
        ends = desired.pair.certificate.not_after
        if ends <= desired.now + SOON:
            told.append(f"certificate: it ends on {ends:%Y-%m-%d}. Renew it.")
        return told


_UNKNOWN = (
    "certificate: whether one is uploaded is unknown, so nothing was removed: the API does not say it, and no "
    "fingerprint could be compared."
)


def _about_what_is_served(
    current: CurrentCertificate, desired: DesiredCertificate, wanted: Certificate, there: bool | None
) -> str:
    served = current.seen.served
    if not current.uploaded and _is_foreign(served, desired):
        return (
            "certificate: it was uploaded before, but the address of the CDN serves one that is not for this domain. "
            "Check whether a proxy looks into TLS here, and the certificate in the dashboard. To upload it once more, "
            "set force_upload: true for one run."
        )
    if served is None and there is None:
        return (
            "certificate: it cannot be compared with the one that is served, so nothing was uploaded: "
            f"{current.seen.problem}. Set address, or force_upload: true for one run."
        )
    if served is None:
        return f"certificate: whether the CDN serves it is unknown: {current.seen.problem}."
    if current.uploaded and served.fingerprint != wanted.fingerprint:
        return (
            "certificate: it was uploaded, but the CDN still serves another one, which ends on "
            f"{served.not_after:%Y-%m-%d}. Run again in some minutes."
        )
    return ""


def _is_there(current: CurrentCertificate, desired: DesiredCertificate) -> bool | None:
    """Whether the site has the certificate of the entry or, if none is wanted, one that was uploaded. C(None): unknown.

    What is served counts more than what was uploaded at some time: people also click.
    """
    served = current.seen.served
    if desired.pair is None:
        if current.removed:
            return False
        if served is not None and desired.last:
            return served.fingerprint == desired.last
        return current.own
    wanted = desired.pair.certificate.fingerprint
    if current.uploaded:
        return True
    if served is not None and not _is_foreign(served, desired):
        return served.fingerprint == wanted
    return None if desired.last is None else desired.last == wanted


def _is_foreign(served: Certificate | None, desired: DesiredCertificate) -> bool:
    """Whether what is served says nothing, because the certificate of the entry was uploaded and another one is served
    that does not name the domain. It may be that of a proxy that looks into TLS, and every run would upload again."""
    if served is None or desired.pair is None or desired.edge.domain is None:
        return False
    return desired.last == desired.pair.certificate.fingerprint != served.fingerprint and not served.is_for(
        desired.edge.domain
    )


def _is_own(status: SiteStatus) -> bool | None:
    if status.ssl is None:
        return None
    if status.ssl.cert_installed is False:
        return False
    return None if status.ssl.cert_from is None else status.ssl.cert_from.lower() != OF_THE_CDN


# ---- what is given


def _refuse_with_ssl_off(given: Given, absent: bool) -> None:
    """C(disableWafSSL) removes the certificate: both together would be sent in every run.

    :raises BadInputError: the entry switches SSL off.
    """
    ssl = given.site.get("ssl")
    if not absent and isinstance(ssl, t.Mapping) and Given(ssl, given.where, given.now).flag("enabled") is False:
        raise BadInputError(
            f"{given.where}: the section ssl of the same entry has enabled: false, which removes the certificate.",
            hint="Remove one of the two, or set state: absent here.",
        )


def _hosts(given: Given, domain: str) -> list[str]:
    """The names that visitors use: those of O(sites) of M(hosting.websec.sitelock_waf_sites). Without the zone, only a
    domain of two labels is known to be an apex."""
    apex = given.flag("apex")
    aliases = given.each("aliases", lambda value, _place: str(value)) if given.has("aliases") else None
    try:
        return [domain, *alias_names(domain, domain.count(".") == 1 if apex is None else apex, aliases)]
    except BadInputError as error:
        if not given.shows("aliases"):
            raise given.refusal("aliases", aliases, "a list of names, such as www") from None
        raise BadInputError(f"{given.where}: aliases: {error.message}", hint=error.hint) from None


def _fingerprint(given: Given) -> str | None:
    value = given.values.get("fingerprint")
    if value is None:
        return given.recorded.fingerprint if given.recorded else None
    text = str(value).replace(":", "").strip().lower()
    if text and not _FINGERPRINT.fullmatch(text):
        raise given.refusal("fingerprint", value, "a SHA-256 of 64 hexadecimal digits, or empty")
    return text


def _key_pair(given: Given) -> KeyPair:
    kind = given.choice("type", (PEM, CER, PFX)) or PEM
    passphrase = _secret(given, "passphrase")
    certificate = _contents(given, "certificate", is_text=kind == PEM)
    if certificate is None:
        raise BadInputError(f"{given.where}: certificate_file is missing.", hint="Or set state: absent.")
    private_key = _contents(given, "private_key", is_text=True)
    if kind == PFX and private_key is not None:
        raise BadInputError(
            f"{given.where}: private_key is given with type pfx.",
            hint="A PFX file contains the private key. Remove it.",
        )
    if kind != PFX and private_key is None:
        raise BadInputError(
            f"{given.where}: private_key_file is missing.", hint=f"It is needed with type {kind}. Only PFX contains it."
        )
    try:
        pair = read_key_pair(kind, certificate, private_key, passphrase)
    except UnusableError as problem:
        raise _refusal(given, problem) from None
    # As it is sent: a server may repeat it.
    register_secret(pair.parameters["certificate" if kind == PFX else "private_key"])
    return pair


def _refusal(given: Given, problem: UnusableError) -> BadInputError:
    file = f"{problem.option}_file"
    name = file if given.has(file) else problem.option
    # In full: people expect a relative path to begin elsewhere.
    told = f" ({_full(str(given.values[file]))})" if given.has(file) and given.shows(file) else ""
    return BadInputError(f"{given.where}: {name}{told} {problem.problem}. Nothing was sent for this site.")


def _secret(given: Given, name: str) -> str | None:
    """A text as it is: blanks are part of a passphrase."""
    value = given.values.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, (str, int)):
        raise given.refusal(name, value, "a text")
    register_secret(str(value))
    return str(value)


def _full(path: str) -> str:
    return os.path.abspath(os.path.expanduser(path.strip()))


def _contents(given: Given, name: str, *, is_text: bool) -> bytes | None:
    """What is given as a text or as a file.

    :param is_text: it can be given as a text.
    """
    file = f"{name}_file"
    if given.has(name) and given.has(file):
        raise BadInputError(f"{given.where}: {name} and {file} are both given.", hint="Give one of the two.")
    text = _secret(given, name)
    if text is not None:
        if not is_text:
            raise BadInputError(
                f"{given.where}: {name} can be given as a text only with type {PEM}.", hint=f"Use {file}."
            )
        return text.encode()
    path = given.text(file)
    if path is None:
        return None
    try:
        path = _full(path)
        if not os.path.isfile(path):
            raise FileNotFoundError(0, "No such file")
        with open(path, "rb") as opened:
            data = opened.read(_MOST_BYTES + 1)
        if len(data) > _MOST_BYTES:
            raise OSError(0, f"It has more than {_MOST_BYTES:,} bytes")
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "Not a path"
        raise _refusal(given, UnusableError(name, f"cannot be read: {reason}")) from None
    return data


CERTIFICATE = CertificateSection()
