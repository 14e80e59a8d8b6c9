"""The weekly mail: numbers only, on the first working day, to who wants it and has cases."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from pydantic import SecretStr
from sqlalchemy import select

from app.accounts.models import User
from app.core.codes import Purpose, State
from app.notifications import service as notifications
from app.triage.overdue import digest
from tests.conftest import account_of
from tests.factories import sent
from tests.support.desks import LEAD, element, report_of
from tests.support.forms import soup, values_of
from tests.support.mail import mail_server

BERLIN = ZoneInfo("Europe/Berlin")
AGREED = frozenset({Purpose.READING, Purpose.CONTACT, Purpose.HANDOVER})


def local(month: int, day: int, hour: int = 0, year: int = 2026) -> datetime:
    return datetime(year, month, day, hour, tzinfo=BERLIN).astimezone(UTC)


@pytest.fixture
def monday(clock, session):
    """Monday, 23 November 2026, at ten."""
    clock.stop_at(local(11, 23, 10))
    return clock


@pytest.fixture
def weekly(session, outbox):
    """``weekly()`` gives the facts of the weekly mails, by the address they go to."""

    def found():
        return {session.get(User, mail.user_id).email: mail.facts for mail in outbox() if mail.kind == digest.KIND}

    return found


def person(session, who):
    return session.scalars(select(User).where(User.email == account_of(who))).one()


def test_it_counts_open_overdue_and_waiting(monday, session, desk, weekly):
    first, second, closed, elsewhere = (sent(consents=AGREED).number for _ in range(4))
    report_of(closed).state = State.CLOSED
    report_of(first).due_at = local(11, 23, 9)
    desk(LEAD).do(elsewhere, "offer", office="gesundheit", reason="Pflege")
    assert report_of(second).due_at > local(11, 23, 10)
    assert digest.send_digest() == len(weekly()) > 0
    assert weekly()[account_of(f"reader:{LEAD}")] == {"open": 3, "overdue": 1, "waiting": 0}
    assert weekly()[account_of("reader:gesundheit")] == {"open": 0, "overdue": 0, "waiting": 1}


def test_who_has_no_case_gets_none(monday, session, weekly):
    sent()
    digest.send_digest()
    assert account_of("reader:gesundheit") not in weekly()
    assert account_of("coordinator") not in weekly()


def test_it_comes_once(monday, session, weekly):
    sent()
    assert digest.send_digest() > 0
    monday.forward(hours=1)
    assert digest.send_digest() == 0


def test_what_a_stopped_worker_did_not_write_comes_later_that_day(monday, session, outbox):
    sent()
    written = digest.send_digest()
    session.delete(next(mail for mail in outbox() if mail.kind == digest.KIND))
    session.flush()
    monday.forward(hours=3)
    assert digest.send_digest() == 1
    assert len([mail for mail in outbox() if mail.kind == digest.KIND]) == written


@pytest.mark.parametrize(
    ("moment", "goes"),
    [
        (local(11, 23, 5), False),
        (local(11, 23, 6), True),
        (local(11, 24, 9), False),
        (local(11, 22, 9), False),
        (local(3, 29, 9, 2027), False),
        (local(3, 30, 9, 2027), True),
    ],
)
def test_it_comes_on_the_morning_of_the_first_working_day(monday, session, moment, goes):
    sent()
    monday.stop_at(moment)
    assert bool(digest.send_digest()) is goes


def test_who_does_not_want_it_gets_none(monday, session, weekly):
    sent()
    person(session, f"reader:{LEAD}").digest = False
    session.flush()
    digest.send_digest()
    assert account_of(f"reader:{LEAD}") not in weekly()
    assert weekly()


def test_people_stop_and_order_it_on_their_account_page(session, sign_in):
    client = sign_in(f"reader:{LEAD}", "en")
    for wanted, said in ((False, "The weekly mail is stopped."), (True, "The weekly mail is ordered.")):
        page = client.get("/en/account/me/")
        form = element(page, "form[action$='/me/digest']")
        assert client.post("/en/account/me/digest", data=values_of(form)).status_code == 303
        assert said in soup(client.get("/en/account/me/")).get_text()
        session.expire_all()
        assert person(session, f"reader:{LEAD}").digest is wanted


def test_a_forged_order_changes_nothing(session, sign_in):
    client = sign_in(f"reader:{LEAD}", "en")
    values = values_of(element(client.get("/en/account/me/"), "form[action$='/me/digest']"))
    values["wanted"] = "perhaps"
    client.post("/en/account/me/digest", data=values)
    session.expire_all()
    assert person(session, f"reader:{LEAD}").digest


def test_who_reads_no_cases_is_not_asked(sign_in):
    assert not soup(sign_in("coordinator", "en").get("/en/account/me/")).select("form[action$='/me/digest']")


@pytest.mark.parametrize(("language", "words"), [("de", "Offene Meldungen Ihrer Ämter: 1"), ("en", "your offices: 1")])
def test_the_mail_holds_numbers_only(app, monday, session, monkeypatch, language, words):
    number = sent(text="Zitronenfalter").number
    for user in session.scalars(select(User).order_by(User.id)).unique():
        user.language = language
    session.flush()
    digest.send_digest()
    with mail_server() as mailbox:
        settings = app.config["SETTINGS"].model_copy(update={"smtp_url": SecretStr(mailbox.address)})
        monkeypatch.setitem(app.config, "SETTINGS", settings)
        notifications.deliver()
        [mail, *_others] = [mail for mail in mailbox.mails if number not in mail["Subject"]]
    body = mail.get_payload(decode=True).decode()
    assert words in body
    assert number not in body
    assert "Zitronenfalter" not in body
