from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from app.accounts import people
from app.partners import mails
from app.partners.following import queries, service
from app.partners.following.domain import Choice
from app.partners.mails import Wanted
from tests.support.forms import fill_form, soup

BERLIN = ZoneInfo("Europe/Berlin")
HOUSING = ("city-topics", "city", "housing")
WORK = ("city-topics", "city", "work")
WINZERLA = ("parts", "18", "all")


def at(month: int, day: int, hour: int = 9, year: int = 2026) -> datetime:
    return datetime(year, month, day, hour, tzinfo=BERLIN).astimezone(UTC)


@pytest.fixture
def thursday(clock, session):
    """Thursday, 8 January 2026, at nine."""
    clock.stop_at(at(1, 8))
    return clock


@pytest.fixture
def told(outbox):
    """``told()`` gives the kinds of mails in the outbox that speak of growth, with what they carry."""
    return lambda: [(mail.user_id, mail.facts, mail.subject_number) for mail in outbox() if mail.kind == service.KIND]


def test_what_is_chosen_is_followed_until_something_else_is(partner, person, jena):
    page = partner.get("/en/partner/following/choose")
    answer = partner.post(
        "/en/partner/following/choose", data=fill_form(page, parts=["18"], topics=["housing", "work"], city="y")
    )
    assert (answer.status_code, answer.location) == (303, "/en/partner/following/")
    me = person("partner:awo").id
    assert queries.choice(me) == Choice(city=True, parts=("18",), topics=("housing", "work"))
    page = partner.get("/en/partner/following/choose")
    partner.post("/en/partner/following/choose", data=fill_form(page, parts=[], topics=["work"], city=None))
    assert queries.choice(me) == Choice(topics=("work",))
    assert not queries.choice(person("partner:caritas").id)


def test_what_is_not_offered_is_refused(partner, person):
    page = partner.get("/en/partner/following/choose")
    data = fill_form(page, parts=["18"], topics=["astrology"])
    answer = partner.post("/en/partner/following/choose", data=data)
    assert answer.status_code == 422
    assert soup(answer).select_one('#parts input[value="18"]').has_attr("checked")
    assert not queries.choice(person("partner:awo").id)


def test_an_area_that_is_gone_is_no_longer_followed(session, person, jena):
    from app.partners.models import Followed

    me = person("partner:awo").id
    session.add(Followed(user_id=me, what="area", value="ortsteil/no-such-part"))
    session.add(Followed(user_id=me, what="area", value="ortsteil/18"))
    session.flush()
    assert queries.choice(me) == Choice(parts=("18",))


def test_the_page_shows_what_has_grown_with_both_numbers(partner, person, published, jena):
    service.follow(person("partner:awo").id, Choice(city=True, parts=("18",), topics=("housing", "work")))
    published("2024", {HOUSING: 12, WORK: 20, WINZERLA: None})
    published("2025", {HOUSING: 40, WORK: 22, WINZERLA: 30})
    page = soup(partner.get("/en/partner/following/"))
    grown = [item.get_text(" ", strip=True) for item in page.select(".tk-grown__one")]
    assert len(grown) == 1
    assert "Housing, Whole city" in grown[0]
    assert "from 12 to 40 reports" in grown[0]
    rows = {
        (row.select_one("th").get_text(strip=True), row.select("td")[0].get_text(strip=True)): [
            cell.get_text(strip=True) for cell in row.select("td")[1:-1]
        ]
        for row in page.select("#growth-2025-table tbody tr")
    }
    assert rows["Whole city", "Work"] == ["20", "22", "no more than chance"]
    assert rows["Winzerla", "All areas of life together"] == ["not shown", "30", "too few to tell"]
    # What has not grown can be answered, too.
    assert {link["href"] for link in page.select('#growth-2025-table a[href*="take-up"]')} >= {
        "/en/partner/take-up?level=city&area=city&topic=work",
        "/en/partner/take-up?level=ortsteil&area=18&topic=all",
    }
    link = page.select_one('.tk-grown__one a[href*="take-up"]')["href"]
    assert link == "/en/partner/take-up?level=city&area=city&topic=housing"
    assert partner.get(link).status_code == 200


