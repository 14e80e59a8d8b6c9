"""Who can read a report, told from its grants alone, and who hears that something is new in it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from app.accounts import queries as accounts
from app.accounts.models import Membership, User
from app.core.texts import Localized
from app.directory import queries as directory
from app.directory.domain import OrganisationCard
from app.notifications import service as notifications
from app.privacy import queries as privacy
from app.reports.domain import SealedContent
from app.reports.models import Report
from app.routing import domain as routing_domain
from app.routing import queries as routing


@dataclass(frozen=True, slots=True)
class Reader:
    """An organisation where a report can be read: by everybody who reads there, or by ``single`` persons only."""

    id: int
    key: str
    name: Localized
    single: bool = False


def readers_of(report: Report) -> list[Reader]:
    """Where a report can be read now, the office that works on it first."""
    if report.box_id is None:
        return []
    granted = privacy.granted_to(report.box_id)
    mailboxes = accounts.offices_of(granted)
    whole = set(mailboxes.values())
    persons = accounts.organisations_of(granted - set(mailboxes))
    single = {_where(report, offices) for offices in persons.values() if offices} - whole
    cards = [card for card in directory.organisations().values() if card.id in whole | single]
    found = [Reader(card.id, card.key, card.name, single=card.id in single) for card in cards]
    return sorted(found, key=lambda reader: reader.id != report.office_id)


def named(keys: Collection[str]) -> list[Reader]:
    """The organisations that a decision lets in, in its order."""
    cards = directory.organisations()
    return [Reader(cards[key].id, key, cards[key].name) for key in keys]


def _where(report: Report, offices: Collection[int]) -> int:
    """The office at which somebody reads a report who may belong to several."""
    return min(offices, key=lambda office: (office != report.office_id, office != report.fallback_office_id, office))


def left_out(content: SealedContent) -> list[OrganisationCard]:
    """The organisations that a report was kept from: for the reporter, and for nobody else."""
    return organisations({*content.left_out, *content.involved, *content.excluded})


def organisations(keys: Collection[str]) -> list[OrganisationCard]:
    """Organisations in the order of the directory."""
    return [card for key, card in directory.organisations().items() if key in keys]


def kept_out(content: SealedContent) -> frozenset[str]:
    """The principals of everybody who belongs to what a report is about, or to whom the reporter left out."""
    desks = routing.desks()
    out = routing_domain.kept_out(content.involved, content.excluded, desks)
    return routing_domain.people_of(out, desks)


def tell(kind: str, report: Report, office_id: int | None, content: SealedContent | None = None) -> None:
    """Tell the people of an office who can open a report that something is new in it.

    With its ``content`` at hand, nobody is told who belongs to what it is about.
    """
    out = kept_out(content) if content else frozenset()
    told = [user.id for _membership, user in at_office(report, office_id) if user.principal_id not in out]
    notifications.tell_people(kind, told, report.number)


def at_office(report: Report, office_id: int | None) -> list[tuple[Membership, User]]:
    """The people of an office who can open a report, with their membership."""
    if office_id is None or report.box_id is None:
        return []
    granted = privacy.granted_to(report.box_id)
    whole = office_id in accounts.offices_of(granted).values()
    people = accounts.readers([office_id])
    return [(membership, user) for membership, user in people if whole or user.principal_id in granted]
