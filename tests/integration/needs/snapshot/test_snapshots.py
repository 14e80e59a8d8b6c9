"""Snapshots: what they hold, when a new one is taken, which ones are kept."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from app.core.revisions import mark, touch
from app.core.texts import Localized
from app.directory import queries as directory
from app.directory import service as services
from app.directory.domain import ServiceEntry
from app.needs import service as publishing
from app.needs.domain import ALL, CITY
from app.needs.snapshot import canonical, queries, service
from app.needs.snapshot.domain import Basis, Effort, Part
from app.places.indicators import service as indicators
from app.plans import queries as plans
from tests.support.published import YEAR, known_year

PROBE = ServiceEntry(
    key="probe",
    organisation="awo",
    name=Localized(de="Probe"),
    description=Localized(de="Zur Probe."),
    topics=("housing", "work"),
    targets=("families",),
    languages=("de", "uk"),
    point=(11.575, 50.890),
    precision="address",
    barrier_free=True,
)


@pytest.fixture
def needs(app, session):
    def run(*arguments):
        session.commit()
        return app.test_cli_runner().invoke(args=["needs", *arguments])

    return run


def test_the_first_start_takes_one(session):
    found = queries.latest()
    assert found is not None
    assert (found.city, found.basis, found.edition) == ("jena", Basis.OUTLINE, "2025")
    parts = {level.key: level.part for level in found.levels}
    assert parts == {
        "ortsteil": Part.PARTS, "planungsraum": Part.GROUPS, "bezirk": Part.CONTEXT, CITY: Part.CITY,
    }  # fmt: skip
    assert len(found.places_of("ortsteil")) == 30
    assert found.supplied(found.whole_city).within == len(directory.services())


def test_written_and_read_again_it_is_the_same(session):
    known_year()
    publishing.publish_due(date(YEAR + 1, 1, 8))
    services.put_service(PROBE)
    indicators.put_indicator(
        "probe", "ortsteil", Localized(de="Probe"), Localized(de="%"), "Stadt", {date(2020, 1, 1): {}}
    )
    taken = service.take()
    assert YEAR in taken.years
    content = canonical.written(taken)
    again = canonical.read(content, taken.id, taken.made_at)
    assert again == taken
    assert canonical.written(again) == content
    assert canonical.hash_of(content) == taken.hash
    assert len(taken.hash) == 64


def test_another_day_alone_is_no_news(session):
    first = service.take(date(2026, 3, 1))
    again = service.take(date(2026, 3, 2))
    assert (again.id, again.hash, again.on) == (first.id, first.hash, first.on)
    services.put_service(PROBE)
    later = service.take(date(2026, 3, 2))
    assert later.hash != first.hash
    assert queries.latest() == later
    assert queries.named(first.hash) == first
    assert queries.named(later.hash[:12]) == later
    assert queries.by_id(first.id) == first
    assert (queries.named("0" * 64), queries.named(""), queries.by_id(0)) == (None, None, None)


def test_what_comes_back_on_the_same_day_has_the_same_hash(session):
    services.put_service(PROBE)
    first = service.take(date(2026, 3, 1))
    services.end_service("probe")
    between = service.take(date(2026, 3, 1))
    services.resume_service("probe")
    again = service.take(date(2026, 3, 1))
    assert (again.hash, again.id) == (first.hash, first.id) != (between.hash, between.id)
    latest = queries.latest()
    assert latest is not None
    assert latest.hash == first.hash


def test_within_the_hour_one_is_taken_only_if_something_changed(session):
    service.take()
    session.commit()
    before = mark("snapshots")
    assert service.refresh() is None
    assert service.refresh(anyway=True) == queries.latest()
    touch("directory")
    session.commit()
    assert service.refresh() is not None, "somebody has touched the directory"
    assert mark("snapshots") == before, "but nothing differs"
    assert service.refresh() is None
    services.put_service(PROBE)
    session.commit()
    assert service.refresh() == queries.latest()
    assert mark("snapshots") != before


def test_a_service_counts_for_its_groups_and_those_for_everyone_for_each(session, jena):
    before = service.take()
    winzerla = before.place("ortsteil", "18")
    assert winzerla is not None
    services.put_service(replace(PROBE, area_id=jena.area("18").id))
    services.put_service(replace(PROBE, key="all", targets=("everyone",), topics=("work",), area_id=jena.area("18").id))
    after = service.take()

    def more(topic, target, of=winzerla):
        return after.supplied(of, topic, target).within - before.supplied(of, topic, target).within

    assert [more(ALL, ALL), more("housing", ALL), more("work", "families"), more("work", "children")] == [2, 1, 2, 1]
    assert [more("housing", "children"), more("leisure", ALL), more("work", "everyone")] == [0, 0, 1]
    group = after.place("planungsraum", winzerla.parent or "")
    assert group is not None
    assert (more(ALL, ALL, group), more(ALL, ALL, after.whole_city)) == (2, 2)
    assert after.supplied(winzerla).barrier_free == before.supplied(winzerla).barrier_free + 2
    assert after.languages["ortsteil", "18"]["uk"] == before.languages["ortsteil", "18"].get("uk", 0) + 2


def test_nearby_services_count_for_neighbours(session, jena):
    before = service.take()
    services.put_service(replace(PROBE, topics=("leisure",), area_id=jena.area("18").id))
    after = service.take()
    near = {
        place.key for place in after.places_of("ortsteil")
        if after.supplied(place, "leisure").far > before.supplied(place, "leisure").far
    }  # fmt: skip
    assert "18" in near
    assert len(near) > 1, "the outlines of neighbours are within a walk"
    assert "11" not in near, "Krippendorf is not"


def test_where_nobody_offers_anything_the_share_is_nothing_and_where_nobody_lives_there_is_none(session):
    for card in directory.services():
        services.end_service(card.key)
    found = service.take()
    for place in found.places:
        lived_in = found.supplied(place, "housing", "children")
        assert (lived_in.within, lived_in.far, lived_in.share_far, lived_in.average_near) == (0, 0, 0.0, 0.0)


def test_effort_counts_measures_of_parts_groups_and_the_city_by_state(session, jena):
    found = service.take()
    measures = plans.measures()
    citywide = [one for one in measures if not one.area_ids]
    effort = found.effort(found.whole_city)
    assert effort.planned + effort.under_way + effort.done + effort.paused == sum(
        one.state != "dropped" for one in citywide
    )
    winzerla, group = jena.area("18"), jena.area("winzerla", "planungsraum")
    here = [one for one in measures if {winzerla.id, group.id} & set(one.area_ids)]
    assert here
    place = found.place("ortsteil", "18")
    assert place is not None
    states = ("planned", "under_way", "done", "paused")
    assert found.effort(place) == Effort(*(sum(one.state == state for one in here) for state in states))


def test_indicators_stand_with_each_day_the_latest_first(session, jena):
    days = {date(2020, 12, 31): {jena.area("18").id: 1.5}, date(2021, 12, 31): {jena.area("18").id: 2.1234567}}
    indicators.put_indicator("alone", "ortsteil", Localized(de="Allein"), Localized(de="%"), "Stadt Jena", days)
    found = service.take().indicators
    assert [(one.key, one.on.year, dict(one.values)) for one in found] == [
        ("alone", 2021, {"18": 2.123457}),
        ("alone", 2020, {"18": 1.5}),
    ]
    assert (found[0].source, found[0].level, str(found[0].name)) == ("Stadt Jena", "ortsteil", "Allein")


def test_publishing_takes_one_and_the_command_prints_its_hash(needs, session):
    services.put_service(PROBE)
    result = needs("publish")
    assert result.exit_code == 0, result.output
    found = queries.latest()
    assert found is not None
    assert found.supplied(found.whole_city).within == len(directory.services())
    result = needs("snapshot")
    assert (result.exit_code, result.output) == (0, f"{found.hash}\n")


def test_old_ones_go_unless_something_names_them(session, clock):
    service.take()
    services.put_service(PROBE)
    named = service.take()
    services.end_service("probe")
    service.take(date(2020, 1, 1))
    assert service.let_go() == 0
    clock.forward(days=(service.KEPT_FOR + timedelta(days=1)).days)
    services.put_service(replace(PROBE, key="later"))
    service.when_letting_go(ask := lambda: {named.hash})
    try:
        held = len(queries.kept())
        assert service.let_go() == held - 2, "the last one and the one that is named stay"
        assert {one.hash for one in queries.kept()} >= {named.hash}
        assert queries.latest() is not None
    finally:
        service._named.remove(ask)


def test_it_takes_as_many_questions_for_many_services_as_for_few(session, count_statements, jena):
    service.take()

    def asked():
        touch("directory")
        with count_statements() as said:
            service.take()
        return len(said)

    few = asked()
    for number in range(20):
        services.put_service(replace(PROBE, key=f"probe-{number}", area_id=jena.area("18").id))
    assert asked() <= few + 6, "one more only to keep the snapshot"
