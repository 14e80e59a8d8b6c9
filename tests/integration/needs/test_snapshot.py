from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import func, select

from app.core.codes import Kind, Purpose, State
from app.directory import queries as directory
from app.disclosure.domain import Figure
from app.needs import queries, service
from app.needs.domain import ALL, OTHER, TOPICS
from app.needs.models import Cell, CityCell, Snapshot
from app.places import queries as places
from app.plans import queries as plans
from app.reports import dialogue
from app.reports import queries as reports
from app.reports.service import submit
from tests import factories

UNDER_5 = Figure(None, 0, 4)


@pytest.fixture
def winzerla(jena):
    return jena.area("18").id


def cell(area, topic="housing"):
    service.rebuild()
    needs = queries.published()
    assert needs is not None
    return needs.areas[area, topic].reports


def several(number, **changes):
    return [factories.sent(**changes) for _ in range(number)]


def test_one_report_is_counted_in_a_hidden_cell(session, winzerla):
    several(1)
    assert cell(winzerla) == UNDER_5
    several(3)
    assert cell(winzerla) == UNDER_5
    several(1)
    assert cell(winzerla) == Figure.of(5)


def test_an_area_without_reports_looks_like_one_with_a_few(session, jena, winzerla):
    several(4)
    assert cell(winzerla) == cell(jena.area("17").id)


def test_gaps_and_barriers_count_and_nothing_else(session, winzerla):
    several(3)
    several(2, kind=Kind.BARRIER)
    several(9, kind=Kind.IDEA)
    assert cell(winzerla) == Figure.of(5)


def test_experiences_of_racism_never_appear(session, winzerla):
    for _ in range(9):
        submit(factories.discrimination(topic="housing"))
    several(4)
    assert cell(winzerla) == UNDER_5


def test_without_consent_nothing_is_counted(session, winzerla):
    several(9, consents=frozenset({Purpose.READING}))
    assert cell(winzerla) == UNDER_5


def test_a_consent_withdrawn_is_no_longer_counted(session, winzerla):
    sent = several(5)
    assert cell(winzerla) == Figure.of(5)
    dialogue.withdraw_consent(dialogue.open_by_receipt(sent[0].receipt), Purpose.STATISTICS)
    assert cell(winzerla) == UNDER_5


@pytest.mark.parametrize("state", [State.SPAM, State.ABUSE, State.WITHDRAWN])
def test_spam_abuse_and_what_was_withdrawn_are_not_counted(session, winzerla, state):
    sent = several(5)
    report = reports.by_number(sent[0].number)
    assert report is not None
    report.state = state
    session.flush()
    assert cell(winzerla) == UNDER_5


@pytest.mark.parametrize("state", [State.CLOSED, State.DANGER, State.NOT_RESPONSIBLE])
def test_other_states_are_counted(session, winzerla, state):
    sent = several(5)
    report = reports.by_number(sent[0].number)
    assert report is not None
    report.state = state
    session.flush()
    assert cell(winzerla) == Figure.of(5)


def test_the_period_is_twelve_full_months_and_the_present_one(session, winzerla, clock):
    # 1 November in Jena begins at 23:00 on 31 October in UTC.
    clock.stop_at(datetime(2026, 11, 22, 12, tzinfo=UTC))
    sent = several(5)
    report = reports.by_number(sent[0].number)
    assert report is not None
    report.received_at = datetime(2025, 10, 31, 23, 0, tzinfo=UTC)
    session.flush()
    assert cell(winzerla) == Figure.of(5)
    report.received_at = datetime(2025, 10, 31, 22, 59, tzinfo=UTC)
    session.flush()
    assert cell(winzerla) == UNDER_5


def test_a_report_without_an_area_of_life_counts_as_something_else(session, winzerla):
    several(5, topic=None)
    assert cell(winzerla, OTHER) == Figure.of(5)
    assert cell(winzerla, ALL).at_least == 5


