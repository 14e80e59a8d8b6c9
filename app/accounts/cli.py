"""People from the command line: the first administrator, and everybody after."""

from __future__ import annotations

import click
from flask.cli import AppGroup
from flask_babel import force_locale

from app.accounts import keys, passwords, people, queries, service
from app.accounts.domain import NEEDS_ORGANISATION, RoleName, address_of
from app.core.clock import today
from app.core.database import db
from app.core.languages import DEFAULT, OFFICE_LANGUAGES
from app.directory import queries as directory
from app.privacy import recovery
from app.privacy.cli import cli as privacy_cli
from app.privacy.cli import need_terminal
from app.privacy.domain import CannotOpen, Mistyped

cli = AppGroup("accounts", help="People of offices and partner organisations.")


def _email(_context: click.Context, _parameter: click.Parameter, value: str) -> str:
    """An address that nobody signs in with yet."""
    try:
        found = address_of(value)
    except ValueError as error:
        raise click.BadParameter(str(error)) from None
    if queries.user_by_email(found) is not None:
        raise click.BadParameter(f"{found} has an account already")
    return found


def _password(email: str, title: str) -> str:
    """A password, asked twice and never shown."""

    def good_enough(value: str) -> str:
        # The command line speaks English only.
        with force_locale("en"):
            found = " ".join(passwords.faults(value, email=email, title=title))
        if found:
            raise click.UsageError(found)
        return value

    password: str = click.prompt("Password", hide_input=True, confirmation_prompt=True, value_proc=good_enough)
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
    title = "Administration"
    service.add_user(email, _password(email, title), title, [RoleName.ADMINISTRATOR])
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
    user = service.add_user(email, _password(email, title), title, names, organisations, language)
    service.open_mailboxes()
    keys.announce(user)
    db.session.commit()
    click.echo(f"{email} can sign in now.")
    for one in keys.keys_of([card.id for card in people.organisations_of(user)]):
        for reader in one.readers:
            if reader.user.id == user.id and not reader.holds:
                click.echo(f"{one.office.key}: a colleague there has to let {email} in. Check code: {reader.code}")
        if not one.office.receives:
            click.echo(f"{one.office.key}: does not receive reports.")
        elif not one.office.stands_on(today()):
            click.echo(f"{one.office.key}: is not confirmed, so no reports reach it yet.")


@privacy_cli.command("heal")
@click.argument("office")
@click.option("--piped", is_flag=True, help="Talk to a pipe, not to a terminal. For tests only.")
def heal(office: str, *, piped: bool) -> None:
    """Give the key of OFFICE to its readers, with the recovery key from its paper."""
    need_terminal(piped=piped)
    card = directory.organisations().get(office)
    if card is None:
        raise click.BadParameter(f"there is no organisation {office!r}")
    waiting = [reader for one in keys.keys_of([card.id]) for reader in one.readers if not reader.holds]
    if not waiting:
        raise click.ClickException(f"{office}: nobody waits for its key")
    click.echo("These readers will hold the key. Compare each check code with the person:")
    for reader in waiting:
        click.echo(f"  {reader.code}  {reader.user.title} <{reader.user.email}>")
    click.confirm("Are all of them right?", abort=True)
    try:
        ring = recovery.unlock(click.prompt("Recovery key", hide_input=not piped))
        keys.heal(card, ring)
    except Mistyped:
        raise click.ClickException("this is no recovery key: please compare it with the paper, sign by sign") from None
    except CannotOpen:
        raise click.ClickException("this is not the recovery key of this database") from None
    except LookupError:
        raise click.ClickException(f"{office}: its key was not sealed to the recovery key yet") from None
    db.session.commit()
    click.echo(f"{office}: {len(waiting)} readers hold its key from now on.")
