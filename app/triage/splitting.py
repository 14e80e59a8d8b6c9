"""A report that holds two matters: the second becomes a report of its own, and goes where the rules send it.

Nothing is taken out of the first one. Who may read the second is decided as for every report, by the same conflicts of
interest; an office that is not at the first case gets in only with the reporter's consent to a handover.
"""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import gettext as _

from app.core.codes import Purpose, Where
from app.core.database import db
from app.directory import queries as directory
from app.directory.domain import OrganisationCard
from app.privacy import service as privacy
from app.privacy.domain import CannotOpen
from app.reports import flow, parts, readers
from app.reports import service as intake
from app.reports.domain import ENDED, PLACED, NotAllowed, ReportDraft, new_nonce
from app.reports.flow import Known, Question
from app.reports.models import Report
from app.routing.domain import Decision
from app.triage import access
from app.triage.case import RECUSED, Case, recused
from app.triage.models import Related
from app.triage.recoding import Facts
from app.triage.service import claim, record

SPLIT = "split"


@dataclass(frozen=True, slots=True)
class Part:
    """The second matter: its facts, and what of the reporter's words belongs to it."""

    facts: Facts
    words: str


def split(case: Case, part: Part, reason: str) -> Report:
    """Make a report of its own out of a part of a case; gives it. The files stay with the first.

    Raises:
        NotAllowed: the person's office does not work on the case, or it has ended; the receipt is too old; words or
            reason are missing; nobody may read the part, or somebody would whom the reporter has not agreed to.
    """
    if not case.works or case.state in ENDED:
        raise NotAllowed(_("The case cannot be split from where it stands now."))
    if not part.words or not reason:
        raise NotAllowed(_("Please say what belongs to the second part, and why you split it off."))
    if part.facts.wish not in flow.offered_wishes(part.facts.kind):
        raise NotAllowed(_("A report of this kind cannot have this wish."))
    draft = _draft(case, part)
    decision = intake.decide(draft)
    offices = _offices(case, decision)
    claim(case)
    mailboxes = sorted({one for office in offices for one in access.principals(case, office)})
    try:
        report, staff_box = parts.file(case.opened, draft, decision, mailboxes, case.office_id)
    except CannotOpen:
        raise NotAllowed(
            _("This report cannot be split: its receipt is older than that. Please ask the person for a second report.")
        ) from None
    for person in sorted(recused(case.staff_box)):
        privacy.put(staff_box, RECUSED, person.encode())
    first, second = sorted((case.report.id, report.id))
    db.session.add(Related(report_id=first, other_id=second, why=SPLIT))
    record(case, SPLIT, code=report.number, words=reason)
    readers.tell("new", report, report.office_id, case.opened.content)
    return report


def _draft(case: Case, part: Part) -> ReportDraft:
    """The part as its reporter could have sent it. Of the place only what staff chose goes along."""
    report, content = case.report, case.opened.content
    facts = part.facts.fitting(about=False)
    where = Where.NONE if report.where in PLACED else Where(report.where)
    return ReportDraft(
        nonce=new_nonce(),
        language=report.language,
        kind=facts.kind,
        text=part.words,
        wish=facts.wish,
        where=Where.AREA if facts.area else where,
        role=report.role if flow.applies(Question.ROLE, Known(facts.kind)) else None,
        topic=facts.topic,
        grounds=facts.grounds,
        forms=facts.forms,
        missing=facts.missing,
        targets=facts.targets,
        area=facts.area,
        month=content.month,
        involved=content.involved,
        excluded=content.excluded,
        contact=content.contact,
        consents=frozenset(purpose for purpose in Purpose if case.allows(purpose)),
    )


def _offices(case: Case, decision: Decision) -> list[OrganisationCard]:
    """The offices that a decision lets in, as far as the reporter agrees that they read the part.

    Raises:
        NotAllowed: there is none, or one that is not at the first case and that the reporter has not agreed to.
    """
    if decision.office is None:
        raise NotAllowed(_("By the rules no office may read this part."))
    cards = directory.organisations()
    offices = [cards[key] for key in decision.readers]
    at_the_case = {case.lead_id, case.report.fallback_office_id}
    if not case.allows(Purpose.HANDOVER) and any(card.id not in at_the_case for card in offices):
        raise NotAllowed(
            _(
                "By the rules another office would read this part, and the person has not agreed to a handover. You "
                "can ask them in a message."
            )
        )
    return offices
