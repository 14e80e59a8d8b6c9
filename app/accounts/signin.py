"""Sign-in with Flask-Security, the door at every route, and what templates may ask about the person."""

from __future__ import annotations

from datetime import timedelta
from http.client import OK, UNPROCESSABLE_ENTITY
from typing import TYPE_CHECKING, Any, cast

from flask import Flask, abort, current_app, g, redirect, request, session, url_for
from flask_babel import lazy_gettext as _l
from flask_login import user_logged_out
from flask_login.utils import _user_context_processor
from flask_security import LoginForm, Security, SQLAlchemyUserDatastore, current_user, logout_user

from app.accounts.domain import Locked, permissions_of
from app.accounts.models import Role, User
from app.accounts.queries import user_of_session
from app.accounts.service import current_keyring, lock, unlock
from app.core.database import db
from app.core.languages import DEFAULT, OFFICE_LANGUAGES
from app.core.permissions import OPEN_TO_ALL, Permission, permission_of, requires
from app.privacy.domain import CannotOpen

if TYPE_CHECKING:
    from werkzeug.wrappers import Response


class People(SQLAlchemyUserDatastore):
    """Flask-Security's way to people; whom a session belongs to is asked in every request of somebody signed in."""

    def find_user(self, case_insensitive: bool = False, **known: Any) -> User | None:  # noqa: ANN401, FBT001, FBT002
        """The person of whom one attribute is known."""
        if "fs_uniquifier" in known:
            return user_of_session(known["fs_uniquifier"])
        return cast("User | None", super().find_user(case_insensitive=case_insensitive, **known))


datastore = People(db, User, Role)
security = Security()


LIBRARY_ROUTES = {
    "security.login": Permission.PUBLIC,
    "security.logout": Permission.SIGNED_IN,
}
"""Routes that Flask-Security brings, which cannot carry a mark of ours in their source."""


class UndeclaredRouteError(RuntimeError):
    """A route says nothing about who may use it; the app does not start."""


class SignInForm(LoginForm):
    """Checks the password, then opens the person's vault with it."""

    def validate(self, **kwargs: Any) -> bool:  # noqa: ANN401
        """Whether the person may come in."""
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


def _guard() -> Response | None:
    """Let nobody reach a view without its permission; files of the house and unknown addresses have no view."""
    endpoint = request.endpoint
    if endpoint is None:
        return None
    permission = permission_of(current_app.view_functions[endpoint])
    if permission is None:
        abort(404)
    g.office_page = permission not in OPEN_TO_ALL or endpoint == "security.login"
    if g.office_page and g.get("language", DEFAULT) not in OFFICE_LANGUAGES:
        return redirect(url_for(endpoint, **{**(request.view_args or {}), "lang": DEFAULT}))
    if permission in OPEN_TO_ALL:
        return None
    if not current_user.is_authenticated:
        return redirect(url_for("security.login", next=request.path if request.method == "GET" else None))
    if not may(permission):
        abort(403)
    if permission is Permission.READ_CASES:
        try:
            current_keyring(current_user)
        except Locked:
            logout_user()
            return redirect(url_for("security.login"))
    return None


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
        SECURITY_WAN_ALLOW_AS_FIRST_FACTOR=False,
        SECURITY_EMAIL_VALIDATOR_ARGS={"check_deliverability": False, "test_environment": True},
        SECURITY_DEFAULT_REMEMBER_ME=False,
        SECURITY_MSG_GENERIC_AUTHN_FAILED=(
            _l("The e-mail address or the password is not right. Please try again."),
            "error",
        ),
        # Our pages bring their own style; its files would be one more open route.
        SECURITY_STATIC_FOLDER=None,
        # Nothing here asks for the password a second time, so there is no page for it.
        SECURITY_FRESHNESS=timedelta(minutes=-1),
    )
    security.init_app(app, datastore, login_form=SignInForm)
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

    @user_logged_out.connect_via(app)
    def forget(_app: Flask, user: User, **_extra: object) -> None:
        lock()
        # The cookie itself cannot be called back; so it, and any copy of it, no longer names anybody.
        datastore.set_uniquifier(user)
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
