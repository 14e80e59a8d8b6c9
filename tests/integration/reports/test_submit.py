import json
import threading
from dataclasses import fields, replace
from datetime import UTC, datetime

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from app.core.codes import Kind, Purpose, Where, Wish
from app.core.database import db
from app.notifications.models import OutboxMail
from app.privacy import queries as boxes
from app.privacy.models import Box, Grant, Receipt, Sealed
from app.reports import dialogue, queries, service
from app.reports.domain import CleanFile, new_nonce
from app.reports.models import Consent, DecisionRow, Event, MeasureLink, Report
from tests import factories


def rows(session, model):
    return session.scalar(select(func.count()).select_from(model))


def report_of(sent):
    return queries.by_number(sent.number)


# What is kept --------------------------------------------------------------------------------------------------------


def test_a_report_arrives_at_its_office_with_the_reason(session, jena, clock):
    clock.stop_at(datetime(2026, 11, 22, 12, tzinfo=UTC))
    sent = factories.sent()
    report, decision = report_of(sent), queries.decision(report_of(sent).id)
    assert (report.state, report.kind, report.topic, report.language) == ("received", "gap", "housing", "de")
    assert report.area_id == jena.area("18").id
    assert report.coarse_area_id == jena.area("18").parent_id
    assert report.quarter == "2026-Q4"
    assert report.unread
    assert not report.has_files
    lead = next(card for card in service.directory.organisations().values() if card.id == report.office_id)
    rule = next(rule for rule in service.routing.queries.rules().rules if rule.key == decision.rule)
    assert lead.key == rule.office
    assert (decision.plan, decision.field, decision.measures) == (rule.plan, rule.field, list(rule.measures))
    assert decision.set_version == service.routing.queries.rules().version
    assert [(event.kind, event.actor, event.state) for event in queries.events(report.id)] == [
        ("received", "reporter", "received")
    ]


def test_the_receipt_opens_all_that_was_said(session, jena):
    file = CleanFile("image/png", b"\x89PNG cleaned")
    draft = factories.draft(
        contact="0170 1234567",
        where=Where.POINT,
        point=(11.57189, 50.89329),
        street="Wasserstraße",
        place_detail="im dritten Stock",
        month="2026-10",
        involved=("soziales",),
        involved_person="Frau Muster",
        excluded=("gesundheit",),
        files=(file,),
    )
    sent = service.submit(draft)
    opened = dialogue.open_by_receipt(sent.receipt)
    content = opened.content
    for name in ("text", "contact", "point", "street", "place_detail", "month", "involved", "involved_person",
                 "excluded", "area"):  # fmt: skip
        assert getattr(content, name) == getattr(draft, name)
    assert set(content.left_out) == {"soziales", "gesundheit"} & set(content.left_out) != set()
    assert dialogue.file_of(opened, 0) == ("image/png", file.content)
    with pytest.raises(IndexError):
        dialogue.file_of(opened, 1)
    assert opened.report.has_files


def test_both_boxes_open_to_the_office_and_the_fallback_desk_and_to_nobody_else(session, jena):
    report = report_of(factories.sent(topic="housing"))
    offices = {card.id: card for card in service.directory.organisations().values()}
    readers = {offices[report.office_id].principal_id, offices[report.fallback_office_id].principal_id}
    assert jena.organisation("sozialplanung").principal_id in readers
    assert boxes.granted_to(report.box_id) == boxes.granted_to(report.staff_box_id) == readers
    with_receipt = set(session.scalars(select(Receipt.box_id)))
    assert report.box_id in with_receipt
    assert report.staff_box_id not in with_receipt


def test_discrimination_keeps_only_the_coarse_area_and_the_quarter(session, jena, clock):
    clock.stop_at(datetime(2026, 2, 3, 9, tzinfo=UTC))
    sent = service.submit(factories.discrimination(month="2026-01", street="Wasserstraße"))
    report = report_of(sent)
    assert report.area_id is None
    assert report.coarse_area_id == jena.area("18").parent_id
    assert report.quarter == "2026-Q1"
    assert jena.area("18").id not in {value for name, value in vars(report).items() if name.endswith("area_id")}
    assert dialogue.open_by_receipt(sent.receipt).content.area == "18"


