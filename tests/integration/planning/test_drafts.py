"""Drafts of the plans in the browser: entries, rows, history, taking back, and two people at one draft."""

import pytest

from app.planning import queries
from app.plans import editions
from app.plans import queries as plans
from app.plans.document import Measure
from tests.support.forms import fill_form, soup
from tests.support.planners import BASE, Planner, text

pytestmark = pytest.mark.usefixtures("session")


@pytest.fixture
def planner(sign_in):
    return Planner(sign_in("planner", "en"))


@pytest.fixture
def coordinator(sign_in):
    return Planner(sign_in("coordinator", "en"))


@pytest.fixture
def identity(planner):
    return planner.begin()


def document(identity):
    found = plans.version(identity)
    assert found is not None
    return found[1]


def measure(identity, key="jena-schau-hin") -> Measure:
    found = document(identity).measure(key)
    assert found is not None
    return found


def test_the_overview_names_the_edition_in_force_and_what_was_published(planner):
    page = text(planner.get())
    assert "Social strategy 2025 in force" in page
    assert "Published: version 1" in page
    assert "by the city’s content" in page


def test_a_draft_begins_as_what_is_published_and_is_one_for_all(planner, coordinator, identity):
    assert document(identity) == plans.in_force()
    assert soup(coordinator.get()).select_one(f"a[href='{BASE}/versions/{identity}']") is not None
    assert soup(coordinator.get()).select_one("form[action$=drafts]") is None
    assert "Began the draft" in text(planner.get(f"versions/{identity}"))


def test_a_form_that_is_sent_as_it_stands_changes_nothing(planner, identity):
    before = document(identity)
    for one in before.measures:
        planner.do(f"versions/{identity}/measure/{one.key}")
    for kind, entries in (("goal", before.goals), ("plan", before.plans), ("field", before.fields_of_action)):
        for one in entries:
            planner.do(f"versions/{identity}/{kind}/{one.key}")
    assert "Nothing was different" in text(planner.do(f"versions/{identity}/head"))
    assert document(identity) == before


def test_a_measure_is_changed_and_the_history_says_what_and_why(planner, identity):
    page = planner.do(
        f"versions/{identity}/measure/jena-schau-hin",
        state="done",
        office="ads",
        budget="small",
        name_de="Kampagne 2",
        to_year="2026",
        why="The council wants it",
    )
    history = text(page, ".tk-history")
    assert "The council wants it" in history
    assert "Sozialplanung" in history
    assert "before: under way now: done" in history
    assert "Kampagne 2" in history
    assert (measure(identity).state, measure(identity).office, measure(identity).to) == ("done", "ads", 2026)
    # Nothing of it is seen outside.
    assert plans.measure("jena-schau-hin").state == "under_way"


def test_a_measure_is_added_with_a_key_from_its_name_and_the_plans_of_its_fields(planner, identity):
    planner.do(
        f"versions/{identity}/new/measure",
        name_de="Bänke für Ältere",
        summary_de="Mehr Bänke.",
        state="planned",
        fields=["poverty-housing", "eccar-4"],
        topics=["public_space"],
        targets=["older_people"],
        areas=["18"],
    )
    made = measure(identity, "baenke-fuer-aeltere")
    assert made.plans == ("poverty", "antiracism")
    assert made.areas == ("18",)


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"name_de": ""}, "Please write this in German at least."),
        ({"state": None}, "Please choose a state."),
        ({"fields": []}, "Please tick at least one field of action."),
        ({"topics": []}, "Please tick at least one area of life."),
        ({"topics": ["nonsense"]}, "One of the answers was not on this page."),
        ({"office": "nobody"}, "One of the answers was not on this page."),
        ({"from_year": "soon"}, "Please enter a year, such as 2027."),
        ({"from_year": "2027", "to_year": "2026"}, "The last year is before the first."),
        ({"key": "Not A Key"}, "Please use small letters, digits and single hyphens only."),
        ({"key": "jena-schau-hin"}, "Something else in this edition has this short name."),
        ({"why": "x" * 501}, "This text is too long"),
    ],
)
def test_a_measure_that_does_not_fit_is_refused_and_what_was_typed_stays(planner, identity, wrong, words):
    sent = {
        "name_de": "Probe", "summary_de": "Zur Probe.", "name_en": "Trial", "state": "planned",
        "fields": ["poverty-housing"], "topics": ["housing"], "targets": ["everyone"],
    }  # fmt: skip
    answer = planner.post(f"versions/{identity}/new/measure", **(sent | wrong))
    assert answer.status_code == 422
    assert words in text(answer, "#error-summary")
    assert fill_form(answer)["name_en"] == "Trial"
    assert document(identity) == plans.in_force()


def rows(planner, path, page=None, **fields):
    """Send the form of a measure by one of the buttons for its rows."""
    answer = planner.post(path, page=page, **fields)
    assert answer.status_code == 200
    return answer


