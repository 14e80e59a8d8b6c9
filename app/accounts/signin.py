"""Sign-in with Flask-Security, the door at every route, and what templates may ask about the person."""

from __future__ import annotations

from datetime import timedelta
from http.client import OK, UNPROCESSABLE_ENTITY
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urlsplit

from flask import Flask, abort, current_app, g, redirect, request, session, url_for
from flask_babel import lazy_gettext as _l
from flask_login import user_logged_in, user_logged_out
from flask_login.utils import _user_context_processor
from flask_security import LoginForm, Security, SQLAlchemyUserDatastore, UserMixin, current_user
from flask_security.tf_plugin import TfPlugin

from app.accounts import expired, second_factor, sessions
from app.accounts.domain import Locked, permissions_of
from app.accounts.models import Role, User
from app.accounts.service import admit, current_keyring, unlock
from app.core.database import SAFE_METHODS, db
from app.core.languages import DEFAULT, OFFICE_LANGUAGES, offers
from app.core.permissions import OPEN_TO_ALL, Permission, permission_of, requires
from app.privacy import audit
from app.privacy.domain import CannotOpen

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue
    from werkzeug.wrappers import Response


class People(SQLAlchemyUserDatastore):
    """Flask-Security's way to people; whom a session belongs to is asked in every request of somebody signed in."""

    def find_user(self, case_insensitive: bool = False, **known: Any) -> User | None:  # noqa: ANN401, FBT001, FBT002
        """The person of whom one attribute is known; by the mark of a session only while that session lasts."""
        if "fs_uniquifier" in known:
            return sessions.person(known["fs_uniquifier"])
        return cast("User | None", super().find_user(case_insensitive=case_insensitive, **known))


class SecondStep(TfPlugin):
    """What Flask-Security does after the right password: our own second step, in place of its two-factor pages.

    Those keep how far somebody has come, and what was wrong, in the cookie, which could be put back.
    """

    def tf_enter(
        self,
        user: UserMixin,
        remember_me: bool | None,  # noqa: ARG002, FBT001
        primary_authn_via: str,  # noqa: ARG002
        next_loc: str | None,
    ) -> Response | None:
        """Lead to the second factor, or to setting one up; None lets the person in without."""
        user = cast("User", user)
        if second_factor.is_set_up(user):
            endpoint = "signin.code"
        elif second_factor.is_required(user):
            endpoint = "signin.set_up"
        else:
            admit(user)
            return None
        db.session.commit()
        return redirect(url_for(endpoint, next=local_address(next_loc)))


datastore = People(db, User, Role)
security = Security()

LIBRARY_ROUTES = {
    "security.login": Permission.PUBLIC,
    "security.logout": Permission.SIGNED_IN,
}
"""Routes that Flask-Security brings, which cannot carry a mark of ours in their source."""


OPEN_OFFICE_PAGES = frozenset({
    "security.login", "invitations.choose", "invitations.accept",
    "sso.leave", "sso.back", "sso.vault", "sso.open_vault",
})  # fmt: skip
"""Pages for offices that nobody has to be signed in for."""


class UndeclaredRouteError(RuntimeError):
    """A route says nothing about who may use it; the app does not start."""


class SignInForm(LoginForm):
    """Checks the password, then opens the person's vault with it."""

    remember = None

    def validate(self, **kwargs: Any) -> bool:  # noqa: ANN401
        """Whether the password is right; the session that then begins is a half one."""
        if not super().validate(**kwargs):
            return False
        try:
            unlock(cast("User", self.user), str(self.password.data))
        except CannotOpen:
            self.password.errors.append(_l("Your keys could not be opened. Please ask a colleague to restore them."))
            return False
        return True


def may(permission: Permission) -> bool:
    """Whether the signed-in person has a permission."""
    return bool(current_user.is_authenticated) and permission in permissions_of(
        role.name for role in current_user.roles
    )


def local_address(address: str | None) -> str | None:
    """An address to go on to after signing in; None unless it is a page of this house that is not the sign-in."""
    parts = urlsplit((address or "").replace("\\", "/"))
    if parts.scheme or parts.netloc or not parts.path.startswith("/") or parts.path.startswith("//"):
        return None
    return None if parts.path == url_for("security.login") else parts._replace(fragment="").geturl()


def _guard() -> ResponseReturnValue | None:
    """Let nobody reach a view without its permission; files of the house and unknown addresses have no view."""
    endpoint = request.endpoint
    if endpoint is None:
        return None
    permission = permission_of(current_app.view_functions[endpoint])
    if permission is None:
        abort(404)
    g.office_page = permission not in OPEN_TO_ALL or endpoint in OPEN_OFFICE_PAGES
    if g.office_page and g.get("language", DEFAULT) not in OFFICE_LANGUAGES:
        return redirect(url_for(endpoint, **{**(request.view_args or {}), "lang": DEFAULT}))
    wanted = g.get("language", DEFAULT)
    # German is always offered; a probe that asks whether the process lives must not need the database.
    if wanted != DEFAULT and not g.office_page and request.method in SAFE_METHODS and not offers(wanted):
        return redirect(url_for(endpoint, **{**(request.view_args or {}), "lang": DEFAULT}))
    if permission in OPEN_TO_ALL:
        return None
    return _half_way() if permission is Permission.HALF_SIGNED_IN else _signed_in(permission)


