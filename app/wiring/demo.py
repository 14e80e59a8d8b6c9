"""The demonstration: desks and sign-ins named after roles, with a password that everybody may know."""

from __future__ import annotations

from sqlalchemy import update

from app.accounts import service as accounts
from app.accounts.domain import RoleName
from app.core.clock import today
from app.core.database import db
from app.core.revisions import touch
from app.directory import queries as directory
from app.directory.models import Organisation

PASSWORD = "teilhabe-vorfuehrung"  # noqa: S105
"""Public on purpose: DEMO=1 only ever listens on a loopback address."""

HOST = "demo.example"


def sign_ins() -> tuple[tuple[str, str, str], ...]:
    """(desk, e-mail, password) of every demonstration account."""
    return tuple((title, f"{name}@{HOST}", PASSWORD) for name, title, *_ in _people())


def furnish() -> None:
    """Confirm the offices for the demonstration only, and staff them: two readers for each that receives."""
    db.session.execute(update(Organisation).where(Organisation.receives).values(confirmed_on=today()))
    touch("directory")
    for name, title, role, organisations in _people():
        accounts.add_user(f"{name}@{HOST}", PASSWORD, title, [role], organisations)
    accounts.open_mailboxes()


def _people() -> list[tuple[str, str, RoleName, tuple[str, ...]]]:
    cards = directory.organisations().values()
    people: list[tuple[str, str, RoleName, tuple[str, ...]]] = [
        ("administration", "Administration", RoleName.ADMINISTRATOR, ()),
        ("koordination", "Koordination", RoleName.COORDINATOR, ()),
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
