"""The administrator's pages: who there is, what they may do, and the end of an account."""

from __future__ import annotations

import pytest

from app.accounts import people, queries, service
from app.accounts.domain import RoleName
from app.accounts.people import LastAdministrator
from app.directory import queries as directory
from app.privacy import queries as privacy_queries
from app.routing import queries as routing
from tests.conftest import account_of
from tests.support.desks import element
from tests.support.forms import fill_form, soup

PATH = "/en/account/people"


@pytest.fixture
def admin(sign_in):
    return sign_in("administrator", "en")


@pytest.fixture
def administrator(session):
    return queries.user_by_email(account_of("administrator"))


@pytest.fixture
def reader(session):
    return queries.user_by_email("soziales@demo.example")


def mailbox_of(key):
    return directory.organisations()[key].principal_id


def row_of(page, words):
    [row] = [row for row in soup(page).select("#people tbody tr") if words in row.get_text()]
    return row.get_text(" ", strip=True)


def change(admin, user, **changes):
    page = admin.get(f"{PATH}/{user.id}")
    return admin.post(f"{PATH}/{user.id}", data=fill_form(page, f"{PATH}/{user.id}", **changes))


def test_the_list_of_people(session, admin):
    service.add_user("neu@stadt.example", "ein-langes-kennwort", "Neu im Amt", [RoleName.READER], ["ads"])
    page = admin.get(PATH)
    words = row_of(page, "neu@stadt.example")
    for expected in ("Neu im Amt", "Reads reports", "Anti-Discrimination Office", "waits to be let in"):
        assert expected in words
    others = [row.get_text() for row in soup(page).select("#people tbody tr") if "neu@" not in row.get_text()]
    assert all("waits" not in other for other in others)
    [row] = [row for row in soup(page).select("#keys tbody tr") if "Anti-Discrimination Office" in row.get_text()]
    ads = [cell.get_text(" ", strip=True) for cell in row.select("td")]
    assert ads == ["2", "1", "0", "–"]


def test_the_form_shows_what_is_and_saves_what_should_be(session, admin, reader):
    page = admin.get(f"{PATH}/{reader.id}")
    shown = fill_form(page, f"{PATH}/{reader.id}")
    assert (shown.getlist("roles"), shown.getlist("organisations")) == (["reader"], ["soziales"])
    before = mailbox_of("soziales")
    answer = change(admin, reader, title="Lesen und Koordination", roles=["reader", "coordinator"], language="en")
    assert answer.status_code == 303
    session.expire_all()
    assert (reader.title, reader.language) == ("Lesen und Koordination", "en")
    assert people.roles_of(reader) == {RoleName.READER, RoleName.COORDINATOR}
    assert mailbox_of("soziales") == before


def test_whoever_joins_an_office_waits_to_be_let_in(session, admin, reader, outbox):
    assert change(admin, reader, organisations=["soziales", "ads"]).status_code == 303
    session.expire_all()
    assert "waits to be let in" in row_of(admin.get(PATH), reader.email)
    assert reader.principal_id not in privacy_queries.holders([mailbox_of("ads")])[mailbox_of("ads")]
    told = {mail.user_id for mail in outbox() if mail.kind == "newcomer"}
    assert told == set(queries.member_ids(directory.organisations()["ads"].id))


def test_a_change_that_takes_a_key_away_is_asked_first(session, admin, reader):
    before = mailbox_of("soziales")
    answer = change(admin, reader, title="Neuer Titel", roles=["coordinator"], organisations=None)
    assert answer.status_code == 200
    assert "its key changes at once" in answer.text
    session.expire_all()
    assert mailbox_of("soziales") == before
    assert reader.title != "Neuer Titel"
    answer = admin.post(f"{PATH}/{reader.id}", data=fill_form(answer, f"{PATH}/{reader.id}"))
    assert answer.status_code == 303
    session.expire_all()
    assert mailbox_of("soziales") != before
    assert (reader.title, people.roles_of(reader), reader.memberships) == (
        "Neuer Titel",
        {RoleName.COORDINATOR},
        [],
    )


def test_the_end_of_an_account(session, admin, reader):
    email, before = reader.email, mailbox_of("soziales")
    page = admin.get(f"{PATH}/{reader.id}/end")
    assert "Their keys, second factors and open invitations are deleted" in page.text
    assert "changes at once" in page.text
    assert "Nobody else reads" not in page.text
    assert admin.post(f"{PATH}/{reader.id}/end", data=fill_form(page)).status_code == 303
    session.expire_all()
    assert mailbox_of("soziales") != before
    page = admin.get(PATH)
    assert email not in page.text
    assert reader.title in element(page, "#ended").get_text()
    assert queries.user_by_email(email) is None
    assert email not in reader.email
    assert admin.get(f"{PATH}/{reader.id}").status_code == 404
    assert admin.post(f"{PATH}/{reader.id}/end").status_code == 404


