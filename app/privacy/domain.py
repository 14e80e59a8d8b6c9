"""Keys, receipts and ciphertexts, without database or Flask. Only here and in ``streams`` libsodium is touched.

Primitives: X25519 sealed boxes for keys, XChaCha20-Poly1305 for contents, Argon2id for passwords, keyed BLAKE2b for
receipts.
"""

from __future__ import annotations

import secrets
from base64 import b32decode, b32encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import blake2b

from nacl import pwhash
from nacl.exceptions import CryptoError
from nacl.public import PrivateKey, PublicKey, SealedBox
from nacl.secret import Aead
from nacl.utils import random

RANDOM_DIGITS = 28
CHECK_DIGITS = 2
GROUP = 5
SPELLED_GROUP = 4
RECOVERY_CHECK_BYTES = 3
_BASE32, _SPELLED = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_TO_SPELLED = str.maketrans(_BASE32, _SPELLED)
# Who reads an O or an I or an L on the paper means the figure.
_TO_BASE32 = str.maketrans(_SPELLED + "OIL", _BASE32 + "ABB")
PADDING = 512
"""Contents are padded to a multiple of this many bytes, so that a length tells little."""


class CannotOpen(Exception):  # noqa: N818
    """The key does not fit, or the ciphertext was changed or moved."""


class Mistyped(CannotOpen):
    """What was typed cannot be a recovery key."""


class Spent(CannotOpen):
    """The receipt once opened a box that has been destroyed."""


class Exchanged(CannotOpen):
    """The receipt was exchanged: another one opens what it once opened."""


@dataclass(frozen=True, slots=True)
class BoxKey:
    """The key to one box, in memory only."""

    box_id: str
    secret: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Keyring:
    """Unlocked private keys by principal, in memory only."""

    keys: Mapping[str, bytes] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class WrappedKey:
    """A private key under a password: Argon2id parameters, salt, ciphertext."""

    salt: bytes
    operations: int
    memory: int
    ciphertext: bytes


def new_id() -> str:
    """A random identifier that says nothing."""
    return secrets.token_urlsafe(16)


# Key pairs -----------------------------------------------------------------------------------------------------------


def new_key_pair() -> tuple[bytes, bytes]:
    """A fresh (private, public) X25519 pair."""
    private = PrivateKey.generate()
    return bytes(private), bytes(private.public_key)


def public_key_of(private_key: bytes) -> bytes:
    """The other half of a pair."""
    return bytes(PrivateKey(private_key).public_key)


def seal_to(public_key: bytes, secret: bytes) -> bytes:
    """A secret that only the holder of the private key can read."""
    return SealedBox(PublicKey(public_key)).encrypt(secret)


def unseal(private_key: bytes, sealed: bytes) -> bytes:
    """The secret again.

    Raises:
        CannotOpen: the key does not fit.
    """
    try:
        return SealedBox(PrivateKey(private_key)).decrypt(sealed)
    except CryptoError as error:
        raise CannotOpen from error


def wrap_with_password(password: str, private_key: bytes) -> WrappedKey:
    """Wrap a private key by a key from a password."""
    salt = random(pwhash.argon2id.SALTBYTES)
    operations, memory = pwhash.argon2id.OPSLIMIT_INTERACTIVE, pwhash.argon2id.MEMLIMIT_INTERACTIVE
    key = pwhash.argon2id.kdf(Aead.KEY_SIZE, password.encode(), salt, opslimit=operations, memlimit=memory)
    return WrappedKey(salt, operations, memory, encrypt(key, private_key, b"vault"))


def unwrap_with_password(password: str, wrapped: WrappedKey) -> bytes:
    """The private key again.

    Raises:
        CannotOpen: the password is wrong.
    """
    key = pwhash.argon2id.kdf(
        Aead.KEY_SIZE, password.encode(), wrapped.salt, opslimit=wrapped.operations, memlimit=wrapped.memory
    )
    return decrypt(key, wrapped.ciphertext, b"vault")


# Keys on paper and by telephone --------------------------------------------------------------------------------------


def _spelled(raw: bytes) -> str:
    """Bytes in letters and figures that nobody mixes up (Crockford's base 32), in groups of four."""
    signs = b32encode(raw).decode().rstrip("=").translate(_TO_SPELLED)
    return "-".join(signs[start : start + SPELLED_GROUP] for start in range(0, len(signs), SPELLED_GROUP))


