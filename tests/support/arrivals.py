"""Somebody signs in, with or without a browser: the password, then the code of their authenticator app."""

from __future__ import annotations

from contextvars import Context
from typing import TYPE_CHECKING, TypeVar

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import update

from app.accounts import queries, second_factor
from app.accounts.models import User
from app.core.database import db
from tests.support.forms import fill_form

if TYPE_CHECKING:
    from playwright.sync_api import Page

Client = TypeVar("Client", bound=FlaskClient)


def present_code(app: Flask, email: str) -> str:
    """The code that somebody's app shows now, as if it had not been used: a test has no time to wait for the next."""

    def look() -> str:
        with app.app_context():
            user = queries.user_by_email(email)
            assert user is not None, f"nobody is {email}"
            db.session.execute(update(User).where(User.id == user.id).values(tf_last_counter=None))
            db.session.commit()
            return second_factor.present_code(user)[0]

    return Context().run(look)


def come_in(client: Client, email: str, language: str = "de", password: str | None = None) -> Client:
    """Take both steps of signing in."""
    from app.wiring.demo import PASSWORD

    page = client.get(f"/{language}/account/login")
    answer = client.post(f"/{language}/account/login", data=fill_form(page, email=email, password=password or PASSWORD))
    assert answer.status_code == 302, f"{email} cannot sign in"
    if "/account/sign-in/code" not in answer.location:
        return client
    page = client.get(answer.location)
    code = present_code(client.application, email)
    answer = client.post(
        f"/{language}/account/sign-in/code",
        data=fill_form(page, f"/{language}/account/sign-in/code", code=code),
    )
    assert answer.status_code == 302, f"{email} cannot take the second step"
    return client


def type_password(page: Page, email: str, password: str) -> None:
    """The first step in a browser, on the page of the sign-in."""
    page.locator("#sign-in [name=email]").fill(email)
    page.locator("#sign-in [name=password]").fill(password)
    with page.expect_navigation():
        page.locator("#sign-in [type=submit]").click()


def type_code(page: Page, app: Flask, email: str) -> None:
    """The second step in a browser; ``app`` stands on the database of the server."""
    page.locator("#code-form [name=code]").fill(present_code(app, email))
    with page.expect_navigation():
        page.locator("#code-form [type=submit]").click()
