"""An overdue case escalates across Easter: the clock of the worker travels, and all who are concerned see it."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select, update

from app.accounts.models import Membership, User
from app.core import clock as core_clock
from app.core.clock import day_of
from app.core.database import db
from app.notifications.models import OutboxMail
from app.reports import deadlines
from app.reports.models import Event, Report
from app.triage.overdue import service as escalation
from app.wiring import demo
from tests import factories
from tests.browser.conftest import PHONE
from tests.conftest import account_of
from tests.support.arrivals import type_code, type_password
from tests.support.databases import close, make_app
from tests.support.desks import LEAD
from tests.support.times import TravellingClock

BERLIN = ZoneInfo("Europe/Berlin")
SENT = datetime(2026, 3, 24, 10, tzinfo=BERLIN).astimezone(UTC)
DUE_ON = date(2026, 4, 2)
"""The Thursday before Easter, seven working days later."""


@pytest.fixture
def beside(own_server, tmp_path):
    """An app on the database of the server. Its clock travels, that of the server does not."""
    app = make_app(own_server.database_address, tmp_path / "beside")
    yield app
    close(app)


@pytest.fixture
def receipt(beside):
    """A report that came in March; one of the office's two readers is the deputy."""
    with beside.app_context():
        sent = factories.sent()
        db.session.execute(
            update(Report)
            .where(Report.number == sent.number)
            .values(received_at=SENT, **deadlines.begin("gap", "contact", SENT))
        )
        deputy = select(User.id).where(User.email == account_of(f"reader:{LEAD}"))
        db.session.execute(update(Membership).where(Membership.user_id.in_(deputy)).values(deputy=True))
        db.session.execute(update(OutboxMail).values(sent_at=SENT))
        db.session.commit()
    return sent


def at_a_desk(visitor, app, server, who):
    with app.app_context():
        email = account_of(who)
        db.session.rollback()
    person = visitor(server.origin)
    page = person.go("/de/account/login")
    type_password(page, email, demo.PASSWORD)
    type_code(page, app, email)
    return person


def work_through(app, first, last):
    """Let the worker look every six hours; gives the days on which it told somebody, and whom."""
    told, clock = [], TravellingClock()
    moment = datetime.combine(first, datetime.min.time(), BERLIN).astimezone(UTC) + timedelta(minutes=20)
    with app.app_context(), pytest.MonkeyPatch.context() as patch:
        patch.setattr(core_clock, "datetime", clock)
        while day_of(moment) <= last:
            clock.stop_at(moment)
            if escalation.escalate_due():
                mails = db.session.scalars(
                    select(User.email)
                    .join(OutboxMail, OutboxMail.user_id == User.id)
                    .where(OutboxMail.kind == "overdue", OutboxMail.created_at == moment)
                    .order_by(User.id)
                ).all()
                told.append((day_of(moment), sorted(mails)))
            moment += timedelta(hours=6)
        db.session.rollback()
    return told


def test_an_overdue_case_escalates_across_a_holiday(visitor, own_server, beside, receipt, axe):
    with beside.app_context():
        deputy, coordinator = account_of(f"reader:{LEAD}"), account_of("coordinator")
        report = db.session.scalars(select(Report).order_by(Report.id)).one()
        assert day_of(report.due_at - timedelta(seconds=1)) == DUE_ON
        db.session.rollback()

    # Good Friday, the weekend and Easter Monday pass in silence.
    told = work_through(beside, date(2026, 4, 1), date(2026, 4, 14))
    assert [day for day, _people in told] == [date(2026, 4, 7), date(2026, 4, 8)]
    assert [people for _day, people in told] == [[deputy], [coordinator]]
    with beside.app_context():
        whom = db.session.scalars(select(Event.reason).where(Event.kind == "escalated").order_by(Event.id)).all()
        db.session.rollback()
    assert whom == ["office", "coordination"]

    # The coordination sees facts, and what is overdue first.
    coordination = at_a_desk(visitor, beside, own_server, "coordinator")
    page = coordination.go("/en/coordination/")
    row = page.locator("#overdue tbody tr")
    assert row.count() == 1
    assert receipt.number in row.inner_text()
    assert "4/2/26" in row.inner_text()
    assert "the office and the coordination" in row.inner_text()
    coordination.axe(axe)
    coordination.overflow()

    # The office sees on its case when it was told.
    office = at_a_desk(visitor, beside, own_server, f"reader:{LEAD}")
    page = office.go(f"/en/desk/{receipt.number}")
    assert page.get_by_text("Overdue: others have been told").count() == 2

    # The reporter reads it in plain words, on a telephone, and is promised nothing.
    resident = visitor(own_server.origin, viewport=PHONE)
    page = resident.go("/en/receipt")
    page.locator("input[name=receipt]").first.fill(receipt.receipt)
    with page.expect_navigation():
        page.locator("main form button[type=submit]").last.click()
    said = page.locator("main").inner_text()
    assert "It takes longer than the office had planned: until Thursday, April 2, 2026. We are sorry." in said
    assert "The coordination of the offices knows that you are waiting. It cannot read your words." in said
    assert page.locator(".tk-moment").filter(has_text="4/7/26").count() == 1
    assert page.locator(".tk-moment").filter(has_text="4/8/26").count() == 1
    resident.axe(axe)
    resident.overflow()
