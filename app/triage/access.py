"""Who gets in to a case and who no longer does. Every grant that staff give goes through here.

An office has a way in as long as it is something to the case: it leads, stands in reserve, is on offer, or works along.
"""

from __future__ import annotations

from collections.abc import Collection

from flask_babel import gettext as _

from app.accounts import queries as accounts
from app.directory import queries as directory
from app.directory.domain import OrganisationCard
from app.privacy import queries as privacy_queries
from app.privacy import service as privacy
from app.reports.domain import NotAllowed
from app.reports.models import Report
from app.routing import queries as routing
from app.triage import queries
from app.triage.case import Case


def let_in(case: Case, office: OrganisationCard) -> None:
    """Let an office in: by its mailbox, or only single persons where somebody there must not read the case.

    Raises:
        NotAllowed: nobody there may read it.
    """
    _give(case, principals(case, office))


def principals(case: Case, office: OrganisationCard) -> list[str]:
    """By whose keys an office may read a case: its mailbox's, or those of single persons.

    Raises:
        NotAllowed: nobody there may read it.
    """
    people = routing.desks()[office.key].readers
    may = people - case.out
    if not may or office.principal_id is None:
        raise NotAllowed(_("This office cannot receive the case."))
    return [office.principal_id] if may == people else sorted(may)


def concerned(report: Report) -> frozenset[int]:
    """The offices that are something to a report now."""
    handover = queries.open_handover(report.id)
    offered = handover.to_office_id if handover else None
    working = (one.office_id for one in queries.consultations(report.id))
    offices = {report.office_id, report.fallback_office_id, offered, *working}
    return frozenset(office for office in offices if office is not None)


def shut_out(report: Report, office_id: int) -> None:
    """End every way in that an office has, unless it is still something to the report.

    Whoever also belongs to an office that stays keeps theirs. No key is needed for that.
    """
    staying = concerned(report)
    if office_id in staying or report.box_id is None:
        return
    card = directory.organisation_by_id(office_id)
    granted = privacy_queries.granted_to(report.box_id)
    persons = accounts.organisations_of(granted - set(accounts.offices_of(granted)))
    leaving = {one for one, offices in persons.items() if office_id in offices and offices.isdisjoint(staying)}
    if card is not None and card.principal_id is not None:
        leaving.add(card.principal_id)
    _take_away(report, leaving)


def step_out(case: Case, office_id: int) -> bool:
    """End the person's own way in through an office, and leave it to the others there; False when there are none."""
    card = directory.organisation_by_id(office_id)
    granted = privacy_queries.granted_to(case.opened.box.box_id)
    mailboxes = [mailbox for mailbox, office in accounts.offices_of(granted).items() if office == office_id]
    if mailboxes and card is not None:
        others = routing.desks()[card.key].readers - case.out - {case.staff.own}
        _take_away(case.report, mailboxes)
        _give(case, sorted(others))
    else:
        persons = accounts.organisations_of(granted - set(accounts.offices_of(granted)))
        others = frozenset(one for one, offices in persons.items() if office_id in offices) - {case.staff.own}
    return bool(others)


def end_own(case: Case) -> None:
    """Take the person's own grant away."""
    _take_away(case.report, [case.staff.own])


def _give(case: Case, principals: Collection[str]) -> None:
    for box in (case.opened.box, case.staff_box):
        privacy.give(box, principals)


def _take_away(report: Report, principals: Collection[str]) -> None:
    for box_id in (report.box_id, report.staff_box_id):
        if box_id is not None:
            privacy.take_away(box_id, principals)
