"""Where no desk of the city may read a report: an independent one by consent, or it waits for its reporter."""

from __future__ import annotations

import pytest

from app.accounts import service as accounts
from app.accounts.domain import RoleName
from app.core.clock import today
from app.core.codes import Kind, Purpose, State
from app.core.revisions import touch
from app.directory import queries as directory
from app.directory.models import Organisation
from app.privacy import queries as privacy
from app.reports import dialogue, kept, readers, service
from app.reports import queries as reports
from app.reports.domain import NotAllowed
from app.routing import queries as routing
from app.triage import queries as triage
from app.triage.domain import Wanted
from tests.factories import draft
from tests.support.desks import report_of
from tests.support.forms import soup
from tests.support.walks import DISCRIMINATION, GAP, answer, page_of, receipt_in, send, walk

AGREED = frozenset({Purpose.READING, Purpose.CONTACT, Purpose.INDEPENDENT})


def everybody():
    """Every desk of the city that is open now."""
    return tuple(key for key, desk in routing.desks().items() if desk.opens and not desk.independent)


def organisation(session, key):
    return session.query(Organisation).filter_by(key=key).one()


@pytest.fixture
def aid(session):
    """An independent organisation that has agreed to receive reports, with somebody who reads there."""
    accounts.add_user("lesen@thadine.example", "lang genug fuer alle", "Beratung", [RoleName.READER], ["thadine"])
    accounts.open_mailboxes()
    row = organisation(session, "thadine")
    row.receives, row.confirmed_on = True, today()
    session.flush()
    touch("directory")
    return directory.organisations()["thadine"]


def close(session, key, *, closed=True):
    organisation(session, key).receives = not closed
    session.flush()
    touch("directory")


def test_it_goes_to_the_independent_desk_by_consent_only(session, aid, outbox):
    about = {"excluded": everybody()}
    without = report_of(service.submit(draft(**about)).number)
    assert (without.state, without.office_id) == (State.KEPT, None)
    assert outbox() == []
    by_consent = report_of(service.submit(draft(**about, consents=AGREED)).number)
    assert (by_consent.state, by_consent.office_id, by_consent.fallback_office_id) == (State.RECEIVED, aid.id, aid.id)
    assert privacy.granted_to(by_consent.box_id) == {aid.principal_id}
    assert len(outbox()) == 1


def test_a_desk_of_the_city_comes_before_an_independent_one(session, aid):
    report = report_of(service.submit(draft(consents=AGREED)).number)
    assert aid.principal_id not in privacy.granted_to(report.box_id)


def test_a_kept_report_is_in_no_list_and_no_count(session, sign_in):
    number = service.submit(draft(excluded=everybody())).number
    mailboxes = [[card.principal_id] for card in directory.organisations().values() if card.principal_id]
    for belongs_to in ([], mailboxes, mailboxes[:1]):
        assert triage.facts(Wanted(open_only=False), belongs_to)[0] == ()
        assert triage.facts_of(number, belongs_to) is None
        assert triage.office_counts(belongs_to) == ()
    assert number not in sign_in("coordinator").get("/de/coordination/?state=all").text
    assert sign_in("coordinator").get(f"/de/coordination/{number}").status_code == 404


def test_the_reporter_is_told_before_and_after_and_sends_it_on(session, client, outbox):
    keys = everybody()
    page = walk(client, GAP | {"excluded": keys}, to="readers", language="en")
    # Only those are offered who would read it; so one after the other is left out.
    for _ in keys:
        if "No office of the city may read your report" in page.text:
            break
        values = {"excluded": [box["value"] for box in soup(page).select("input[name=excluded]")]}
        page = answer(client, page, values, go="again", language="en")
    assert "kept for you" in page.text
    page = answer(client, page, {}, language="en")
    assert page_of(page) == "check"
    assert "Keep my report for me" in page.text
    page = answer(client, page, {}, go="send", language="en")
    assert "Nobody but you." in page.text
    receipt = receipt_in(page)
    report = dialogue.open_by_receipt(receipt).report
    assert report.state == State.KEPT
    page = client.post("/en/receipt", data={"receipt": receipt})
    assert "there is no desk that may read it" in page.text
    assert "thadine" in page.text
    refused = client.post("/en/receipt/write", data={"receipt": receipt, "message": "Hallo?"})
    assert refused.status_code == 422
    assert client.post("/en/receipt/send", data={"receipt": receipt, "confirm": "yes"}).status_code == 422
    assert outbox() == []


