"""What staff do is in the trail before they see it; who reads the trail; what the reporter is told."""

from __future__ import annotations

import csv
import functools
import io
import re

import pytest
from sqlalchemy import select, text, update

from app.accounts import queries as accounts
from app.accounts.models import Membership
from app.audit.domain import PAGE_SIZE
from app.core.clock import today
from app.core.codes import Purpose
from app.core.database import db
from app.directory import queries as directory
from app.privacy import audit
from app.privacy.models import AuditEntry
from app.reports.domain import CleanFile
from app.reports.models import Report
from tests.factories import sent
from tests.support.arrivals import come_in
from tests.support.desks import LEAD, Desk, element
from tests.support.forms import fill_form, soup

PNG = b"\x89PNG\r\n\x1a\n and so on"


@pytest.fixture
def desk(sign_in):
    """``desk("ads")`` signs a reader of that office in, in English."""
    return lambda office: Desk(sign_in(f"reader:{office}", "en"))


def about(number):
    """What the trail says about a case, oldest first."""
    rows = db.session.execute(
        select(AuditEntry.action, AuditEntry.actor, AuditEntry.office_id)
        .where(AuditEntry.subject == number)
        .order_by(AuditEntry.id)
    )
    return [tuple(row) for row in rows]


def actions(number):
    return [action for action, *_rest in about(number)]


def reader_of(office):
    return next(user for user in accounts.members(directory.organisations()[office].id))


def test_opening_a_case_is_kept_with_person_and_office(session, desk):
    number = sent().number
    assert desk(LEAD).case(number).status_code == 200
    assert about(number) == [(audit.OPENED, reader_of(LEAD).principal_id, directory.organisations()[LEAD].id)]


def test_reading_again_within_the_hour_adds_nothing(session, desk, clock):
    number = sent().number
    person = desk(LEAD)
    for _ in range(3):
        person.case(number)
    assert actions(number) == [audit.OPENED]


def test_a_case_that_is_not_theirs_is_not_opened(session, desk):
    number = sent().number
    assert desk("gesundheit").case(number).status_code == 404
    assert actions(number) == []


def test_files_are_kept_as_well(session, desk):
    number = sent(files=(CleanFile("image/png", PNG),)).number
    person = desk(LEAD)
    assert person.client.get(f"/en/desk/{number}/files/0/preview").status_code == 200
    assert person.client.get(f"/en/desk/{number}/files/0").status_code == 200
    assert person.client.get(f"/en/desk/{number}/files/7").status_code == 404
    assert actions(number) == [audit.OPENED, "file_shown", "file_opened"]


def test_each_deed_is_kept_and_a_refused_one_is_not(session, desk):
    number = sent(consents=frozenset({Purpose.READING, Purpose.CONTACT, Purpose.HANDOVER})).number
    person = desk(LEAD)
    person.do(number, "take")
    person.do(number, "note", text="Rückfrage beim Träger.")
    person.do(number, "reply", text="Wir melden uns.", then="answered")
    assert person.send(number, "note", text="").status_code == 422
    assert person.forge(number, "accept").status_code == 422
    person.do(number, "offer", office="gesundheit", reason="Gehört dorthin.")
    other = desk("gesundheit")
    other.do(number, "accept")
    assert actions(number) == [
        audit.OPENED, "case_take", "case_note", "case_reply", "case_offer", audit.OPENED, "case_accept",
    ]  # fmt: skip
    assert "Träger" not in str(session.execute(text("SELECT * FROM privacy_audit")).all())


def test_what_is_shown_after_a_refused_post_was_opened_too(session, desk):
    number = sent().number
    answer = desk(LEAD).client.post(f"/en/desk/{number}", data={"action": "nonsense"})
    assert answer.status_code == 422
    assert actions(number) == [audit.OPENED]


