# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""SSL of a firewall, and certificates of the customer."""

from __future__ import annotations

import base64
import datetime
import functools
import typing as t

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import NameOID
from websec_sandbox import certificates

from ansible_collections.hosting.websec.tests.unit.sandbox.firewalls import INVALID, SITE, ask, refusal, same

if t.TYPE_CHECKING:
    from conftest import Sandbox

PASSPHRASE = "correct horse & battery"
PARSE_ERROR = (None, "Could not parse XML request")
UPLOADED = "<message>Successfully uploaded.</message><status>ok</status>"


class Pair(t.NamedTuple):
    key: t.Any
    certificate: x509.Certificate

    def pem(self) -> bytes:
        return self.certificate.public_bytes(serialization.Encoding.PEM)

    def der(self) -> bytes:
        return self.certificate.public_bytes(serialization.Encoding.DER)

    def private(self) -> bytes:
        form, plain = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        return t.cast(bytes, self.key.private_bytes(serialization.Encoding.PEM, form, plain))

    def pfx(self) -> bytes:
        lock = serialization.BestAvailableEncryption(PASSPHRASE.encode())
        return pkcs12.serialize_key_and_certificates(b"site", self.key, self.certificate, None, lock)


@functools.cache
def pair(bits: int = 0) -> Pair:
    """A key and its certificate: RSA with this number of bits, or an elliptic curve."""
    key: t.Any = rsa.generate_private_key(65537, bits) if bits else ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "plain.example")])
    names = x509.SubjectAlternativeName([x509.DNSName("plain.example"), x509.DNSName("www.plain.example")])
    now = datetime.datetime.now(datetime.timezone.utc)
    until = now + datetime.timedelta(days=90)
    builder = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number(), now, until)
    return Pair(key, builder.add_extension(names, critical=False).sign(key, hashes.SHA256()))


def coded(content: bytes) -> str:
    return base64.b64encode(content).decode()


def upload(certificate: bytes, kind: str, key: bytes = b"", passphrase: str = "") -> str:
    parts = f"<certificate>{coded(certificate)}</certificate><type>{kind}</type>"
    parts += f"<private_key>{coded(key)}</private_key>" if key else ""
    return parts + (f"<passphrase>{passphrase.replace('&', '&amp;')}</passphrase>" if passphrase else "")


def kept(sandbox: Sandbox) -> t.Any:
    return sandbox.admin("GET", f"policy?site_id={SITE}")["certificate"]


@pytest.mark.parametrize("method", ["uploadWAFCertificate", "uploadWafCertificate"])
@pytest.mark.parametrize("kind", ["pem", "cer", "pfx"])
def test_a_certificate_is_uploaded_and_removed(protected: Sandbox, method: str, kind: str) -> None:
    one = pair()
    sent = {
        "pem": upload(one.pem(), "pem", one.private()),
        "cer": upload(one.der(), "cer", one.private()),
        "pfx": upload(one.pfx(), "pfx", passphrase=PASSPHRASE),
    }
    answer = ask(protected, method, sent[kind])
    assert same(answer, f"<uploadWAFCertificate>{UPLOADED}</uploadWAFCertificate>")
    assert kept(protected) == {
        "type": kind,
        "sha256": one.certificate.fingerprint(hashes.SHA256()).hex(),
        "names": ["plain.example", "www.plain.example"],
        "certificates": 1,
    }
    state = str(protected.admin("GET", "state")) + str(protected.journal())
    assert coded(one.private()) not in state
    assert PASSPHRASE not in state
    assert protected.status(SITE)["cert_from"] == "custom"
    removed = ask(protected, method.replace("upload", "remove"))
    removal = "<message>Successfully removed.</message><status>ok</status>"
    assert same(removed, f"<removeWAFCertificate>{removal}</removeWAFCertificate>")
    assert kept(protected) is None
    assert "cert_from" not in protected.status(SITE)


def test_the_leaf_of_a_chain_is_the_certificate_of_the_key(protected: Sandbox) -> None:
    one, other = pair(), pair(2048)
    ask(protected, "uploadWAFCertificate", upload(other.pem() + one.pem(), "pem", one.private()))
    assert (kept(protected)["sha256"], kept(protected)["certificates"]) == (
        one.certificate.fingerprint(hashes.SHA256()).hex(),
        2,
    )


