"""Long ciphertexts in pieces, without database or Flask: XChaCha20-Poly1305 as libsodium's secretstream orders it.

Pieces cannot be changed, left out, swapped or cut off at the end without being noticed. With
:mod:`app.privacy.domain` the only place that touches libsodium.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from nacl import bindings
from nacl.exceptions import CryptoError

from app.privacy.domain import CannotOpen

PIECE = 256 * 1024
"""How many bytes a piece has in the clear; only the last one is shorter."""

OVERHEAD = bindings.crypto_secretstream_xchacha20poly1305_ABYTES
LEAD = bindings.crypto_secretstream_xchacha20poly1305_HEADERBYTES
_MORE = bindings.crypto_secretstream_xchacha20poly1305_TAG_MESSAGE
_LAST = bindings.crypto_secretstream_xchacha20poly1305_TAG_FINAL


def new_stream_key() -> bytes:
    """A fresh key; use it for one stream."""
    key: bytes = bindings.crypto_secretstream_xchacha20poly1305_keygen()
    return key


def encrypted(key: bytes, context: bytes, plain: Iterable[bytes]) -> Iterator[bytes]:
    """The stream of a plain text that comes in parts of any size, bound to a context."""
    state = bindings.crypto_secretstream_xchacha20poly1305_state()
    yield bindings.crypto_secretstream_xchacha20poly1305_init_push(state, key)
    waiting = bytearray()
    for part in plain:
        waiting += part
        while len(waiting) > PIECE:
            piece = bytes(waiting[:PIECE])
            del waiting[:PIECE]
            yield bindings.crypto_secretstream_xchacha20poly1305_push(state, piece, context, _MORE)
    yield bindings.crypto_secretstream_xchacha20poly1305_push(state, bytes(waiting), context, _LAST)


def decrypted(key: bytes, context: bytes, lead: bytes, pieces: Iterable[bytes]) -> Iterator[bytes]:
    """The plain text of a stream: ``lead`` is its first part, ``pieces`` are the others as they were given.

    Raises:
        CannotOpen: wrong key, wrong context, or something was changed or is missing. Parts given before stay sound.
    """
    state = bindings.crypto_secretstream_xchacha20poly1305_state()
    tag = _MORE
    try:
        bindings.crypto_secretstream_xchacha20poly1305_init_pull(state, lead, key)
        for piece in pieces:
            if tag == _LAST:
                raise CannotOpen
            plain, tag = bindings.crypto_secretstream_xchacha20poly1305_pull(state, piece, context)
            yield plain
    except (CryptoError, ValueError, TypeError) as error:
        raise CannotOpen from error
    if tag != _LAST:
        raise CannotOpen