def test_no_entry_no_page(own_app):
    app = own_app()
    with app.app_context():
        number = sent(text="Das darf niemand ungesehen lesen.").number
        db.session.commit()
        people = [person.email for person in accounts.members(directory.organisations()[LEAD].id)]
    client = come_in(app.test_client(), people[0])
    assert "Das darf niemand ungesehen lesen." in client.get(f"/de/desk/{number}").text
    with app.app_context():
        block(db.engine.dialect.name)
        db.session.commit()
    answer = come_in(app.test_client(), people[1]).get(f"/de/desk/{number}")
    assert answer.status_code == 500
    assert "Das darf niemand ungesehen lesen." not in answer.text


def block(dialect):
    """Let nothing more into the trail about cases."""
    if dialect == "postgresql":
        db.session.execute(
            text("CREATE TRIGGER block BEFORE INSERT ON privacy_audit FOR EACH ROW WHEN (NEW.action = 'case_opened')"
                 " EXECUTE FUNCTION privacy_audit_refuse()")
        )  # fmt: skip
    else:
        db.session.execute(
            text("CREATE TRIGGER block BEFORE INSERT ON privacy_audit WHEN NEW.action = 'case_opened'"
                 " BEGIN SELECT RAISE(ABORT, 'full'); END")
        )  # fmt: skip


def signed():
    """Entries about signing in and out, oldest first."""
    rows = db.session.scalars(select(AuditEntry).where(AuditEntry.subject.is_(None)).order_by(AuditEntry.id))
    return [(entry.action, entry.actor) for entry in rows]


@pytest.mark.parametrize("who", [f"reader:{LEAD}", "partner:awo"])
def test_signing_in_and_out_is_kept_with_and_without_a_second_factor(session, sign_in, who):
    person = reader_of(who.partition(":")[2]).principal_id
    sign_in(who).post("/de/account/logout")
    assert signed() == [("signed_in", person), ("signed_out", person)]


def test_a_wrong_second_factor_is_kept(session, client):
    from app.wiring.demo import PASSWORD

    person = reader_of(LEAD)
    page = client.get("/de/account/login")
    page = client.get(
        client.post("/de/account/login", data=fill_form(page, email=person.email, password=PASSWORD)).location
    )
    answer = client.post("/de/account/sign-in/code", data=fill_form(page, "/de/account/sign-in/code", code="000000"))
    assert answer.status_code == 422
    assert signed() == [("wrong_second_factor", person.principal_id)]


def test_a_wrong_password_names_nobody(session, client):
    page = client.get("/de/account/login")
    email = reader_of(LEAD).email
    client.post("/de/account/login", data=fill_form(page, email=email, password="falsch" * 4))
    assert signed() == []


# Who sees it ---------------------------------------------------------------------------------------------------------


def test_the_offices_see_who_opened_a_case(session, desk):
    number = sent().number
    assert not soup(desk(LEAD).case(number)).select("#timeline .tk-step--openings")
    opening = element(desk("sozialplanung").case(number), "#timeline .tk-step--openings")
    assert reader_of(LEAD).title in opening.get_text()


def test_the_reporter_sees_offices_and_no_person(session, desk, client):
    report = sent()
    desk(LEAD).case(report.number)
    desk(LEAD).case(report.number)
    page = client.post("/en/receipt", data={"receipt": report.receipt}).text
    assert page.count("opened your report") == 1
    assert reader_of(LEAD).title not in page


@pytest.fixture
def trail(sign_in):
    """``trail(day=…)`` is the trail as an administrator reads it."""
    client = functools.cache(lambda: sign_in("administrator", "en"))
    return lambda path="", **filters: client().get(f"/en/audit/{path}", query_string=filters)


def rows(page):
    lines = soup(page).select("#trail tbody tr")
    return [[cell.get_text(" ", strip=True) for cell in line.select("th, td")] for line in lines]


def test_administrators_read_titles_and_words(session, desk, trail):
    number = sent(text="Ein Satz, den nur Ämter lesen.").number
    desk(LEAD).do(number, "note", text="Noch ein Satz.")
    page = trail()
    found = [row[1:] for row in rows(page) if row[3] == number]
    assert [row[1] for row in found] == ["Kept a note", "Opened the report"]
    assert {row[0] for row in found} == {reader_of(LEAD).title}
    assert "Satz" not in page.text
    assert reader_of(LEAD).principal_id not in page.text


