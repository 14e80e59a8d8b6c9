"""A report that nobody may read waits for its reporter, who can send it on once a desk is there for it."""

from __future__ import annotations

from flask_babel import gettext as _

from app.core.clock import now
from app.core.codes import Purpose, State
from app.core.database import db
from app.privacy import service as privacy
from app.reports import deadlines, queries, readers, service
from app.reports.dialogue import OpenedReport
from app.reports.domain import NotAllowed
from app.reports.models import Event
from app.routing import service as routing
from app.routing.domain import Decision, RoutingFacts


def decide(opened: OpenedReport) -> Decision:
    """Where a report would go now, by what its box holds and by the consents in force."""
    report, content, coded = opened.report, opened.content, opened.coded
    return routing.decide_now(
        RoutingFacts(
            kind=report.kind,
            topic=coded.topic,
            grounds=frozenset(coded.grounds),
            forms=frozenset(coded.forms),
            areas=service.area_names(service.area_named(content.area), content.point),
            targets=frozenset(coded.targets),
            wish=report.wish,
            involved=frozenset(content.involved),
            excluded=frozenset(content.excluded),
            independent=queries.allows(report.id, Purpose.INDEPENDENT),
        )
    )


def send_on(opened: OpenedReport, seen: str) -> None:
    """Let the desks in that may read a kept report now. Once: of two at the same time the slower one fails.

    ``seen`` are the readers that the reporter was shown, as the decision's mark.

    Raises:
        NotAllowed: it is not kept, nobody may read it, or somebody else than shown would.
        sqlalchemy.orm.exc.StaleDataError: it changed at the same moment.
    """
    report = opened.report
    if report.state != State.KEPT:
        raise NotAllowed(_("Your report has been sent already."))
    decision = decide(opened)
    if decision.office is None:
        raise NotAllowed(_("There is still nobody who may read your report. It stays kept for you."))
    if decision.mark != seen:
        raise NotAllowed(_("Other offices than those you were shown would read it now. Please look again."))
    report.state, report.changed_at, report.unread = State.RECEIVED, now(), True
    deadlines.follow(report)
    for name, value in service.desks_of(decision).items():
        setattr(report, name, value)
    db.session.flush()
    mailboxes = service.mailboxes_of(decision)
    privacy.give(opened.box, mailboxes)
    [staff_box] = privacy.make_boxes(mailboxes, None)
    report.staff_box_id = staff_box.box_id
    service.note_decision(report.id, decision, int(report.office_id or 0), restricted=report.restricted)
    db.session.add(Event(report_id=report.id, kind="state", actor="reporter", state=State.RECEIVED))
    db.session.flush()
    readers.tell("new", report, report.office_id, opened.content)
