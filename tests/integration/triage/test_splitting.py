"""A report that holds two matters becomes two: each office reads its own, and the reporter both with one receipt."""

from __future__ import annotations

import pytest
from sqlalchemy import select, update

from app.core.codes import Channel, Purpose, State
from app.privacy import queries as boxes
from app.privacy.domain import CannotOpen, Exchanged, Spent
from app.privacy.models import Receipt, Sealed
from app.reports import dialogue
from app.reports import queries as reports
from app.reports import service as intake
from app.reports.domain import Filing
from app.triage.case import RECUSED
from app.triage.models import Related
from tests.factories import draft
from tests.support.arrivals import come_in
from tests.support.desks import LEAD, Desk, element, form_on, report_of
from tests.support.forms import fill_form, soup
from tests.support.walks import receipt_in

AGREED = frozenset({Purpose.READING, Purpose.CONTACT, Purpose.HANDOVER, Purpose.STATISTICS})
TEXT = "Keine Beratung zur Wohnungssuche. Und die Pflege meiner Mutter ist unmöglich zu finden."
SECOND = "Die Pflege meiner Mutter ist unmöglich zu finden."
WHY = "Zwei Anliegen, zwei Ämter: Birnbaum"


@pytest.fixture
def sent(session, jena):
    return intake.submit(draft(text=TEXT, contact="Telefon 12345", month="2026-03", consents=AGREED))


@pytest.fixture
def parts(sent, desk):
    """The numbers of both parts: housing stays, care goes to the office for health."""
    split(desk(LEAD), sent.number)
    return sent.number, other_of(sent.number)


def split(person, number, **changes):
    person.do(number, "split", **{"words": SECOND, "topic": "health_care", "reason": WHY} | changes)


def other_of(number):
    """The number of the report that was split off another one."""
    [event] = [event for event in reports.events(report_of(number).id) if event.kind == "split"]
    return event.reason


def opened(receipt, part=""):
    return dialogue.open_by_receipt(receipt, part)


def post(client, path="", language="en", **data):
    return client.post(f"/{language}/receipt{path}", data=data)


def words(response):
    return " ".join(soup(response).select_one("main").get_text(" ").split())


# At the desks --------------------------------------------------------------------------------------------------------


def test_the_second_matter_goes_where_the_rules_send_it(sent, parts, jena, outbox):
    number, second = parts
    report = report_of(second)
    assert (report.office_id, report.topic, report.state) == (
        jena.organisation("gesundheit").id, "health_care", State.RECEIVED,
    )  # fmt: skip
    assert report.answer_by is not None
    assert report.due_at is not None
    assert reports.decision(report.id).rule == "health"
    assert second in {mail.subject_number for mail in outbox() if mail.kind == "new"}
    first = report_of(number)
    assert (first.topic, first.office_id) == ("housing", jena.organisation(LEAD).id)


def test_the_first_part_keeps_everything_and_the_second_has_its_own_words_only(sent, parts):
    number, second = parts
    whole, part = opened(sent.receipt, number), opened(sent.receipt, second)
    assert whole.content.text == TEXT
    assert part.content.text == SECOND
    assert (part.content.contact, part.content.month) == ("Telefon 12345", "2026-03")
    assert part.content.files == ()


def test_each_office_opens_its_own_part_and_learns_no_number_of_the_other(sent, parts, desk):
    number, second = parts
    other = desk("gesundheit")
    assert other.case(number).status_code == 404
    page = other.case(second)
    assert SECOND in page.text
    assert "Wohnungssuche" not in page.text
    assert number not in page.text
    assert WHY not in page.text
    assert "Split off another case" not in page.text
    own = desk(LEAD)
    assert own.case(second).status_code == 404
    page = own.case(number)
    assert second not in page.text
    assert "A second matter became a report of its own" in element(page, "#timeline").get_text()
    assert WHY in page.text


def test_the_desk_in_reserve_opens_both_and_finds_the_way(sent, parts, desk):
    number, second = parts
    both = desk("sozialplanung")
    assert second in both.case(number).text
    page = both.case(second)
    assert number in page.text
    assert "One of the two was split off the other." in page.text
    assert "Split off another case" in page.text


def test_the_keys_of_one_part_open_nothing_of_the_other(parts):
    number, second = parts
    first, other = report_of(number), report_of(second)
    assert first.box_id != other.box_id
    assert first.staff_box_id != other.staff_box_id
    only_first = boxes.granted_to(first.box_id) - boxes.granted_to(other.box_id)
    only_second = boxes.granted_to(other.box_id) - boxes.granted_to(first.box_id)
    assert len(only_first) == len(only_second) == 1