def test_milestones_and_indicators_come_and_go_row_by_row(planner, identity):
    path = f"versions/{identity}/measure/jena-schau-hin"
    page = rows(planner, path, add="milestones", name_en="Still here")
    page = rows(planner, path, page, add="indicators")
    page = rows(planner, path, page, add="indicators-0-values")
    page = rows(planner, path, page, add="indicators-0-values")
    assert fill_form(page)["name_en"] == "Still here"
    assert document(identity) == plans.in_force()
    page = planner.do(
        path,
        page=page,
        **{
            "milestones-0-name_de": "Beginn",
            "milestones-0-due": "2026-05-01",
            "indicators-0-name_de": "Plätze",
            "indicators-0-unit_de": "Plätze",
            "indicators-0-target": "1,234.5",
            "indicators-0-target_year": "2027",
            "indicators-0-values-0-on": "2026-06-30",
            "indicators-0-values-0-value": "-0.125",
        },
    )
    made = measure(identity)
    (indicator,), (milestone,) = made.indicators, made.milestones
    assert (indicator.key, indicator.target, indicator.target_year) == ("plaetze", 1234.5, 2027)
    assert [(str(one.on), one.value) for one in indicator.values] == [("2026-06-30", -0.125)]
    assert (milestone.key, str(milestone.due)) == ("beginn", "2026-05-01")
    assert "Indicator “Plätze”: value on Jun 30, 2026" in text(page, ".tk-history")
    page = rows(planner, path, remove="milestones-0")
    planner.do(path, page=page)
    assert measure(identity).milestones == ()
    assert measure(identity).indicators == made.indicators


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("indicators-0-unit_de", "", "Please write this in German at least."),
        ("indicators-0-target", "many", "Please enter a number, such as 1,234.5."),
        ("indicators-0-target", "12345678901", "Please enter a shorter number."),
        ("indicators-0-target", "0.1234567", "Please enter a shorter number."),
        ("indicators-0-values-0-on", "", "Please enter the day."),
        ("indicators-0-values-0-on", "yesterday", "Please enter a day, such as 2027-03-31."),
        ("indicators-0-values-1-on", "2026-06-30", "There are two values for one day."),
    ],
)
def test_a_row_that_does_not_fit_is_refused(planner, identity, field, value, words):
    path = f"versions/{identity}/measure/jena-schau-hin"
    page = rows(planner, path, add="indicators")
    page = rows(planner, path, page, add="indicators-0-values")
    page = rows(planner, path, page, add="indicators-0-values")
    sent = {
        "indicators-0-name_de": "Plätze", "indicators-0-unit_de": "Plätze", "indicators-0-values-0-on": "2026-06-30",
        "indicators-0-values-0-value": "7", "indicators-0-values-1-on": "2026-07-30",
        "indicators-0-values-1-value": "8",
    }  # fmt: skip
    answer = planner.post(path, page=page, **(sent | {field: value}))
    assert answer.status_code == 422
    assert words in text(answer, "#error-summary")
    assert fill_form(answer)["indicators-0-name_de"] == "Plätze"


def test_goals_plans_and_fields_are_written_moved_and_removed(planner, identity):
    planner.do(f"versions/{identity}/new/goal", name_de="Mehr Grün", key="green", fields=["poverty-housing"])
    planner.do(f"versions/{identity}/goal/green", name_de="Viel mehr Grün", fields=[])
    assert [(str(one.name), one.fields_) for one in document(identity).goals][-1] == ("Viel mehr Grün", ())
    planner.do(
        f"versions/{identity}/new/plan",
        name_de="Klimaplan", short_de="Klima", summary_de="Kühl.", source_de="Stadtrat", shape="square",
        first_de="Hitze", first_summary_de="Gegen Hitze.",
    )  # fmt: skip
    plan = document(identity).plans[-1]
    assert (plan.key, [one.key for one in plan.fields_]) == ("klimaplan", ["klimaplan-hitze"])
    answer = planner.post(f"versions/{identity}/field/klimaplan-hitze", plan="poverty")
    assert answer.status_code == 422
    planner.do(
        f"versions/{identity}/new/field?plan=klimaplan",
        f"versions/{identity}/new/field",
        name_de="Wasser",
        summary_de="Wasser.",
    )
    planner.do(f"versions/{identity}/field/klimaplan-hitze", plan="poverty")
    assert document(identity).plan_of("klimaplan-hitze").key == "poverty"
    planner.do(f"versions/{identity}/field/klimaplan-hitze/remove")
    planner.do(f"versions/{identity}/plan/klimaplan/remove")
    planner.do(f"versions/{identity}/goal/green/remove")
    assert document(identity) == plans.in_force()


def take_back(planner, identity, words, **fields):
    """Take back the latest line of the history about something."""
    page = soup(planner.get(f"versions/{identity}"))
    step = next(one for one in page.select(".tk-history > li") if words in one.get_text(" ", strip=True))
    path = step.select_one("a[href*=take-back]")["href"].removeprefix(f"{BASE}/")
    return planner.post(path, **fields)


