"""My account: password, authenticator app, recovery codes, passkeys."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from app.accounts import passkeys, queries, second_factor, service
from app.accounts.domain import RoleName
from app.accounts.models import VaultSession
from app.accounts.second_factor import WrongCode
from app.privacy import service as vault
from app.privacy.domain import CannotOpen
from app.privacy.models import AuditEntry
from app.wiring.demo import PASSWORD
from tests.conftest import account_of
from tests.support.arrivals import come_in
from tests.support.desks import element
from tests.support.forms import fill_form, soup

ME = "/en/account/me/"
NEW = "Trauermantel kauft vier Regenschirme"


@pytest.fixture
def email(session):
    return account_of("reader:ads")


@pytest.fixture
def reader(app, email):
    return come_in(app.test_client(), email, "en")


def send(client, path, **fields):
    return client.post(f"{ME}{path}", data=fill_form(client.get(f"{ME}{path}"), f"{ME}{path}", **fields))


def told(answer):
    return " ".join(item.get_text(" ", strip=True) for item in soup(answer).select("[role=alert], [role=status]"))


def change(client, current=PASSWORD, new=NEW, again=None):
    return send(client, "password", password=current, new=new, again=again or new)


# Password ------------------------------------------------------------------------------------------------------------


def test_the_new_password_signs_in_and_opens_the_keys(app, session, email, reader):
    user = queries.user_by_email(email)
    key = vault.unlock(user.principal_id, PASSWORD)
    assert change(reader).status_code == 303
    session.expire_all()
    assert vault.unlock(user.principal_id, NEW) == key
    with pytest.raises(CannotOpen):
        vault.unlock(user.principal_id, PASSWORD)
    fresh = come_in(app.test_client(), email, "en", password=NEW)
    assert fresh.get("/en/desk/").status_code == 200
    old = app.test_client()
    form = fill_form(old.get("/en/account/login"), email=email, password=PASSWORD)
    assert old.post("/en/account/login", data=form).status_code == 422


def test_this_session_stays_and_all_others_end(app, session, email, reader):
    other = come_in(app.test_client(), email, "en")
    change(reader)
    assert reader.get("/en/desk/").status_code == 200
    assert other.get("/en/desk/").status_code == 302
    assert len(session.scalars(select(VaultSession)).all()) == 1


@pytest.mark.parametrize("broken", ["hash", "end_others"])
def test_a_failure_leaves_hash_and_vault_as_they_were(own_app, monkeypatch, broken):
    app = own_app()
    with app.app_context():
        email = account_of("reader:ads")
    client = come_in(app.test_client(), email, "en")

    def fail(*_args):
        raise RuntimeError("lost")

    monkeypatch.setattr(service, "hash_password", fail) if broken == "hash" else monkeypatch.setattr(
        service.sessions, "end_others", fail
    )
    assert change(client).status_code == 500
    monkeypatch.undo()
    with app.app_context():
        assert vault.unlock(queries.user_by_email(email).principal_id, PASSWORD)
    assert come_in(app.test_client(), email, "en").get("/en/desk/").status_code == 200
    assert client.get("/en/desk/").status_code == 200


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"current": "falsch"}, "not your password"),
        ({"current": ""}, "Please type your password"),
        ({"new": "zu-kurz"}, "at least 12 characters"),
        ({"new": "passwordpassword"}, "easy to guess"),
        ({"new": "qwertyuiop123"}, "easy to guess"),
        ({"new": "1234567890123456"}, "easy to guess"),
        ({"new": "Jena-Jena-2026!"}, "makes up too much"),
        ({"new": "ads@demo.example"}, "makes up too much"),
        ({"new": PASSWORD}, "that you have now"),
        ({"again": "Trauermantel kauft drei Regenschirme"}, "differ"),
    ],
)
def test_what_will_not_do_is_explained_and_changes_nothing(session, email, reader, fields, said):
    answer = change(reader, **fields)
    assert answer.status_code == 422
    assert said in told(answer)
    assert vault.unlock(queries.user_by_email(email).principal_id, PASSWORD)
    assert PASSWORD not in answer.text


def test_five_wrong_passwords_end_the_session(session, reader):
    for _ in range(4):
        assert change(reader, current="falsch").status_code == 422
    assert change(reader, current="falsch").location == "/en/account/login"
    assert reader.get("/en/desk/").status_code == 302


def test_the_change_stands_in_the_audit_trail(session, email, reader):
    change(reader)
    entry = session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
    assert (entry.action, entry.actor) == ("password_changed", queries.user_by_email(email).principal_id)


# Authenticator app and recovery codes --------------------------------------------------------------------------------


def code_of(page):
    from passlib.totp import TOTP

    return TOTP(key=element(page, "#secret").get_text().replace(" ", "")).generate().token


def test_a_new_app_takes_the_place_of_the_old_one(app, session, email, reader):
    page = reader.get(f"{ME}app")
    old = queries.user_by_email(email).tf_totp_secret
    form = fill_form(page, f"{ME}app", code=code_of(page), password=PASSWORD)
    assert reader.post(f"{ME}app", data=form).status_code == 303
    session.expire_all()
    assert queries.user_by_email(email).tf_totp_secret != old
    assert come_in(app.test_client(), email, "en").get("/en/desk/").status_code == 200


@pytest.mark.parametrize(("wrong", "said"), [("password", "not your password"), ("code", "does not belong")])
def test_a_new_app_needs_the_password_and_a_code_of_its_own(session, email, reader, wrong, said):
    page = reader.get(f"{ME}app")
    old = queries.user_by_email(email).tf_totp_secret
    fields = {"code": code_of(page), "password": PASSWORD} | {wrong: "000000"}
    answer = reader.post(f"{ME}app", data=fill_form(page, f"{ME}app", **fields))
    assert answer.status_code == 422
    assert said in told(answer)
    assert queries.user_by_email(email).tf_totp_secret == old


def test_new_recovery_codes_are_shown_once_and_replace_the_old_ones(app, session, email, reader):
    first = [code.get_text() for code in soup(send(reader, "codes", password=PASSWORD)).select("#codes code")]
    second = [code.get_text() for code in soup(send(reader, "codes", password=PASSWORD)).select("#codes code")]
    assert len(set(first + second)) == 20
    page = reader.get(ME).text
    assert not any(code in page for code in second)
    assert "You have 10 recovery codes left" in page
    user = queries.user_by_email(email)
    with pytest.raises(WrongCode):
        second_factor.use_recovery_code(user, first[0])
    assert second_factor.use_recovery_code(user, second[0]) == 9


def test_recovery_codes_need_the_password(session, email, reader):
    answer = send(reader, "codes", password="falsch")
    assert answer.status_code == 422
    assert queries.user_by_email(email).mf_recovery_codes is None


def test_a_partner_may_do_without_and_a_reader_may_not(app, session, email, reader):
    assert reader.get(f"{ME}off").status_code == 303
    partner = come_in(app.test_client(), account_of("partner:awo"), "en")
    assert send(partner, "off", password=PASSWORD).status_code == 303
    assert queries.user_by_email(account_of("partner:awo")).tf_totp_secret is None
    assert "password alone" in partner.get(ME).text


def test_a_partner_may_set_one_up(app, session):
    service.add_user("neu@stadt.example", NEW, "Neu", [RoleName.PARTNER], ["awo"])
    partner = come_in(app.test_client(), "neu@stadt.example", "en", password=NEW)
    assert partner.get(f"{ME}passkeys").status_code == 303
    page = partner.get(f"{ME}app")
    done = partner.post(f"{ME}app", data=fill_form(page, f"{ME}app", code=code_of(page), password=NEW))
    assert len(soup(done).select("#codes code")) == 10
    again = app.test_client()
    form = fill_form(again.get("/en/account/login"), email="neu@stadt.example", password=NEW)
    assert again.post("/en/account/login", data=form).location == "/en/account/sign-in/code"


# Passkeys ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "credential", ["", "{}", "nonsense", "[]", '{"id": 1}', "null", "x" * 30000, '{"id":"AA","rawId":"AA"}']
)
def test_an_answer_that_no_passkey_gave_is_refused(session, reader, credential):
    page = send(reader, "passkeys", name="Schlüsselbund", password=PASSWORD)
    assert "challenge" in str(element(page, "form[data-passkey]")["data-options"])
    answer = reader.post(f"{ME}passkeys/made", data=fill_form(page, f"{ME}passkeys/made", credential=credential))
    assert answer.location == f"{ME}passkeys"
    assert queries.passkeys(queries.user_by_email(account_of("reader:ads")).id) == []


def test_a_passkey_needs_a_name_and_the_password(session, reader):
    assert "know it again" in told(send(reader, "passkeys", name=" ", password=PASSWORD))
    assert "not your password" in told(send(reader, "passkeys", name="Schlüsselbund", password="falsch"))


def test_a_ticket_is_for_one_purpose_and_one_session(app, session, reader):
    user = queries.user_by_email(account_of("reader:ads"))
    with app.test_request_context("/en/"):
        from flask import session as cookie

        cookie["vault"] = {"id": "one", "key": ""}
        _options, ticket = passkeys.question(user)
        with pytest.raises(WrongCode):
            passkeys.add(user, "x", "{}", ticket)
        cookie["vault"] = {"id": "other", "key": ""}
        with pytest.raises(WrongCode):
            passkeys.check(user, "{}", ticket)


def test_everybody_has_the_page(app, session, sign_in):
    for who in ("reader:ads", "coordinator", "partner:awo", "administrator"):
        assert "My account" in sign_in(who, "en").get(ME).text