def test_totals_say_what_the_cells_leave_open(session, jena, winzerla):
    several(5)
    several(2, topic="education")
    several(6, topic="education", area="4")
    service.rebuild()
    needs = queries.published()
    assert needs is not None
    assert needs.areas[winzerla, ALL].reports == Figure(None, 5, 9)
    assert needs.areas[jena.area("4").id, ALL].reports.at_least == 6
    assert needs.city["work"].reports == UNDER_5
    assert needs.city["education"].reports.at_least == 6
    assert needs.city[ALL].reports.at_least >= 11


def test_a_published_number_does_not_move_by_a_single_report(session, winzerla):
    several(7)
    assert cell(winzerla) == Figure.of(7)
    several(1)
    assert cell(winzerla) == Figure.of(7)
    several(4)
    assert cell(winzerla) == Figure.of(12)


def test_services_are_counted_where_they_are(session, jena):
    service.rebuild()
    needs = queries.published()
    assert needs is not None
    for area in places.areas("ortsteil"):
        there = [one for one in directory.services() if one.area_id == area.id]
        assert needs.areas[area.id, ALL].services == len(there)
        for topic in TOPICS:
            assert needs.areas[area.id, topic].services == sum(topic in one.topics for one in there)
    assert needs.city[ALL].services == len(directory.services()) >= 40


def test_measures_are_counted_where_they_are_and_for_the_whole_city(session, jena):
    service.rebuild()
    needs = queries.published()
    assert needs is not None
    measures = plans.measures()
    for area in places.areas("ortsteil"):
        there = [one for one in measures if area.id in one.area_ids]
        assert needs.areas[area.id, ALL].measures == len(there)
        assert needs.areas[area.id, "housing"].measures == sum("housing" in one.topics for one in there)
    citywide = [one for one in measures if not one.area_ids]
    assert needs.city[ALL].measures == len(measures)
    assert needs.city[ALL].citywide == len(citywide) > 0
    assert needs.city["education"].citywide == sum("education" in one.topics for one in citywide)


def services_in(area):
    service.rebuild()
    needs = queries.published()
    assert needs is not None
    return needs.areas[area, ALL].services


def test_a_service_that_ended_is_not_counted(session, jena, winzerla):
    card = next(one for one in directory.services() if one.area_id == winzerla)
    before = services_in(winzerla)
    service.keep(entry_of(card), offered=False)
    assert services_in(winzerla) == before - 1


def entry_of(card):
    from app.directory.domain import ServiceEntry

    return ServiceEntry(card.key, card.organisation, card.name, card.description, card.topics, card.targets,
                        card.languages, card.area_id)  # fmt: skip


def test_a_new_snapshot_takes_the_place_of_the_old_one_which_is_kept(session, jena):
    old = service.rebuild()
    new = service.rebuild(date(2026, 1, 15))
    assert (new.from_day, new.to_day, new.threshold) == (date(2025, 1, 1), date(2026, 1, 15), 5)
    assert session.scalars(select(Snapshot.id).where(Snapshot.published)).all() == [new.id]
    for snapshot in (old, new):
        cells = select(func.count()).select_from(Cell).where(Cell.snapshot_id == snapshot.id)
        assert session.scalar(cells) == 30 * (len(TOPICS) + 1)
        city = select(func.count()).select_from(CityCell).where(CityCell.snapshot_id == snapshot.id)
        assert session.scalar(city) == len(TOPICS) + 1


def test_true_counts_below_the_threshold_are_not_in_the_database(session, winzerla):
    several(4)
    service.rebuild()
    rows = session.execute(
        select(Cell.reports, Cell.reports_at_least, Cell.reports_at_most).where(Cell.reports.is_(None)).distinct()
    ).all()
    assert rows == [(None, 0, 4)]


def test_a_rebuild_asks_a_handful_of_questions(session, jena, count_statements):
    several(3)
    session.flush()
    service.rebuild()
    with count_statements() as said:
        service.rebuild()
    assert len([statement for statement in said if not statement.startswith(("SAVEPOINT", "RELEASE"))]) <= 20


def test_the_command_publishes(own_app):
    app = own_app()
    result = app.test_cli_runner().invoke(args=["needs", "rebuild"])
    assert result.exit_code == 0, result.output
    assert result.output.startswith("Published: ")
    with app.app_context():
        assert session_count(app) == 2


def session_count(app):
    from app.core.database import db

    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(Snapshot))
