"""Organisations and services: put, confirmed, kept, ended."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from app.core.clock import today
from app.core.revisions import mark, touch
from app.directory import queries, service
from app.directory.domain import OrganisationEntry, ServiceEntry, UnknownOrganisation
from tests.factories import localized

ENTRY = ServiceEntry(
    key="probe",
    organisation="awo",
    name=localized("Probe"),
    description=localized("Zur Probe."),
    topics=("housing",),
    targets=("families",),
    languages=("de",),
    point=(11.58, 50.93),
)


def test_the_same_entry_twice_is_one_service(session):
    assert service.put_service(ENTRY)
    before = mark("directory")
    assert not service.put_service(ENTRY)
    assert mark("directory") == before
    card = queries.service("probe")
    assert card is not None
    assert (card.longitude, card.latitude, card.organisation) == (11.58, 50.93, "awo")


def test_a_change_is_seen_at_once(session):
    service.put_service(ENTRY)
    assert service.put_service(replace(ENTRY, point=None))
    card = queries.service("probe")
    assert card is not None
    assert card.longitude is None


def test_a_service_needs_its_organisation(session):
    with pytest.raises(UnknownOrganisation, match="nobody"):
        service.put_service(replace(ENTRY, organisation="nobody"))


def test_what_a_provider_keeps_is_confirmed_and_no_example(session):
    service.put_service(replace(ENTRY, example=True))
    service.keep_service(replace(ENTRY, evening=True))
    card = queries.service("probe")
    assert card is not None
    assert (card.confirmed_on, card.example, card.evening) == (today(), False, True)
    assert not service.put_service(replace(ENTRY, evening=False)), "the folder overwrites what the provider says"


def test_a_provider_adds_a_service(session):
    assert service.keep_service(ENTRY)
    card = queries.service("probe")
    assert card is not None
    assert card.confirmed_on == today()


def test_an_ended_service_is_not_shown(session):
    service.put_service(ENTRY)
    service.end_service("probe")
    assert queries.service("probe") is None
    assert queries.service_row("probe") is not None


def test_offices_form_a_tree_in_the_order_of_the_file(session, jena):
    cards = queries.organisations()
    assert next(iter(cards)) == "stadt"
    assert jena.organisation("stadt").parent is None
    assert all(card.parent in cards for card in cards.values() if card.parent)
    card = jena.organisation("ads")
    assert queries.organisation_by_id(card.id) == card
    assert queries.organisation_by_id(0) is None


def test_an_entry_without_a_date_leaves_confirmed_details(session, jena):
    card = jena.organisation("awo")
    entry = OrganisationEntry("awo", "independent", card.name, localized("Neu"), 90, phone="03641 1")
    service.put_organisation(entry)
    service.confirm_organisation("awo", date(2026, 1, 1))
    service.put_organisation(replace(entry, phone=None, summary=localized("Noch neuer")))
    card = jena.organisation("awo")
    assert (card.phone, card.summary, card.confirmed_on) == ("03641 1", localized("Noch neuer"), date(2026, 1, 1))


def test_a_later_load_leaves_validity_substitute_and_opening_hours(session, jena):
    row = queries.organisation_row("ads")
    row.valid_from, row.valid_until = date(2026, 1, 1), date(2027, 1, 1)
    row.opening_hours, row.substitute_id = "Mo 9–12", jena.organisation("soziales").id
    touch("directory")
    card = jena.organisation("ads")
    service.put_organisation(OrganisationEntry("ads", "office", card.name, localized("Neu"), 1, receives=True))
    card = jena.organisation("ads")
    assert card.summary == localized("Neu")
    assert (card.valid_from, card.valid_until) == (date(2026, 1, 1), date(2027, 1, 1))
    assert (card.opening_hours, card.substitute) == ("Mo 9–12", "soziales")


def test_an_office_may_begin_later(session, jena):
    card = replace(jena.organisation("ads"), valid_from=today() + timedelta(days=1))
    assert not card.stands_on(today())
    assert card.stands_on(today() + timedelta(days=1))


def test_a_confirmation_may_end(session, jena):
    service.confirm_organisation("ads", today(), valid_until=today())
    card = jena.organisation("ads")
    assert card.stands_on(today())
    assert not card.stands_on(today() + timedelta(days=1))
    assert not replace(card, confirmed_on=None).stands_on(today())


def test_cards_cost_one_question(app, client, count_statements):
    client.get("/de/services/ads-beratung")
    with count_statements() as said:
        client.get("/de/services/ads-beratung")
    assert len(said) == 1, said