def test_the_database_itself_refuses_discrimination_with_a_fine_area(session, jena):
    report = report_of(service.submit(factories.discrimination()))
    report.area_id = jena.area("18").id
    with pytest.raises(IntegrityError, match="discrimination_keeps_coarse_area"):
        session.flush()


@pytest.mark.parametrize("where", [Where.ONLINE, Where.NONE])
def test_a_report_without_a_place_has_no_area(session, jena, where):
    report = report_of(factories.sent(where=where, area=None))
    assert (report.where, report.area_id, report.coarse_area_id) == (where, None, None)


def test_nothing_said_stands_in_the_clear(session, jena):
    secrets = {
        "text": "Zitronenfalter im Treppenhaus",
        "contact": "nachtigall@post.example",
        "street": "Wasserstraße",
        "place_detail": "Haus mit der blauen Tür",
        "month": "2019-07",
        "involved_person": "Herr Distelfink",
        "point": (11.5718912, 50.8932912),
    }
    sent = service.submit(factories.discrimination(**secrets, involved=("jenawohnen",), excluded=("seniorenbeirat",)))
    session.flush()
    needles = [str(part) for value in secrets.values() for part in (value if isinstance(value, tuple) else (value,))]
    needles += ["jenawohnen", "seniorenbeirat", sent.receipt]
    written = [table for table in db.metadata.sorted_tables if table.name.startswith(("report", "privacy", "notif"))]
    assert len(written) > 10
    for table in written:
        for row in session.execute(select(table)):
            for value in row:
                raw = value if isinstance(value, bytes) else json.dumps(value, default=str, ensure_ascii=False).encode()
                found = [needle for needle in needles if needle.encode() in raw]
                assert not found, f"{table.name}: {found}"


def test_an_involved_office_and_its_line_do_not_read(session, jena):
    normally = report_of(factories.sent())
    office = next(c for c in service.directory.organisations().values() if c.id == normally.office_id)
    report = report_of(factories.sent(involved=(office.key,)))
    assert report.office_id != office.id
    assert office.principal_id not in boxes.granted_to(report.box_id)
    # In the clear the rule would name the office that was passed over.
    assert queries.decision(normally.id).rule is not None
    assert queries.decision(report.id).rule is None


def test_an_excluded_office_does_not_read(session, jena):
    report = report_of(factories.sent(excluded=("sozialplanung",)))
    assert jena.organisation("sozialplanung").principal_id not in boxes.granted_to(report.box_id)


def test_what_nobody_may_read_is_kept_for_the_reporter(session, jena):
    everybody = tuple(key for key, desk in service.routing.queries.desks().items() if desk.opens)
    sent = factories.sent(excluded=everybody)
    report = report_of(sent)
    assert (report.state, report.office_id, report.fallback_office_id) == ("kept", None, None)
    assert report.restricted
    assert (rows(session, Box), rows(session, Grant), rows(session, OutboxMail)) == (1, 0, 0)
    assert dialogue.open_by_receipt(sent.receipt).content.text == factories.draft().text
    assert service.submit(factories.draft()).repeated is False


def test_only_the_consents_given_are_kept(session, jena):
    report = report_of(factories.sent(consents=frozenset({Purpose.READING, Purpose.STATISTICS})))
    assert [consent.purpose for consent in queries.consents(report.id)] == ["reading", "statistics"]
    assert queries.allows(report.id, Purpose.STATISTICS)
    assert not queries.allows(report.id, Purpose.CONTACT)


def test_a_report_about_a_measure_is_linked_to_it(session, jena):
    measure = service.plans.measures()[0]
    report = report_of(factories.sent(kind=Kind.PRAISE, topic=None, subject=f"measure:{measure.key}"))
    assert measure.id in queries.measure_ids(report.id)


def test_the_people_of_the_office_are_told_and_nobody_else(session, jena, outbox):
    report = report_of(factories.sent())
    told = {mail.user_id for mail in outbox()}
    from app.accounts import queries as accounts

    assert told == set(accounts.member_ids(report.office_id))
    assert {(mail.kind, mail.subject_number) for mail in outbox()} == {("new", report.number)}


