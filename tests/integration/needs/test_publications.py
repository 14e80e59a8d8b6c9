from __future__ import annotations

import threading
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import func, select

from app.core.codes import Kind, Purpose, State
from app.core.database import db
from app.core.revisions import touch
from app.needs import queries, service
from app.needs.counts import queries as counts
from app.needs.domain import (
    CITY,
    CITY_ANSWERS,
    CITY_LANGUAGES,
    CITY_TOPICS,
    DISCRIMINATION,
    GROUP_DISCRIMINATION,
    GROUP_TARGETS,
    HIDDEN,
    NOWHERE,
    OTHER,
    PARTS,
    QUARTERLY,
    TONGUES,
    WAITED,
    Figure,
    Period,
)
from app.needs.models import Publication, PublishedCell
from app.places import queries as places
from app.plans import queries as plans
from app.reports import dialogue
from app.reports.service import submit
from tests import factories
from tests.support.published import YEAR, counted, known_measures, known_year, link, row_of, several

SPRING = Period(YEAR, 2)


def spring(published, topic="housing"):
    """The number of the quarter that the reports came in."""
    return published[YEAR].figure(QUARTERLY, CITY, topic, SPRING).value


@pytest.fixture
def neighbour(session, jena):
    """What housing stands in one block with."""
    return counted(9, topic="authority")


def test_a_quarter_shows_what_has_reached_the_threshold(neighbour, publish):
    several(5)
    assert spring(publish()) == 5


def test_a_small_number_is_hidden_with_its_neighbour(neighbour, publish):
    several(4)
    published = publish()
    assert spring(published) is None
    assert spring(published, "authority") is None


def test_gaps_and_barriers_count_and_nothing_else(neighbour, publish):
    several(3)
    several(2, kind=Kind.BARRIER)
    counted(9, kind=Kind.IDEA)
    assert spring(publish()) == 5


def test_experiences_of_racism_are_counted_by_year_and_city_only(session, neighbour, publish):
    for topic in ("housing", "authority"):
        for _ in range(6):
            row_of(submit(factories.discrimination(topic=topic))).received_at = datetime(YEAR, 5, 14, tzinfo=UTC)
    session.flush()
    several(4)
    published = publish()
    assert spring(published) is None
    assert published[YEAR].figure(DISCRIMINATION, CITY, "housing").value == 6
    assert {key.row for key in published[YEAR].cells if key.table == DISCRIMINATION.name} == {CITY}


def test_without_consent_nothing_is_counted(neighbour, publish):
    several(9, consents=frozenset({Purpose.READING}))
    assert spring(publish()) is None


def test_a_consent_withdrawn_before_is_not_counted(neighbour, publish):
    sent = several(6)
    dialogue.withdraw_consent(dialogue.open_by_receipt(sent[0].receipt), Purpose.STATISTICS)
    assert spring(publish()) == 5


@pytest.mark.parametrize("state", [State.SPAM, State.ABUSE, State.WITHDRAWN])
def test_spam_abuse_and_what_was_withdrawn_are_not_counted(session, neighbour, publish, state):
    row_of(several(5)[0]).state = state
    session.flush()
    assert spring(publish()) is None


@pytest.mark.parametrize("state", [State.CLOSED, State.DANGER, State.NOT_RESPONSIBLE])
def test_other_states_are_counted(session, neighbour, publish, state):
    row_of(several(5)[0]).state = state
    session.flush()
    assert spring(publish()) == 5


def test_a_purged_report_is_counted_as_a_number(session, neighbour, publish):
    row = row_of(several(5)[0])
    row.state, row.purged_at, row.box_id = State.CLOSED, datetime(YEAR, 7, 1, tzinfo=UTC), None
    session.flush()
    assert spring(publish()) == 5


@pytest.mark.parametrize("changes", [{"restricted": True}, {"office_id": None, "state": State.KEPT}])
def test_what_an_office_must_not_learn_of_is_counted_for_the_city_only(session, neighbour, publish, changes):
    for topic in ("housing", "authority"):
        for area in ("4", "25"):
            counted(6, area, topic=topic)
    for sent in several(3, area="4"):
        for name, value in changes.items():
            setattr(row_of(sent), name, value)
    session.flush()
    published = publish()[YEAR]
    assert published.figure(QUARTERLY, CITY, "housing", SPRING).value == 15
    found = counts.gaps("ortsteil", datetime(YEAR, 1, 1, tzinfo=UTC), datetime(YEAR + 1, 1, 1, tzinfo=UTC))
    assert found["4", "housing"] == 6
    assert found["nowhere", "housing"] == 3