def test_the_two_are_linked_for_good(session, sent, parts):
    first, second = sorted(report_of(number).id for number in parts)
    assert session.scalars(select(Related.why).where(Related.report_id == first, Related.other_id == second)).all() == [
        "split"
    ]


def test_the_consents_go_along_with_their_days(session, jena, desk):
    sent = intake.submit(draft(text=TEXT, consents=AGREED))
    dialogue.withdraw_consent(opened(sent.receipt), Purpose.STATISTICS)
    split(desk(LEAD), sent.number)
    held = [
        [(one.purpose, one.given_at, one.withdrawn_at) for one in reports.consents(report_of(number).id)]
        for number in (sent.number, other_of(sent.number))
    ]
    assert held[0] == held[1]
    assert any(withdrawn for _purpose, _given, withdrawn in held[1])


def test_without_consent_no_further_office_reads_it(session, jena, desk):
    number = intake.submit(draft(text=TEXT)).number
    answer = desk(LEAD).send(number, "split", words=SECOND, topic="health_care", reason=WHY)
    assert answer.status_code == 422
    assert "has not agreed to a handover" in element(answer, "#error-summary").get_text()
    assert SECOND in answer.text
    assert [event.kind for event in reports.events(report_of(number).id)] == ["received"]


def test_without_consent_it_may_stay_with_the_same_office(session, jena, desk):
    number = intake.submit(draft(text=TEXT)).number
    split(desk(LEAD), number, topic="housing")
    assert report_of(other_of(number)).office_id == jena.organisation(LEAD).id
    page = desk(LEAD).case(number)
    assert other_of(number) in page.text


def test_conflicts_of_interest_hold_for_the_part_too(session, jena, desk):
    sent = intake.submit(draft(text=TEXT, consents=AGREED, involved=("gesundheit",)))
    split(desk(LEAD), sent.number)
    report = report_of(other_of(sent.number))
    assert report.restricted
    assert (report.topic, report.missing, report.area_id) == (None, [], None)
    assert jena.organisation("gesundheit").id != report.office_id
    assert jena.organisation("gesundheit").principal_id not in boxes.granted_to(report.box_id)
    part = opened(sent.receipt, report.number)
    assert part.coded.topic == "health_care"
    assert part.content.involved == ("gesundheit",)
    assert desk("gesundheit").case(report.number).status_code == 404


def test_who_has_recused_themselves_reads_the_part_no_more_than_the_whole(session, sent, desk, app):
    person, colleague = desk(LEAD), Desk(come_in(app.test_client(), f"{LEAD}-vertretung@demo.example", "en"))
    person.do(sent.number, "recuse", reason="Das ist meine Schwester.")
    split(colleague, sent.number, topic="housing")
    second = other_of(sent.number)
    assert colleague.case(second).status_code == 200
    assert person.case(second).status_code == 404
    marks = select(Sealed.id).where(Sealed.box_id == report_of(second).staff_box_id, Sealed.label == RECUSED)
    assert len(session.scalars(marks).all()) == 1, "so that no later handover lets them in"


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"words": ""}, "leave what belongs to the second matter"),
        ({"reason": ""}, "why it is split"),
        ({"kind": "correction"}, "one of the options"),
        ({"wish": "mediate"}, "cannot have this wish"),
        ({"words": "x" * 10_001}, "too long"),
    ],
)
def test_what_is_missing_or_wrong_is_told(sent, desk, changes, told):
    answer = desk(LEAD).send(sent.number, "split", **{"words": SECOND, "topic": "health_care", "reason": WHY} | changes)
    assert answer.status_code == 422
    assert told in element(answer, "#error-summary").get_text()
    assert [event.kind for event in reports.events(report_of(sent.number).id)] == ["received"]


def test_the_form_begins_with_what_stands_in_the_report(sent, desk):
    form = form_on(desk(LEAD).case(sent.number), "split")
    assert form.select_one("textarea[name=split-words]").get_text().strip() == TEXT
    assert form.select_one("select[name=split-topic] option[selected]")["value"] == "housing"


def test_the_same_form_sent_twice_splits_once(sent, desk):
    person = desk(LEAD)
    page = person.case(sent.number)
    said = {"words": SECOND, "topic": "health_care", "reason": WHY}
    assert person.send(sent.number, "split", page, **said).status_code == 303
    assert person.send(sent.number, "split", page, **said).status_code == 409
    assert other_of(sent.number)


