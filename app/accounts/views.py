"""Where a person lands after signing in, and the administrator's list of people."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask import Blueprint, redirect, render_template, url_for
from flask_babel import lazy_gettext as _l

from app.accounts import queries
from app.accounts.domain import RoleName
from app.accounts.models import User
from app.accounts.signin import may
from app.core.permissions import Permission, requires
from app.directory import queries as directory
from app.directory.domain import OrganisationCard
from app.privacy import queries as privacy

if TYPE_CHECKING:
    from flask_babel.speaklater import LazyString
    from werkzeug.wrappers import Response

bp = Blueprint("accounts", __name__, url_prefix="/<lang:lang>/account")

ROLES: Mapping[RoleName, LazyString] = {
    RoleName.READER: _l("Reads reports"),
    RoleName.COORDINATOR: _l("Coordinates, sees facts only"),
    RoleName.PARTNER: _l("Partner organisation"),
    RoleName.ADMINISTRATOR: _l("Administers"),
}


@bp.get("/")
@requires(Permission.SIGNED_IN)
def start() -> Response:
    """Go to the first area that is open to the person."""
    for permission, endpoint in (
        (Permission.READ_CASES, "triage.queue"),
        (Permission.COORDINATE, "triage.facts"),
        (Permission.SEE_NEEDS, "needs.page"),
    ):
        if may(permission):
            return redirect(url_for(endpoint))
    return redirect(url_for("accounts.people"))


@dataclass(frozen=True, slots=True)
class PersonLine:
    """Somebody in the list of people. ``waiting`` are offices whose key they do not hold yet."""

    user: User
    roles: tuple[LazyString, ...]
    organisations: tuple[OrganisationCard, ...]
    waiting: frozenset[int]


@bp.get("/people")
@requires(Permission.ADMINISTER)
def people() -> str:
    """Everybody with an account, and the mails that did not arrive."""
    users = queries.users()
    cards = {card.id: card for card in directory.organisations().values()}
    holders = privacy.holders([card.principal_id for card in cards.values() if card.principal_id])
    lines = [_line(user, cards, holders) for user in users]
    return render_template("accounts/people.html", lines=lines, by_id={user.id: user for user in users})


def _line(user: User, cards: Mapping[int, OrganisationCard], holders: Mapping[str, set[str]]) -> PersonLine:
    mine = tuple(cards[one.organisation_id] for one in user.memberships if one.organisation_id in cards)
    reads = RoleName.READER in {role.name for role in user.roles}
    return PersonLine(
        user=user,
        roles=tuple(ROLES[RoleName(role.name)] for role in user.roles),
        organisations=mine,
        waiting=frozenset(
            card.id for card in mine if reads and user.principal_id not in holders.get(card.principal_id or "", set())
        ),
    )
