# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Certificates of websites, made when a test needs them."""

from __future__ import annotations

import dataclasses
import datetime
import functools
import typing as t

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import NameOID

from ansible_collections.hosting.websec.plugins.module_utils._sitelock.policy.certificate_files import (
    Certificate,
    read_certificate,
)

NOW = datetime.datetime(2026, 11, 29, 12, 0, tzinfo=datetime.timezone.utc)
"""As the vendor of the unit tests has it."""
SHOP = ("shop.example", "www.shop.example")
DER, PEM = serialization.Encoding.DER, serialization.Encoding.PEM


@dataclasses.dataclass(frozen=True)
class Made:
    """A certificate and its key."""

    certificate: x509.Certificate
    key: t.Any = dataclasses.field(repr=False)

    @property
    def read(self) -> Certificate:
        """As the collection reads it."""
        return read_certificate(self.der)

    @property
    def der(self) -> bytes:
        return self.certificate.public_bytes(DER)

    @property
    def pem(self) -> str:
        return self.certificate.public_bytes(PEM).decode()

    @property
    def key_pem(self) -> str:
        return self.key_file()

    def key_file(self, passphrase: str = "") -> str:
        encryption: t.Any = serialization.NoEncryption()
        if passphrase:
            encryption = serialization.BestAvailableEncryption(passphrase.encode())
        made: bytes = self.key.private_bytes(PEM, serialization.PrivateFormat.PKCS8, encryption)
        return made.decode()

    def pfx(self, passphrase: str = "") -> bytes:
        encryption: t.Any = serialization.NoEncryption()
        if passphrase:
            encryption = serialization.BestAvailableEncryption(passphrase.encode())
        return pkcs12.serialize_key_and_certificates(b"shop", self.key, self.certificate, None, encryption)


@functools.cache
def make(
    names: tuple[str, ...] = SHOP,
    *,
    days: int = 90,
    since: int = -1,
    rsa_bits: int = 0,
    now: datetime.datetime = NOW,
    number: int = 1,
) -> Made:
    """A self-signed certificate, always the same for the same arguments.

    :param days: how long it is still valid. :param since: first day, from now. :param rsa_bits: 0 for another key.
    :param number: tells apart those that are alike.
    """
    key: t.Any = (
        rsa.generate_private_key(public_exponent=65537, key_size=rsa_bits)
        if rsa_bits
        else ec.generate_private_key(ec.SECP256R1())
    )
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "a website")])
    builder = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(number)
        .not_valid_before(now + datetime.timedelta(days=min(since, days - 1)))
        .not_valid_after(now + datetime.timedelta(days=days))
    )
    if names:
        builder = builder.add_extension(
            x509.SubjectAlternativeName([x509.DNSName(each) for each in names]), critical=False
        )
    return Made(builder.sign(key, hashes.SHA256()), key)
