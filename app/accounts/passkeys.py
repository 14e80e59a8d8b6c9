"""Passkeys and security keys, as a second factor only (WebAuthn): questions for the browser, and its answers.

A question travels in a signed ticket that is bound to the session and holds for ten minutes.
"""

from __future__ import annotations

import secrets
from typing import Any, cast
from urllib.parse import urlsplit

import webauthn
from flask import current_app, request
from itsdangerous import BadData, URLSafeTimedSerializer
from webauthn.helpers import bytes_to_base64url, options_to_json, parse_authentication_credential_json
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from app.accounts import queries, sessions
from app.accounts.models import Passkey, User
from app.accounts.second_factor import ISSUER, WrongCode
from app.core.clock import now
from app.core.database import db
from app.core.settings import Settings, is_loopback
from app.privacy.audit import note

TICKET_SECONDS = 600
CHALLENGE_BYTES = 32
HANDLE_BYTES = 32


def question_to_add(user: User) -> tuple[str, str]:
    """What the browser needs to make a passkey (JSON), and the ticket for :func:`add`.

    A person's handle is made with their first passkey; it says nothing about them.
    """
    if user.fs_webauthn_user_handle is None:
        user.fs_webauthn_user_handle = secrets.token_urlsafe(HANDLE_BYTES)
        db.session.flush()
    challenge = secrets.token_bytes(CHALLENGE_BYTES)
    options = webauthn.generate_registration_options(
        rp_id=_host(),
        rp_name=ISSUER,
        user_id=user.fs_webauthn_user_handle.encode(),
        user_name=user.email,
        challenge=challenge,
        exclude_credentials=_known(user),
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.DISCOURAGED, user_verification=UserVerificationRequirement.DISCOURAGED
        ),
    )
    return options_to_json(options), _ticket("add", challenge)


def add(user: User, name: str, credential: str, ticket: str) -> None:
    """Take the passkey that the browser has made.

    Raises:
        WrongCode: the answer does not fit the question, or came too late.
    """
    challenge = _challenge("add", ticket)
    try:
        made = webauthn.verify_registration_response(
            credential=credential, expected_challenge=challenge, expected_rp_id=_host(), expected_origin=_origin()
        )
    except (WebAuthnException, ValueError, KeyError, TypeError) as error:
        raise WrongCode from error
    if queries.passkey_known(made.credential_id):
        raise WrongCode
    db.session.add(
        Passkey(
            user_id=user.id,
            name=name,
            credential_id=made.credential_id,
            public_key=made.credential_public_key,
            sign_count=made.sign_count,
            backup_state=made.credential_backed_up,
            device_type=made.credential_device_type.value,
            usage="secondary",
        )
    )
    note("passkey_added", actor=user.principal_id)
    db.session.flush()


def question(user: User) -> tuple[str, str]:
    """What the browser needs to use one of a person's passkeys (JSON), and the ticket for :func:`check`."""
    challenge = secrets.token_bytes(CHALLENGE_BYTES)
    options = webauthn.generate_authentication_options(
        rp_id=_host(),
        challenge=challenge,
        allow_credentials=_known(user),
        user_verification=UserVerificationRequirement.DISCOURAGED,
    )
    return options_to_json(options), _ticket("use", challenge)


def check(user: User, credential: str, ticket: str) -> None:
    """Take the answer of a passkey as the second factor. The session is confirmed by it, so it works once.

    Raises:
        WrongCode: it is no passkey of this person, or the answer does not fit the question.
    """
    challenge = _challenge("use", ticket)
    try:
        answer = parse_authentication_credential_json(credential)
        key = queries.passkey(user.id, answer.raw_id)
        if key is None:
            raise WrongCode
        checked = webauthn.verify_authentication_response(
            credential=answer,
            expected_challenge=challenge,
            expected_rp_id=_host(),
            expected_origin=_origin(),
            credential_public_key=key.public_key,
            credential_current_sign_count=key.sign_count,
        )
    except (WebAuthnException, ValueError, KeyError, TypeError) as error:
        raise WrongCode from error
    key.sign_count = checked.new_sign_count
    key.backup_state = checked.credential_backed_up
    key.lastuse_datetime = now()
    db.session.flush()


def remove(user: User, identity: int) -> None:
    """Remove one of a person's passkeys."""
    for key in queries.passkeys(user.id):
        if key.id == identity:
            db.session.delete(key)
            note("passkey_removed", actor=user.principal_id)
    db.session.flush()


def _known(user: User) -> list[PublicKeyCredentialDescriptor]:
    return [PublicKeyCredentialDescriptor(id=key.credential_id) for key in queries.passkeys(user.id)]


def _origin() -> str:
    """Where the pages are: of a demonstration, whichever name of this machine was typed."""
    settings: Settings = current_app.config["SETTINGS"]
    if is_loopback(urlsplit(settings.public_address).hostname or ""):
        return request.host_url.rstrip("/")
    return settings.public_address


def _host() -> str:
    return urlsplit(_origin()).hostname or ""


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(cast("str", current_app.secret_key), salt="passkey")


def _ticket(purpose: str, challenge: bytes) -> str:
    ticket: Any = _signer().dumps([purpose, sessions.kept_id(), bytes_to_base64url(challenge)])
    return str(ticket)


def _challenge(purpose: str, ticket: str) -> bytes:
    try:
        signed_purpose, identity, challenge = _signer().loads(ticket, max_age=TICKET_SECONDS)
    except (BadData, ValueError, TypeError) as error:
        raise WrongCode from error
    if (signed_purpose, identity) != (purpose, sessions.kept_id()):
        raise WrongCode
    return webauthn.base64url_to_bytes(challenge)
