"""Invitations: from the administrator's form to the first sign-in; and what a link does that is old, used or forged."""

from __future__ import annotations

import re

import pytest
from pydantic import SecretStr
from sqlalchemy import func, select

from app.accounts import invitations, people, queries, service
from app.accounts.domain import RoleName
from app.accounts.models import Invitation, User, VaultSession
from app.accounts.passwords import normalized
from app.directory import queries as directory
from app.notifications import service as notifications
from app.notifications.models import OutboxMail
from app.privacy import queries as privacy_queries
from app.privacy import service as privacy
from app.privacy.domain import CannotOpen
from app.privacy.models import AuditEntry, Vault
from tests import factories
from tests.conftest import account_of
from tests.support.arrivals import come_in
from tests.support.desks import element, report_of
from tests.support.forms import fill_form
from tests.support.mail import mail_server

NEW = "vier-wörter-ohne-zusammenhang"
EMAIL = "neu@stadt.example"


@pytest.fixture
def admin(sign_in):
    return sign_in("administrator", "en")


@pytest.fixture
def administrator(session):
    return queries.user_by_email(account_of("administrator"))


@pytest.fixture
def mailbox(app, monkeypatch):
    with mail_server() as found:
        settings = app.config["SETTINGS"]
        changed = settings.model_copy(update={"smtp_url": SecretStr(found.address)})
        monkeypatch.setitem(app.config, "SETTINGS", changed)
        yield found


def send_form(admin, **changes):
    values = {"email": EMAIL, "title": "Lesen, Soziales", "roles": "reader", "organisations": "soziales"} | changes
    page = admin.get("/en/account/people/invite")
    return admin.post("/en/account/people/invite", data=fill_form(page, **values))


def links_in(mailbox):
    found = []
    for mail in mailbox.mails:
        found += re.findall(r"http://localhost(/\S+/invitation/\S+)", mail.get_payload(decode=True).decode())
    return found


def choose(client, link, password=NEW, again=None):
    page = client.get(link)
    return client.post(link, data=fill_form(page, new=password, again=password if again is None else again))


def invite(administrator, **changes):
    values = {
        "email": EMAIL, "title": "Lesen", "roles": [RoleName.READER], "organisations": ["soziales"], "language": "en"
    } | changes  # fmt: skip
    return invitations.invite(administrator, **values)


def path_of(invitation):
    return invitations.address(invitation).removeprefix("http://localhost")


def test_from_the_form_to_the_first_sign_in(app, session, admin, client, mailbox):
    assert send_form(admin).status_code == 303
    assert EMAIL in admin.get("/en/account/people").text
    assert notifications.deliver() == 1
    [link] = links_in(mailbox)
    assert mailbox.mails[0]["To"] == EMAIL
    page = client.get(link.replace("/de/", "/en/"))
    assert EMAIL in page.text
    assert "Set-Cookie" not in page.headers
    answer = choose(client, link.replace("/de/", "/en/"))
    assert answer.status_code == 200
    assert "A colleague must let you in" in answer.text
    user = queries.user_by_email(EMAIL)
    assert [role.name for role in user.roles] == [RoleName.READER]
    assert privacy.unlock(user.principal_id, normalized(NEW))
    assert len(element(answer, "#check-code").get_text()) == 14
    signed_in = client.post(
        "/en/account/login", data=fill_form(client.get("/en/account/login"), email=EMAIL, password=NEW)
    )
    assert signed_in.location == "/en/account/sign-in/set-up"
    session.expire_all()
    assert session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)).all().count("account_made") == 1
    assert EMAIL not in str(session.execute(select(AuditEntry.__table__)).all())


def test_the_link_is_kept_nowhere(session, administrator, outbox):
    invitation = invite(administrator)
    token = path_of(invitation).rpartition("/")[2]
    [mail] = outbox()
    assert (mail.kind, mail.user_id, mail.invitation_id, mail.subject_number) == ("invited", None, invitation.id, None)
    rows = str(session.execute(select(Invitation.__table__)).all()) + str(
        session.execute(select(OutboxMail.__table__)).all()
    )
    assert token not in rows
    assert token.rpartition(".")[2] not in rows


def test_colleagues_hear_that_somebody_waits(session, administrator, client, outbox):
    invitation = invite(administrator)
    choose(client, path_of(invitation))
    told = {mail.user_id for mail in outbox() if mail.kind == "newcomer"}
    assert told == set(queries.member_ids(directory.organisations()["soziales"].id))