def test_a_report_without_an_area_of_life_counts_as_something_else(neighbour, publish):
    for topic in (None, "police_justice", "internet_media"):
        counted(5, topic=topic)
    assert spring(publish(), OTHER) == 5


def test_a_day_begins_and_ends_in_the_city(session, neighbour, publish):
    # 1 April in Jena begins at 22:00 on 31 March in UTC.
    several(4)
    several(1, on=datetime(YEAR, 3, 31, 22, 0, tzinfo=UTC))
    several(1, on=datetime(YEAR, 3, 31, 21, 59, tzinfo=UTC))
    assert spring(publish()) == 5


def test_parts_of_town_and_who_is_concerned_are_told_by_year(session, jena, publish):
    known_year()
    published = publish()[YEAR]
    assert published.figure(PARTS, "4").value == 18
    assert published.figure(PARTS, "1").value is None
    assert published.figure(GROUP_TARGETS, "lobeda", "families").value == 30
    assert published.figure(GROUP_TARGETS, "lobeda", "children").value == 30


def test_languages_count_reports_of_all_kinds(session, jena, publish):
    for language, kind in (("de", Kind.GAP), ("en", Kind.IDEA), ("ar", Kind.PRAISE), ("de-simple", Kind.CORRECTION)):
        counted(6, language=language, kind=kind)
    counted(5, None, language="ar", kind=Kind.DISCRIMINATION, where="none")
    counted(3, language="fr", kind=Kind.IDEA)
    counted(4, restricted=True, office_id=None, state=State.KEPT)
    counted(9, state=State.SPAM)
    published = publish()[YEAR]
    told = {code: published.figure(CITY_LANGUAGES, CITY, code).value for code in TONGUES}
    # What the platform does not speak counts as German.
    assert told == {"de": 6 + 3 + 4, "en": 6, "ar": 11, "de-simple": 6}
    taken_part = queries.participation(YEAR)
    assert taken_part.at_least == sum(told.values())
    assert [row.column for row in taken_part.languages] == list(TONGUES)
    assert queries.participation(YEAR + 1) is None


@pytest.mark.parametrize(
    ("answered", "expected"),
    [
        (datetime(YEAR, 5, 19, 12, tzinfo=UTC), "three_days"),
        (datetime(YEAR, 5, 20, 12, tzinfo=UTC), "ten_days"),
        # The 29th of May and the 9th of June are public holidays.
        (datetime(YEAR, 5, 30, 12, tzinfo=UTC), "twenty_days"),
        (datetime(YEAR, 9, 1, 12, tzinfo=UTC), "later"),
        (datetime(YEAR + 1, 1, 7, 22, tzinfo=UTC), "later"),
        (datetime(YEAR + 1, 1, 8, 12, tzinfo=UTC), "unanswered"),
    ],
)
def test_answers_count_working_days_and_as_of_the_day_of_publication(session, jena, publish, answered, expected):
    for day in ((5, 15), (5, 26), (6, 2), (11, 2)):
        counted(5, kind=Kind.IDEA, answered_at=datetime(YEAR, *day, tzinfo=UTC))
    counted(5, kind=Kind.IDEA)
    before = dict.fromkeys(WAITED, 5)
    counted(5, kind=Kind.IDEA, answered_at=answered)
    published = publish(date(YEAR + 1, 3, 1))[YEAR]
    told = {waited: published.figure(CITY_ANSWERS, CITY, waited).value for waited in WAITED}
    assert told == before | {expected: 10}


def test_a_measure_tells_how_many_reports_moved_it(session, jena, publish):
    first, second = known_measures()
    card = plans.measure(first)
    link(card, counted(3, None, kind=Kind.DISCRIMINATION, where="none"))
    link(card, counted(3, restricted=True))
    link(card, counted(3, office_id=None, state=State.KEPT))
    link(card, counted(3, state=State.WITHDRAWN))
    publish()
    assert queries.effect(first) == ((YEAR, Figure(9, 9)),)
    assert queries.effect(second) == ((YEAR, Figure(12, 12)),)
    assert queries.effect("no-such-measure") == ()
    small = sorted(one.key for one in plans.measures())[2]
    assert queries.effect(small) == ((YEAR, HIDDEN),)


