"""Proving an RSA-SHA256 signature (RFC 8017, PKCS #1 v1.5) against a public key in PEM.

Only public numbers take part, so nothing here has to keep a secret. The whole padded message is rebuilt and compared;
nothing of the signature is parsed, which is where such checks have gone wrong.
"""

import base64
import binascii
import hashlib
import hmac
from functools import lru_cache

_SHA256 = bytes.fromhex("3031300d060960864801650304020105000420")
"""DigestInfo of SHA-256 without the digest (RFC 8017, section 9.2, note 1)."""
_RSA = bytes.fromhex("300d06092a864886f70d0101010500")
"""AlgorithmIdentifier rsaEncryption."""
LEAST_BITS, MOST_BITS = 2048, 8192


def is_signed_by(pem: str, message: bytes, signature: str) -> bool:
    """Whether `signature` (base64) is one of `message` by the key. Raises ValueError for a key that is none."""
    modulus, exponent = read_public_key(pem)
    try:
        given = base64.b64decode(signature, validate=True)
    except (binascii.Error, ValueError):
        return False
    size = (modulus.bit_length() + 7) // 8
    number = int.from_bytes(given, "big")
    if len(given) != size or number >= modulus:
        return False
    digest = _SHA256 + hashlib.sha256(message).digest()
    padded = b"\x00\x01" + b"\xff" * (size - len(digest) - 3) + b"\x00" + digest
    return hmac.compare_digest(pow(number, exponent, modulus).to_bytes(size, "big"), padded)


@lru_cache(maxsize=64)
def read_public_key(pem: str) -> tuple[int, int]:
    """Modulus and exponent of a SubjectPublicKeyInfo. Raises ValueError."""
    lines = [line.strip() for line in pem.strip().splitlines()]
    if not lines or lines[0] != "-----BEGIN PUBLIC KEY-----" or lines[-1] != "-----END PUBLIC KEY-----":
        raise ValueError("not a public key in PEM")
    try:
        data = base64.b64decode("".join(lines[1:-1]), validate=True)
    except binascii.Error as error:
        raise ValueError("not a public key in PEM") from error
    info, rest = _value(data, 0x30)
    if rest or not info.startswith(_RSA):
        raise ValueError("not an RSA public key")
    bits, rest = _value(info[len(_RSA) :], 0x03)
    pair, more = _value(bits[1:], 0x30)
    modulus, tail = _value(pair, 0x02)
    exponent, end = _value(tail, 0x02)
    found = int.from_bytes(modulus, "big"), int.from_bytes(exponent, "big")
    if rest or more or end or not LEAST_BITS <= found[0].bit_length() <= MOST_BITS or found[1] < 3:
        raise ValueError("not an RSA public key of 2048 to 8192 bits")
    return found


def _value(data: bytes, tag: int) -> tuple[bytes, bytes]:
    """The content of the first DER element, which has to have this tag, and what follows it."""
    if len(data) < 2 or data[0] != tag:
        raise ValueError("not an RSA public key")
    length, start = data[1], 2
    if length & 0x80:
        start = 2 + (length & 0x7F)
        length = int.from_bytes(data[2:start], "big")
    if len(data) < start + length:
        raise ValueError("not an RSA public key")
    return data[start : start + length], data[start + length :]
