"""People from the command line: the first administrator, and everybody after."""

from __future__ import annotations

import click
from email_validator import EmailNotValidError, validate_email
from flask.cli import AppGroup

from app.accounts import queries, service
from app.accounts.domain import PASSWORD_MIN, RoleName
from app.core.clock import today
from app.core.database import db
from app.core.languages import DEFAULT, OFFICE_LANGUAGES
from app.directory import queries as directory

NEEDS_ORGANISATION = frozenset({RoleName.READER, RoleName.PARTNER})
"""Roles that mean nothing without an organisation."""

cli = AppGroup("accounts", help="People of offices and partner organisations.")


def _email(_context: click.Context, _parameter: click.Parameter, value: str) -> str:
    """An address that nobody signs in with yet."""
    try:
        # Official machines may stand in a network of their own, with addresses of their own.
        found = validate_email(value, check_deliverability=False, test_environment=True).normalized.lower()
    except EmailNotValidError as error:
        raise click.BadParameter(str(error)) from None
    if queries.user_by_email(found) is not None:
        raise click.BadParameter(f"{found} has an account already")
    return found


def _password() -> str:
    """A password, asked twice and never shown."""

    def long_enough(value: str) -> str:
        if len(value) < PASSWORD_MIN:
            raise click.UsageError(f"please use at least {PASSWORD_MIN} characters")
        return value

    password: str = click.prompt("Password", hide_input=True, confirmation_prompt=True, value_proc=long_enough)
    return password


def _organisations(_context: click.Context, _parameter: click.Parameter, values: tuple[str, ...]) -> tuple[str, ...]:
    """Keys of organisations that exist."""
    known = directory.organisations()
    for key in values:
        if key not in known:
            raise click.BadParameter(f"there is no organisation {key!r}; there are {', '.join(known)}")
    return values


@cli.command("create-admin")
@click.argument("email", callback=_email)
def create_admin(email: str) -> None:
    """Add an administrator, who signs in as EMAIL."""
    service.add_user(email, _password(), "Administration", [RoleName.ADMINISTRATOR])
    db.session.commit()
    click.echo(f"{email} can sign in now.")


@cli.command("add")
@click.argument("email", callback=_email)
@click.option(
    "--role", "roles", multiple=True, required=True, type=click.Choice([role.value for role in RoleName]),
    help="What the person does; may be given several times.",
)  # fmt: skip
@click.option(
    "--organisation", "organisations", multiple=True, callback=_organisations,
    help="Key of an office or organisation the person belongs to; may be given several times.",
)  # fmt: skip
@click.option("--title", required=True, help='Name of the desk, such as "Reader, anti-discrimination office".')
@click.option("--language", default=DEFAULT, type=click.Choice(OFFICE_LANGUAGES), help="Language of mails.")
def add(email: str, roles: tuple[str, ...], organisations: tuple[str, ...], title: str, language: str) -> None:
    """Add somebody who signs in as EMAIL, and open the mailbox of their office if it has none yet."""
    names = [RoleName(role) for role in roles]
    for name in names:
        if name in NEEDS_ORGANISATION and not organisations:
            raise click.UsageError(f"--role {name} needs an --organisation")
    before = directory.organisations()
    service.add_user(email, _password(), title, names, organisations, language)
    service.open_mailboxes()
    db.session.commit()
    click.echo(f"{email} can sign in now.")
    for key in organisations if RoleName.READER in names else ():
        card = before[key]
        if card.principal_id is not None:
            click.echo(f"{key}: its reports open for {email} after a colleague there has signed in once more.")
        if not card.receives:
            click.echo(f"{key}: does not receive reports.")
        elif not card.stands_on(today()):
            click.echo(f"{key}: is not confirmed, so no reports reach it yet.")