def test_case_numbers_count_nothing(session, jena):
    numbers = [factories.sent().number for _ in range(20)]
    assert len(set(numbers)) == 20
    assert sorted(numbers) != numbers


# Once ----------------------------------------------------------------------------------------------------------------


def test_a_form_sent_twice_is_one_report(session, jena, outbox):
    draft = factories.draft()
    first = service.submit(draft)
    mails = len(outbox())
    second = service.submit(draft)
    assert not first.repeated
    assert second.repeated
    assert not second.changed
    assert (second.receipt, second.number) == (first.receipt, first.number)
    assert rows(session, Report) == 1
    assert len(outbox()) == mails


def test_two_forms_of_the_same_words_are_two_reports(session, jena):
    draft = factories.draft()
    first, second = service.submit(draft), service.submit(replace(draft, nonce=new_nonce()))
    assert first.receipt != second.receipt
    assert rows(session, Report) == 2


OTHER = {
    "kind": Kind.IDEA,
    "text": "Andere Worte.",
    "wish": Wish.DOCUMENT,
    "where": Where.STREET,
    "role": "witness",
    "topic": "work",
    "grounds": ("age",),
    "forms": ("insult",),
    "missing": ("cost",),
    "targets": ("children",),
    "area": "4",
    "street": "Wasserstraße",
    "point": (11.6, 50.9),
    "place_detail": "hinten",
    "month": "2026-09",
    "involved": ("gesundheit",),
    "involved_person": "jemand",
    "excluded": ("gesundheit",),
    "contact": "a@b.example",
    "consents": frozenset({Purpose.READING}),
    "subject": "service:x",
    "files": (CleanFile("image/png", b"x"),),
}


@pytest.mark.parametrize("name", sorted(OTHER))
def test_a_form_sent_again_with_other_content_says_so_and_changes_nothing(session, jena, name):
    draft = factories.draft()
    first = service.submit(draft)
    again = service.submit(replace(draft, **{name: OTHER[name]}))
    assert again.repeated
    assert again.changed, f"{name} has changed, and nobody is told"
    assert again.receipt == first.receipt
    assert dialogue.open_by_receipt(first.receipt).content.text == draft.text


def test_every_answer_counts_as_content():
    assert set(OTHER) == {field.name for field in fields(factories.draft())} - {"nonce", "language"}


def test_a_form_sent_again_in_another_language_is_the_same(session, jena):
    draft = factories.draft()
    service.submit(draft)
    assert not service.submit(replace(draft, language="ar")).changed


def test_many_clicks_at_the_same_moment_are_one_report(own_app):
    app, draft, clicks = own_app(), factories.draft(), 6
    gate = threading.Barrier(clicks)
    answers, errors = [], []

    def click():
        try:
            with app.app_context():
                gate.wait(timeout=30)
                answers.append(service.submit(draft))
                db.session.commit()
        except Exception as error:  # noqa: BLE001
            errors.append(error)

    threads = [threading.Thread(target=click) for _ in range(clicks)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert errors == []
    assert len({(answer.receipt, answer.number) for answer in answers}) == 1
    assert sorted(answer.repeated for answer in answers) == [False] + [True] * (clicks - 1)
    assert not any(answer.changed for answer in answers)
    with app.app_context():
        for model, expected in ((Report, 1), (DecisionRow, 1), (Receipt, 1), (Box, 2), (Consent, 3)):
            assert rows(db.session, model) == expected
        assert rows(db.session, Event) == 1
        assert rows(db.session, MeasureLink) == len(set(db.session.scalars(select(MeasureLink.measure_id))))


def test_what_is_not_committed_never_happened(own_app):
    app = own_app()
    with app.app_context():
        draft = factories.draft()
        service.submit(draft)
        db.session.rollback()
        for model in (Report, Box, Receipt, Sealed, OutboxMail):
            assert rows(db.session, model) == 0
        assert not service.submit(draft).repeated
        db.session.rollback()