@pytest.mark.parametrize(
    "content",
    [
        lambda: upload(pair().pem(), "pem", pair(2048).private()),
        lambda: upload(pair(4096).pem(), "pem", pair(4096).private()),
        lambda: upload(b"x" * 500, "pem", pair().private()),
        lambda: upload(pair().pem(), "pem", b"x" * 500),
        lambda: upload(pair().der(), "pem", pair().private()),
        lambda: upload(pair().pfx(), "pfx", passphrase="wrong"),
        lambda: upload(pair().pem(), "pem", pair().private()).replace("<private_key>", "<private_key>!"),
    ],
    ids=["other key", "4096 bits", "no certificate", "no key", "DER as PEM", "passphrase", "no Base64"],
)
def test_unreadable_certificates_are_refused(protected: Sandbox, content: t.Callable[[], str]) -> None:
    assert refusal(ask(protected, "uploadWAFCertificate", content())) == INVALID
    assert kept(protected) is None


def test_without_the_library_only_the_size_is_checked(protected: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(certificates, "CAN_READ", False)
    assert ask(protected, "uploadWAFCertificate", upload(b"x" * 500, "pem", b"y" * 500)).findtext("status") == "ok"
    assert kept(protected) == {"type": "pem", "bytes": 500}
    assert refusal(ask(protected, "uploadWAFCertificate", upload(b"x" * 20, "pem", b"y" * 500))) == INVALID


@pytest.mark.parametrize(
    "content",
    [
        upload(b"x" * 500, "pem"),
        upload(b"x" * 500, "pfx", b"y" * 500),
        upload(b"x" * 500, "pem", b"y" * 500, "secret"),
        upload(b"x" * 500, "p7b", b"y" * 500),
    ],
)
def test_contradictory_elements_are_refused(protected: Sandbox, content: str) -> None:
    assert refusal(ask(protected, "uploadWAFCertificate", content)) == PARSE_ERROR


@pytest.mark.parametrize(("form", "status"), [("error", "error"), ("ok", "ok")])
def test_setting_removal_without_a_certificate(protected: Sandbox, form: str, status: str) -> None:
    protected.admin("POST", "settings", certificate_absent=form)
    assert ask(protected, "removeWAFCertificate").findtext("status") == status


def test_setting_element_of_the_upload_response(protected: Sandbox) -> None:
    protected.admin("POST", "settings", certificate_element="description")
    answer = ask(protected, "uploadWAFCertificate", upload(pair().pem(), "pem", pair().private()))
    assert answer.tag == "uploadWafCertificate"
    assert ask(protected, "removeWAFCertificate").tag == "removeWafCertificate"


# The network certificate


@pytest.mark.parametrize("form", ["record", "status"])
def test_enabling_ssl_requires_a_validation(protected: Sandbox, form: str) -> None:
    protected.admin("POST", "settings", ssl_answer=form)
    assert protected.status(SITE)["state"] == "pending-dns"
    answer = ask(protected, "enableWafSSL")
    assert answer.findtext("status") == "ok"
    told = protected.status(SITE)
    assert told["state"] == "pending-domain-validation"
    value = told["dns_record_value"]
    assert answer.findtext("dns_ssl_verify/dns_record_value") == (value if form == "record" else None)
    # A second call asks for the same record.
    ask(protected, "enableWafSSL")
    assert protected.status(SITE)["dns_record_value"] == value
    protected.serve_txt(SITE)
    assert protected.status(SITE)["cert_installed"] == "1"
    assert ask(protected, "enableWafSSL").find("dns_ssl_verify") is None


def test_disabling_ssl_removes_its_certificate(protected: Sandbox) -> None:
    ask(protected, "enableWafSSL")
    ask(protected, "uploadWAFCertificate", upload(pair().pem(), "pem", pair().private()))
    for _again in range(2):
        assert same(ask(protected, "disableWafSSL"), "<disableWafSSL><status>ok</status></disableWafSSL>")
    assert protected.status(SITE)["state"] == "pending-dns"
    assert kept(protected) is None
    answer = ask(protected, "detectWafSSL")
    assert (answer.findtext("cert_detected"), answer.findtext("status")) == ("0", "ok")


def test_detect_ssl(sandbox: Sandbox) -> None:
    sandbox.buy("1")
    assert ask(sandbox, "detectWafSSL", site_id="1").findtext("cert_detected") == "1"


@pytest.mark.parametrize("plan", ["101", "102"])
def test_basic_and_free_plans_have_no_ssl(sandbox: Sandbox, plan: str) -> None:
    sandbox.buy(SITE, plan)
    assert refusal(ask(sandbox, "enableWafSSL")) == ("9414", "Feature not permitted")


def test_validation_by_cname_cannot_be_changed(sandbox: Sandbox) -> None:
    sandbox.buy("1", waf_network_cert_type="site_cert_cname")
    other = "<waf_network_cert_type>other</waf_network_cert_type>"
    assert refusal(ask(sandbox, "enableWafSSL", other, "1")) == INVALID
    assert ask(sandbox, "enableWafSSL", site_id="1").findtext("status") == "ok"