@pytest.mark.parametrize(
    ("roles", "organisations", "where"),
    [(["partner"], ["awo"], "/en/needs/"), (["coordinator"], [], None), (["administrator"], [], None)],
)
def test_people_without_a_mailbox_wait_for_nobody(session, administrator, client, roles, organisations, where):
    invitation = invite(administrator, roles=[RoleName(role) for role in roles], organisations=organisations)
    answer = choose(client, path_of(invitation))
    assert "A colleague must let you in" not in answer.text
    if where:
        assert come_in(client, EMAIL, "en", NEW).get(where).status_code == 200


def test_the_first_reader_of_an_office_holds_its_key(session, administrator, client):
    invitation = invite(administrator, organisations=["kij"])
    answer = choose(client, path_of(invitation))
    assert "A colleague must let you in" not in answer.text
    mailbox = directory.organisations()["kij"].principal_id
    assert privacy_queries.holders([mailbox])[mailbox] == {queries.user_by_email(EMAIL).principal_id}


# Links that do not work ----------------------------------------------------------------------------------------------


def refused(client, link, heading, status):
    before = client.get(link)
    after = client.post(link, data={"new": NEW, "again": NEW})
    for answer in (before, after):
        assert answer.status_code == status
        assert element(answer, "h1").get_text() == heading
    return before


def test_a_link_works_once(session, administrator, client):
    link = path_of(invite(administrator))
    assert choose(client, link).status_code == 200
    refused(client, link, "This link has been used", 410)
    assert session.scalar(select(func.count()).select_from(User).where(User.email == EMAIL)) == 1


def test_a_link_ends_after_seven_days(session, administrator, client, clock):
    link = path_of(invite(administrator))
    session.commit()
    clock.forward(days=6, hours=23)
    assert client.get(link).status_code == 200
    clock.forward(hours=2)
    refused(client, link, "This link has ended", 410)
    assert queries.user_by_email(EMAIL) is None


def test_a_forged_link(session, administrator, client):
    link = path_of(invite(administrator))
    for wrong in (link[:-1] + ("A" if link[-1] != "A" else "B"), link.rpartition("/")[0] + "/x", link + ".x.y"):
        refused(client, wrong, "This link does not work", 404)
    assert queries.user_by_email(EMAIL) is None


def test_a_link_sent_anew_ends_the_earlier_one(session, administrator, client, clock, outbox):
    invitation = invite(administrator)
    earlier = path_of(invitation)
    session.commit()
    clock.forward(days=8)
    admin_page = come_in(client, account_of("administrator"), "en").get("/en/account/people")
    assert "has ended" in admin_page.text
    form = element(admin_page, f'form[action$="/{invitation.id}/again"]')
    answer = client.post(str(form["action"]), data={one["name"]: one["value"] for one in form.select("input")})
    assert answer.status_code == 303
    session.expire_all()
    somebody = client.application.test_client()
    refused(somebody, earlier, "This link does not work", 404)
    assert somebody.get(path_of(invitation)).status_code == 200
    assert [mail.kind for mail in outbox()] == ["invited", "invited"]


def test_a_withdrawn_invitation(session, administrator, admin, client, outbox):
    invitation = invite(administrator)
    link, identity = path_of(invitation), invitation.id
    session.commit()
    form = element(admin.get("/en/account/people"), f'form[action$="/{identity}/withdraw"]')
    admin.post(str(form["action"]), data={one["name"]: one["value"] for one in form.select("input")})
    refused(client, link, "This link does not work", 404)
    assert outbox() == []


def test_a_second_invitation_ends_the_first(session, administrator, client):
    first = path_of(invite(administrator))
    second = path_of(invite(administrator, title="Anders"))
    refused(client, first, "This link does not work", 404)
    assert client.get(second).status_code == 200
    assert len(queries.open_invitations()) == 1


@pytest.mark.parametrize(
    ("password", "again", "said"),
    [
        ("kurz", None, "too short"),
        ("qwertzuiop12345", None, "easy to guess"),
        (NEW, "etwas-anderes", "The two passwords differ"),
        ("", None, "Please choose a password"),
    ],
)
def test_passwords_that_will_not_do(session, administrator, client, password, again, said):
    link = path_of(invite(administrator))
    answer = choose(client, link, password, again)
    assert answer.status_code == 422
    assert said in element(answer, "[role=alert]").get_text()
    assert queries.user_by_email(EMAIL) is None
    assert choose(client, link).status_code == 200


