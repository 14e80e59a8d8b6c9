"""What the city chooses in the browser holds at once, can be taken back, and leaves word of who chose it."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from app.administration import service
from app.core import choices
from app.core.clock import today
from app.core.codes import Kind
from app.core.workdays import calendar
from app.privacy import queries as privacy
from app.reports import deadlines, retention
from app.reports.deadlines import Days
from tests.factories import sent
from tests.support.desks import element, report_of
from tests.support.forms import fill_form, soup

ROOT = "/en/account/administration"


@pytest.fixture
def admin(session, sign_in):
    return sign_in("administrator", "en")


def send(client, path, **changes):
    page = client.get(ROOT + path)
    return client.post(ROOT + path, data=fill_form(page, ROOT + path, **changes))


def back_to_default(client, path):
    page = client.get(ROOT + path)
    return client.post(ROOT + path, data={**fill_form(page, ROOT + path).to_dict(), "default": "y"})


def noted(name, action):
    return len(privacy.audit_of(service.about_choice(name), action))


def text(page, selector="main"):
    return element(page, selector).get_text(" ", strip=True)


# Retention -----------------------------------------------------------------------------------------------------------


def test_other_months_hold_for_reports_and_for_what_is_promised(session, admin, client):
    assert send(admin, "/retention", months_gap="24").status_code == 303
    assert retention.months_kept("gap") == 24
    assert retention.months_kept("idea") == 12
    assert "24 months" in text(client.get("/en/privacy"))
    assert noted(retention.CHOICE, "retention_months_chosen") == 1
    assert "Last changed by Administration" in text(admin.get(f"{ROOT}/retention"), "#changed")


def test_the_way_back_to_what_the_operator_has_set(session, admin):
    send(admin, "/retention", months_gap="24")
    # Back to twelve months is shorter, but deletes nothing here.
    assert back_to_default(admin, "/retention").status_code == 303
    assert retention.months_kept("gap") == 12
    assert choices.chosen(retention.CHOICE, None) is None


def test_a_shorter_time_says_first_what_it_deletes(session, sign_in, clock):
    report = report_of(sent().number)
    report.state = "closed"
    session.flush()
    clock.forward(days=100)
    admin = sign_in("administrator", "en")
    page = send(admin, "/retention", months_gap="2")
    assert page.status_code == 200
    assert "1 report goes at the next purge" in text(page)
    assert retention.months_kept("gap") == 12
    answer = admin.post(f"{ROOT}/retention", data=fill_form(page, f"{ROOT}/retention"))
    assert answer.status_code == 303
    assert retention.months_kept("gap") == 2
    assert [one.report_id for one in retention.due()] == [report.id]


@pytest.mark.parametrize("typed", ["0", "37", "", "-1", "six", "1.5", "9999999999"])
def test_months_out_of_bounds_are_named_and_stay(session, admin, typed):
    answer = send(admin, "/retention", months_gap=typed)
    assert answer.status_code == 422
    assert "from 1 to 36" in text(answer, "#error-summary")
    assert element(answer, "#months_gap")["value"] == typed
    assert retention.months_kept("gap") == 12


# Threshold -----------------------------------------------------------------------------------------------------------


def test_the_threshold_goes_up_only(session, admin, client):
    assert send(admin, "/threshold", least="8").status_code == 303
    assert choices.disclosure_threshold() == 8
    assert "counts under 8 are hidden" in text(client.get("/en/privacy"))
    answer = send(admin, "/threshold", least="4")
    assert answer.status_code == 422
    assert "from 5 to 50" in text(answer, "#error-summary")
    assert back_to_default(admin, "/threshold").status_code == 303
    assert choices.disclosure_threshold() == 5


def test_an_operator_who_sets_more_later_is_not_undercut(app, session, monkeypatch):
    choices.choose(choices.THRESHOLD, 8, None)
    stricter = app.config["SETTINGS"].model_copy(update={"disclosure_threshold": 12})
    monkeypatch.setitem(app.config, "SETTINGS", stricter)
    assert choices.disclosure_threshold() == 12


# Languages -----------------------------------------------------------------------------------------------------------


def test_residents_are_offered_only_what_was_chosen(session, admin, client):
    assert send(admin, "/languages", codes=["en"]).status_code == 303
    page = soup(client.get("/en/plans"))
    assert {link["hreflang"] for link in page.select("header a[hreflang]")} == {"de", "en"}
    assert {link["hreflang"] for link in page.select("head link[hreflang]")} == {"de", "en", "x-default"}
    answer = client.get("/ar/plans")
    assert (answer.status_code, answer.location) == (302, "/de/plans")
    assert client.get("/", headers={"Accept-Language": "ar"}).location == "/de/"
    assert "/ar/" not in client.get("/sitemap.xml").text
    assert "العربية" not in client.get("/en/languages").text


def test_german_is_always_offered_and_offices_keep_their_languages(session, admin, client):
    assert send(admin, "/languages", codes=[]).status_code == 303
    assert client.get("/de/").status_code == 200
    assert client.get("/en/").location == "/de/"
    assert admin.get(f"{ROOT}/languages").status_code == 200
    assert back_to_default(admin, "/languages").status_code == 303
    assert client.get("/ar/").status_code == 200


def test_a_form_that_was_begun_in_a_language_can_be_sent_on(session, admin, client):
    page = client.get("/ar/report")
    assert send(admin, "/languages", codes=["en"]).status_code == 303
    answer = client.post("/ar/report", data=fill_form(page, "/ar/report"))
    assert answer.status_code in {200, 422}
    assert soup(answer).html["lang"] == "ar"


# Deadlines -----------------------------------------------------------------------------------------------------------


def test_other_deadlines_hold_for_new_reports(session, admin):
    assert send(admin, "/deadlines", answer_gap="7", conclusion_gap="21").status_code == 303
    assert deadlines.table()[Kind.GAP] == Days(7, 21)
    assert deadlines.table()[Kind.IDEA] == deadlines.DEFAULTS[Kind.IDEA]
    assert noted(deadlines.CHOICE, "deadlines_chosen") == 1
    assert back_to_default(admin, "/deadlines").status_code == 303
    assert deadlines.table() == deadlines.DEFAULTS


def test_nothing_is_concluded_before_it_is_answered(session, admin):
    answer = send(admin, "/deadlines", answer_gap="30", conclusion_gap="20")
    assert answer.status_code == 422
    assert "#conclusion_gap" in {link["href"] for link in soup(answer).select("#error-summary a")}
    assert deadlines.table() == deadlines.DEFAULTS


# Closed days ---------------------------------------------------------------------------------------------------------


def test_a_closed_day_is_no_working_day_until_it_is_taken_back(session, admin):
    day = next(day for number in range(30, 60) if calendar("TH").works(day := today() + timedelta(days=number)))
    assert send(admin, "/closed-days", day=day.isoformat(), name_de="Betriebsausflug").status_code == 303
    assert not calendar("TH").works(day)
    page = admin.get(f"{ROOT}/closed-days")
    assert "Betriebsausflug" in text(page, "#closed-days")
    assert send(admin, "/closed-days", day=day.isoformat(), name_de="Noch einmal").status_code == 422
    path = f"{ROOT}/closed-days/open"
    assert admin.post(path, data=fill_form(page, path)).status_code == 303
    assert calendar("TH").works(day)
    assert (noted("closed_days", "closed_day_added"), noted("closed_days", "closed_day_removed")) == (1, 1)


@pytest.mark.parametrize(("day", "field"), [("", "day"), ("2020-01-02", "day"), ("tomorrow", "day")])
def test_a_day_that_is_none_or_over_is_refused(session, admin, day, field):
    answer = send(admin, "/closed-days", day=day, name_de="Betriebsausflug")
    assert answer.status_code == 422
    assert f"#{field}" in {link["href"] for link in soup(answer).select("#error-summary a")}
    assert element(answer, "#name_de")["value"] == "Betriebsausflug"


def test_the_holidays_of_the_state_are_listed(session, admin):
    days = {date.fromisoformat(one["datetime"]): one.find_parent("li").text for one in
            soup(admin.get(f"{ROOT}/closed-days")).select("#holidays time")}  # fmt: skip
    assert any((day.month, day.day) == (9, 20) and "Weltkindertag" in words for day, words in days.items())
    assert all(today() <= day <= today() + timedelta(days=366) for day in days)
