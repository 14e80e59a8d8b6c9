"""The verbs on people: add somebody, unlock their keys at sign-in, change their password."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Collection

from flask import g
from flask_security.utils import hash_password

from app.accounts import keys, queries, sessions
from app.accounts.domain import RoleName
from app.accounts.models import Membership, Role, User
from app.accounts.passwords import normalized
from app.core.database import db
from app.core.revisions import touch
from app.directory import queries as directory
from app.directory.models import Organisation
from app.privacy import queries as privacy_queries
from app.privacy import rotation
from app.privacy import service as privacy
from app.privacy.audit import note
from app.privacy.domain import Keyring

_listeners: list[Callable[[User, Keyring], None]] = []


def add_user(
    email: str,
    password: str,
    title: str,
    roles: Collection[RoleName],
    organisations: Collection[str] = (),
    language: str = "de",
) -> User:
    """Add somebody with a key pair of their own.

    A new reader of an office whose mailbox others already hold has to be let in by one of them.

    Raises:
        LookupError: an organisation does not exist.
    """
    known = directory.organisations()
    user = User(
        email=email.strip().lower(),
        password=hash_password(normalized(password)),
        title=title,
        language=language,
        fs_uniquifier=secrets.token_urlsafe(24),
        principal_id=privacy.new_person(normalized(password)),
        roles=[queries.role(name) or Role(name=name) for name in roles],
        memberships=[Membership(organisation_id=known[key].id) for key in organisations],
    )
    db.session.add(user)
    db.session.flush()
    touch("accounts")
    return user


def open_mailboxes() -> None:
    """Make a mailbox for every office that has readers and none whose key anybody holds, sealed to all of them.

    Where somebody holds the key, readers who come later have to be let in.
    """
    cards = directory.organisations().values()
    people = queries.member_principals([card.id for card in cards])
    holders = privacy_queries.holders([card.principal_id for card in cards if card.principal_id])
    for card in cards:
        if not people[card.id] or (card.principal_id and holders[card.principal_id]):
            continue
        organisation = db.session.get_one(Organisation, card.id)
        organisation.principal_id = (
            rotation.begin_anew(card.principal_id, people[card.id])
            if card.principal_id
            else privacy.new_mailbox(people[card.id])
        )
    db.session.flush()
    touch("directory")
    touch("accounts")


def unlock(user: User, password: str) -> None:
    """Open the person's vault with the password, and keep the key for a session that waits for the second factor.

    Raises:
        CannotOpen: the password does not open the vault.
    """
    sessions.begin(user, privacy.unlock(str(user.principal_id), password))


def admit(user: User) -> None:
    """The second factor has succeeded, or is not needed: the session opens. To be called once at every sign-in."""
    sessions.confirm()
    keyring = current_keyring(user)
    keys.tend(keyring)
    for listener in _listeners:
        listener(user, keyring)


def when_admitted(listener: Callable[[User, Keyring], None]) -> None:
    """Have something done whenever somebody signs in, with their keys at hand. For rooms above this one."""
    if listener not in _listeners:
        _listeners.append(listener)


def current_keyring(user: User) -> Keyring:
    """The keys of the signed-in person, read once a request.

    Raises:
        Locked: the session's key is gone; sign in again.
    """
    if "keyring" not in g:
        g.keyring = privacy.keyring(str(user.principal_id), sessions.private_key_of(user))
    ring: Keyring = g.keyring
    return ring


def change_password(user: User, current: str, new: str) -> None:
    """Put a new password in the place of the current one, and end the person's other sessions.

    The vault is wrapped anew in the same transaction: the password signs in and opens the keys, or neither.

    Raises:
        CannotOpen: the current password is wrong.
    """
    privacy.rewrap(str(user.principal_id), normalized(current), normalized(new))
    user.password = hash_password(normalized(new))
    sessions.end_others(user)
    note("password_changed", actor=user.principal_id)
    db.session.flush()


def mailboxes_of(user: User, keyring: Keyring) -> dict[str, int]:
    """The mailboxes that a person can open: office id by mailbox principal.

    Retired mailboxes are among them as long as grants wait to be sealed anew.
    """
    mine = {one.organisation_id for one in user.memberships if one.reads}
    return {mailbox: office for mailbox, office in queries.offices_of(list(keyring.keys)).items() if office in mine}


def mailboxes_by_office(user: User) -> list[frozenset[str]]:
    """The mailboxes, present and retired, of each organisation that a person belongs to; an empty set has none."""
    retired = queries.retired_mailboxes()
    cards = (directory.organisation_by_id(one.organisation_id) for one in user.memberships)
    present = [frozenset({card.principal_id} if card.principal_id else ()) for card in cards if card]
    return [mine | {old for old, new in retired.items() if new in mine} for mine in present]
