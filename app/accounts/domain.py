"""Roles and what each may do."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum

from email_validator import EmailNotValidError, validate_email

from app.core.permissions import Permission

PASSWORD_MIN = 12
"""The fewest characters of a password: it also opens the person's keys."""


class RoleName(StrEnum):
    """The roles. A person may have several."""

    READER = "reader"
    COORDINATOR = "coordinator"
    PLANNER = "planner"
    PARTNER = "partner"
    ADMINISTRATOR = "administrator"


ROLE_PERMISSIONS: Mapping[RoleName, frozenset[Permission]] = {
    RoleName.READER: frozenset(
        {Permission.SIGNED_IN, Permission.READ_CASES, Permission.SEE_NEEDS, Permission.FILE_FOR_OTHERS}
    ),
    RoleName.COORDINATOR: frozenset(
        {
            Permission.SIGNED_IN,
            Permission.COORDINATE,
            Permission.SEE_NEEDS,
            Permission.EDIT_PLANS,
            Permission.INVITE_PARTNERS,
        }
    ),
    RoleName.PLANNER: frozenset({Permission.SIGNED_IN, Permission.SEE_NEEDS, Permission.EDIT_PLANS}),
    RoleName.PARTNER: frozenset(
        {Permission.SIGNED_IN, Permission.SEE_NEEDS, Permission.KEEP_SERVICES, Permission.FILE_FOR_OTHERS}
    ),
    RoleName.ADMINISTRATOR: frozenset({Permission.SIGNED_IN, Permission.ADMINISTER, Permission.INVITE_PARTNERS}),
}


class Locked(Exception):  # noqa: N818
    """Signed in, but the keys of this session are gone: the person has to sign in again."""


def permissions_of(roles: Iterable[str]) -> frozenset[Permission]:
    """Everything that the roles together allow."""
    return frozenset().union(*(ROLE_PERMISSIONS[RoleName(role)] for role in roles))


NEEDS_ORGANISATION = frozenset({RoleName.READER, RoleName.PARTNER})
"""Roles that mean nothing without an organisation."""


def address_of(typed: str) -> str:
    """The e-mail address that somebody typed, as it is kept.

    Raises:
        ValueError: it is none.
    """
    try:
        # Official machines may stand in a network of their own, with addresses of their own.
        found = validate_email(typed.strip(), check_deliverability=False, test_environment=True)
    except EmailNotValidError as error:
        raise ValueError(str(error)) from None
    return found.normalized.lower()
