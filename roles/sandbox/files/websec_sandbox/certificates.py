# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""
Reading a certificate that was uploaded. What is kept of it is public: nothing of its key.

Without the library cryptography, which the role does not ask for, only the sizes are checked.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
import typing

try:
    from cryptography import x509
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import rsa
    from cryptography.hazmat.primitives.serialization import pkcs12
except ImportError:
    CAN_READ = False
else:
    CAN_READ = True

from .policy import Record

_SIZES = range(100, 100_000)
# The documented limit: a key must be smaller.
_RSA_BITS = 4096
_PEM = re.compile(rb"-----BEGIN CERTIFICATE-----.+?-----END CERTIFICATE-----", re.DOTALL)


def read(kind: str, certificate: str, key: str, passphrase: str) -> Record:
    """
    What can be seen of a certificate of this kind (C(pem), C(cer), C(pfx)); all but C(passphrase) are Base64.

    Raises ValueError, never with a part of the key or the passphrase in its text.
    """
    content = _decoded("certificate", certificate)
    private_key = _decoded("private_key", key) if key else b""
    if not CAN_READ:
        return {"type": kind, "bytes": len(content)}
    try:
        found, secret = _pkcs12(content, passphrase) if kind == "pfx" else _files(kind, content, private_key)
    except (ValueError, TypeError) as problem:
        raise ValueError(f"the {kind} file or its key cannot be read") from problem
    return _described(kind, found, secret)


def _decoded(name: str, text: str) -> bytes:
    try:
        content = base64.b64decode("".join(text.split()), validate=True)
    except binascii.Error:
        raise ValueError(f"{name} is not Base64") from None
    if len(content) not in _SIZES:
        raise ValueError(f"{name} has a size that is not possible")
    return content


def _pkcs12(content: bytes, passphrase: str) -> tuple[list[x509.Certificate], typing.Any]:
    key, leaf, others = pkcs12.load_key_and_certificates(content, passphrase.encode() or None)
    return [one for one in (leaf, *others) if one is not None], key


def _files(kind: str, content: bytes, key: bytes) -> tuple[list[x509.Certificate], typing.Any]:
    blocks = _PEM.findall(content)
    if not blocks and kind == "cer":
        certificates = [x509.load_der_x509_certificate(content)]
    else:
        certificates = [x509.load_pem_x509_certificate(block) for block in blocks]
    load = serialization.load_pem_private_key if b"-----BEGIN" in key else serialization.load_der_private_key
    return certificates, load(key, password=None)


def _described(kind: str, certificates: list[x509.Certificate], key: typing.Any) -> Record:
    if key is None:
        raise ValueError("there is no key")
    if isinstance(key, rsa.RSAPrivateKey) and key.key_size >= _RSA_BITS:
        raise ValueError(f"an RSA key must have less than {_RSA_BITS} bits")
    fitting = [one for one in certificates if _public(one.public_key()) == _public(key.public_key())]
    if not fitting:
        raise ValueError("the key does not belong to the certificate")
    leaf = fitting[0]
    return {
        "type": kind,
        "sha256": hashlib.sha256(leaf.public_bytes(serialization.Encoding.DER)).hexdigest(),
        "names": _names(leaf),
        "certificates": len(certificates),
    }


def _public(key: typing.Any) -> bytes:
    encoded: bytes = key.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    return encoded


def _names(leaf: x509.Certificate) -> list[str]:
    try:
        names = leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return []
    return names.get_values_for_type(x509.DNSName)
