"""Loading a city's folder: once, again, and another one."""

import pytest

from app.city.cli import cli
from app.city.folder import BrokenCity
from app.city.service import load
from app.core.revisions import marks
from app.core.settings import REPOSITORY
from app.directory import queries as directory
from app.directory import service as directory_service
from app.places import queries as places
from app.plans import queries as plans
from app.plans.history import queries as history
from app.routing import queries as routing
from app.routing import sets
from app.routing.proof import Proof
from tests.support.cities import write

JENA = REPOSITORY / "cities/jena"


def test_jena_is_complete(session):
    assert len(places.areas("ortsteil")) == 30
    assert len(directory.services()) >= 40
    assert len(plans.plans()) == 3
    assert len(history.history_places()) == 3
    assert [field.key for field in plans.fields() if field.plan == "antiracism"] == [f"eccar-{n}" for n in range(1, 11)]
    measures = plans.measures()
    for field in plans.fields():
        assert any(field.key in measure.fields for measure in measures), f"no measure for {field.key}"
    for area in places.areas("ortsteil"):
        assert any(area.id in measure.area_ids for measure in measures), f"no measure in {area.name}"
    assert {card.confirmed_on for card in directory.services()} == {None}


def test_loading_again_changes_nothing(session):
    before = marks()
    load(JENA)
    session.flush()
    # The demonstration has confirmed the offices; that is kept.
    assert marks() == before


def test_what_a_provider_has_confirmed_is_kept(session):
    directory_service.confirm_service("ads-beratung")
    confirmed = directory.service("ads-beratung")
    load(JENA)
    assert directory.service("ads-beratung") == confirmed


def test_another_city(session, tmp_path):
    counts = load(write(tmp_path / "kleinstadt"))
    assert counts == {
        "areas": 3, "plans": 1, "fields": 1, "organisations": 3, "services": 1, "measures": 1,
        "places of history": 0, "rules": 1, "labels": 0, "templates": 0,
    }  # fmt: skip
    assert places.city().key == "kleinstadt"
    assert places.city().facts["emergency"] == {"number": "112", "child_protection": None}
    old, new = places.areas("viertel")
    assert (old.name["de"], old.residents, old.residents_year, old.schematic) == ("Altes Viertel", 1200, 2024, True)
    assert new.residents is None
    group = places.area_by_key("haelfte", "sued")
    assert group is not None
    assert (old.parent_id, new.parent_id) == (group.id, None)
    assert directory.organisations()["sozialamt"].parent == "rathaus"
    service = directory.service("wohnrat")
    assert service is not None
    assert (service.organisation, service.area_id, service.longitude, service.latitude) == (
        "verein",
        old.id,
        13.031,
        52.031,
    )
    measure = plans.measure("mietlotse")
    assert measure is not None
    assert set(measure.area_ids) == {old.id, new.id}
    assert (measure.organisation, measure.fields, measure.from_year) == ("sozialamt", ("wohnen",), 2025)
    assert [rule.key for rule in routing.rules().rules] == ["wohnen"]


def test_a_second_load_changes_only_what_differs(session, tmp_path):
    load(write(tmp_path / "kleinstadt"))
    before = marks()
    load(write(tmp_path / "kleinstadt", lambda f: f["services.yaml"][0].update(topics=["work"], lon=13.04)))
    after = marks()
    assert {name for name in after if after[name] != before.get(name)} == {"directory"}
    service = directory.service("wohnrat")
    assert service is not None
    assert (service.topics, service.longitude) == (("work",), 13.04)

    load(write(tmp_path / "kleinstadt", lambda f: f["measures.yaml"][0].update(areas=["b"], state="done")))
    measure = plans.measure("mietlotse")
    assert measure is not None
    assert (len(measure.area_ids), measure.state) == (1, "done")


def test_a_broken_folder_writes_nothing(session, tmp_path):
    before = marks()
    with pytest.raises(BrokenCity):
        load(write(tmp_path / "kleinstadt", lambda f: f["routing.yaml"].update(fallback="x")))
    assert marks() == before
    assert places.city().key == "jena"


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (
            lambda rule: rule | {"key": "nochmal", "priority": 20},
            "no report ever gets to the rule nochmal",
        ),
        (
            lambda rule: rule | {"key": "zugleich", "when": {"topic": ["housing"]}},
            "rules of the same priority match the same report: wohnen, zugleich; for example kind gap, topic housing",
        ),
    ],
)
def test_rules_that_contradict_each_other_are_refused_and_nothing_is_written(session, tmp_path, change, fault):
    before = marks()
    with pytest.raises(BrokenCity) as error:
        load(write(tmp_path / "kleinstadt", lambda f: f["routing.yaml"]["rules"].append(
            change(f["routing.yaml"]["rules"][0])
        )))  # fmt: skip
    assert str(error.value).startswith(f"routing.yaml: {fault}")
    assert marks() == before
    assert "sozialamt" not in directory.organisations()


def test_rules_that_the_city_has_put_in_force_outlive_the_same_folder(session, tmp_path):
    folder = write(tmp_path / "kleinstadt")
    load(folder)
    first = routing.set_in_force()
    draft = sets.new_draft("p-1")
    sets.put_in_force(draft, Proof(0, 0, ()), "p-1", "our own")
    load(folder)
    assert routing.rules().version == draft.version

    load(write(tmp_path / "kleinstadt", lambda f: f["routing.yaml"]["rules"][0].update(priority=5)))
    active = routing.set_in_force()
    assert (active.version, active.based_on) == (f"{first.version}.2", draft.version)
    assert [routing.rules_of(one.id).rules[0].priority for one in (active, first)] == [5, 10]


def test_commands(app, session, tmp_path):
    runner = app.test_cli_runner()
    answer = runner.invoke(cli, ["load"])
    assert answer.exit_code == 0
    assert "loaded already" in answer.output
    answer = runner.invoke(cli, ["load", "--replace"])
    assert answer.exit_code == 0, answer.output
    assert "Nothing has changed." in answer.output
    answer = runner.invoke(cli, ["check", str(write(tmp_path / "kleinstadt"))])
    assert answer.exit_code == 0
    assert "No fault found in kleinstadt" in answer.output
    answer = runner.invoke(
        cli, ["check", str(write(tmp_path / "k", lambda f: f["plans.yaml"][0].update(shape="star")))]
    )
    assert answer.exit_code == 1
    assert answer.output.startswith("Error: plans.yaml: teilhabe: shape:")
