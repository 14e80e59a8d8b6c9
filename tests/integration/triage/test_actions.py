"""What staff do with a case, and what comes of it for the person who reported."""

from __future__ import annotations

import pytest

from app.core.codes import Outcome, Purpose, State, Wish
from app.plans import queries as plans
from app.reports import dialogue
from app.reports import queries as reports
from app.triage.domain import SHORT_WAYS
from tests.factories import sent
from tests.support.desks import LEAD, element, form_on, report_of
from tests.support.forms import soup
from tests.support.mail import all_sent


def _events(number):
    return [(event.kind, event.actor, event.state, event.reason) for event in reports.events(report_of(number).id)]


def test_starting_work_clears_the_mark(session, desk):
    number = sent().number
    desk(LEAD).do(number, "take")
    report = report_of(number)
    assert (report.state, report.unread) == (State.IN_REVIEW, False)
    assert _events(number)[-1] == ("state", "office", State.IN_REVIEW, None)


def test_what_is_new_is_read_once(session, desk):
    answer = sent()
    person = desk(LEAD)
    person.do(answer.number, "take")
    dialogue.write(dialogue.open_by_receipt(answer.receipt), "Noch etwas.")
    person.do(answer.number, "take")
    assert not report_of(answer.number).unread
    assert _events(answer.number)[-1][0] == "read"
    assert form_on(person.case(answer.number), "take") is None
    assert person.forge(answer.number, "take").status_code == 422


@pytest.mark.parametrize(("then", "state"), [("answered", State.ANSWERED), ("waiting", State.WAITING)])
def test_a_reply_is_read_with_the_receipt(session, desk, then, state):
    answer = sent()
    desk(LEAD).do(answer.number, "reply", text="  Guten Tag,\nwir kümmern uns.  ", then=then)
    opened = dialogue.open_by_receipt(answer.receipt)
    assert opened.report.state == state
    assert [(message.text, message.from_office) for message in opened.messages] == [
        ("Guten Tag,\r\nwir kümmern uns.".replace("\r\n", "\n"), True)
    ]
    assert not opened.report.unread


def test_the_answer_to_a_question_comes_back_to_the_desk(session, desk, outbox):
    answer = sent()
    person = desk(LEAD)
    person.do(answer.number, "reply", text="Welches Haus?", then="waiting")
    all_sent(outbox())
    dialogue.write(dialogue.open_by_receipt(answer.receipt), "Das rote.")
    page = person.case(answer.number)
    assert "Das rote." in page.text
    assert report_of(answer.number).state == State.IN_REVIEW
    assert outbox()[-1].kind == "answer"


def test_who_did_not_agree_is_not_written_to(session, desk):
    number = sent(wish=Wish.DOCUMENT, consents=frozenset({Purpose.READING})).number
    person = desk(LEAD)
    assert form_on(person.case(number), "reply") is None
    refused = person.forge(number, "reply", text="Hallo", then="answered")
    assert refused.status_code == 422
    assert "has not agreed to be written to" in refused.text
    assert len(_events(number)) == 1


def test_whoever_writes_first_gets_an_answer(session, desk):
    answer = sent(wish=Wish.DOCUMENT, consents=frozenset({Purpose.READING}))
    dialogue.write(dialogue.open_by_receipt(answer.receipt), "Eine Frage.")
    desk(LEAD).do(answer.number, "reply", text="Eine Antwort.", then="answered")


def test_a_note_stays_with_the_offices(session, desk):
    answer = sent()
    desk(LEAD).do(answer.number, "note", text="Nur für uns")
    assert "Nur für uns" in desk("sozialplanung").case(answer.number).text
    opened = dialogue.open_by_receipt(answer.receipt)
    assert "Nur für uns" not in repr(opened)
    assert opened.messages == ()


@pytest.mark.parametrize("to", [State.NOT_RESPONSIBLE, State.SPAM, State.ABUSE, State.DANGER])
def test_a_step_with_its_reason(session, desk, to):
    number = sent().number
    person = desk(LEAD)
    if to in SHORT_WAYS:
        assert f"move-to-{to}" not in person.case(number).text
        person.do(number, to, reason="Darum.")
    else:
        person.do(number, "move", to=to, reason="Darum.")
    assert report_of(number).state == to
    assert "Darum." in person.case(number).text
    person.do(number, "move", to=State.IN_REVIEW, reason="Doch nicht.")
    assert report_of(number).state == State.IN_REVIEW


@pytest.mark.parametrize("to", [State.SPAM, State.DANGER])
def test_without_a_reason_nothing_moves(session, desk, to):
    number = sent().number
    answer = desk(LEAD).send(number, to, reason="   ")
    assert answer.status_code == 422
    page = soup(answer)
    assert page.select_one(f"[role=alert] a[href='#{to}-reason']")
    assert page.select_one(f"details[open] #{to}-reason")
    assert report_of(number).state == State.RECEIVED


@pytest.mark.parametrize("to", ["withdrawn", "closed", "received", "answered", "nonsense", ""])
def test_a_forged_state_is_refused_and_the_reason_kept(session, desk, to):
    number = sent().number
    answer = desk(LEAD).send(number, "move", to=to, reason="Was ich schrieb")
    assert answer.status_code == 422
    assert "Was ich schrieb" in element(answer, "#move-reason").get_text()
    assert report_of(number).state == State.RECEIVED


def test_danger_is_loud_and_tells_the_other_desk(session, desk, outbox, jena):
    number = sent().number
    before = len(outbox())
    desk(LEAD).do(number, "danger", reason="Drohung")
    alarm = element(desk("sozialplanung").case(number), ".kern-alert--danger").get_text()
    assert "somebody is in danger" in alarm
    assert "110" in alarm
    told = outbox()[before:]
    assert told
    assert {mail.kind for mail in told} == {"danger"}
    assert all("Drohung" not in str(vars(mail)) for mail in told)


