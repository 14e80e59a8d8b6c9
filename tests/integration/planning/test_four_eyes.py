"""Submitting, looking, publishing, giving back; new editions, and the one in force."""

import pytest

from app.plans import queries as plans
from app.plans.editions import State
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
    identity = planner.begin()
    planner.do(
        f"versions/{identity}/measure/jena-schau-hin", state="done", name_en="Look closely", areas=["18"], why="Over"
    )
    return identity


def state(identity):
    found = plans.version(identity)
    assert found is not None
    return found[0].state


def test_a_second_person_sees_every_difference_in_words_and_publishes(planner, coordinator, identity):
    planner.submit(identity)
    page = text(coordinator.get(f"versions/{identity}/look"))
    assert "Please look" in page
    assert "Submitted on" in page
    assert "New: 0. Changed: 1. Removed: 0." in page
    assert "Name (English) before: Campaign #JenaSchauHin now: Look closely" in page
    assert "State before: under way now: done" in page
    assert "Areas now: Winzerla" in page
    coordinator.publish(identity)
    assert state(identity) == State.PUBLISHED
    assert plans.measure("jena-schau-hin").state == "done"
    assert "Published on" in text(planner.get(f"versions/{identity}"))


def test_the_same_person_is_refused_kindly(planner, identity):
    planner.submit(identity)
    page = planner.get(f"versions/{identity}/look")
    assert "You have submitted this version yourself" in text(page)
    answer = planner.post(f"versions/{identity}/look", f"versions/{identity}/publish", page=_forged(page, identity))
    assert answer.status_code == 422
    assert "Please ask somebody else" in text(answer, "#error-summary")
    assert state(identity) == State.SUBMITTED


def _forged(page, identity):
    """The page with its form for giving back sent to where it would be published."""
    page.set_data(page.get_data(as_text=True).replace(f"{identity}/give-back", f"{identity}/publish"))
    return page


def test_a_version_is_given_back_with_a_word(planner, coordinator, identity):
    planner.submit(identity)
    path = f"versions/{identity}/look"
    answer = coordinator.post(path, f"versions/{identity}/give-back")
    assert answer.status_code == 422
    assert "Please write a sentence." in text(answer, "#error-summary")
    page = coordinator.do(path, f"versions/{identity}/give-back", why="The year is missing")
    assert "The year is missing" in text(page, ".tk-history")
    assert state(identity) == State.DRAFT


def test_a_version_that_waits_cannot_be_changed(planner, identity):
    page = planner.get(f"versions/{identity}/measure/jena-schau-hin")
    planner.submit(identity)
    answer = planner.post(f"versions/{identity}/measure/jena-schau-hin", page=page, state="paused")
    assert answer.status_code == 404
    assert planner.client.get(f"{BASE}/versions/{identity}/head").status_code == 404
    assert "State" in text(planner.get(f"versions/{identity}/measure/jena-schau-hin"))


def test_submitting_wants_a_word_and_no_fault(planner, identity):
    answer = planner.post(f"versions/{identity}/submit", why=" ")
    assert answer.status_code == 422
    page = planner.get(f"versions/{identity}/submit")
    planner.do(f"versions/{identity}/goal/equal-opportunity/remove")
    planner.do(f"versions/{identity}/field/eccar-8/remove")
    answer = planner.post(f"versions/{identity}/submit", page=page, why="Please")
    assert answer.status_code == 409
    page = planner.get(f"versions/{identity}/submit")
    assert "there is no “eccar-8”" in text(page, ".kern-alert--danger")


def test_what_rules_lead_to_has_to_stay_and_says_so(planner, identity):
    planner.do(f"versions/{identity}/field/poverty-housing/remove")
    page = text(planner.get(f"versions/{identity}/submit"))
    assert "Rules in force lead reports here" in page
    assert "Field of action: Housing" in page


def test_a_field_that_no_report_reaches_is_a_hint_and_no_fault(planner, coordinator, identity):
    path = f"versions/{identity}/new/field?plan=poverty"
    planner.do(path, f"versions/{identity}/new/field", name_de="Hitze", summary_de="Gegen Hitze.")
    page = text(planner.get(f"versions/{identity}/submit"))
    assert "1 field of action that no report reaches" in page
    planner.submit(identity)
    coordinator.publish(identity)
    assert state(identity) == State.PUBLISHED


def test_publishing_needs_the_version_that_was_looked_at(planner, coordinator, identity):
    planner.submit(identity)
    page = coordinator.get(f"versions/{identity}/look")
    planner.do(f"versions/{identity}/look", f"versions/{identity}/give-back", why="Wait")
    planner.do(f"versions/{identity}/measure/jena-schau-hin", state="dropped")
    planner.submit(identity)
    answer = coordinator.post(f"versions/{identity}/look", f"versions/{identity}/publish", page=page)
    assert answer.status_code == 409
    assert state(identity) == State.SUBMITTED


def test_a_new_edition_begins_with_another_one_and_is_put_in_force(planner, coordinator):
    answer = planner.post("new-edition", name_de="", from_year="2028")
    assert answer.status_code == 422
    planner.do("new-edition", name_de="Sozialstrategie 2028", source_de="Stadtrat", from_year="2028", only_open="y")
    (card,) = plans.drafts()
    assert card.edition == "2028"
    planner.submit(card.id)
    coordinator.publish(card.id)
    assert plans.in_force().key == "2025"
    page = coordinator.get("editions/2028/in-force")
    assert "Name (Deutsch) before: Sozialstrategie 2025 now: Sozialstrategie 2028" in text(page)
    answer = coordinator.post("editions/2028/in-force")
    assert answer.status_code == 422
    coordinator.do("editions/2028/in-force", sure="y")
    assert plans.in_force().key == "2028"
    assert planner.client.get(f"{BASE}/editions/2028/in-force").status_code == 404


@pytest.mark.parametrize("who", ["reader:ads", "administrator", "partner:awo"])
def test_others_are_refused(sign_in, who):
    assert sign_in(who, "en").get(f"{BASE}/").status_code == 403


def test_what_is_done_to_the_plans_stands_in_the_audit_trail(session, planner, coordinator, identity):
    from sqlalchemy import select

    from app.privacy.models import AuditEntry

    planner.submit(identity)
    coordinator.publish(identity)
    found = session.scalars(select(AuditEntry.action).where(AuditEntry.subject == "2025.2").order_by(AuditEntry.id))
    assert list(found) == ["plan_draft_begun", "plan_draft_changed", "plan_submitted", "plan_published"]