def test_it_is_sent_on_once_when_a_desk_is_there(session, client, outbox):
    for key in (keys := everybody()):
        close(session, key)
    sent = service.submit(draft(involved=("gesundheit",)))
    assert report_of(sent.number).state == State.KEPT
    close(session, "soziales", closed=False)
    close(session, "gesundheit", closed=False)
    page = client.post("/en/receipt", data={"receipt": sent.receipt})
    assert "Send my report now" in page.text
    ask = client.post("/en/receipt/send", data={"receipt": sent.receipt})
    form = soup(ask).select_one("main form")
    assert "Soziales" in soup(ask).main.get_text() or "Social" in soup(ask).main.get_text()
    values = {field["name"]: field["value"] for field in form.select("input")}
    assert outbox() == []
    # Somebody else would read it than was shown: it is shown again, and nothing is sent.
    refused = client.post("/en/receipt/send", data=values | {"seen": "ads"})
    assert refused.status_code == 422
    assert report_of(sent.number).state == State.KEPT
    done = client.post("/en/receipt/send", data=values)
    assert "Your report has been sent." in done.text
    report = report_of(sent.number)
    offices = directory.organisations()
    assert (report.state, report.office_id) == (State.RECEIVED, offices["soziales"].id)
    granted = {offices["soziales"].principal_id}
    assert privacy.granted_to(report.box_id) == privacy.granted_to(report.staff_box_id) == granted
    assert reports.decision(report.id).office_id == report.office_id
    assert {mail.kind for mail in outbox()} == {"new"}
    assert client.post("/en/receipt/send", data=values).status_code == 422
    assert len(keys) > 1


def test_who_is_asked_twice_at_once_is_sent_once(session):
    sent = service.submit(draft(excluded=everybody()))
    close(session, "auslaenderbehoerde", closed=False)
    opened = dialogue.open_by_receipt(sent.receipt)
    with pytest.raises(NotAllowed):
        kept.send_on(opened, "auslaenderbehoerde")
    assert report_of(sent.number).state == State.KEPT


def test_without_the_consent_the_independent_desk_reads_no_longer(session, aid):
    sent = service.submit(draft(excluded=everybody(), consents=AGREED))
    dialogue.withdraw_consent(dialogue.open_by_receipt(sent.receipt), Purpose.INDEPENDENT)
    report = report_of(sent.number)
    assert (report.state, report.office_id, report.staff_box_id) == (State.KEPT, None, None)
    assert privacy.granted_to(report.box_id) == set()
    opened = dialogue.open_by_receipt(sent.receipt)
    dialogue.give_consent(opened, Purpose.INDEPENDENT)
    opened = dialogue.open_by_receipt(sent.receipt)
    kept.send_on(opened, kept.decide(opened).mark)
    assert privacy.granted_to(report_of(sent.number).box_id) == {aid.principal_id}


def test_a_witness_cannot_let_it_leave_the_city(session, client, aid):
    witness = DISCRIMINATION | {"role": "witness", "involved": ["stadt"]}
    page = walk(client, witness, to="readers", language="en")
    assert "No office of the city may read your report" in page.text
    assert "Change what I agree to" not in page.text
    affected = walk(client, DISCRIMINATION | {"involved": ["stadt"]}, to="readers", language="en")
    assert "Change what I agree to" in affected.text
    agreed = {"consents": ["reading", "independent"], "involved": ["stadt"]}
    named = walk(client, DISCRIMINATION | agreed, to="readers", language="en")
    assert "It is independent of the city." in named.text
    done = send(client, DISCRIMINATION | agreed, language="en")
    assert reports.by_box(dialogue.open_by_receipt(receipt_in(done)).box.box_id).office_id == aid.id


def test_who_was_left_out_is_named_to_the_reporter_at_all_times(session, client):
    sent = service.submit(draft(kind=Kind.BARRIER, involved=("jenawohnen",), excluded=("gesundheit",)))
    opened = dialogue.open_by_receipt(sent.receipt)
    assert {card.key for card in readers.left_out(opened.content)} >= {"jenawohnen", "gesundheit"}
    for address in ("/en/receipt", "/en/receipt/keep"):
        text = soup(client.post(address, data={"receipt": sent.receipt})).main.get_text()
        assert "jenawohnen" in text
        assert "These do not get your report" in text