def test_the_list_is_narrowed_by_day_and_by_action(session, desk, trail, clock):
    number = sent().number
    desk(LEAD).case(number)
    clock.forward(days=2)
    desk(LEAD).do(number, "note", text="…")
    days = [today().isoformat()]
    assert [row[2] for row in rows(trail(day=days[0])) if row[3] == number] == ["Kept a note", "Opened the report"]
    assert [row[2] for row in rows(trail(action="case_note"))] == ["Kept a note"]
    assert not rows(trail(day="2001-01-01"))
    for wrong in ({"day": "soon"}, {"day": "0001-01-01"}, {"action": "nonsense"}, {"before": "x"}, {"before": "1-2"}):
        assert trail(**wrong).status_code == 422, wrong


def test_pages_go_on_where_the_last_one_ended_while_more_is_written(session, trail):
    for number in range(PAGE_SIZE + 30):
        audit.note("case_note", actor=None, subject=f"T-2222-{number:04}")
    session.commit()
    first = trail(action="case_note")
    seen = [row[3] for row in rows(first)]
    audit.note("case_note", actor=None, subject="T-3333-3333")
    session.commit()
    older = element(first, ".tk-paging a[rel=next]")["href"]
    second = trail(**dict(re.findall(r"(\w+)=([^&]*)", older.partition("?")[2])))
    seen += [row[3] for row in rows(second)]
    assert seen == [f"T-2222-{number:04}" for number in reversed(range(PAGE_SIZE + 30))]
    assert "rel=next" not in second.text


def test_the_table_is_the_same_selection_whole(session, trail):
    for number in range(PAGE_SIZE + 1):
        audit.note("case_note", actor=None, subject=f"T-2222-{number:04}")
    audit.note("case_reply", actor="gone", subject="T-3333-3333")
    session.commit()
    answer = trail("trail.csv", action="case_note")
    assert answer.mimetype == "text/csv"
    table = list(csv.reader(io.StringIO(answer.get_data().decode("utf-8-sig")), delimiter=";"))
    assert len(table) == PAGE_SIZE + 2
    assert table[1][1:5] == ["The system", "Kept a note", "case_note", f"T-2222-{PAGE_SIZE:04}"]
    table = list(csv.reader(io.StringIO(trail("trail.csv").get_data().decode("utf-8-sig")), delimiter=";"))
    assert [row[1] for row in table if row[4] == "T-3333-3333"] == ["An account that no longer exists"]


def test_a_title_is_no_formula(session, trail):
    person = accounts.users()[0]
    person.title = "=1+1"
    audit.note("case_note", actor=person.principal_id, subject="T-3333-3333")
    session.commit()
    assert ";'=1+1;" in trail("trail.csv").text


@pytest.mark.parametrize("belongs", [None, LEAD, "gesundheit"])
def test_a_restricted_report_is_there_only_where_ones_office_can_read_it(session, sign_in, desk, belongs):
    number, open_one = sent().number, sent().number
    desk(LEAD).case(number)
    desk(LEAD).case(open_one)
    session.execute(update(Report).where(Report.number == number).values(restricted=True))
    if belongs:
        person = accounts.administrators()[0]
        session.add(Membership(user_id=person.id, organisation_id=directory.organisations()[belongs].id))
    session.commit()
    client = sign_in("administrator", "en")
    for path in ("", "trail.csv"):
        page = client.get(f"/en/audit/{path}").text
        assert open_one in page
        assert (number in page) is (belongs == LEAD), path


def test_an_erased_restricted_report_stays_unknown(session, desk, trail):
    from app.reports import dialogue

    report = sent()
    desk(LEAD).case(report.number)
    session.execute(update(Report).where(Report.number == report.number).values(restricted=True))
    session.expire_all()
    dialogue.erase(dialogue.open_by_receipt(report.receipt))
    session.commit()
    assert report.number not in trail().text
