"""Editions: drafts, four eyes, versions that stay, rows that follow, and what the city's folder brings."""

from typing import Any

import pytest
from sqlalchemy.exc import IntegrityError

from app.core.revisions import mark
from app.plans import editions, queries
from app.plans.document import About, Edition, Flaw, Known, Measure, differences, told
from app.plans.domain import UnknownEdition
from app.plans.editions import Flawed, NotPossible, SamePerson, State
from tests.factories import localized

WRITER, SECOND = "somebody", "somebody-else"


def a_measure(**changes: Any) -> Measure:
    values: dict[str, Any] = {
        "key": "probe",
        "name": localized("Probe"),
        "summary": localized("Zur Probe."),
        "example": True,
        "state": "planned",
        "topics": ["housing"],
        "targets": ["everyone"],
        "plans": ["integration", "poverty"],
        "fields": ["poverty-housing", "integration-housing"],
        "areas": ["18"],
        "office": "ads",
        "from": 2026,
        "to": None,
        "source": None,
    }
    return Measure.model_validate(values | changes)


def published(measure: Measure, looks_for: Known | None = None) -> None:
    draft = editions.draft_of("2025", WRITER)
    editions.put_measure(draft, measure, WRITER, "because")
    editions.submit(draft, WRITER, "please look")
    editions.publish(draft, SECOND, looks_for or editions.known())


def card(key: str = "probe") -> Any:
    found = queries.measure(key)
    assert found is not None
    return found


def test_the_folder_brings_the_first_version(session):
    assert [(one.key, one.current) for one in queries.editions()] == [("2025", True)]
    found = queries.published("2025")
    assert found is not None
    version, document = found
    assert (version.number, version.from_folder) == (1, True)
    assert [goal.key for goal in document.goals] == ["less-disadvantage", "more-participation", "equal-opportunity"]
    assert {one.key for one in document.measures} == {one.key for one in queries.measures()}


def test_a_published_measure_is_there_with_all_it_says(session, jena):
    published(
        a_measure(
            reason=localized("weil"),
            goals=["equal-opportunity"],
            partners=["awo"],
            budget="small",
            milestones=[{"key": "start", "name": localized("Beginn"), "due": "2026-05-01"}],
            indicators=[
                {
                    "key": "places",
                    "name": localized("Plätze"),
                    "unit": localized("Plätze"),
                    "target": 20,
                    "target_year": 2027,
                    "values": [{"on": "2026-06-30", "value": 7.5}],
                }
            ],
        )
    )
    found = card()
    assert (found.plans, found.fields) == (("poverty", "integration"), ("poverty-housing", "integration-housing"))
    assert (found.area_ids, found.organisation, found.partners) == ((jena.area("18").id,), "ads", ("awo",))
    assert (found.goals, found.budget, str(found.reason)) == (("equal-opportunity",), "small", "weil")
    assert found.indicators[0].values[0].value == 7.5
    assert found.milestones[0].due.isoformat() == "2026-05-01"


def test_nothing_of_a_draft_is_seen(session):
    before = mark("plans")
    editions.put_measure(editions.draft_of("2025", WRITER), a_measure(), WRITER)
    assert queries.measure("probe") is None
    assert mark("plans") == before


def test_links_follow_the_next_version(session):
    published(a_measure())
    published(a_measure(plans=["poverty"], fields=["poverty-housing"], areas=[], office=None))
    found = card()
    assert (found.plans, found.fields, found.area_ids, found.organisation) == (
        ("poverty",),
        ("poverty-housing",),
        (),
        None,
    )


def test_what_a_later_version_lacks_stays_for_those_who_link_to_it(session):
    published(a_measure())
    draft = editions.draft_of("2025", WRITER)
    document = Edition.model_validate(draft.document)
    rest = tuple(one for one in document.measures if one.key != "probe")
    editions.change(draft, document.model_copy(update={"measures": rest}), WRITER)
    editions.submit(draft, WRITER, "")
    editions.publish(draft, SECOND, editions.known())
    assert not card().listed
    assert "probe" not in {one.key for one in queries.measures()}


def test_every_version_stays_as_it_was(session):
    published(a_measure())
    published(a_measure(state="under_way"))
    found = queries.publications("2025")
    assert [version.state for version, _document in found] == [State.SUPERSEDED, State.SUPERSEDED, State.PUBLISHED]
    states = [one.state for _version, document in found if (one := document.measure("probe")) is not None]
    assert states == ["planned", "under_way"]