# The form ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"email": "nobody"}, "This is not an e-mail address"),
        ({"email": ""}, "Please enter the e-mail address"),
        ({"email": "ads@demo.example"}, "has an account"),
        ({"title": ""}, "Please name the desk"),
        ({"title": "x" * 151}, "too long"),
        ({"roles": None}, "Please choose at least one"),
        ({"roles": "king"}, "was not on this page"),
        ({"organisations": None}, "belongs to an organisation"),
        ({"organisations": "nowhere"}, "was not on this page"),
        ({"language": "fr"}, "was not on this page"),
        ({"csrf_token": "x"}, "We could not be sure"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_sent(session, admin, outbox, changes, said):
    answer = send_form(admin, **changes)
    assert answer.status_code == 422
    assert said in element(answer, "[role=alert]").get_text()
    assert queries.open_invitations() == []
    assert outbox() == []


# A forgotten password ------------------------------------------------------------------------------------------------


def test_a_forgotten_password(app, session, admin, client, mailbox):
    reader = queries.user_by_email("soziales@demo.example")
    sent = factories.sent()
    notifications.deliver()
    mailbox.raw.clear()
    theirs = come_in(app.test_client(), reader.email, "en")
    assert theirs.get("/en/desk/").status_code == 200
    old, secret = reader.principal_id, privacy.unlock(reader.principal_id, "teilhabe-vorfuehrung")
    page = admin.get(f"/en/account/people/{reader.id}/password")
    assert "set up their second factor anew" in page.text
    assert admin.post(f"/en/account/people/{reader.id}/password", data=fill_form(page)).status_code == 303
    assert theirs.get("/en/desk/").status_code == 200, "nothing changes until the link is followed"
    notifications.deliver()
    [link] = links_in(mailbox)
    answer = choose(client, link.replace("/de/", "/en/"))
    assert "A colleague must let you in" in answer.text
    session.expire_all()
    assert theirs.get("/en/desk/").status_code == 302
    assert session.scalars(select(VaultSession).where(VaultSession.user_id == reader.id)).all() == []
    assert reader.principal_id != old
    assert (reader.tf_totp_secret, reader.mf_recovery_codes, reader.webauthn) == (None, None, [])
    assert session.get(Vault, old) is None
    for principal, private in (
        (old, secret),
        (reader.principal_id, privacy.unlock(reader.principal_id, normalized(NEW))),
    ):
        with pytest.raises(CannotOpen):
            privacy.open_with_keys(privacy.keyring(principal, private), report_of(sent.number).box_id)
    colleague = queries.user_by_email("soziales-vertretung@demo.example")
    assert privacy.open_with_keys(
        privacy.keyring(colleague.principal_id, privacy.unlock(colleague.principal_id, "teilhabe-vorfuehrung")),
        report_of(sent.number).box_id,
    )


def test_an_ended_account_takes_its_links_along(session, administrator, client):
    reader = queries.user_by_email("soziales@demo.example")
    link = path_of(invitations.ask_for_new_password(administrator, reader))
    people.end(administrator, reader)
    refused(client, link, "Dieser Link funktioniert nicht", 404)
    assert invite(administrator, email="soziales@demo.example")


def test_somebody_who_got_an_account_meanwhile_is_not_added_twice(session, administrator, client):
    link = path_of(invite(administrator))
    service.add_user(EMAIL, "ein anderes langes wort", "Partner", [RoleName.PARTNER], ["awo"])
    choose(client, link)
    session.expire_all()
    user = queries.user_by_email(EMAIL)
    assert [role.name for role in user.roles] == [RoleName.PARTNER]
    assert privacy.unlock(user.principal_id, normalized(NEW))


def test_used_invitations_are_forgotten_in_time(session, administrator, client, clock):
    invitation = invite(administrator)
    choose(client, path_of(invitation))
    session.expire_all()
    clock.forward(days=6)
    invite(administrator, email="zwei@stadt.example")
    assert session.scalar(select(func.count()).select_from(Invitation)) == 2
    clock.forward(days=32)
    invite(administrator, email="drei@stadt.example")
    left = session.scalars(select(Invitation.email).order_by(Invitation.id)).all()
    assert left == ["zwei@stadt.example", "drei@stadt.example"]


@pytest.mark.parametrize("who", ["reader:ads", "coordinator", "partner:awo"])
def test_nobody_else_invites(session, sign_in, who):
    client = sign_in(who, "en")
    for path in ("", "/invite", "/1", "/1/end", "/1/password"):
        assert client.get(f"/en/account/people{path}").status_code == 403
