# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Certificates and private keys: what is in them, and the form in which C(uploadWafCertificate) takes them.

No text in here contains anything of a key, of a passphrase, or of what a library says about them.
"""

from __future__ import annotations

import base64
import dataclasses
import datetime
import hashlib
import re
import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._errors import MissingLibraryError
from ansible_collections.hosting.websec.plugins.module_utils._texts import joined, listed

try:
    from cryptography import x509
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import rsa
    from cryptography.hazmat.primitives.serialization import pkcs12

    IS_READY = True
except ImportError:
    # Not noted as missing: only the sections about certificates need it, and the others must work without.
    IS_READY = False

LIBRARY = "cryptography"
TOO_MANY_RSA_BITS = 4096
"""RSA keys must be shorter (page of C(uploadWafCertificate))."""
PEM, CER, PFX = "pem", "cer", "pfx"
_ARMOR = b"-----BEGIN "
_KEY_BLOCK = re.compile(rb"-----BEGIN ([A-Z ]*PRIVATE KEY)-----.*?-----END \1-----", re.DOTALL)
_BEGIN, _END = b"-----BEGIN CERTIFICATE-----", b"-----END CERTIFICATE-----"


def require_library() -> None:
    """
    :raises MissingLibraryError: certificates cannot be read here.
    """
    if not IS_READY:
        raise MissingLibraryError.of([LIBRARY])


class UnusableError(ValueError):
    """A file that cannot be used.

    :param option: C(certificate), C(private_key) or C(passphrase).
    :param problem: the end of a sentence that begins with the option.
    """

    def __init__(self, option: str, problem: str) -> None:
        super().__init__(problem)
        self.option = option
        self.problem = problem


@dataclasses.dataclass(frozen=True)
class Certificate:
    """A certificate of a website.

    :param fingerprint: SHA-256, as hexadecimal digits in lower case.
    :param names: the DNS names that it is for, in lower case.
    """

    fingerprint: str
    names: tuple[str, ...]
    not_before: datetime.datetime
    not_after: datetime.datetime

    def is_for(self, host: str) -> bool:
        """Whether it names a host. A wildcard stands for one label."""
        return host in self.names or f"*.{host.partition('.')[2]}" in self.names


@dataclasses.dataclass(frozen=True)
class KeyPair:
    """A certificate with its key.

    :param parameters: of C(uploadWafCertificate).
    :param rsa_bits: length of its RSA key; 0: it has another kind of key.
    """

    certificate: Certificate
    rsa_bits: int
    parameters: t.Mapping[str, str] = dataclasses.field(repr=False)


def read_certificate(der: bytes) -> Certificate:
    """
    :raises ValueError: it is no certificate, or one that the library cannot read.
    """
    try:
        return _described(x509.load_der_x509_certificate(der))
    except Exception as error:  # It comes from a server, and the library has errors of its own for odd ones.
        raise ValueError(type(error).__name__) from None


def read_key_pair(kind: str, certificate: bytes, private_key: bytes | None, passphrase: str | None) -> KeyPair:
    """
    :param kind: C(pem), C(cer) or C(pfx).
    :param certificate: of C(pfx) with the private key in it.
    :param private_key: C(None) only with C(pfx).
    :param passphrase: of the private key. It is sent only with C(pfx). For the others its use is not documented: the
        key is sent without it.
    :raises UnusableError: something cannot be read, or does not fit together.
    """
    if kind == PFX:
        leaf, key = _from_pfx(certificate, passphrase)
        parameters = {"certificate": _encoded(certificate), "type": kind}
        if passphrase:
            parameters["passphrase"] = passphrase
    else:
        leaf, certificate = _leaf(kind, certificate)
        key, private_key = _private_key(private_key or b"", passphrase)
        parameters = {"certificate": _encoded(certificate), "type": kind, "private_key": _encoded(private_key)}
    if _public(key.public_key()) != _public(leaf.public_key()):
        raise UnusableError("private_key", "does not fit the certificate")
    bits = key.key_size if isinstance(key, rsa.RSAPrivateKey) else 0
    try:
        return KeyPair(_described(leaf), bits, parameters)
    except Exception:  # The library has errors of its own for odd extensions.
        raise UnusableError("certificate", "has parts that cannot be read") from None


def problem_of(pair: KeyPair, hosts: t.Sequence[str], now: datetime.datetime) -> UnusableError | None:
    """Why a certificate cannot serve a website.

    :param hosts: the names of the website.
    """
    certificate = pair.certificate
    if certificate.not_after <= now:
        return UnusableError("certificate", f"expired on {certificate.not_after:%Y-%m-%d}")
    if certificate.not_before > now:
        return UnusableError("certificate", f"is not valid before {certificate.not_before:%Y-%m-%d}")
    missing = [host for host in hosts if not certificate.is_for(host)]
    if missing:
        names = listed(certificate.names, 10) or "no DNS name"
        return UnusableError("certificate", f"is not for {joined(missing)}; it names {names}")
    if pair.rsa_bits >= TOO_MANY_RSA_BITS:
        return UnusableError(
            "private_key", f"has {pair.rsa_bits:,} bits; SiteLock takes RSA keys of less than {TOO_MANY_RSA_BITS:,}"
        )
    return None


def _described(leaf: x509.Certificate) -> Certificate:
    try:
        found = leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        names = found.get_values_for_type(x509.DNSName)
    except (x509.ExtensionNotFound, ValueError):
        names = []
    return Certificate(
        hashlib.sha256(leaf.public_bytes(serialization.Encoding.DER)).hexdigest(),
        tuple(name.lower() for name in names),
        _time(leaf, "not_valid_before"),
        _time(leaf, "not_valid_after"),
    )


def _time(leaf: x509.Certificate, name: str) -> datetime.datetime:
    # Up to version 41 of the library there are only the ones without a time zone, which are in UTC as well.
    found: datetime.datetime = getattr(leaf, f"{name}_utc" if hasattr(leaf, f"{name}_utc") else name)
    return found.replace(tzinfo=datetime.timezone.utc)


def _leaf(kind: str, data: bytes) -> tuple[x509.Certificate, bytes]:
    """The first certificate of a file, and what is sent of the file: of PEM only the certificates, because people keep
    the private key in the same file."""
    try:
        if kind == CER and _ARMOR not in data:
            return x509.load_der_x509_certificate(data), data
        blocks = [
            _BEGIN + inner + _END + b"\n"
            for inner, end, _rest in (piece.partition(_END) for piece in data.split(_BEGIN)[1:])
            if end
        ]
        # The others as well, to see that they are certificates.
        leaf, *_chain = [x509.load_pem_x509_certificate(block) for block in blocks]
        return leaf, b"".join(blocks)
    except Exception:  # The library has errors of its own for odd ones.
        form = "PEM" if kind == PEM else "DER or PEM"
        raise UnusableError("certificate", f"is not a certificate in {form}") from None


def _private_key(data: bytes, passphrase: str | None) -> tuple[t.Any, bytes]:
    """A private key, and what is sent of the file: only that key. People keep certificates and other keys beside it."""
    load = serialization.load_pem_private_key if _ARMOR in data else serialization.load_der_private_key
    if _ARMOR in data:
        blocks = [block.group() for block in _KEY_BLOCK.finditer(data)]
        if len(blocks) > 1:
            raise UnusableError("private_key", f"holds {len(blocks)} private keys")
        data = blocks[0] + b"\n" if blocks else data
    try:
        return load(data, None), data
    except TypeError:
        if not passphrase:
            raise UnusableError("private_key", "is encrypted, and no passphrase is given") from None
    except (ValueError, UnsupportedAlgorithm):
        raise UnusableError("private_key", "is not a private key in PEM") from None
    try:
        key: t.Any = load(data, passphrase.encode())
    except (ValueError, UnsupportedAlgorithm):
        raise UnusableError("passphrase", "does not fit the private key") from None
    return key, key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def _from_pfx(data: bytes, passphrase: str | None) -> tuple[x509.Certificate, t.Any]:
    try:
        key, leaf, _chain = pkcs12.load_key_and_certificates(data, passphrase.encode() if passphrase else None)
    except Exception:  # As above.
        raise UnusableError("certificate", "is not a PFX file, or passphrase does not fit it") from None
    if key is None or leaf is None:
        raise UnusableError("certificate", f"is a PFX file without a {'certificate' if key else 'private key'}")
    return leaf, key


def _public(key: t.Any) -> bytes:
    found: bytes = key.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    return found


def _encoded(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")