def test_discrimination_is_told_by_area_only_where_the_city_has_chosen_so(app, session, jena, publish, monkeypatch):
    coarse = {card.key: card.id for card in places.areas("planungsraum")}
    for topic in ("housing", "authority"):
        for key in (*coarse, None):
            counted(4, None, kind=Kind.DISCRIMINATION, topic=topic, where="area", coarse_area_id=coarse.get(key))
    # Without others the areas would tell that there is nothing else.
    counted(6, None, kind=Kind.DISCRIMINATION, topic="work", where="area", coarse_area_id=coarse["nord"])
    # Somebody must not learn of these, or nobody reads them: by area they could tell.
    counted(2, None, kind=Kind.DISCRIMINATION, restricted=True, coarse_area_id=coarse["lobeda"])
    counted(1, None, kind=Kind.DISCRIMINATION, office_id=None, state=State.KEPT, coarse_area_id=coarse["lobeda"])
    with session.begin_nested() as without:
        assert publish()[YEAR].columns(GROUP_DISCRIMINATION) == ()
        without.rollback()
    touch("needs")
    wanted = app.config["SETTINGS"].model_copy(update={"discrimination_by_area": True})
    monkeypatch.setitem(app.config, "SETTINGS", wanted)
    published = publish()[YEAR]
    told = {key: published.figure(GROUP_DISCRIMINATION, key).value for key in (*coarse, NOWHERE)}
    assert told == dict.fromkeys(coarse, 8) | {"nord": 14, NOWHERE: 11}


def test_periods_are_published_one_by_one_and_once(session, neighbour):
    several(5)
    assert service.publish_due(date(YEAR, 7, 7)) == ()
    assert service.publish_due(date(YEAR, 7, 8)) == (SPRING,)
    assert service.publish_due(date(YEAR, 7, 8)) == ()
    later = service.publish_due(date(YEAR + 1, 1, 8))
    assert [period.name for period in later] == [f"{YEAR}-Q3", f"{YEAR}-Q4", f"{YEAR}"]


def test_nothing_is_published_before_the_first_report(session, jena):
    assert service.publish_due(date(YEAR + 1, 1, 8)) == ()


def test_what_is_published_stays(session, neighbour, publish):
    sent = several(6)
    publish(date(YEAR, 7, 8))
    for one in sent[:3]:
        dialogue.withdraw_consent(dialogue.open_by_receipt(one.receipt), Purpose.STATISTICS)
    counted(20)
    published = publish()
    assert spring(published) == 6
    assert published[YEAR].figure(CITY_TOPICS, CITY, "housing").at_least == 6


def test_a_year_keeps_the_threshold_it_began_with(app, session, neighbour, publish, monkeypatch):
    several(6)
    publish(date(YEAR, 7, 8))
    monkeypatch.setitem(app.config, "SETTINGS", app.config["SETTINGS"].model_copy(update={"disclosure_threshold": 9}))
    publish()
    assert set(session.scalars(select(Publication.threshold))) == {5}


def test_small_numbers_are_not_in_the_database(session, jena, publish):
    known_year()
    counted(4, topic="education")
    counted(1, "5")
    publish()
    assert session.scalar(select(func.min(PublishedCell.reports))) >= 5
    assert session.scalar(select(func.count()).select_from(PublishedCell).where(PublishedCell.reports.is_(None))) > 200


def test_publishing_asks_a_handful_of_questions(session, neighbour, count_statements):
    with count_statements() as said:
        service.publish_due(date(YEAR + 1, 1, 8))
    asked = [statement for statement in said if not statement.startswith(("SAVEPOINT", "RELEASE", "INSERT"))]
    assert len(asked) <= 60


def test_the_command_publishes_once(own_app):
    app = own_app()
    with app.app_context():
        several(1)
        db.session.commit()
    first = app.test_cli_runner().invoke(args=["needs", "publish"])
    assert first.exit_code == 0, first.output
    assert f"{YEAR}-Q2, {YEAR}-Q3, {YEAR}-Q4, {YEAR}" in first.output
    assert app.test_cli_runner().invoke(args=["needs", "publish"]).output == "Nothing is due.\n"


def test_two_workers_at_once_publish_each_period_once(own_app):
    app = own_app()
    with app.app_context():
        several(1)
        db.session.commit()
    start, faults = threading.Barrier(2), []

    def work():
        with app.app_context():
            start.wait()
            try:
                service.publish_due(date(YEAR + 1, 1, 8))
                db.session.commit()
            except Exception as fault:  # noqa: BLE001 - told by the test
                faults.append(fault)

    workers = [threading.Thread(target=work) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert faults == []
    with app.app_context():
        assert db.session.scalars(select(Publication.period).order_by(Publication.id)).all() == [
            f"{YEAR}-Q2", f"{YEAR}-Q3", f"{YEAR}-Q4", f"{YEAR}",
        ]  # fmt: skip
        assert db.session.scalar(
            select(func.count()).select_from(PublishedCell)
        ) == 3 * 13 + 13 + 8 + 6 + 91 + 56 + 30 + 13 + 4 + 5 + len(plans.measures())
