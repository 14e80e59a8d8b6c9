"""The second factor: codes of an authenticator app (TOTP, RFC 6238), and recovery codes for the day it is lost.

The secret of the app is kept encrypted by a key from ``SECRET_KEY``, recovery codes only as keyed hashes. Each code
works once.
"""

from __future__ import annotations

import secrets
import unicodedata
from base64 import b32decode, b32encode, urlsafe_b64decode, urlsafe_b64encode
from hashlib import blake2b
from hmac import compare_digest

import segno
from flask import current_app
from itsdangerous import BadData, URLSafeTimedSerializer
from passlib.exc import TokenError, UsedTokenError
from passlib.totp import TOTP
from sqlalchemy import delete, or_, update

from app.accounts import queries, sessions
from app.accounts.domain import RoleName
from app.accounts.models import Passkey, User
from app.core.clock import now
from app.core.database import db
from app.privacy import domain as crypto
from app.privacy.audit import note
from app.privacy.domain import CannotOpen

ISSUER = "Teilhabekarte"
METHOD = "authenticator"
SECRET_BYTES = 20
STEP_SECONDS = 30
"""How long a code is shown. One step of delay either way is forgiven: clocks differ, and typing takes time."""

TICKET_SECONDS = 600
CODES = 10
CODE_SIGNS = 16
_ALPHABET = "abcdefghijkmnpqrstuvwxyz23456789"
"""Signs that are not mistaken for one another; sixteen of them make 80 random bits."""

REQUIRED_OF = frozenset({RoleName.READER, RoleName.COORDINATOR, RoleName.PLANNER, RoleName.ADMINISTRATOR})


class WrongCode(Exception):  # noqa: N818
    """The code is not right, or not any longer."""


class UsedCode(WrongCode):
    """The code was right, and has been used; the app shows a new one within half a minute."""


def is_required(user: User) -> bool:
    """Whether somebody must not get anywhere without a second factor: whoever reads, coordinates or administers."""
    return any(role.name in REQUIRED_OF for role in user.roles)


def is_set_up(user: User) -> bool:
    """Whether somebody has an authenticator app. Passkeys and recovery codes only ever stand beside it."""
    return bool(user.tf_totp_secret)


# Authenticator app ---------------------------------------------------------------------------------------------------


def new_secret() -> bytes:
    """A fresh secret to show to an authenticator app."""
    return secrets.token_bytes(SECRET_BYTES)


def set_up(user: User, secret: bytes, typed: str) -> None:
    """Take a secret as somebody's second factor once their app has shown a code of it.

    Raises:
        WrongCode: it is no code of this secret.
    """
    user.tf_last_counter = _match(secret, typed, None)
    user.tf_primary_method, user.tf_totp_secret = METHOD, _sealed(user, secret)
    note("factor_set_up", actor=user.principal_id)
    db.session.flush()


def furnish(user: User) -> None:
    """Give somebody a secret without asking: for demonstrations, whose codes the command line knows."""
    user.tf_primary_method, user.tf_totp_secret = METHOD, _sealed(user, new_secret())
    db.session.flush()


def check_code(user: User, typed: str) -> None:
    """Take a code of somebody's app; it does not work a second time, nor does any before it.

    Raises:
        UsedCode: it has been used.
        WrongCode: it is not right.
    """
    counter = _match(_opened(user), typed, user.tf_last_counter)
    # Of two requests with one code at the same moment only the first finds the number still smaller.
    taken = db.session.execute(
        update(User)
        .where(User.id == user.id, or_(User.tf_last_counter.is_(None), User.tf_last_counter < counter))
        .values(tf_last_counter=counter)
        .execution_options(synchronize_session="fetch")
        .returning(User.id)
    ).first()
    if taken is None:
        raise UsedCode


def present_code(user: User) -> tuple[str, int]:
    """The code that somebody's app shows now, and for how many seconds.

    Raises:
        LookupError: they have no app.
    """
    if not is_set_up(user):
        raise LookupError(user.email)
    moment = int(now().timestamp())
    return _totp(_opened(user)).generate(moment).token, STEP_SECONDS - moment % STEP_SECONDS


