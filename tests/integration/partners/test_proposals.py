from __future__ import annotations

from typing import Any

import pytest

from app.partners.following import service as following
from app.partners.following.domain import Choice
from app.partners.proposals import queries
from app.partners.proposals.domain import State
from app.plans import editions
from app.plans import queries as plans
from tests.support.forms import fill_form, soup

NEED = "/en/partner/take-up?level=ortsteil&area=18&topic=housing"


@pytest.fixture
def staff(sign_in):
    return sign_in("planner", "en")


@pytest.fixture
def propose(partner, jena):
    """``propose(name_en="…")`` sends a proposal by the form; gives its card."""

    def sent(address: str = "/en/partner/take-up", by: Any = partner, **changes: Any):
        values: dict[str, Any] = {
            "name_de": "Wohncafé in Winzerla",
            "summary_de": "Wir helfen bei der Wohnungssuche.",
            "topics": ["housing"],
            "targets": ["families"],
        } | changes
        page = by.get(address)
        action = soup(page).select_one("main form[action*='take-up']")["action"]
        answer = by.post(action, data=fill_form(page, **values))
        assert (answer.status_code, answer.location) == (303, "/en/partner/proposals/")
        return queries.every()[-1] if len(queries.every()) == 1 else max(queries.every(), key=lambda one: one.id)

    return sent


def answer(staff, card, how, **values):
    address = f"/en/proposals/{card.id}"
    return staff.post(f"{address}/{how}", data=fill_form(staff.get(address), f"{address}/{how}", **values))


ACCEPTANCE = {
    "accept-fields_of_action": ["poverty-housing"],
    "accept-office": "",
    "accept-reason": "Passt zum Handlungsfeld Wohnen.",
}


def acceptance(**changes):
    fields = [field.key for field in plans.fields()]
    return ACCEPTANCE | {"accept-fields_of_action": fields[:1]} | changes


def draft_measure(key):
    edition = plans.edition_in_force()
    assert edition is not None
    return next((one for card in plans.drafts() if (one := plans.version(card.id)[1].measure(key))), None)


def test_the_form_begins_with_the_need_that_it_answers(partner, jena):
    page = soup(partner.get(NEED))
    assert "Housing, Winzerla" in page.select_one("main").get_text()
    chosen = {box["name"]: box["value"] for box in page.select('main input[type="checkbox"][checked]')}
    assert chosen == {"topics": "housing", "areas": "18"}


def test_a_planning_area_begins_with_its_parts_of_town(partner, jena):
    group = jena.area("18").parent_id
    from app.places import queries as places

    card = places.area_by_id(group)
    members = {one.key for one in places.areas("ortsteil") if one.parent_id == group}
    page = soup(partner.get(f"/en/partner/take-up?level={card.level}&area={card.key}&topic=children"))
    assert {box["value"] for box in page.select('input[name="areas"][checked]')} == members
    assert [box["value"] for box in page.select('input[name="targets"][checked]')] == ["children"]


@pytest.mark.parametrize(
    "arguments", ["level=ortsteil&area=99&topic=housing", "level=moon&area=18", "topic=astrology", "area=18"]
)
def test_a_need_that_nobody_knows_does_not_exist(partner, jena, arguments):
    assert partner.get(f"/en/partner/take-up?{arguments}").status_code == 404


def test_a_proposal_reaches_those_who_write_the_plans(propose, staff, outbox, person):
    card = propose(NEED)
    assert card.state is State.OPEN
    assert (card.entry.areas, card.entry.topics, card.entry.need.area) == (("18",), ("housing",), "18")
    told = {mail.user_id for mail in outbox() if mail.kind == "proposed"}
    assert told == {person("planner").id, person("coordinator").id}
    page = staff.get("/en/proposals/").get_data(as_text=True)
    assert "Wohncafé in Winzerla" in page
    assert all(mail.facts is None for mail in outbox() if mail.kind == "proposed")


def test_accepted_it_is_a_measure_in_the_draft_with_the_organisation_among_its_partners(
    propose, staff, partner, person, outbox
):
    card = propose(NEED, from_year="", to_year="")
    assert answer(staff, card, "accept", **acceptance()).status_code == 303
    found = queries.proposal(card.id)
    assert found.state is State.ACCEPTED
    measure = draft_measure(found.measure)
    assert (measure.name, measure.partners, measure.areas) == (card.entry.name, ("awo",), ("18",))
    assert (measure.state, measure.topics, measure.example) == ("planned", ("housing",), False)
    version = next(one for one in plans.drafts() if plans.version(one.id)[1].measure(found.measure))
    assert [one.why for one in plans.changes(version.id) if one.key == found.measure] == [ACCEPTANCE["accept-reason"]]
    link = f"/en/planning/versions/{version.id}/measure/{found.measure}"
    assert soup(staff.get(f"/en/proposals/{card.id}")).select_one(f'a[href="{link}"]')
    assert staff.get(link).status_code == 200
    # It is a draft: nothing stands in the published plans.
    assert plans.measure(found.measure) is None
    page = partner.get("/en/partner/proposals/").get_data(as_text=True)
    assert ACCEPTANCE["accept-reason"] in page
    mails = [mail for mail in outbox() if mail.kind == "proposal_answered"]
    assert [(mail.user_id, mail.facts) for mail in mails] == [(person("partner:awo").id, None)]


