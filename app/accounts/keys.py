"""Who holds the key of an office's mailbox: newcomers are let in by a colleague, leavers lose it at once."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from blinker import Signal

from app.accounts import queries
from app.accounts.domain import RoleName
from app.accounts.models import Membership, User
from app.core.clock import now
from app.core.database import db, may_write
from app.core.revisions import touch
from app.directory import queries as directory
from app.directory.domain import OrganisationCard
from app.directory.models import Organisation
from app.privacy import audit, domain, recovery, rotation
from app.privacy import queries as privacy_queries
from app.privacy import service as privacy
from app.privacy.domain import Keyring

SEALED_AT_ONCE = 500
"""Grants that one sign-in seals anew: about a tenth of a second."""

SEALED_IN_PASSING = 50
"""Grants that any other request seals anew that writes."""


waits = Signal("A reader waits for the key of an office. Sent with the office's id; the outbox hears.")


class NotLetIn(Exception):  # noqa: N818
    """Nobody was let in: the page was out of date, or this is not for the person to do."""


@dataclass(frozen=True, slots=True)
class Reader:
    """A reader of an office. ``code`` is the check code of their key; ``doubted``: a colleague does not know them."""

    user: User
    holds: bool
    code: str
    doubted: bool


@dataclass(frozen=True, slots=True)
class OfficeKeys:
    """Who holds the key of an office, who waits for it, and how many grants wait to be sealed anew."""

    office: OrganisationCard
    readers: tuple[Reader, ...]
    waiting: int
    recoverable: bool

    @property
    def holding(self) -> int:
        """How many readers can open what the office receives."""
        return sum(reader.holds for reader in self.readers)

    @property
    def held(self) -> bool:
        """Whether any reader can."""
        return self.holding > 0


def keys_of(office_ids: Collection[int]) -> tuple[OfficeKeys, ...]:
    """The state of the keys of offices, in the order of the directory; those without a mailbox have none."""
    cards = [card for card in directory.organisations().values() if card.id in office_ids and card.principal_id]
    mailboxes = [str(card.principal_id) for card in cards]
    holders = privacy_queries.holders(mailboxes)
    waiting = privacy_queries.waiting(mailboxes)
    people = queries.readers([card.id for card in cards])
    public = privacy_queries.public_keys([str(user.principal_id) for _membership, user in people if user.principal_id])
    recovery_key = privacy_queries.recovery_key()
    return tuple(
        OfficeKeys(
            office=card,
            readers=tuple(
                Reader(
                    user=user,
                    holds=user.principal_id in holders[mailbox],
                    code=domain.check_code(public[str(user.principal_id)]),
                    doubted=membership.doubted_at is not None,
                )
                for membership, user in people
                if membership.organisation_id == card.id and user.principal_id in public
            ),
            waiting=waiting[mailbox],
            recoverable=recovery_key is not None and recovery_key.id in holders[mailbox],
        )
        for card, mailbox in zip(cards, mailboxes, strict=True)
    )


def announce(user: User) -> None:
    """Tell the colleagues of somebody who waits for the key of an office."""
    for one in keys_of({membership.organisation_id for membership in user.memberships}):
        if one.held and any(reader.user.id == user.id and not reader.holds for reader in one.readers):
            waits.send(one.office.id)


def let_in(colleague: User, keyring: Keyring, office_id: int, user_id: int, code: str) -> None:
    """Give a newcomer the key of an office, after the colleague has compared the check code with them.

    Raises:
        NotLetIn: the colleague does not hold the key or administers accounts, or the newcomer is no reader of the
            office, or has another key by now than the one that was compared.
    """
    membership, newcomer, mailbox = _newcomer(colleague, keyring, office_id, user_id)
    public = privacy_queries.public_keys([str(newcomer.principal_id)])
    if code != domain.check_code(public[str(newcomer.principal_id)]):
        raise NotLetIn
    privacy.admit(keyring, mailbox, [str(newcomer.principal_id)])
    membership.doubted_at = None
    audit.note("key_given", actor=colleague.principal_id, subject=newcomer.principal_id, office_id=office_id)
    touch("accounts")


def doubt(colleague: User, keyring: Keyring, office_id: int, user_id: int) -> None:
    """Say that somebody who waits for the key of an office is none of its people; the administrator's page tells.

    Raises:
        NotLetIn: as for :func:`let_in`.
    """
    membership, newcomer, _mailbox = _newcomer(colleague, keyring, office_id, user_id)
    membership.doubted_at = now()
    audit.note("member_doubted", actor=colleague.principal_id, subject=newcomer.principal_id, office_id=office_id)
    db.session.flush()


def may_let_in(colleague: User) -> bool:
    """Whether somebody may let others in: who makes accounts must not give them keys as well."""
    return RoleName.ADMINISTRATOR not in {role.name for role in colleague.roles}


def _newcomer(colleague: User, keyring: Keyring, office_id: int, user_id: int) -> tuple[Membership, User, str]:
    """Somebody who waits for the key of an office that the colleague holds."""
    people = {user.id: (membership, user) for membership, user in queries.readers([office_id])}
    card = directory.organisation_by_id(office_id)
    mailbox = card.principal_id if card else None
    if colleague.id not in people or user_id not in people or mailbox is None or not may_let_in(colleague):
        raise NotLetIn
    membership, newcomer = people[user_id]
    holders = privacy_queries.holders([mailbox])[mailbox]
    if mailbox not in keyring.keys or newcomer.principal_id is None or newcomer.principal_id in holders:
        raise NotLetIn
    return membership, newcomer, mailbox


def rotate(office_id: int, actor: str | None) -> None:
    """Change the key of an office after somebody has left; those of its readers who hold it keep the office."""
    organisation = db.session.get_one(Organisation, office_id)
    if organisation.principal_id is None:
        return
    staying = queries.member_principals([office_id])[office_id]
    organisation.principal_id = rotation.rotate(organisation.principal_id, staying)
    audit.note("key_rotated", actor=actor, subject=organisation.principal_id, office_id=office_id)
    db.session.flush()
    touch("directory")
    touch("accounts")


def tend(keyring: Keyring, most: int = SEALED_AT_ONCE) -> int:
    """What only an unlocked session can do for its mailboxes; gives how many grants were sealed anew, at most ``most``.

    Seals the mailboxes to the recovery key, and grants of retired mailboxes to those in their place.
    """
    recovery.seal_mailboxes(keyring)
    sealed = rotation.reseal(keyring, most)
    if any(mailbox in keyring.keys for mailbox in queries.retired_mailboxes()):
        touch("accounts")
    return sealed


def go_on(keyring: Keyring) -> None:
    """Seal a little more anew in passing, where a sign-in could not do all of it."""
    if may_write() and any(mailbox in keyring.keys for mailbox in queries.retired_mailboxes()):
        tend(keyring, SEALED_IN_PASSING)


def heal(office: OrganisationCard, keyring: Keyring) -> tuple[User, ...]:
    """With the recovery key: give the key of an office to its readers, and seal anew what waits; gives who got it.

    Raises:
        LookupError: the office's mailbox is not sealed to the recovery key.
    """
    mailbox = office.principal_id or ""
    holders = privacy_queries.holders([mailbox])[mailbox]
    newcomers = tuple(user for _membership, user in queries.readers([office.id]) if user.principal_id not in holders)
    privacy.admit(keyring, mailbox, [str(user.principal_id) for user in newcomers])
    while tend(keyring):
        pass
    audit.note("recovery_key_used", actor=None, office_id=office.id)
    for user in newcomers:
        audit.note("key_given", actor=None, subject=user.principal_id, office_id=office.id)
    touch("accounts")
    return newcomers
