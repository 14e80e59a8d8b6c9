from __future__ import annotations

import pytest

from app.accounts import invitations
from app.accounts import queries as accounts
from app.accounts.domain import RoleName
from app.partners.people import service
from tests.support.forms import fill_form, soup

EMAIL = "neu@awo.example"
NEW = "vier-wörter-ohne-zusammenhang"
PAGES = {"administrator": "/en/partner-organisations/awo", "coordinator": "/en/partner-organisations/awo",
         "partner:awo": "/en/partner/colleagues"}  # fmt: skip


def invite(client, address, **changes):
    values = {"email": EMAIL, "title": "Beratung, AWO", "language": "en"} | changes
    return client.post(address, data=fill_form(client.get(address), **values))


@pytest.mark.parametrize("who", PAGES)
def test_whoever_is_invited_comes_to_the_partner_desk(who, app, sign_in, outbox, jena):
    assert invite(sign_in(who, "en"), PAGES[who]).status_code == 303
    found = accounts.open_invitations()[-1]
    assert (found.email, found.roles, found.organisations) == (EMAIL, ["partner"], ["awo"])
    assert [mail.kind for mail in outbox() if mail.invitation_id == found.id] == ["invited"]
    newcomer = app.test_client()
    address = invitations.address(found).split("/", 3)[3]
    page = newcomer.get(f"/{address}")
    answer = newcomer.post(f"/{address}", data=fill_form(page, new=NEW, again=NEW))
    assert soup(answer).h1.get_text() == "Your account is ready"
    login = newcomer.get("/en/account/login")
    newcomer.post("/en/account/login", data=fill_form(login, email=EMAIL, password=NEW))
    start = newcomer.get("/en/account/", follow_redirects=True)
    assert start.request.path == "/en/partner/"
    assert soup(start).h1.get_text() == "Partner desk"
    user = accounts.user_by_email(EMAIL)
    assert [role.name for role in user.roles] == [RoleName.PARTNER]


def test_a_partner_invites_nobody_to_another_organisation(partner, jena):
    answer = invite(partner, "/en/partner/colleagues", organisation="caritas", roles="administrator")
    assert answer.status_code == 303
    found = accounts.open_invitations()[-1]
    assert (found.roles, found.organisations) == (["partner"], ["awo"])


def test_a_partner_does_not_learn_who_has_an_account(partner, person, jena):
    answer = invite(partner, "/en/partner/colleagues", email=person("reader").email)
    assert answer.status_code == 422
    assert "cannot be invited here" in answer.get_data(as_text=True)


@pytest.mark.parametrize("who", PAGES)
def test_an_invitation_to_something_else_is_left_alone(who, sign_in, person, jena):
    waiting = invitations.invite(person("administrator"), EMAIL, "Lesen", [RoleName.READER], ["soziales"], "de")
    assert invite(sign_in(who, "en"), PAGES[who]).status_code == 422
    assert accounts.open_invitations()[-1].id == waiting.id


def test_invitations_of_others_are_as_unknown_as_none(partner, sign_in, person, jena):
    admin = person("administrator")
    caritas = invitations.invite(admin, "neu@caritas.example", "Neu", [RoleName.PARTNER], ["caritas"], "de")
    reader = invitations.invite(admin, "neu@stadt.example", "Neu", [RoleName.READER], ["soziales"], "de")
    token = {"csrf_token": soup(partner.get("/en/partner/colleagues")).select_one('[name="csrf_token"]')["value"]}
    for identity in (caritas.id, reader.id, reader.id + 1):
        assert partner.post(f"/en/partner/colleagues/{identity}/withdraw", data=token).status_code == 404
    coordinator = sign_in("coordinator", "en")
    page = coordinator.get("/en/partner-organisations/awo")
    token = {"csrf_token": soup(page).select_one('[name="csrf_token"]')["value"]}
    for deed in ("again", "withdraw"):
        for identity in (caritas.id, reader.id):
            address = f"/en/partner-organisations/awo/invitations/{identity}/{deed}"
            assert coordinator.post(address, data=token).status_code == 404
    assert {one.id for one in accounts.open_invitations()} >= {caritas.id, reader.id}


@pytest.mark.parametrize("who", PAGES)
def test_an_invitation_can_be_withdrawn(who, sign_in, jena):
    client = sign_in(who, "en")
    invite(client, PAGES[who])
    page = client.get(PAGES[who])
    form = soup(page).select_one('form[action$="/withdraw"]')
    data = {field["name"]: field["value"] for field in form.select("input")}
    assert client.post(form["action"], data=data).status_code == 303
    assert EMAIL not in {one.email for one in accounts.open_invitations()}


def test_only_so_many_may_wait(partner, monkeypatch, jena):
    monkeypatch.setattr(service, "MOST_WAITING", 1)
    assert invite(partner, "/en/partner/colleagues").status_code == 303
    assert invite(partner, "/en/partner/colleagues").status_code == 303
    assert invite(partner, "/en/partner/colleagues", email="noch@awo.example").status_code == 422


def test_an_office_of_the_city_is_no_partner(sign_in, jena):
    coordinator = sign_in("coordinator", "en")
    assert coordinator.get("/en/partner-organisations/ads").status_code == 404
    assert coordinator.get("/en/partner-organisations/no-such").status_code == 404
    assert sign_in("reader", "en").get("/en/partner-organisations/").status_code == 403


def test_the_list_counts_people_and_services(sign_in, jena):
    page = soup(sign_in("administrator", "en").get("/en/partner-organisations/"))
    row = page.select_one('a[href="/en/partner-organisations/awo"]').find_parent("tr")
    people, invited, services, waiting = (int(cell.get_text()) for cell in row.select("td"))
    assert (people, invited) == (1, 0)
    assert services == waiting > 0
