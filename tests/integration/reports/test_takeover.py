"""A receipt is exchanged for a new one, by whoever wants to, and always after somebody else has filed the report."""

from __future__ import annotations

import re

import pytest

from app.core.codes import Channel, State
from app.privacy import queries as privacy
from app.privacy import receipts as boxes
from app.privacy.domain import CannotOpen, Exchanged, Spent
from app.reports import dialogue, queries, service
from app.reports.domain import Filing, new_nonce
from tests import factories
from tests.support.forms import fill_form
from tests.support.forms import soup as parsed
from tests.support.walks import GAP, receipt_in, walk
from tests.support.walks import answer as answer_page


@pytest.fixture
def receipt(session, jena):
    return factories.sent(text="Meine eigenen Worte").receipt


@pytest.fixture
def written_down(session, jena):
    """A report that an office wrote down at its counter."""
    filing = Filing(Channel.COUNTER, "office", jena.organisation("soziales").id)
    return service.submit(factories.draft(text="Am Schalter erzählt"), filing)


def post(client, path="", language="en", **data):
    return client.post(f"/{language}/receipt{path}", data=data)


def words(response):
    return parsed(response).select_one("main").get_text(" ", strip=True)


def asked(client, receipt, language="en"):
    """The page that asks before a receipt is exchanged."""
    return post(client, "/exchange", language, receipt=receipt)


def confirmed(client, page, language="en"):
    return client.post(f"/{language}/receipt/exchange", data=fill_form(page, f"/{language}/receipt/exchange"))


def exchanged(client, receipt):
    return receipt_in(confirmed(client, asked(client, receipt)))


def test_the_new_receipt_opens_the_report_and_the_old_one_nothing(client, receipt):
    new = exchanged(client, receipt)
    assert new != receipt
    assert "Meine eigenen Worte" in words(post(client, receipt=new))
    refused = post(client, receipt=receipt)
    assert refused.status_code == 422
    assert "was exchanged for a new one" in words(refused)
    assert "Meine eigenen Worte" not in refused.text


def test_nothing_happens_before_the_person_has_seen_what_it_changes(client, receipt):
    page = asked(client, receipt)
    assert "opens nothing any more" in words(page)
    assert post(client, receipt=receipt).status_code == 200


@pytest.mark.parametrize("nonce", ["", "short", "x" * 33, "ä" * 32])
def test_a_form_that_is_not_ours_only_asks_again(client, receipt, nonce):
    page = post(client, "/exchange", receipt=receipt, confirm="yes", nonce=nonce)
    assert page.status_code == 200
    assert post(client, receipt=receipt).status_code == 200
    assert re.fullmatch(r"[\w-]{32}", fill_form(page, "/en/receipt/exchange")["nonce"])


def test_the_same_form_sent_again_shows_the_same_new_receipt(client, receipt):
    page = asked(client, receipt)
    first, second = confirmed(client, page), confirmed(client, page)
    assert receipt_in(first) == receipt_in(second)
    kinds = [event.kind for event in dialogue.open_by_receipt(receipt_in(first)).events]
    assert kinds.count("receipt_exchanged") == 1


def test_another_form_with_the_old_receipt_does_not_learn_the_new_one(client, receipt):
    first, second = asked(client, receipt), asked(client, receipt)
    new = receipt_in(confirmed(client, first))
    late = confirmed(client, second)
    assert late.status_code == 422
    assert new not in re.sub(r"\D", "", words(late))
    forged = post(client, "/exchange", receipt=receipt, confirm="yes", nonce=new_nonce())
    assert forged.status_code == 422


def test_a_receipt_can_be_exchanged_once_more(client, receipt):
    page = asked(client, receipt)
    second = receipt_in(confirmed(client, page))
    third = exchanged(client, second)
    assert post(client, receipt=third).status_code == 200
    assert {post(client, receipt=old).status_code for old in (receipt, second)} == {422}
    # The first form, sent once more, would show a receipt that has ended meanwhile: it says so instead.
    assert confirmed(client, page).status_code == 422


