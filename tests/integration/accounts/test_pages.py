"""Signing in, and the administrator's list of people."""

from __future__ import annotations

import pytest

from app.accounts import queries as accounts
from app.accounts.domain import RoleName
from tests.support.desks import element
from tests.support.forms import fill_form, soup


@pytest.mark.parametrize(
    ("email", "password"), [("a@b.example", "x"), ("", ""), ("nonsense", "x"), ("a" * 500, "\x00")]
)
def test_a_failed_sign_in_says_nothing_about_who_exists(session, client, email, password):
    page = client.get("/en/account/login")
    answer = client.post("/en/account/login", data=fill_form(page, email=email, password=password))
    assert answer.status_code < 500
    told = {item.get_text(strip=True) for item in soup(answer).select("[role=alert] li")}
    assert told == {"The e-mail address or the password is not right. Please try again."}
    assert element(answer, "title").get_text().startswith("Error:")


def test_the_page_goes_on_where_somebody_wanted_to_go(session, client):
    away = client.get("/en/desk/")
    assert away.location == "/en/account/login?next=/en/desk/"
    page = client.get(away.location)
    email = next(user.email for user in accounts.users() if user.roles[0].name == RoleName.READER)
    from app.wiring.demo import PASSWORD

    action = str(element(page, "#sign-in")["action"])
    answer = client.post(action, data=fill_form(page, email=email, password=PASSWORD))
    assert answer.location == "/en/account/sign-in/code?next=/en/desk/"


@pytest.mark.parametrize("target", ["https://elsewhere.example/", "//elsewhere.example"])
def test_the_page_never_leads_to_another_host(session, client, target):
    from app.wiring.demo import PASSWORD

    page = client.get("/en/account/login", query_string={"next": target})
    email = accounts.users()[0].email
    action = str(element(page, "#sign-in")["action"])
    answer = client.post(action, data=fill_form(page, email=email, password=PASSWORD))
    assert "elsewhere" not in (answer.location or "")


@pytest.mark.parametrize("language", ["ar", "de-simple"])
def test_the_area_of_offices_is_in_german_and_english(session, client, language):
    assert client.get(f"/{language}/account/login").location == "/de/account/login"
    links = soup(client.get("/en/account/login")).select(".tk-languages a")
    assert [link["hreflang"] for link in links] == ["de", "en"]


def test_the_demonstration_lists_its_sign_ins_and_they_work(own_app):
    app = own_app(demo=True)
    client = app.test_client()
    page = client.get("/en/account/login")
    rows = soup(page).select("#sign-ins tbody tr")
    assert len(rows) > 10
    form = element(page, "#sign-ins form")
    values = {field["name"]: field["value"] for field in form.select("input")}
    assert client.post(str(form["action"]), data=values).status_code == 302


def test_without_demo_no_password_is_shown(session, client):
    assert soup(client.get("/en/account/login")).select("#sign-ins") == []
