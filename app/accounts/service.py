"""The verbs on people: add somebody, unlock their keys at sign-in, forget them at sign-out."""

from __future__ import annotations

import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Collection
from datetime import timedelta

from flask import g, session
from flask_security.utils import hash_password
from sqlalchemy import delete

from app.accounts import queries
from app.accounts.domain import Locked, RoleName
from app.accounts.models import Membership, Role, User, VaultSession
from app.core.clock import now
from app.core.database import db
from app.core.revisions import touch
from app.directory import queries as directory
from app.directory.models import Organisation
from app.privacy import domain as crypto
from app.privacy import service as privacy
from app.privacy.domain import CannotOpen, Keyring

SESSION_LASTS = timedelta(hours=10)
_COOKIE = "vault"


def add_user(
    email: str,
    password: str,
    title: str,
    roles: Collection[RoleName],
    organisations: Collection[str] = (),
    language: str = "de",
) -> User:
    """Add somebody with a key pair of their own.

    A new member of an office whose mailbox others already hold gets its key when one of them next signs in.

    Raises:
        LookupError: an organisation does not exist.
    """
    known = directory.organisations()
    user = User(
        email=email.strip().lower(),
        password=hash_password(password),
        title=title,
        language=language,
        fs_uniquifier=secrets.token_urlsafe(24),
        principal_id=privacy.new_person(password),
        roles=[queries.role(name) or Role(name=name) for name in roles],
        memberships=[Membership(organisation_id=known[key].id) for key in organisations],
    )
    db.session.add(user)
    db.session.flush()
    touch("accounts")
    return user


def open_mailboxes() -> None:
    """Make a mailbox for every office that has members and none yet, sealed to all of them."""
    cards = directory.organisations().values()
    people = queries.member_principals([card.id for card in cards])
    for card in cards:
        if people[card.id] and card.principal_id is None:
            organisation = db.session.get_one(Organisation, card.id)
            organisation.principal_id = privacy.new_mailbox(people[card.id])
    db.session.flush()
    touch("directory")
    touch("accounts")


def unlock(user: User, password: str) -> None:
    """Open the person's vault at sign-in and keep the key for this session, wrapped by its cookie.

    Raises:
        CannotOpen: the password does not open the vault.
    """
    if user.principal_id is None:
        return
    private_key = privacy.unlock(user.principal_id, password)
    identity, wrapping = crypto.new_id(), crypto.new_secret()
    db.session.execute(delete(VaultSession).where(VaultSession.seen_at < now() - SESSION_LASTS))
    db.session.add(
        VaultSession(id=identity, user_id=user.id, wrapped_key=crypto.encrypt(wrapping, private_key, identity.encode()))
    )
    session[_COOKIE] = {"id": identity, "key": urlsafe_b64encode(wrapping).decode()}
    _admit_colleagues(user, privacy.keyring(user.principal_id, private_key))


def _admit_colleagues(user: User, keyring: Keyring) -> None:
    """Pass the keys of one's mailboxes on to members who came later."""
    mine = [membership.organisation_id for membership in user.memberships]
    people = queries.member_principals(mine)
    for identity in mine:
        organisation = db.session.get_one(Organisation, identity)
        if organisation.principal_id and organisation.principal_id in keyring.keys:
            privacy.admit(keyring, organisation.principal_id, people[identity])


def lock() -> None:
    """Forget the unlocked key of this session."""
    kept = session.pop(_COOKIE, None)
    if kept:
        db.session.execute(delete(VaultSession).where(VaultSession.id == kept["id"]))


def current_keyring(user: User) -> Keyring:
    """The keys of the signed-in person, read once a request.

    Raises:
        Locked: the session's key is gone; sign in again.
    """
    if "keyring" not in g:
        kept = session.get(_COOKIE)
        row = queries.vault_session(kept["id"]) if kept else None
        if kept is None or row is None or row.user_id != user.id or row.opened_at < now() - SESSION_LASTS:
            raise Locked
        try:
            private_key = crypto.decrypt(urlsafe_b64decode(kept["key"]), row.wrapped_key, row.id.encode())
        except (CannotOpen, ValueError) as error:
            raise Locked from error
        g.keyring = privacy.keyring(str(user.principal_id), private_key)
    ring: Keyring = g.keyring
    return ring


def mailboxes_of(user: User, keyring: Keyring) -> dict[str, int]:
    """The mailboxes that a person can open: office id by mailbox principal."""
    cards = [directory.organisation_by_id(one.organisation_id) for one in user.memberships]
    return {str(card.principal_id): card.id for card in cards if card and card.principal_id in keyring.keys}