def test_declined_it_has_a_reason_and_no_measure(propose, staff, partner):
    card = propose()
    assert answer(staff, card, "decline", **{"decline-reason": ""}).status_code == 422
    assert answer(staff, card, "decline", **{"decline-reason": "Das gibt es schon."}).status_code == 303
    found = queries.proposal(card.id)
    assert (found.state, found.measure, found.answer) == (State.DECLINED, None, "Das gibt es schon.")
    assert "Das gibt es schon." in partner.get("/en/partner/proposals/").get_data(as_text=True)


def test_what_is_answered_is_answered_once(propose, staff, partner):
    card = propose()
    page = staff.get(f"/en/proposals/{card.id}")
    answer(staff, card, "decline", **{"decline-reason": "Nein."})
    data = fill_form(page, f"/en/proposals/{card.id}/accept", **acceptance())
    assert staff.post(f"/en/proposals/{card.id}/accept", data=data).status_code == 303
    assert queries.proposal(card.id).state is State.DECLINED
    token = {"csrf_token": soup(partner.get("/en/partner/take-up")).select_one('[name="csrf_token"]')["value"]}
    assert partner.post(f"/en/partner/proposals/{card.id}/withdraw", data=token).status_code == 303
    assert queries.proposal(card.id).state is State.DECLINED


def test_while_a_version_waits_for_a_second_person_nothing_is_accepted(propose, staff, person):
    card, planner = propose(), person("planner")
    draft = editions.draft_of(plans.edition_in_force().key, planner.principal_id)
    editions.submit(draft, planner.principal_id, "fertig")
    page = answer(staff, card, "accept", **acceptance())
    assert page.status_code == 422
    assert "waits for a second person" in soup(page).select_one("#error-summary").get_text()
    assert ACCEPTANCE["accept-reason"] in page.get_data(as_text=True)
    assert queries.proposal(card.id).state is State.OPEN


def test_a_proposal_can_be_withdrawn_while_it_is_open(propose, partner, staff):
    card = propose()
    page = partner.get("/en/partner/proposals/")
    form = soup(page).select_one(f'form[action$="/{card.id}/withdraw"]')
    data = {field["name"]: field["value"] for field in form.select("input")}
    assert partner.post(form["action"], data=data).status_code == 303
    assert queries.proposal(card.id).state is State.WITHDRAWN
    assert staff.get(f"/en/proposals/{card.id}").status_code == 404
    assert queries.every() == ()


def test_proposals_of_others_are_as_unknown_as_none(propose, sign_in):
    card = propose()
    other = sign_in("partner:caritas", "en")
    assert "Wohncafé" not in other.get("/en/partner/proposals/").get_data(as_text=True)
    token = {"csrf_token": soup(other.get("/en/partner/take-up")).select_one('[name="csrf_token"]')["value"]}
    for identity in (card.id, card.id + 1):
        assert other.post(f"/en/partner/proposals/{identity}/withdraw", data=token).status_code == 404
    assert queries.proposal(card.id).state is State.OPEN
    for who in ("reader", "administrator", "partner:awo"):
        assert sign_in(who, "en").get("/en/proposals/").status_code == 403


WRONG = [
    ({"name_de": ""}, "#name_de"),
    ({"name_de": "x" * 151}, "#name_de"),
    ({"summary_de": ""}, "#summary_de"),
    ({"summary_en": "x" * 2001}, "#summary_en"),
    ({"topics": []}, "#topics-0"),
    ({"targets": ["kings"]}, "#targets-0"),
    ({"areas": ["99"]}, "#areas-0"),
    ({"from_year": "1900"}, "#from_year"),
    ({"from_year": "2030", "to_year": "2027"}, "#to_year"),
]


@pytest.mark.parametrize(("changes", "target"), WRONG)
def test_what_is_wrong_is_named_and_what_was_typed_stays(partner, jena, changes, target):
    given = {"name_de": "Titel", "summary_de": "Text", "topics": ["housing"], "targets": ["families"],
             "name_en": "Typed title"}  # fmt: skip
    given |= {"name_en": "", "summary_en": ""} if target in {"#name_de", "#summary_de"} else {}
    page = partner.get("/en/partner/take-up")
    answer = partner.post("/en/partner/take-up", data=fill_form(page, **given | changes))
    assert answer.status_code == 422
    found = soup(answer)
    assert found.select_one(f'#error-summary a[href="{target}"]') is not None
    assert found.select_one('#topics input[value="housing"]').has_attr("checked") is ("topics" not in changes)
    assert queries.every() == ()


def test_english_alone_is_enough(propose):
    card = propose(name_de="", summary_de="", name_en="Housing café", summary_en="We help.")
    assert dict(card.entry.name) == {"en": "Housing café"}


def test_staff_choose_at_least_one_field_of_action(propose, staff):
    card = propose()
    page = answer(staff, card, "accept", **acceptance(**{"accept-fields_of_action": []}))
    assert page.status_code == 422
    assert queries.proposal(card.id).state is State.OPEN


def test_the_desk_says_what_waits(propose, partner, person, published):
    propose()
    following.follow(person("partner:awo").id, Choice(topics=("housing",)))
    published("2024", {("city-topics", "city", "housing"): 12})
    published("2025", {("city-topics", "city", "housing"): 40})
    text = partner.get("/en/partner/").get_data(as_text=True)
    assert "One proposal waits for an answer." in text
    assert "One has grown" in text