@pytest.mark.parametrize("language", ["de", "de-simple", "en", "ar"])
def test_the_new_receipt_is_shown_in_every_language_and_in_no_address(client, receipt, language):
    page = confirmed(client, asked(client, receipt, language), language)
    assert page.status_code == 200
    assert page.headers["Cache-Control"] == "no-store"
    new = receipt_in(page)
    for element in parsed(page).select("[href], [action], [formaction], [src]"):
        address = element.get("href") or element.get("action") or element.get("formaction") or element.get("src")
        assert new not in re.sub(r"\D", "", address)
    again = client.post(f"/{language}/receipt/keep", data={"receipt": new})
    assert receipt_in(again) == new


def test_a_foreign_page_cannot_exchange_a_receipt(client, receipt):
    page = asked(client, receipt)
    values = fill_form(page, "/en/receipt/exchange")
    answer = client.post("/en/receipt/exchange", data=values, headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 303
    assert post(client, receipt=receipt).status_code == 200


def test_what_somebody_else_wrote_down_can_be_taken_over(client, written_down, jena):
    page = post(client, receipt=written_down.receipt)
    assert "Somebody filed this report for you" in words(page)
    assert "wrote your report down for you" in words(page)
    new = exchanged(client, written_down.receipt)
    after = post(client, receipt=new)
    assert "Somebody filed this report for you" not in words(after)
    assert "You took your report over" in words(after)
    assert [event.kind for event in dialogue.open_by_receipt(new).events] == ["received", "taken_over"]


def test_ones_own_report_is_not_called_somebody_elses(client, receipt):
    assert "Somebody filed this report for you" not in words(post(client, receipt=receipt))


def test_the_office_keeps_its_way_in_and_hears_of_nothing_new(client, written_down, outbox):
    report = queries.by_number(written_down.number)
    report.unread = False
    before, mails = privacy.granted_to(report.box_id), len(outbox())
    exchanged(client, written_down.receipt)
    assert privacy.granted_to(report.box_id) == before
    assert not report.unread
    assert len(outbox()) == mails


def test_the_same_moment_of_somebody_else_changes_nothing(session, client, receipt, monkeypatch):
    from sqlalchemy.orm.exc import StaleDataError

    page = asked(client, receipt)

    def overtaken(*_):
        raise StaleDataError

    monkeypatch.setattr(boxes, "exchange_receipt", overtaken)
    answer = confirmed(client, page)
    assert answer.status_code == 422
    assert "try again" in words(answer)
    monkeypatch.undo()
    assert post(client, receipt=receipt).status_code == 200


def test_two_at_once_of_the_same_form_end_at_one_new_receipt(session, client, receipt, monkeypatch):
    """The slower one finds the report changed, looks again, and shows what the quicker one has made."""
    from sqlalchemy.orm.exc import StaleDataError

    page = asked(client, receipt)
    quick = receipt_in(confirmed(client, page))
    opened = dialogue.open_by_receipt(quick)
    genuine, calls = dialogue.open_by_receipt, []

    def late(*asked):
        calls.append(asked)
        # This request had opened the report before the other one committed.
        return opened if len(calls) == 1 else genuine(*asked)

    def overtaken(*_):
        raise StaleDataError

    monkeypatch.setattr(dialogue, "open_by_receipt", late)
    monkeypatch.setattr(dialogue, "exchange_receipt", overtaken)
    assert receipt_in(confirmed(client, page)) == quick


def test_erasing_with_the_new_receipt_ends_both(client, receipt):
    new = exchanged(client, receipt)
    assert post(client, "/erase", receipt=new, confirm="yes").status_code == 200
    with pytest.raises(Spent):
        dialogue.open_by_receipt(new)
    with pytest.raises(Exchanged):
        dialogue.open_by_receipt(receipt)


def test_a_withdrawn_report_stays_within_reach_of_the_new_receipt_only(client, receipt):
    dialogue.withdraw(dialogue.open_by_receipt(receipt))
    new = exchanged(client, receipt)
    assert dialogue.open_by_receipt(new).report.state == State.WITHDRAWN
    with pytest.raises(CannotOpen):
        dialogue.open_by_receipt(receipt)


def test_a_form_sent_again_after_the_exchange_makes_no_second_report(session, client, jena):
    page = walk(client, GAP, language="en")
    first = receipt_in(answer_page(client, page, GAP, go="send", language="en"))
    new = exchanged(client, first)
    late = answer_page(client, page, GAP, go="send", language="en")
    assert late.status_code == 422
    assert "was exchanged for a new one" in words(late)
    assert dialogue.open_by_receipt(new).report.number not in words(late)