def test_the_page_says_what_it_has_nothing_of(partner, person, published, jena):
    assert "You follow nothing yet." in partner.get("/en/partner/following/").get_data(as_text=True)
    service.follow(person("partner:awo").id, Choice(topics=("housing",)))
    published("2025", {HOUSING: 12})
    assert "two periods that could be compared" in partner.get("/en/partner/following/").get_data(as_text=True)


def test_a_mail_tells_once_that_something_is_new_and_nothing_else(thursday, person, published, told, jena):
    me = person("partner:awo")
    published("2024", {HOUSING: 12})
    service.follow(me.id, Choice(topics=("housing",)))
    assert service.tell_growth() == 0
    published("2025", {HOUSING: 40})
    assert service.tell_growth() == 1
    assert told() == [(me.id, None, None)]
    thursday.forward(days=1)
    assert service.tell_growth() == 0
    service.follow(me.id, Choice(topics=("housing", "work")))
    assert service.tell_growth() == 0
    assert len(told()) == 1


def test_chance_and_small_numbers_tell_nothing(thursday, person, published, told, jena):
    published("2024", {HOUSING: 12, WORK: None})
    service.follow(person("partner:awo").id, Choice(topics=("housing", "work")))
    published("2025", {HOUSING: 15, WORK: 40})
    assert service.tell_growth() == 0
    assert told() == []


def test_who_begins_to_follow_sees_the_page_and_gets_no_mail_of_the_past(thursday, person, published, told, jena):
    published("2024", {HOUSING: 12})
    published("2025", {HOUSING: 40})
    service.follow(person("partner:awo").id, Choice(topics=("housing",)))
    assert service.tell_growth() == 0
    assert told() == []


def test_nobody_is_told_who_does_not_want_it_or_is_gone(thursday, session, person, published, told, jena):
    published("2024", {HOUSING: 12})
    awo, caritas = person("partner:awo"), person("partner:caritas")
    for one in (awo, caritas):
        service.follow(one.id, Choice(topics=("housing",)))
    mails.want(awo.id, Wanted(growth=False))
    people.end(person("administrator"), caritas)
    published("2025", {HOUSING: 40})
    assert service.tell_growth() == 0
    mails.want(awo.id, Wanted())
    assert service.tell_growth() == 0
    assert told() == []


@pytest.mark.parametrize("moment", [at(1, 8, 5), at(1, 10), at(1, 1)])
def test_no_mail_by_night_at_the_weekend_or_on_a_holiday(clock, person, published, told, jena, moment):
    clock.stop_at(moment)
    published("2024", {HOUSING: 12})
    service.follow(person("partner:awo").id, Choice(topics=("housing",)))
    published("2025", {HOUSING: 40})
    assert service.tell_growth() == 0
    clock.stop_at(at(1, 12))
    assert service.tell_growth() == 1


def test_another_person_neither_sees_nor_changes_what_one_follows(sign_in, partner, person, jena):
    service.follow(person("partner:awo").id, Choice(parts=("18",)))
    page = soup(sign_in("partner:caritas", "en").get("/en/partner/following/choose"))
    assert not page.select('input[type="checkbox"][checked]')


def test_page_and_mail_are_made_from_publications_alone(
    thursday, partner, person, published, told, count_statements, jena
):
    published("2024", {HOUSING: 12})
    service.follow(person("partner:awo").id, Choice(city=True, groups=("nord",), parts=("18",)))
    published("2025", {HOUSING: 40})
    with count_statements() as said:
        partner.get("/en/partner/following/")
        service.tell_growth()
    assert len(told()) == 1
    assert any("needs_published_cell" in statement for statement in said)
    assert not [statement for statement in said if "FROM report" in statement or "JOIN report" in statement]