def test_a_change_is_taken_back(planner, identity):
    planner.do(f"versions/{identity}/measure/jena-schau-hin", state="done")
    assert take_back(planner, identity, "JenaSchauHin").status_code == 303
    assert document(identity) == plans.in_force()


def test_a_plan_comes_back_with_its_fields(planner, identity):
    planner.do(f"versions/{identity}/plan/integration/remove")
    assert len(document(identity).plans) == 2
    assert take_back(planner, identity, "Removed : Plan: ").status_code == 303
    back, before = document(identity), plans.in_force()
    assert {one.key: one for one in back.plans} == {one.key: one for one in before.plans}


def test_an_added_entry_that_is_taken_back_goes(planner, identity):
    planner.do(f"versions/{identity}/new/goal", name_de="Mehr Grün", key="green")
    assert take_back(planner, identity, "Mehr Grün", why="No").status_code == 303
    assert document(identity) == plans.in_force()


def test_two_people_never_overwrite_each_other_without_a_word(planner, coordinator, identity):
    path = f"versions/{identity}/measure/jena-schau-hin"
    mine, theirs = planner.get(path), coordinator.get(path)
    coordinator.do(path, page=theirs, state="done", why="I was faster")
    answer = planner.post(path, page=mine, state="paused", name_en="Mine")
    assert answer.status_code == 409
    assert "I was faster" in text(answer, "#changed")
    assert fill_form(answer)["name_en"] == "Mine"
    assert measure(identity).state == "done"
    planner.do(path, page=answer)
    assert (measure(identity).state, measure(identity).name["en"]) == ("paused", "Mine")


def test_two_people_at_different_measures_do_not_hinder_each_other(planner, coordinator, identity):
    mine = planner.get(f"versions/{identity}/measure/jena-schau-hin")
    coordinator.do(f"versions/{identity}/measure/colonial-history", state="done")
    planner.do(f"versions/{identity}/measure/jena-schau-hin", page=mine, state="paused")
    assert measure(identity).state == "paused"
    assert measure(identity, "colonial-history").state == "done"


def test_what_somebody_removed_meanwhile_comes_back_only_when_it_is_saved_again(planner, coordinator, identity):
    path = f"versions/{identity}/measure/jena-schau-hin"
    mine = planner.get(path)
    coordinator.do(f"{path}/remove", why="Not ours")
    answer = planner.post(path, page=mine, state="done")
    assert answer.status_code == 409
    assert "Not ours" in text(answer, "#changed")
    assert document(identity).measure("jena-schau-hin") is None
    planner.do(path, page=answer)
    assert measure(identity).state == "done"


def test_what_names_an_entry_that_goes_is_told_before_and_after(planner, identity):
    page = planner.get(f"versions/{identity}/field/eccar-8/remove")
    assert "Working through the colonial past" in text(page)
    page = planner.do(f"versions/{identity}/field/eccar-8/remove")
    assert "there is no “eccar-8”" in text(page, ".kern-alert--danger")


def test_a_long_list_is_searched_filtered_and_paged(planner, identity):
    def keys(query):
        page = planner.get(f"versions/{identity}?{query}")
        return [row["id"].removeprefix("measure-") for row in soup(page).select("#measure-list tbody tr")]

    assert keys("q=schauhin") == ["jena-schau-hin"]
    assert set(keys("plan=antiracism&state=under_way")) == {
        one.key for one in document(identity).measures if "antiracism" in one.plans and one.state == "under_way"
    }
    assert planner.client.get(f"{BASE}/versions/{identity}?state=nonsense").status_code == 422
    assert keys("page=99") == keys("")


def test_a_draft_is_discarded_only_as_it_stood_on_the_page(planner, coordinator, identity):
    page = planner.get(f"versions/{identity}/discard")
    coordinator.do(f"versions/{identity}/measure/jena-schau-hin", state="done")
    answer = planner.post(f"versions/{identity}/discard", page=page)
    assert answer.status_code == 409
    planner.do(f"versions/{identity}/discard", page=answer)
    assert plans.drafts() == ()


def test_a_long_history_has_pages_of_its_own(planner, identity):
    path = f"versions/{identity}/measure/jena-schau-hin"
    before = measure(identity)
    row = queries.to_change(identity)
    for number in range(60):
        changed = before.model_copy(update={"to": 2030 + number % 2})
        editions.put_measure(row, changed, None, f"change {number}")
    assert "change 59" in text(planner.get(f"versions/{identity}"), ".tk-history")
    assert "change 20" not in text(planner.get(f"versions/{identity}"), ".tk-history")
    assert "change 20" in text(planner.get(f"versions/{identity}/history"), ".tk-history")
    assert "Began the draft" in text(planner.get(f"versions/{identity}/history?page=99"), ".tk-history")
    assert planner.client.get(f"{BASE}/versions/{identity}/history?page=nonsense").status_code == 200
    assert planner.client.get(f"{BASE}/{path}").status_code == 200
