from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from pydantic import SecretStr

from app.directory import queries as directory
from app.directory import service as directory_service
from app.notifications import service as notifications
from app.partners import mails
from app.partners.mails import Wanted
from tests.support.forms import fill_form, soup
from tests.support.mail import mail_server

BERLIN = ZoneInfo("Europe/Berlin")


@pytest.fixture
def monday(clock, session, jena):
    """Monday, 23 November 2026, at ten."""
    clock.stop_at(datetime(2026, 11, 23, 10, tzinfo=BERLIN).astimezone(UTC))
    return clock


@pytest.fixture
def reminders(outbox):
    """``reminders()`` gives what the reminders say, by person."""
    return lambda: [(mail.user_id, mail.facts) for mail in outbox() if mail.kind == mails.REMINDER]


def services_of(organisation):
    return [card for card in directory.services() if card.organisation == organisation]


def test_a_reminder_counts_what_is_due(monday, person, reminders):
    due = services_of("awo")
    directory_service.confirm_service(due[0].key)
    mails.remind()
    said = dict(reminders())
    awo = person("partner:awo").id
    assert said.get(awo) == ({"due": len(due) - 1} if len(due) > 1 else None)


def test_it_comes_at_most_once_a_month(monday, person, reminders):
    assert mails.remind() > 0
    first = len(reminders())
    monday.forward(days=28)
    assert mails.remind() == 0
    monday.forward(days=7)
    assert mails.remind() == first
    assert len(reminders()) == 2 * first


def test_who_has_confirmed_everything_hears_a_year_later(session, monday, person, reminders):
    for card in services_of("awo"):
        directory_service.confirm_service(card.key)
    awo = person("partner:awo").id
    mails.remind()
    assert awo not in dict(reminders())
    for card in services_of("awo"):
        row = directory_service.queries.service_row(card.key)
        row.confirmed_on -= timedelta(days=365)
    session.flush()
    mails.remind()
    assert dict(reminders())[awo] == {"due": len(services_of("awo"))}


def test_what_has_ended_is_not_asked_about(monday, person, reminders):
    for card in services_of("awo"):
        directory_service.end_service(card.key)
    mails.remind()
    assert person("partner:awo").id not in dict(reminders())


def test_who_does_not_want_it_stops_it_under_my_account(monday, partner, person, reminders):
    link = soup(partner.get("/en/account/me/")).select_one('a[href="/en/partner/mails"]')
    assert link is not None
    page = partner.get(link["href"])
    assert soup(page).select_one("#reminders").has_attr("checked")
    assert partner.post(link["href"], data=fill_form(page, reminders=None)).status_code == 303
    awo = person("partner:awo").id
    assert mails.wanted(awo) == Wanted(reminders=False, growth=True)
    mails.remind()
    assert awo not in dict(reminders())
    assert not soup(partner.get(link["href"])).select_one("#reminders").has_attr("checked")


def test_the_mail_says_a_number_and_an_address(monday, app, session, person, monkeypatch):
    awo = person("partner:awo")
    awo.language = "en"
    session.flush()
    mails.remind()
    with mail_server() as server:
        settings = app.config["SETTINGS"]
        monkeypatch.setitem(app.config, "SETTINGS", settings.model_copy(update={"smtp_url": SecretStr(server.address)}))
        notifications.deliver()
        mail = next(mail for mail in server.mails if mail["To"] == awo.email)
    lines = [line for line in mail.get_payload(decode=True).decode().splitlines() if line]
    assert mail["Subject"] == "Teilhabekarte: is this still right?"
    assert lines == [
        f"Please look through your services once a year. Services that wait for it: {len(services_of('awo'))}",
        f"{settings.public_address}/en/partner/services/",
        "You can stop this mail under “My account”.",
    ]
