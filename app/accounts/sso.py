"""Who somebody is by the city's own directory (OpenID Connect). It says who, and opens nothing: the vault needs more.

The directory stands for one of the two steps of signing in; the other is the person's own password, which alone opens
their keys. What is remembered between the two travels in the signed session cookie, for ten minutes.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, cast

from authlib.common.errors import AuthlibBaseError
from authlib.integrations.flask_client import OAuth
from flask import current_app, session
from joserfc.errors import JoseError
from requests import RequestException

from app.accounts import queries
from app.accounts.models import User
from app.core.clock import now
from app.core.database import db
from app.privacy import audit

if TYPE_CHECKING:
    from flask import Flask
    from werkzeug.wrappers import Response

    from app.core.settings import Settings

PATIENCE_SECONDS = 10
"""How long the directory may take for an answer."""

LASTS = timedelta(minutes=10)

_DIRECTORY, _PROVED = "directory", "proved"


class NotProved(Exception):  # noqa: N818
    """The directory cannot be reached, or its answer does not prove who somebody is."""


@dataclass(frozen=True, slots=True)
class Identity:
    """Somebody as the directory names them; ``email`` only where the directory has verified it."""

    issuer: str
    subject: str
    email: str | None


def init_sso(app: Flask) -> None:
    """Set up the way to the directory, where the operator has named one."""
    settings: Settings = app.config["SETTINGS"]
    app.jinja_env.globals["directory_sign_in"] = settings.oidc_name if settings.oidc_issuer else ""
    if not settings.oidc_issuer:
        return
    app.extensions["directory_sign_in"] = OAuth(app).register(
        _DIRECTORY,
        client_id=settings.oidc_client_id,
        client_secret=settings.oidc_client_secret.get_secret_value(),
        server_metadata_url=f"{settings.oidc_issuer.rstrip('/')}/.well-known/openid-configuration",
        client_kwargs={
            "scope": "openid email",
            "code_challenge_method": "S256",
            "default_timeout": PATIENCE_SECONDS,
        },
    )


def is_offered() -> bool:
    """Whether this city has a directory to sign in by."""
    return "directory_sign_in" in current_app.extensions


def to_directory(back: str) -> Response:
    """The way to the directory's own page, which leads ``back`` with a proof.

    Raises:
        NotProved: the directory cannot be reached.
    """
    try:
        return cast("Response", _client().authorize_redirect(back))
    except (RequestException, AuthlibBaseError, RuntimeError, ValueError) as error:
        raise NotProved from error


def proved() -> Identity:
    """Who the directory says that the person of this request is: signature, issuer, audience and nonce are checked.

    Raises:
        NotProved: the answer was refused, is forged, too old, or belongs to another browser.
    """
    try:
        claims = _client().authorize_access_token().get("userinfo")
    except (RequestException, AuthlibBaseError, JoseError, RuntimeError, ValueError, KeyError, TypeError) as error:
        raise NotProved from error
    if not claims:
        raise NotProved
    email = claims.get("email") if claims.get("email_verified") is True else None
    return Identity(str(claims["iss"]), str(claims["sub"]), email)


def keep(identity: Identity) -> None:
    """Remember for ten minutes who somebody is."""
    session[_PROVED] = asdict(identity) | {"until": (now() + LASTS).isoformat()}


def kept() -> Identity | None:
    """Who this browser has proved to be a moment ago."""
    said: dict[str, Any] = session.get(_PROVED) or {}
    if not said or datetime.fromisoformat(said["until"]) < now():
        return None
    return Identity(said["issuer"], said["subject"], said["email"])


def forget() -> None:
    """Remember nobody any longer."""
    session.pop(_PROVED, None)


def person(identity: Identity) -> User | None:
    """Whose account an identity belongs to: the one connected with it, else the one with its verified address.

    An account that is connected with another identity is never found by its address.
    """
    found = queries.user_by_identity(identity.issuer, identity.subject)
    if found is None and identity.email:
        found = queries.user_by_email(identity.email)
        if found is not None and found.sso_subject is not None:
            return None
    return found if found is not None and found.active else None


def connect(user: User, identity: Identity) -> None:
    """Connect an account with an identity, once its person has also given their own password."""
    if user.sso_subject is None:
        user.sso_issuer, user.sso_subject = identity.issuer, identity.subject
        audit.note("directory_connected", actor=user.principal_id)
        db.session.flush()


def disconnect(user: User) -> None:
    """Let the directory no longer stand for a step of signing in."""
    if user.sso_subject is not None:
        user.sso_issuer = user.sso_subject = None
        audit.note("directory_disconnected", actor=user.principal_id)
        db.session.flush()


def _client() -> Any:  # noqa: ANN401
    return current_app.extensions["directory_sign_in"]