def test_a_reply_does_not_end_an_alarm(session, desk):
    number = sent().number
    person = desk(LEAD)
    person.do(number, "danger", reason="Drohung")
    person.do(number, "reply", text="Bitte rufen Sie die 110 an.", then="answered")
    assert report_of(number).state == State.DANGER


def test_closing_with_an_outcome(session, desk):
    answer = sent()
    person = desk(LEAD)
    assert form_on(person.case(answer.number), "close") is None
    person.do(answer.number, "take")
    person.do(answer.number, "close", outcome="measure_started", words="intern")
    report = report_of(answer.number)
    assert (report.state, report.outcome) == (State.CLOSED, Outcome.MEASURE_STARTED)
    assert _events(answer.number)[-1] == ("state", "office", State.CLOSED, Outcome.MEASURE_STARTED)
    assert form_on(person.case(answer.number), "reply") is None
    person.do(answer.number, "move", to=State.IN_REVIEW, reason="Noch offen")
    assert report_of(answer.number).outcome is None


@pytest.mark.parametrize("outcome", ["", "published", "withdrawn", None])
def test_a_forged_outcome_is_refused(session, desk, outcome):
    number = sent().number
    person = desk(LEAD)
    person.do(number, "take")
    fields = {"words": "Was ich schrieb"} | ({"outcome": outcome} if outcome is not None else {})
    answer = person.send(number, "close", **fields)
    assert answer.status_code == 422
    assert "Was ich schrieb" in answer.text
    assert report_of(number).state == State.IN_REVIEW


def test_the_desk_in_reserve_does_not_end_what_another_leads(session, desk):
    number = sent().number
    reserve = desk("sozialplanung")
    reserve.do(number, "take")
    assert form_on(reserve.case(number), "close") is None
    assert reserve.forge(number, "close", outcome="remedied").status_code == 422
    assert form_on(reserve.case(number), "spam") is None
    assert reserve.forge(number, "spam", reason="x").status_code == 422


def test_measures_are_linked_and_unlinked(session, desk):
    number = sent().number
    measure = plans.measures()[0]
    person = desk(LEAD)
    linked = list(reports.measure_ids(report_of(number).id))
    person.do(number, "link", measure=measure.key)
    assert measure.id in reports.measure_ids(report_of(number).id)
    assert person.send(number, "link", measure=measure.key).status_code == 422
    person.do(number, "unlink", measure=measure.key)
    assert list(reports.measure_ids(report_of(number).id)) == linked
    assert [event[0] for event in _events(number)[-2:]] == ["linked", "unlinked"]


@pytest.mark.parametrize("measure", ["", "no-such-measure"])
def test_a_forged_measure_is_refused(session, desk, measure):
    number = sent().number
    person = desk(LEAD)
    assert person.send(number, "link", measure=measure).status_code == 422
    assert person.forge(number, "unlink", measure=measure).status_code == 422


@pytest.mark.parametrize("action", ["", "delete", "unlink ", "take;drop"])
def test_an_unknown_action_is_refused(session, desk, action):
    number = sent().number
    answer = desk(LEAD).client.post(f"/en/desk/{number}", data={"action": action})
    assert answer.status_code == 422
    assert "not on offer" in answer.text


def test_without_the_token_nothing_happens_and_the_text_stays(session, desk):
    number = sent().number
    person = desk(LEAD)
    version = report_of(number).version
    answer = person.client.post(
        f"/en/desk/{number}",
        data={"action": "reply", "reply-version": version, "reply-text": "Mein Text", "reply-then": "answered"},
    )
    assert answer.status_code == 422
    assert "it was you who sent" in element(answer, "[role=alert]").get_text()
    assert element(answer, "#reply-text").get_text().strip() == "Mein Text"
    assert element(answer, "input[name=reply-csrf_token]")["value"]
    assert len(_events(number)) == 1


@pytest.mark.parametrize("version", ["", "x", "1e9", "9" * 5000])
def test_a_broken_version_is_no_fault_of_the_server(session, desk, version):
    number = sent().number
    answer = desk(LEAD).send(number, "note", text="Mein Text", version=version)
    assert answer.status_code in {409, 422}
    assert "Mein Text" in answer.text


@pytest.mark.parametrize(("action", "field", "most"), [("reply", "text", 10_000), ("note", "text", 5_000)])
def test_too_long_is_told_and_kept(session, desk, action, field, most):
    number = sent().number
    person = desk(LEAD)
    extra = {"then": "answered"} if action == "reply" else {}
    answer = person.send(number, action, **{field: "ä" * (most + 1)} | extra)
    assert answer.status_code == 422
    assert soup(answer).select_one(f"[role=alert] a[href='#{action}-{field}']")
    assert "ä" * most in answer.text


def test_an_empty_reply_links_to_its_field_and_neither_button_is_guessed(session, desk):
    number = sent().number
    answer = desk(LEAD).send(number, "reply", text="")
    assert answer.status_code == 422
    links = [link["href"] for link in soup(answer).select("[role=alert] a")]
    assert links == ["#reply-text", "#reply-then-0"]
    assert answer.text.count("<title>Error:") == 1


def test_a_null_byte_is_no_fault_of_the_server(session, desk):
    number = sent().number
    desk(LEAD).do(number, "note", text="a\x00b")


def test_invisible_signs_do_not_reach_the_reporter(session, desk):
    arrived = sent()
    desk(LEAD).do(arrived.number, "reply", text="\x00Guten\x08 Tag\r\n", then=State.ANSWERED)
    assert dialogue.open_by_receipt(arrived.receipt).messages[-1].text == "Guten Tag"
