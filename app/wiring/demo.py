"""The demonstration: desks and sign-ins named after roles, with a password that everybody may know."""

from __future__ import annotations

import sys

import click
from flask import current_app
from sqlalchemy import update

from app.accounts import queries as people
from app.accounts import second_factor
from app.accounts import service as accounts
from app.accounts.cli import cli as accounts_cli
from app.accounts.domain import RoleName
from app.core.clock import today
from app.core.database import db
from app.core.revisions import touch
from app.directory import queries as directory
from app.directory.models import Organisation
from app.privacy import domain as crypto
from app.privacy import recovery

PASSWORD = "teilhabe-vorfuehrung"  # noqa: S105
"""Public on purpose: DEMO=1 only ever listens on a loopback address."""

HOST = "demo.example"

TOTP_COMMAND = "DEMO=1 .venv/bin/flask --app wsgi accounts totp"
"""What prints the code of the second step, followed by the name of an account."""


def sign_ins() -> tuple[tuple[str, str, str], ...]:
    """(desk, e-mail, password) of every demonstration account."""
    return tuple((title, f"{name}@{HOST}", PASSWORD) for name, title, *_ in _people())


def furnish() -> None:
    """Confirm the offices for the demonstration only, and staff them: two readers for each that receives."""
    db.session.execute(update(Organisation).where(Organisation.receives).values(confirmed_on=today()))
    touch("directory")
    for name, title, role, organisations in _people():
        user = accounts.add_user(f"{name}@{HOST}", PASSWORD, title, [role], organisations)
        second_factor.furnish(user)
    accounts.open_mailboxes()


def recovery_key() -> str | None:
    """Make the demonstration's recovery key, to be shown; None where no terminal is there and a file might keep it."""
    if not sys.stdout.isatty():
        return None
    private_key, _public = crypto.new_key_pair()
    recovery.keep(private_key)
    return crypto.recovery_code(private_key)


@accounts_cli.command("totp")
@click.argument("name")
def totp(name: str) -> None:
    """Print the code of the second step of NAME, which holds now. For the demonstration only.

    NAME is the beginning of a demonstration account's e-mail address, such as ``ads``, or all of it.
    """
    if not current_app.config["SETTINGS"].demo:
        raise click.ClickException("codes of the second step are only told with DEMO=1")
    user = people.user_by_email(name if "@" in name else f"{name}@{HOST}")
    if user is None:
        known = ", ".join(key for key, *_ in _people())
        raise click.ClickException(f"nobody is called {name!r}; there are {known}")
    try:
        code, seconds = second_factor.present_code(user)
    except LookupError:
        raise click.ClickException(f"{user.email} signs in without a second step") from None
    click.echo(f"{code}  holds for {seconds} seconds")


def _people() -> list[tuple[str, str, RoleName, tuple[str, ...]]]:
    cards = directory.organisations().values()
    people: list[tuple[str, str, RoleName, tuple[str, ...]]] = [
        ("administration", "Administration", RoleName.ADMINISTRATOR, ()),
        ("koordination", "Koordination", RoleName.COORDINATOR, ()),
        ("planung", "Sozialplanung", RoleName.PLANNER, ()),
    ]
    for card in cards:
        if card.receives:
            people += [
                (card.key, f"{card.name}: Lesen", RoleName.READER, (card.key,)),
                (f"{card.key}-vertretung", f"{card.name}: Vertretung", RoleName.READER, (card.key,)),
            ]
        elif card.kind == "independent":
            people.append((card.key, f"{card.name}: Partnerorganisation", RoleName.PARTNER, (card.key,)))
    return people