def _recovery_check(private_key: bytes) -> bytes:
    return blake2b(private_key, digest_size=RECOVERY_CHECK_BYTES, person=b"recovery-check").digest()


def recovery_code(private_key: bytes) -> str:
    """A private key to write down: fourteen groups of four signs, the last five signs a checksum of the others."""
    return _spelled(private_key + _recovery_check(private_key))


def read_recovery_code(typed: str) -> bytes:
    """The private key of what somebody typed, in capitals or not, with whatever separators.

    Raises:
        Mistyped: there is a sign too many, too few or wrong.
    """
    signs = "".join(sign for sign in typed.upper() if sign.isalnum()).translate(_TO_BASE32)
    try:
        raw = b32decode(signs)
    except ValueError as error:
        raise Mistyped from error
    private_key, check = raw[:-RECOVERY_CHECK_BYTES], raw[-RECOVERY_CHECK_BYTES:]
    if len(private_key) != PrivateKey.SIZE or not secrets.compare_digest(check, _recovery_check(private_key)):
        raise Mistyped
    return private_key


def check_code(public_key: bytes) -> str:
    """Twelve signs by which two people make sure, by telephone, that they mean the same public key.

    60 bits: to make another key with the same code takes longer than anybody's term of office.
    """
    return _spelled(blake2b(public_key, digest_size=10, person=b"check-code").digest())[: 3 * SPELLED_GROUP + 2]


# Contents ------------------------------------------------------------------------------------------------------------


def new_secret() -> bytes:
    """A fresh symmetric key."""
    return random(Aead.KEY_SIZE)


def encrypt(key: bytes, plain: bytes, context: bytes) -> bytes:
    """Encrypt bytes, bound to a context that must be given again to read them."""
    return bytes(Aead(key).encrypt(plain, context))


def decrypt(key: bytes, ciphertext: bytes, context: bytes) -> bytes:
    """The bytes again.

    Raises:
        CannotOpen: wrong key, wrong context, or changed ciphertext.
    """
    try:
        return Aead(key).decrypt(ciphertext, context)
    except CryptoError as error:
        raise CannotOpen from error


def pad(plain: bytes) -> bytes:
    """Fill up to a multiple of ``PADDING`` (ISO/IEC 7816-4)."""
    return plain + b"\x80" + b"\x00" * (-(len(plain) + 1) % PADDING)


def unpad(padded: bytes) -> bytes:
    """The bytes before padding."""
    return padded[: padded.rindex(b"\x80")]


# Receipts ------------------------------------------------------------------------------------------------------------


def _derived(pepper: str, purpose: bytes, data: bytes, size: int = 32) -> bytes:
    key = blake2b(pepper.encode(), digest_size=64).digest()
    return blake2b(data, digest_size=size, key=key, person=purpose).digest()


def _check_digits(digits: str) -> str:
    """Two digits that catch every single wrong digit and nearly every transposition (ISO 7064, mod 97-10)."""
    return f"{98 - int(digits) * 100 % 97:02d}"


def receipt_from(nonce: str, pepper: str) -> str:
    """The receipt that belongs to a form's nonce: 30 digits, always the same for the same nonce.

    So a resend after a lost answer shows the receipt of the report that already arrived.
    """
    number = int.from_bytes(_derived(pepper, b"receipt-digits", nonce.encode(), 64)) % 10**RANDOM_DIGITS
    digits = f"{number:0{RANDOM_DIGITS}d}"
    return digits + _check_digits(digits)


def read_receipt(typed: str) -> str | None:
    """The 30 digits of what somebody typed, whatever script and separators; None when it cannot be a receipt."""
    digits = "".join(str(int(sign)) for sign in typed if sign.isdecimal())
    if len(digits) != RANDOM_DIGITS + CHECK_DIGITS or digits[RANDOM_DIGITS:] != _check_digits(digits[:RANDOM_DIGITS]):
        return None
    return digits


def grouped(digits: str) -> list[str]:
    """The digits in groups of five, to read out and to type."""
    return [digits[start : start + GROUP] for start in range(0, len(digits), GROUP)]


def receipt_lookup(digits: str, pepper: str) -> bytes:
    """What the database finds a receipt by. Says nothing about the key."""
    return _derived(pepper, b"receipt-lookup", digits.encode())


def receipt_key(digits: str, pepper: str) -> bytes:
    """The key that wraps the box key for the reporter."""
    return _derived(pepper, b"receipt-key", digits.encode())
