"""Who may use a route. Every view carries one permission; ``accounts`` enforces it before the view runs."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from typing import Any, TypeVar

View = TypeVar("View", bound=Callable[..., Any])


class Permission(StrEnum):
    """What a person may do. The first two need no account, the third a password that was right a moment ago."""

    PUBLIC = "public"
    RECEIPT = "receipt"
    HALF_SIGNED_IN = "half_signed_in"
    SIGNED_IN = "signed_in"
    READ_CASES = "read_cases"
    COORDINATE = "coordinate"
    SEE_NEEDS = "see_needs"
    KEEP_SERVICES = "keep_services"
    EDIT_PLANS = "edit_plans"
    FILE_FOR_OTHERS = "file_for_others"
    INVITE_PARTNERS = "invite_partners"
    ADMINISTER = "administer"


OPEN_TO_ALL = frozenset({Permission.PUBLIC, Permission.RECEIPT})
"""No account needed. ``RECEIPT`` says that the view itself asks for a receipt's digits."""


def requires(permission: Permission) -> Callable[[View], View]:
    """Mark a view with the permission it needs. A route without a mark stops the start."""

    def mark(view: View) -> View:
        view.__permission__ = permission  # type: ignore[attr-defined]
        return view

    return mark


def permission_of(view: Callable[..., Any]) -> Permission | None:
    """The permission a view is marked with."""
    return getattr(view, "__permission__", None)
