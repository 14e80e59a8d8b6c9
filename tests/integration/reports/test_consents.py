"""What each consent changes: when it was never given, and when it is withdrawn. As the pages say it."""

from __future__ import annotations

import pytest

from app.core.codes import Kind, Purpose, State
from app.privacy import queries as privacy
from app.reports import dialogue, queries
from app.reports.models import Consent
from tests import factories
from tests.support.desks import Desk, form_on
from tests.support.walks import GAP, send

ALL = frozenset(Purpose) - {Purpose.INDEPENDENT}


@pytest.fixture
def desk(sign_in):
    return lambda office: Desk(sign_in(f"reader:{office}", "en"))


def sent(without=None, **changes):
    return factories.sent(consents=ALL - {without}, contact="0170 1234567", **changes)


def withdraw(one, purpose):
    dialogue.withdraw_consent(dialogue.open_by_receipt(one.receipt), purpose)


def words(page):
    return page.get_data(as_text=True)


# Reading -------------------------------------------------------------------------------------------------------------


def test_without_reading_nothing_is_sent(session, client):
    with pytest.raises(AssertionError, match="consents"):
        send(client, {**GAP, "consents": ["statistics"]})
    assert session.query(Consent).count() == 0


def test_reading_withdrawn_takes_the_report_from_every_office(session, jena, desk):
    one = sent()
    withdraw(one, Purpose.READING)
    session.flush()
    opened = dialogue.open_by_receipt(one.receipt)
    assert not privacy.granted_to(opened.report.box_id) | privacy.granted_to(opened.report.staff_box_id)
    assert desk("soziales").case(one.number).status_code == 404
    assert opened.content.text


# Contact -------------------------------------------------------------------------------------------------------------


def test_without_contact_the_office_sees_no_number_and_cannot_write_first(session, jena, desk):
    one = sent(Purpose.CONTACT)
    soziales = desk("soziales")
    assert "0170 1234567" not in words(soziales.case(one.number))
    soziales.do(one.number, "take")
    assert soziales.forge(one.number, "reply", text="Hallo", then="answered").status_code != 303
    assert dialogue.open_by_receipt(one.receipt).messages == ()
    dialogue.write(dialogue.open_by_receipt(one.receipt), "Bitte antworten Sie mir hier.")
    session.flush()
    soziales.do(one.number, "reply", text="Gern.", then="answered")
    assert [message.text for message in dialogue.open_by_receipt(one.receipt).messages][-1] == "Gern."


def test_contact_withdrawn_ends_the_writing_and_hides_the_number(session, jena, desk):
    one = sent()
    soziales = desk("soziales")
    assert "0170 1234567" in words(soziales.case(one.number))
    soziales.do(one.number, "take")
    soziales.do(one.number, "reply", text="Guten Tag.", then="answered")
    withdraw(one, Purpose.CONTACT)
    session.flush()
    assert "0170 1234567" not in words(soziales.case(one.number))
    assert soziales.forge(one.number, "reply", text="Hallo", then="answered").status_code != 303
    assert [message.text for message in dialogue.open_by_receipt(one.receipt).messages] == ["Guten Tag."]


# Handing over --------------------------------------------------------------------------------------------------------


def offer(soziales, number):
    return soziales.forge(number, "offer", office="gleichstellung", reason="Passt besser.")


@pytest.mark.parametrize("ever", [True, False])
def test_without_handover_the_report_stays(session, jena, desk, ever):
    one = sent(None if ever else Purpose.HANDOVER)
    if ever:
        withdraw(one, Purpose.HANDOVER)
        session.flush()
    soziales = desk("soziales")
    soziales.do(one.number, "take")
    assert form_on(soziales.case(one.number), "offer") is None
    assert offer(soziales, one.number).status_code != 303
    asked = jena.organisation("gleichstellung").principal_id
    assert asked not in privacy.granted_to(queries.by_number(one.number).box_id)


def test_handover_withdrawn_hides_the_report_from_the_office_asked(session, jena, desk):
    one = sent(text="Bitte vertraulich.")
    soziales = desk("soziales")
    soziales.do(one.number, "take")
    soziales.do(one.number, "offer", office="gleichstellung", reason="Passt besser.")
    asked = desk("gleichstellung")
    assert "Bitte vertraulich." in words(asked.case(one.number))
    withdraw(one, Purpose.HANDOVER)
    session.flush()
    assert asked.case(one.number).status_code == 404
    assert queries.by_number(one.number).office_id == jena.organisation("soziales").id


# Independent ---------------------------------------------------------------------------------------------------------


def test_without_independent_nobody_outside_the_city_can_read(session, jena):
    one = sent()
    report = queries.by_number(one.number)
    outside = {card.principal_id for card in all_organisations() if card.kind == "independent"}
    assert not privacy.granted_to(report.box_id) & outside


def test_independent_withdrawn_shuts_the_independent_desk_out(session, jena):
    from app.privacy import service as crypto

    one = factories.sent(consents=frozenset(Purpose))
    opened = dialogue.open_by_receipt(one.receipt)
    ezra = jena.organisation("ezra")
    # As after a report that no office of the city may read: the independent desk leads, alone.
    mailbox = crypto.new_mailbox([]) if ezra.principal_id is None else ezra.principal_id
    crypto.take_away_all(opened.box.box_id)
    crypto.give(opened.box, [mailbox])
    opened.report.office_id = opened.report.fallback_office_id = ezra.id
    session.flush()
    withdraw(one, Purpose.INDEPENDENT)
    after = dialogue.open_by_receipt(one.receipt).report
    assert privacy.granted_to(after.box_id) == set()
    assert (after.state, after.office_id) == (State.KEPT, None)


def all_organisations():
    from app.directory import queries as directory

    return directory.organisations().values()


# Statistics ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("ever", [True, False])
def test_without_statistics_a_report_is_in_no_count(session, jena, ever, counted):
    sent()
    before = counted()
    one = sent(None if ever else Purpose.STATISTICS)
    assert counted() == before + (1 if ever else 0)
    if ever:
        withdraw(one, Purpose.STATISTICS)
        session.flush()
    assert counted() == before


def test_given_again_it_is_counted_again(session, jena, counted):
    one = sent()
    before = counted()
    withdraw(one, Purpose.STATISTICS)
    session.flush()
    dialogue.give_consent(dialogue.open_by_receipt(one.receipt), Purpose.STATISTICS)
    session.flush()
    assert counted() == before


def test_a_purged_report_still_counts(session, jena, clock, counted):
    from app.reports import retention

    one = sent()
    queries.by_number(one.number).state = State.CLOSED
    session.flush()
    before = counted()
    clock.forward(days=400)
    retention.purge_due()
    assert counted(days=400) == before


@pytest.fixture
def counted(clock):
    from datetime import timedelta

    from app.core.clock import now
    from app.needs.counts import queries as needs

    def count(days=0):
        until = now() + timedelta(days=1)
        return sum(needs.gaps("ortsteil", until - timedelta(days=days + 2), until).values())

    return count


def test_a_kind_is_counted_at_all(session, jena, counted):
    before = counted()
    sent(kind=Kind.GAP)
    assert counted() == before + 1
