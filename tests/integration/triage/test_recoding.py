"""The facts of a case put right: one decision, at most one offer, whatever was changed."""

from __future__ import annotations

from collections import Counter

import pytest
from sqlalchemy import select

from app.core.codes import Purpose, Wish
from app.places import queries as places
from app.reports import dialogue, service
from app.reports import queries as reports
from app.reports.models import DecisionRow
from app.triage import queries
from app.triage.models import Handover
from tests.factories import discrimination, draft
from tests.support.desks import LEAD, form_on, report_of
from tests.support.forms import soup

AGREED = frozenset({Purpose.READING, Purpose.CONTACT, Purpose.HANDOVER, Purpose.STATISTICS})
WHY = "Es geht um Pflege in Lobeda."


@pytest.fixture
def sent(session):
    return service.submit(draft(consents=AGREED))


def _decisions(session, number):
    query = select(DecisionRow).where(DecisionRow.report_id == report_of(number).id).order_by(DecisionRow.id)
    return session.scalars(query).all()


def _another_area():
    return next(card for card in places.areas(places.city().needs_level) if card.key != "18" and card.parent_id)


def test_whatever_changed_it_is_decided_and_offered_once(sent, desk, session, jena, outbox):
    number, area = sent.number, _another_area()
    before = len(outbox())
    desk(LEAD).do(number, "recode", topic="health_care", area=area.key, missing="full", wish="document", reason=WHY)
    report = report_of(number)
    assert (report.topic, report.area_id, report.coarse_area_id) == ("health_care", area.id, area.parent_id)
    assert (report.missing, report.wish, report.kind) == (["full"], "document", "gap")
    first, second = _decisions(session, number)
    assert (first.rule, second.rule) == ("housing", "health")
    assert second.office_id == jena.organisation("gesundheit").id
    assert session.query(Handover).filter_by(report_id=report.id).count() == 1
    told = Counter(mail.user_id for mail in outbox()[before:])
    assert {mail.kind for mail in outbox()[before:]} == {"offered"}
    assert set(told.values()) == {1}
    kinds = [event.kind for event in reports.events(report.id)]
    assert kinds[1:] == ["recoded", "offered"]
    assert report.office_id == jena.organisation(LEAD).id, "until the other office accepts"
    page = desk("gesundheit").case(number)
    assert WHY in page.text
    desk("gesundheit").do(number, "accept")


def test_the_same_office_keeps_it(sent, desk, session):
    desk(LEAD).do(sent.number, "recode", targets="children", reason="Vor allem Kinder")
    assert queries.open_handover(report_of(sent.number).id) is None
    assert len(_decisions(session, sent.number)) == 2
    assert report_of(sent.number).targets == ["children"]


def test_without_consent_nothing_moves_and_both_sides_see_it(session, desk, client):
    answer = service.submit(draft())
    desk(LEAD).do(answer.number, "recode", topic="health_care", reason=WHY)
    assert queries.open_handover(report_of(answer.number).id) is None
    assert report_of(answer.number).topic == "health_care"
    page = desk(LEAD).case(answer.number)
    assert "but the person has not agreed to a handover" in page.text
    text = " ".join(soup(client.post("/en/receipt", data={"receipt": answer.receipt})).main.get_text().split())
    assert "The office corrected the facts of your report" in text
    assert "only gets your report if you agree" in text
    assert WHY not in text


def test_a_case_on_offer_already_is_not_offered_a_second_time(sent, desk, session):
    desk(LEAD).do(sent.number, "offer", office="ads", reason="Rat")
    desk(LEAD).do(sent.number, "recode", topic="health_care", reason=WHY)
    assert session.query(Handover).filter_by(report_id=report_of(sent.number).id).count() == 1
    assert reports.events(report_of(sent.number).id)[-1].reason == "not_possible"


def test_nothing_different_is_no_correction(sent, desk, session):
    refused = desk(LEAD).send(sent.number, "recode", reason=WHY)
    assert refused.status_code == 422
    assert "Nothing is different" in refused.text
    assert WHY in refused.text
    assert len(_decisions(session, sent.number)) == 1


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("kind", "nonsense"),
        ("kind", "correction"),
        ("topic", "x"),
        ("area", "nowhere"),
        ("wish", "mediate"),
        ("targets", "x"),
    ],
)
def test_what_is_not_offered_is_refused(sent, desk, session, field, value):
    answer = desk(LEAD).send(sent.number, "recode", reason=WHY, **{field: value})
    assert answer.status_code == 422
    assert WHY in answer.text
    assert len(_decisions(session, sent.number)) == 1