def turn_off(user: User, actor: User | None = None) -> None:
    """Take away every second factor of somebody: app, passkeys and recovery codes. ``actor`` where others do it."""
    user.tf_primary_method = user.tf_totp_secret = user.tf_last_counter = user.mf_recovery_codes = None
    db.session.execute(delete(Passkey).where(Passkey.user_id == user.id))
    note("factor_removed", actor=(actor or user).principal_id, subject=user.principal_id if actor else None)
    db.session.flush()


def ticket_for(secret: bytes) -> str:
    """A secret that is being set up, signed and bound to the session, for the form that brings the first code."""
    return str(_signer().dumps([sessions.kept_id(), b32encode(secret).decode()]))


def secret_of(ticket: str) -> bytes:
    """The secret of a ticket.

    Raises:
        WrongCode: the ticket is too old, or of another session.
    """
    try:
        identity, secret = _signer().loads(ticket, max_age=TICKET_SECONDS)
    except (BadData, ValueError, TypeError) as error:
        raise WrongCode from error
    if identity != sessions.kept_id():
        raise WrongCode
    return b32decode(secret)


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(str(current_app.config["SECRET_KEY"]), salt="authenticator")


def readable(secret: bytes) -> str:
    """A secret as one types it into an app."""
    signs = b32encode(secret).decode()
    return " ".join(signs[start : start + 4] for start in range(0, len(signs), 4))


def picture(user: User, secret: bytes) -> str:
    """A secret as a QR code that an app takes in: the address of an image."""
    address = _totp(secret).to_uri(label=user.email, issuer=ISSUER)
    return str(segno.make_qr(address, error="m").svg_data_uri(scale=5, border=2, light="white"))


def _totp(secret: bytes) -> TOTP:
    return TOTP(key=secret, format="raw")


def _match(secret: bytes, typed: str, last: int | None) -> int:
    """The number of the step that a code belongs to."""
    digits = "".join(str(int(sign)) for sign in typed if sign.isdecimal())
    moment = int(now().timestamp())
    try:
        return int(_totp(secret).match(digits, moment, window=STEP_SECONDS, last_counter=last).counter)
    except UsedTokenError:
        raise UsedCode from None
    except TokenError:
        raise WrongCode from None


def _sealed(user: User, secret: bytes) -> str:
    return urlsafe_b64encode(crypto.encrypt(_key(b"authenticator"), secret, _context(user))).decode()


def _opened(user: User) -> bytes:
    try:
        return crypto.decrypt(_key(b"authenticator"), urlsafe_b64decode(str(user.tf_totp_secret)), _context(user))
    except (CannotOpen, ValueError) as error:
        raise WrongCode from error


def _context(user: User) -> bytes:
    return f"authenticator\x1f{user.id}".encode()


def _key(purpose: bytes) -> bytes:
    """A key of its own for each purpose, from the secret of the platform."""
    return blake2b(str(current_app.config["SECRET_KEY"]).encode(), digest_size=32, person=purpose).digest()


# Recovery codes ------------------------------------------------------------------------------------------------------


def new_recovery_codes(user: User) -> list[str]:
    """Fresh recovery codes in the place of all earlier ones. They are shown now and never again."""
    codes = ["".join(secrets.choice(_ALPHABET) for _sign in range(CODE_SIGNS)) for _code in range(CODES)]
    user.mf_recovery_codes = [_hashed(user, code) for code in codes]
    note("recovery_codes_made", actor=user.principal_id)
    db.session.flush()
    return ["-".join(code[start : start + 4] for start in range(0, CODE_SIGNS, 4)) for code in codes]


def use_recovery_code(user: User, typed: str) -> int:
    """Take a recovery code, which is gone afterwards; gives how many are left.

    Raises:
        WrongCode: it is none, or has been used.
    """
    signs = "".join(sign for sign in unicodedata.normalize("NFKC", typed).casefold() if sign.isalnum())
    # Two requests with one code at the same moment wait for each other here.
    user = queries.locked_user(user.id)
    wanted = _hashed(user, signs)
    kept = user.mf_recovery_codes or []
    left = [code for code in kept if not compare_digest(code, wanted)]
    if len(left) == len(kept):
        raise WrongCode
    user.mf_recovery_codes = left
    note("recovery_code_used", actor=user.principal_id)
    db.session.flush()
    return len(left)


def _hashed(user: User, code: str) -> str:
    return blake2b(f"{user.id}\x1f{code}".encode(), key=_key(b"recovery-codes"), digest_size=32).hexdigest()