def test_an_ended_case_is_not_split(sent, desk):
    person = desk(LEAD)
    person.do(sent.number, "take")
    person.do(sent.number, "close", outcome="remedied")
    assert form_on(person.case(sent.number), "split") is None
    forged = person.forge(
        sent.number, "split", words=SECOND, kind="gap", topic="housing", area="18", wish="contact", reason=WHY
    )
    assert forged.status_code == 422


def test_only_those_who_work_on_it_split_it(sent, desk):
    desk(LEAD).do(sent.number, "offer", office="gesundheit", reason="Pflege")
    other = desk("gesundheit")
    assert form_on(other.case(sent.number), "split") is None
    forged = other.forge(
        sent.number, "split", words=SECOND, kind="gap", topic="housing", area="18", wish="contact", reason=WHY
    )
    assert forged.status_code == 422
    assert "split" not in {event.kind for event in reports.events(report_of(sent.number).id)}


def test_a_report_with_an_older_receipt_says_that_it_cannot_be_split(session, sent, desk):
    session.execute(update(Receipt).values(public_key=None, wrapped_private=None))
    person = desk(LEAD)
    page = person.case(sent.number)
    assert form_on(page, "split") is None
    assert "receipt of this report is older than that" in page.text
    forged = person.forge(
        sent.number, "split", words=SECOND, kind="gap", topic="housing", area="18", wish="contact", reason=WHY
    )
    assert forged.status_code == 422
    assert "cannot be split" in forged.text
    assert [event.kind for event in reports.events(report_of(sent.number).id)] == ["received"]


def test_a_part_can_be_split_once_more(sent, parts, desk):
    split(desk("gesundheit"), parts[1], words="Und der Aufzug ist kaputt.")
    assert len(dialogue.parts(sent.receipt)) == 3


# With the receipt ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["de", "de-simple", "en", "ar"])
def test_the_page_names_the_parts_and_shows_the_other_one(client, sent, parts, language):
    number, second = parts
    page = post(client, language=language, receipt=sent.receipt)
    assert number in element(page, "h1 + p").get_text()
    listed = element(page, "ul[aria-labelledby=parts]")
    assert number in listed.get_text()
    assert second in listed.get_text()
    [button] = listed.select("form")
    values = {field["name"]: field["value"] for field in button.select("input")}
    shown = client.post(button["action"], data=values)
    assert second in element(shown, "h1 + p").get_text()
    assert SECOND in words(shown)
    assert "Wohnungssuche" not in words(shown)


def test_a_report_that_was_not_split_names_no_parts(client, sent):
    assert soup(post(client, receipt=sent.receipt)).select_one("#parts") is None


def test_both_timelines_say_what_happened_and_not_why(client, sent, parts):
    second = parts[1]
    whole = words(post(client, receipt=sent.receipt))
    assert "made a report of its own out of a part of your report" in whole
    assert WHY not in whole
    part = words(post(client, receipt=sent.receipt, part=second))
    assert "split this part off your first report" in part
    assert "wrote your report down for you" not in part


def test_every_form_of_the_page_means_the_part_that_is_shown(client, sent, parts):
    number, second = parts
    for part in parts:
        page = soup(post(client, receipt=sent.receipt, part=part))
        forms = [form for form in page.select("main form, form#languages, form#write") if form.select("[name=receipt]")]
        assert len(forms) > 8
        meant = {tuple(field["value"] for field in form.select("[name=part]")) for form in forms}
        assert meant == {(number,), (second,)}
        assert sum(form.select_one("[name=part]")["value"] != part for form in forms) == 1


def test_a_message_reaches_the_office_of_the_part(client, sent, parts, desk):
    number, second = parts
    assert post(client, "/write", receipt=sent.receipt, part=second, message="Nur zur Pflege").status_code == 200
    assert [len(opened(sent.receipt, part).messages) for part in parts] == [0, 1]
    assert "Nur zur Pflege" in desk("gesundheit").case(second).text
    assert "Nur zur Pflege" not in desk(LEAD).case(number).text