def test_discrimination_keeps_the_coarse_area_only(sent, desk, session):
    desk(LEAD).do(
        sent.number, "recode", kind="discrimination", grounds="racist_attribution", forms="insult", reason="Beleidigt"
    )
    report = report_of(sent.number)
    assert report.kind == "discrimination"
    assert report.area_id is None
    assert report.coarse_area_id is not None
    assert report.missing == report.targets == []
    assert report.grounds == ["racist_attribution"]
    assert _decisions(session, sent.number)[-1].rule == "racism-housing"


def test_what_was_discrimination_gets_its_area_back(session, desk, jena):
    number = service.submit(discrimination(consents=AGREED)).number
    desk("ads").do(number, "recode", kind="gap", topic="housing", reason="Nur eine Lücke")
    report = report_of(number)
    assert report.area_id == jena.area("18").id
    assert (report.grounds, report.forms, report.role) == ([], [], None)


def test_the_facts_of_a_restricted_report_stay_sealed(session, desk, jena):
    answer = service.submit(draft(consents=AGREED, involved=("jenawohnen",)))
    number, area = answer.number, _another_area()
    desk(LEAD).do(number, "recode", topic="health_care", area=area.key, missing="full", reason=WHY)
    report = report_of(number)
    assert (report.topic, report.missing, report.area_id, report.coarse_area_id) == (None, [], None, None)
    decided = _decisions(session, number)[-1]
    assert (decided.rule, decided.plan, decided.measures) == (None, None, [])
    opened = dialogue.open_by_receipt(answer.receipt)
    assert (opened.coded.topic, opened.coded.missing, opened.coded.rule) == ("health_care", ("full",), "health")
    assert opened.content.area == area.key
    assert opened.content.text == "Es gibt hier keine Beratung zur Wohnungssuche."
    offer = queries.open_handover(report.id)
    assert offer is not None
    assert offer.to_office_id == jena.organisation("gesundheit").id


def test_an_office_that_must_not_read_is_not_offered_the_case(session, desk):
    number = service.submit(draft(consents=AGREED, involved=("gesundheit",))).number
    desk(LEAD).do(number, "recode", topic="health_care", reason=WHY)
    offer = queries.open_handover(report_of(number).id)
    opened_to = offer.to_office_id if offer else None
    from app.directory import queries as directory

    assert opened_to != directory.organisations()["gesundheit"].id


def test_the_measures_follow_the_rule_and_staffs_own_links_stay(session, desk):
    number = service.submit(discrimination(consents=AGREED)).number
    report_id = report_of(number).id
    from app.plans import queries as plans

    def linked():
        return {card.key for card in plans.measures() if card.id in reports.measure_ids(report_id)}

    by_rule = linked()
    assert by_rule
    own = next(card.key for card in plans.measures() if card.key not in by_rule)
    desk("ads").do(number, "link", measure=own)
    desk("ads").do(number, "recode", kind="gap", topic="housing", reason="Nur eine Lücke")
    assert linked() == {own}


def test_only_those_who_work_on_it_correct_it(sent, desk):
    desk(LEAD).do(sent.number, "offer", office="gesundheit", reason="Pflege")
    other = desk("gesundheit")
    assert form_on(other.case(sent.number), "recode") is None
    forged = other.forge(sent.number, "recode", kind="gap", wish=Wish.CONTACT, topic="work", area="18", reason="x")
    assert forged.status_code == 422
    assert report_of(sent.number).topic == "housing"


def test_a_correction_of_the_reporter_begun_before_is_not_lost_silently(sent, desk):
    from dataclasses import replace

    opened = dialogue.open_by_receipt(sent.receipt)
    desk(LEAD).do(sent.number, "recode", topic="health_care", reason=WHY)
    again = dialogue.open_by_receipt(sent.receipt)
    words = replace(dialogue.Correction.of(again), text="Neue Worte")
    from app.reports.domain import NotAllowed

    with pytest.raises(NotAllowed):
        dialogue.correct(again, words, opened.version)
    dialogue.correct(again, words, again.version)
    assert dialogue.open_by_receipt(sent.receipt).coded.topic == "health_care"