def test_the_page_says_when_an_office_is_left_without_readers(session, admin, administrator, reader):
    people.end(administrator, queries.user_by_email("soziales-vertretung@demo.example"))
    session.commit()
    for path in ("end", "password"):
        page = admin.get(f"{PATH}/{reader.id}/{path}")
        assert "receives no report" in page.text
        assert "not sealed to a recovery key" in page.text


def test_somebody_has_to_administer(session, admin, administrator):
    answer = change(admin, administrator, roles=["coordinator"])
    assert answer.status_code == 422
    assert "Nobody else administers" in answer.text
    page = admin.get(f"{PATH}/{administrator.id}/end")
    answer = admin.post(f"{PATH}/{administrator.id}/end", data=fill_form(page))
    assert "Nobody else administers" in admin.get(answer.location).text
    with pytest.raises(LastAdministrator):
        people.end(administrator, administrator)
    second = service.add_user("zwei@stadt.example", "ein-langes-kennwort", "Zwei", [RoleName.ADMINISTRATOR])
    people.end(second, administrator)
    assert [user.id for user in queries.administrators()] == [second.id]


def test_forged_forms_change_nothing(session, admin, reader):
    before = (reader.title, mailbox_of("soziales"))
    for path in ("", "/end", "/password"):
        assert admin.post(f"{PATH}/{reader.id}{path}", data={"confirmed": "y"}).status_code == 422
    assert admin.post(f"{PATH}/99999/end").status_code == 404
    assert admin.post(f"{PATH}/invitations/99999/again").status_code == 404
    session.expire_all()
    assert (reader.title, mailbox_of("soziales")) == before
    assert queries.open_invitations() == []


# Where somebody reads, merely belongs, and is a deputy ----------------------------------------------------------------


def test_whoever_merely_belongs_counts_as_one_of_the_office_and_reads_nothing(session, admin, reader):
    office = directory.organisations()["soziales"].id
    answer = change(admin, reader, organisations=["soziales", "ads"], only_belongs=["ads"])
    assert answer.status_code == 303
    session.expire_all()
    ads = directory.organisations()["ads"].id
    assert {one.organisation_id: one.reads for one in reader.memberships} == {office: True, ads: False}
    desk = routing.desks()["ads"]
    assert reader.principal_id in desk.people
    assert reader.principal_id not in desk.readers
    assert reader.id not in queries.member_ids(ads)
    assert reader.principal_id not in queries.member_principals([ads])[ads]
    assert reader.id not in {user.id for _membership, user in queries.readers([ads])}
    words = row_of(admin.get(PATH), reader.email)
    assert "only belongs to it" in words
    assert "waits to be let in" not in words


def test_whoever_reads_no_longer_loses_the_key_at_once(session, admin, reader):
    change(admin, reader, organisations=["soziales", "ads"])
    session.expire_all()
    before = mailbox_of("soziales")
    page = change(admin, reader, only_belongs=["soziales"])
    assert page.status_code == 200
    assert "its key changes at once" in page.text
    assert mailbox_of("soziales") == before
    path = f"{PATH}/{reader.id}"
    assert admin.post(path, data=fill_form(page, path)).status_code == 303
    session.expire_all()
    after = mailbox_of("soziales")
    assert after != before
    assert reader.principal_id not in privacy_queries.holders([after])[after]
    assert reader.principal_id in routing.desks()["soziales"].people


def test_whoever_begins_to_read_waits_to_be_let_in(session, admin, reader, outbox):
    change(admin, reader, organisations=["soziales", "ads"], only_belongs=["ads"])
    assert not [mail for mail in outbox() if mail.kind == "newcomer"]
    assert change(admin, reader, only_belongs=[]).status_code == 303
    told = {mail.user_id for mail in outbox() if mail.kind == "newcomer"}
    assert told
    assert told <= set(queries.member_ids(directory.organisations()["ads"].id))
    assert "waits to be let in" in row_of(admin.get(PATH), reader.email)


def test_a_deputy_is_kept_and_shown(session, admin, reader):
    assert change(admin, reader, deputy_of=["soziales"]).status_code == 303
    session.expire_all()
    assert [one.deputy for one in reader.memberships] == [True]
    assert "deputy" in row_of(admin.get(PATH), reader.email)
    shown = fill_form(admin.get(f"{PATH}/{reader.id}"), f"{PATH}/{reader.id}")
    assert shown.getlist("deputy_of") == ["soziales"]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"only_belongs": ["soziales"]}, "only_belongs"),
        ({"organisations": ["soziales", "ads"], "only_belongs": ["ads"], "deputy_of": ["ads"]}, "deputy_of"),
        ({"roles": ["coordinator"], "deputy_of": ["soziales"]}, "deputy_of"),
        ({"only_belongs": ["nowhere"]}, "only_belongs"),
    ],
)
def test_where_somebody_belongs_has_to_make_sense(session, admin, reader, changes, field):
    answer = change(admin, reader, **changes)
    assert answer.status_code == 422
    assert f"#{field}-0" in {link["href"] for link in soup(answer).select("#error-summary a")}
    assert element(answer, f"#{field}-0").name == "input"
    session.expire_all()
    assert [(one.reads, one.deputy) for one in reader.memberships] == [(True, False)]