def test_each_part_has_its_own_consents_corrections_and_copy(client, sent, parts):
    number, second = parts
    post(client, "/consent", receipt=sent.receipt, part=second, purpose="contact", confirm="yes")
    assert reports.allows(report_of(number).id, Purpose.CONTACT)
    assert not reports.allows(report_of(second).id, Purpose.CONTACT)
    page = post(client, "/correct", receipt=sent.receipt, part=second)
    values = fill_form(page, "/en/receipt/correct")
    values["text"] = "Verbessert"
    assert client.post("/en/receipt/correct", data={**values, "save": "yes"}).status_code == 200
    assert [opened(sent.receipt, part).content.text for part in parts] == [TEXT, "Verbessert"]
    copy = post(client, "/copy", receipt=sent.receipt, part=second, kind="json").get_json()
    assert (copy["number"], copy["sealed"]["text"]) == (second, "Verbessert")


def test_withdrawing_a_part_leaves_the_other_with_its_office(client, sent, parts, desk):
    number, second = parts
    asked = post(client, "/withdraw", receipt=sent.receipt, part=second)
    assert "The others stay as they are" in words(asked)
    post(client, "/withdraw", receipt=sent.receipt, part=second, confirm="yes")
    assert report_of(second).state == State.WITHDRAWN
    assert report_of(number).state == State.RECEIVED
    assert desk(LEAD).case(number).status_code == 200
    assert desk("gesundheit").case(second).status_code == 404


@pytest.mark.parametrize("gone", [0, 1])
def test_erasing_one_part_leaves_the_other_and_the_receipt(client, sent, parts, gone):
    left = parts[1 - gone]
    asked = post(client, "/erase", receipt=sent.receipt, part=parts[gone])
    assert "Your receipt still opens the others." in words(asked)
    done = post(client, "/erase", receipt=sent.receipt, part=parts[gone], confirm="yes")
    assert "The rest of your report is still there" in words(done)
    page = post(client, receipt=sent.receipt)
    assert left in element(page, "h1 + p").get_text()
    with pytest.raises(Spent):
        opened(sent.receipt, parts[gone])


def test_a_form_that_meant_an_erased_part_does_nothing_to_the_other(client, sent, parts):
    number, second = parts
    post(client, "/erase", receipt=sent.receipt, part=number, confirm="yes")
    late = post(client, "/erase", receipt=sent.receipt, part=number, confirm="yes")
    assert late.status_code == 422
    assert "no longer there" in words(late)
    assert report_of(second).box_id is not None


def test_after_the_last_part_nothing_is_left(client, sent, parts):
    for part in parts:
        page = post(client, "/erase", receipt=sent.receipt, part=part, confirm="yes")
    assert "your receipt are gone" in words(page)
    with pytest.raises(Spent):
        opened(sent.receipt)


@pytest.mark.parametrize("shown", [0, 1])
def test_an_exchange_is_for_the_whole_receipt(client, sent, parts, shown):
    page = post(client, "/exchange", receipt=sent.receipt, part=parts[shown])
    fresh = client.post("/en/receipt/exchange", data=fill_form(page, "/en/receipt/exchange"))
    again = client.post("/en/receipt/exchange", data=fill_form(page, "/en/receipt/exchange"))
    new = receipt_in(fresh)
    assert receipt_in(again) == new
    assert [opened(new, part).report.number for part in parts] == list(parts)
    with pytest.raises(Exchanged):
        opened(sent.receipt, parts[shown])
    for part in parts:
        assert [event.kind for event in opened(new, part).events].count("receipt_exchanged") == 1


def test_a_part_is_split_off_what_somebody_wrote_down_and_both_are_taken_over(client, session, jena, desk):
    filing = Filing(Channel.COUNTER, "office", jena.organisation(LEAD).id)
    sent = intake.submit(draft(text=TEXT, consents=AGREED), filing)
    split(desk(LEAD), sent.number)
    second = other_of(sent.number)
    assert report_of(second).channel == "counter"
    assert not dialogue.waits_to_be_taken_over(opened(sent.receipt, second))
    page = post(client, "/exchange", receipt=sent.receipt, part=second)
    new = receipt_in(client.post("/en/receipt/exchange", data=fill_form(page, "/en/receipt/exchange")))
    assert not dialogue.waits_to_be_taken_over(opened(new))
    assert [event.kind for event in opened(new).events][-1] == "taken_over"


def test_a_foreign_number_opens_nothing(client, sent, parts):
    foreign = intake.submit(draft(text="Fremd"))
    answer = post(client, receipt=sent.receipt, part=foreign.number)
    assert answer.status_code == 422
    assert "Fremd" not in answer.text
    with pytest.raises(CannotOpen):
        opened(foreign.receipt, parts[1])