def _signed_in(permission: Permission) -> ResponseReturnValue | None:
    """Let through who is signed in and has the permission."""
    if not current_user.is_authenticated:
        return expired.answer() or _to_sign_in()
    sessions.note_use()
    if not may(permission):
        abort(403)
    if permission is Permission.READ_CASES:
        try:
            current_keyring(current_user)
        except Locked:
            session.clear()
            return _to_sign_in()
    return None


def _half_way() -> Response | None:
    """Let through who has given the right password a moment ago."""
    if current_user.is_authenticated:
        return redirect(url_for("accounts.start"))
    found = sessions.half()
    if found is None:
        return _to_sign_in()
    g.half_session, g.half_user = found
    return None


def _to_sign_in() -> Response:
    return redirect(url_for("security.login", next=request.path if request.method == "GET" else None))


def init_accounts(app: Flask) -> None:
    """Set up sign-in. Call after every room has registered its routes: :func:`check_routes` looks at them all."""
    app.config.update(
        SECURITY_URL_PREFIX="/<lang:lang>/account",
        SECURITY_PASSWORD_HASH="argon2",  # noqa: S106
        SECURITY_PASSWORD_SALT=app.config["SECRET_KEY"],
        SECURITY_LOGIN_USER_TEMPLATE="accounts/login.html",
        SECURITY_POST_LOGIN_VIEW="accounts.start",
        SECURITY_POST_LOGOUT_VIEW="site.home",
        SECURITY_API_ENABLED_METHODS=["session"],
        SECURITY_LOGOUT_METHODS=["POST"],
        SECURITY_RETURN_GENERIC_RESPONSES=True,
        SECURITY_FLASH_MESSAGES=False,
        SECURITY_SEND_REGISTER_EMAIL=False,
        SECURITY_TRACKABLE=False,
        SECURITY_EMAIL_VALIDATOR_ARGS={"check_deliverability": False, "test_environment": True},
        SECURITY_DEFAULT_REMEMBER_ME=False,
        # What these would do is done here in other ways, or not at all: no mail recovers anything.
        SECURITY_TWO_FACTOR=False,
        SECURITY_UNIFIED_SIGNIN=False,
        SECURITY_RECOVERABLE=False,
        SECURITY_REGISTERABLE=False,
        SECURITY_CONFIRMABLE=False,
        SECURITY_CHANGEABLE=False,
        SECURITY_WEBAUTHN=False,
        SECURITY_MSG_GENERIC_AUTHN_FAILED=(
            _l("The e-mail address or the password is not right. Please try again."),
            "error",
        ),
        # Our pages bring their own style; its files would be one more open route.
        SECURITY_STATIC_FOLDER=None,
        # Pages that ask for the password a second time do so themselves.
        SECURITY_FRESHNESS=timedelta(minutes=-1),
        # The library would bind a session to address and browser, which change on the way; nothing keeps either.
        SESSION_PROTECTION=None,
    )
    security.init_app(app, datastore, login_form=SignInForm)
    # Sessions begin with both steps and live in a cookie: a token from a header or a body is no way in beside them.
    app.login_manager._request_callback = None  # type: ignore[attr-defined]  # noqa: SLF001
    security.two_factor_plugins = SecondStep()
    for endpoint, permission in LIBRARY_ROUTES.items():
        requires(permission)(app.view_functions[endpoint])
    # Flask-Login looks the person up for every template; public pages must not even look at the cookie.
    app.template_context_processors[None].remove(_user_context_processor)
    app.before_request_funcs[None].remove(security.principal._on_before_request)  # noqa: SLF001
    app.jinja_env.globals["current_user"] = current_user
    app.before_request(_guard)
    app.jinja_env.globals["can"] = lambda name: may(Permission(name))

    @app.after_request
    def say_that_sign_in_failed(answer: Response) -> Response:
        # Flask-Security shows its form again with 200, as if nothing had been wrong.
        if request.endpoint == "security.login" and request.method == "POST" and answer.status_code == OK:
            answer.status_code = UNPROCESSABLE_ENTITY
        return answer

    @user_logged_in.connect_via(app)
    def keep_no_trace(_app: Flask, user: User, **_extra: object) -> None:
        session.pop("_id", None)
        audit.note("signed_in", actor=user.principal_id)

    @user_logged_out.connect_via(app)
    def forget(_app: Flask, user: User, **_extra: object) -> None:
        sessions.end()
        audit.note("signed_out", actor=user.principal_id)
        db.session.commit()
        session.clear()


def check_routes(app: Flask) -> None:
    """Look at every route.

    Raises:
        UndeclaredRouteError: naming the first one that does not say who may use it.
    """
    for rule in app.url_map.iter_rules():
        if permission_of(app.view_functions[rule.endpoint]) is None:
            message = f"route {rule.rule} ({rule.endpoint}) declares no permission"
            raise UndeclaredRouteError(message)
