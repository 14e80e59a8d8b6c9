import pytest
from sqlalchemy import func, select

from app.core.codes import Purpose, State
from app.core.database import db
from app.privacy import domain as crypto
from app.privacy import queries as boxes
from app.privacy.domain import CannotOpen
from app.privacy.models import Box, Grant, Receipt, Sealed
from app.reports import dialogue, queries, service
from app.reports.domain import Erased, NotAllowed
from app.reports.models import Report
from tests import factories


@pytest.fixture
def receipt(session, jena):
    return factories.sent(contact="0170 1234567").receipt


def test_a_receipt_that_was_never_given_opens_nothing(session, receipt):
    with pytest.raises(CannotOpen):
        dialogue.open_by_receipt(crypto.receipt_from("somebody's guess", "a pepper"))


def test_words_of_both_sides_stand_in_order(session, receipt):
    opened = dialogue.open_by_receipt(receipt)
    dialogue.write(opened, "Noch etwas: es eilt.")
    dialogue.put_message(opened, "Danke, wir schauen nach.", office_id=opened.report.office_id)
    session.flush()
    messages = dialogue.open_by_receipt(receipt).messages
    assert [(message.text, message.from_office) for message in messages] == [
        ("Noch etwas: es eilt.", False),
        ("Danke, wir schauen nach.", True),
    ]
    assert messages[1].office_id == opened.report.office_id
    assert messages[0].at <= messages[1].at


def test_a_message_of_the_reporter_is_new_to_the_office(session, receipt, outbox):
    opened = dialogue.open_by_receipt(receipt)
    opened.report.unread = False
    for mail in outbox():
        # Who has not been sent the first mail yet needs no second one.
        mail.sent_at = mail.created_at
    before = len(outbox())
    dialogue.write(opened, "Noch etwas.")
    assert opened.report.unread
    assert {mail.kind for mail in outbox()[before:]} == {"answer"}


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (State.WAITING, State.IN_REVIEW),
        (State.ANSWERED, State.IN_REVIEW),
        (State.RECEIVED, State.RECEIVED),
        (State.DANGER, State.DANGER),
    ],
)
def test_an_answer_brings_the_case_back_to_work(session, receipt, before, after):
    opened = dialogue.open_by_receipt(receipt)
    opened.report.state = before
    dialogue.write(opened, "Hier ist meine Antwort.")
    assert opened.report.state == after
    states = [event.state for event in queries.events(opened.report.id) if event.kind == "state"]
    assert states == ([after] if before != after else [])


@pytest.mark.parametrize("purpose", [Purpose.CONTACT, Purpose.STATISTICS])
def test_a_consent_can_be_taken_back(session, receipt, purpose):
    opened = dialogue.open_by_receipt(receipt)
    assert queries.allows(opened.report.id, purpose)
    dialogue.withdraw_consent(opened, purpose)
    assert not queries.allows(opened.report.id, purpose)
    others = {consent.purpose for consent in queries.consents(opened.report.id) if consent.withdrawn_at is None}
    assert others == {"reading", "contact", "statistics"} - {purpose}
    assert opened.report.state == State.RECEIVED


def test_a_consent_is_taken_back_once(session, receipt):
    opened = dialogue.open_by_receipt(receipt)
    dialogue.withdraw_consent(opened, Purpose.CONTACT)
    at = [consent.withdrawn_at for consent in queries.consents(opened.report.id)]
    dialogue.withdraw_consent(opened, Purpose.CONTACT)
    dialogue.withdraw_consent(opened, Purpose.INDEPENDENT)
    assert [consent.withdrawn_at for consent in queries.consents(opened.report.id)] == at
    kinds = [event.kind for event in queries.events(opened.report.id)]
    assert kinds.count("consent_withdrawn") == 1


@pytest.mark.parametrize("way", [dialogue.withdraw, lambda opened: dialogue.withdraw_consent(opened, Purpose.READING)])
def test_a_withdrawn_report_is_read_by_nobody_but_the_reporter(session, receipt, way):
    opened = dialogue.open_by_receipt(receipt)
    way(opened)
    report = opened.report
    assert report.state == State.WITHDRAWN
    assert boxes.granted_to(report.box_id) == boxes.granted_to(report.staff_box_id) == set()
    assert not any(queries.allows(report.id, purpose) for purpose in Purpose)
    assert dialogue.open_by_receipt(receipt).content.text == opened.content.text
    with pytest.raises(NotAllowed):
        dialogue.write(dialogue.open_by_receipt(receipt), "Doch noch etwas.")


def test_a_report_is_withdrawn_once(session, receipt):
    opened = dialogue.open_by_receipt(receipt)
    dialogue.withdraw(opened)
    dialogue.withdraw(opened)
    assert [event.state for event in queries.events(opened.report.id)].count("withdrawn") == 1


def test_an_erased_report_leaves_nothing_that_was_said(session, receipt):
    kept = factories.sent()
    before = {model: session.scalar(select(func.count()).select_from(model)) for model in (Box, Grant, Receipt, Sealed)}
    opened = dialogue.open_by_receipt(receipt)
    dialogue.write(opened, "Noch etwas.")
    number = opened.report.number
    dialogue.erase(opened)
    session.expire_all()
    with pytest.raises(CannotOpen):
        dialogue.open_by_receipt(receipt)
    after = {model: session.scalar(select(func.count()).select_from(model)) for model in before}
    assert after[Box] == before[Box] - 2
    assert session.scalars(select(Receipt.wrapped_key).where(Receipt.box_id.is_(None))).all() == [b""]
    left = {row for model in (Grant, Receipt, Sealed) for row in session.scalars(select(model.box_id)) if row}
    other = queries.by_number(kept.number)
    assert left == {other.box_id, other.staff_box_id}
    report = queries.by_number(number)
    assert report.state == State.WITHDRAWN
    assert (report.box_id, report.staff_box_id) == (None, None)
    assert all(event.sealed_id is None for event in queries.events(report.id))
    assert dialogue.open_by_receipt(kept.receipt).content.text


def test_a_form_sent_again_does_not_bring_an_erased_report_back(session, jena):
    draft = factories.draft()
    receipt = service.submit(draft).receipt
    dialogue.erase(dialogue.open_by_receipt(receipt))
    session.expire_all()
    with pytest.raises(Erased):
        service.submit(draft)
    assert session.scalar(select(func.count()).select_from(Sealed)) == 0


def test_what_an_erased_report_was_about_cannot_be_told_any_more(session, receipt):
    opened = dialogue.open_by_receipt(receipt)
    dialogue.erase(opened)
    session.flush()
    session.expire_all()
    report = session.get(Report, opened.report.id)
    assert (report.area_id, report.coarse_area_id, report.topic, report.role, report.subject) == (None,) * 5
    assert (report.grounds, report.forms, report.missing, report.targets) == ([],) * 4
    decision = queries.decision(report.id)
    assert (decision.rule, decision.plan, decision.field, decision.measures) == (None, None, None, [])
    assert queries.measure_ids(report.id) == []
    assert db.session.is_active


def test_reading_costs_a_few_statements_however_long_the_dialogue(session, receipt, count_statements):
    opened = dialogue.open_by_receipt(receipt)
    for number in range(12):
        dialogue.write(opened, f"Nachricht {number}")
    session.flush()
    session.expire_all()
    with count_statements() as said:
        assert len(dialogue.open_by_receipt(receipt).messages) == 12
    assert len(said) <= 5