def test_a_second_person_publishes(session):
    draft = editions.draft_of("2025", WRITER)
    with pytest.raises(NotPossible):
        editions.publish(draft, SECOND, editions.known())
    editions.submit(draft, WRITER, "")
    with pytest.raises(SamePerson):
        editions.publish(draft, WRITER, editions.known())
    editions.publish(draft, SECOND, editions.known())
    assert draft.state == State.PUBLISHED


def test_the_database_wants_four_eyes_too(session):
    draft = editions.draft_of("2025", WRITER)
    editions.submit(draft, WRITER, "")
    draft.published_by = WRITER
    with pytest.raises(IntegrityError):
        session.flush()


def test_a_version_that_waits_is_not_changed(session):
    draft = editions.draft_of("2025", WRITER)
    editions.submit(draft, WRITER, "")
    with pytest.raises(NotPossible):
        editions.put_measure(draft, a_measure(), SECOND)
    with pytest.raises(NotPossible):
        editions.draft_of("2025", SECOND)
    editions.give_back(draft, SECOND, "one more thing")
    assert editions.draft_of("2025", SECOND).id == draft.id


@pytest.mark.parametrize(
    ("wrong", "flaw"),
    [
        ({"plans": ["x"], "fields": ["poverty-housing"]}, Flaw.OTHER_PLAN),
        ({"fields": ["x"]}, Flaw.UNKNOWN),
        ({"areas": ["99"]}, Flaw.UNKNOWN),
        ({"partners": ["nobody"]}, Flaw.UNKNOWN),
        ({"goals": ["happiness"]}, Flaw.UNKNOWN),
    ],
)
def test_what_is_wrong_is_not_published(session, wrong, flaw):
    with pytest.raises(Flawed) as caught:
        published(a_measure(**wrong))
    assert flaw in {one.flaw for one in caught.value.flaws}
    assert queries.measure("probe") is None


def test_what_rules_lead_to_must_stay(session):
    with pytest.raises(Flawed) as caught:
        published(a_measure(), editions.known(fields=["gone"], measures=["probe", "lost"]))
    assert {(one.about, one.key) for one in caught.value.flaws} == {(About.FIELD, "gone"), (About.MEASURE, "lost")}


def test_each_entry_that_differs_is_a_line_of_the_history(session):
    draft = editions.draft_of("2025", WRITER)
    editions.put_measure(draft, a_measure(), WRITER, "new")
    editions.put_measure(draft, a_measure(state="done"), SECOND, "ready")
    last, first, _begun = queries.changes(draft.id)
    assert (first.before, first.by, first.why) == (None, WRITER, "new")
    assert last.before is not None
    assert last.after is not None
    assert (last.before["state"], last.after["state"], last.by) == ("planned", "done", SECOND)


def test_a_draft_that_goes_takes_an_edition_without_anything_else_along(session):
    edition = queries.in_force().model_copy(update={"key": "2028", "from_": 2028, "to": None})
    draft = editions.new_edition(edition, WRITER, based_on="2025")
    assert [one.key for one in queries.editions()] == ["2025", "2028"]
    editions.discard(draft)
    assert [one.key for one in queries.editions()] == ["2025"]


def test_another_edition_is_put_in_force(session):
    edition = queries.in_force().model_copy(
        update={"key": "2028", "from_": 2028, "to": None, "measures": (a_measure(),)}
    )
    draft = editions.new_edition(edition, WRITER, based_on="2025")
    with pytest.raises(UnknownEdition):
        editions.put_in_force("2028", SECOND, editions.known())
    editions.submit(draft, WRITER, "")
    editions.publish(draft, SECOND, editions.known())
    assert queries.measure("probe") is None
    editions.put_in_force("2028", SECOND, editions.known())
    assert [one.key for one in queries.measures()] == ["probe"]
    assert queries.in_force().key == "2028"


def test_the_folder_does_not_undo_what_the_city_has_published(session):
    document = queries.in_force()
    assert not editions.bring_in(document)
    published(a_measure())
    changed = document.model_copy(update={"name": localized("Anders")})
    assert not editions.bring_in(changed)
    assert queries.measure("probe") is not None


def test_the_folder_brings_a_new_version_while_nobody_has_changed_anything(session):
    changed = queries.in_force().model_copy(update={"name": localized("Anders")})
    assert editions.bring_in(changed)
    assert str(queries.in_force().name) == "Anders"
    assert len(queries.publications("2025")) == 2


def test_a_document_comes_back_as_it_was(session):
    document = queries.in_force()
    assert Edition.model_validate(told(document)) == document
    assert differences(document, document) == ()
