"""Work that a browser does unseen while a form is filled in, and that a flood of forged reports would cost dearly.

ALTCHA, made and judged here: no other host has a part in it, nobody solves a puzzle, and who cannot or will not do the
work is not refused but has a lower quota (:mod:`app.core.limits`). A challenge names nobody. Each solution counts once
in each process; sent again with the same form it still counts, because a connection may have broken.
"""

from __future__ import annotations

import base64
import json
import threading
import time
from hashlib import blake2b
from typing import Any

import altcha
from flask import current_app

ALGORITHM = "PBKDF2/SHA-256"
"""Browsers bring it along; the longest part of it cannot be done in advance."""
ROUNDS = 2_000
"""For one try. Checking a solution takes one: half a millisecond."""
PREFIX = "00"
"""What a try must begin with: one in 256 does. A telephone needs a few seconds, a computer less than one."""
LIFE_SECONDS = 2 * 60 * 60
"""Somebody who is upset writes slowly."""
LONGEST = 1_200
"""Characters of a solution; an honest one has about 550."""

_spent: dict[str, tuple[int, str]] = {}
_lock = threading.Lock()


def challenge() -> dict[str, Any]:
    """A fresh challenge, as browsers take it."""
    made = altcha.create_challenge(
        ALGORITHM,
        ROUNDS,
        key_prefix=PREFIX,
        expires_at=int(time.time()) + LIFE_SECONDS,
        hmac_secret=_secret(),
    )
    return made.to_dict()


def spend(solution: str, form: str) -> bool:
    """Whether a solution is right and was not used for another form; from now on it is used for this one."""
    payload = _read(solution)
    if payload is None or not altcha.verify_solution(payload, _secret()).verified:
        return False
    parameters, now = payload.challenge.parameters, int(time.time())
    with _lock:
        for name in [name for name, (until, _form) in _spent.items() if until < now]:
            del _spent[name]
        _until, owner = _spent.setdefault(parameters.nonce, (parameters.expires_at or now, form))
    return owner == form


def kept(solution: str) -> str:
    """A solution to carry on to the next page: the same one, or nothing when it looks spent or is none."""
    payload = _read(solution)
    if payload is None or (payload.challenge.parameters.expires_at or 0) < time.time():
        return ""
    return "" if payload.challenge.parameters.nonce in _spent else solution


def _read(solution: str) -> altcha.Payload | None:
    if not solution or len(solution) > LONGEST:
        return None
    try:
        payload = altcha.Payload.from_dict(json.loads(base64.b64decode(solution, validate=True)))
    except (ValueError, KeyError, TypeError, RecursionError, AttributeError):
        return None
    # The library promises kinds that it does not look at.
    said: tuple[object, ...] = (payload.challenge.parameters.nonce, payload.challenge.signature)
    ends: object = payload.challenge.parameters.expires_at
    return payload if isinstance(ends, int) and all(isinstance(one, str) for one in said) else None


def _secret() -> str:
    key = str(current_app.config["SECRET_KEY"]).encode()
    return blake2b(key, person=b"proof of work", digest_size=32).hexdigest()
