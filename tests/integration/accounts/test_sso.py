"""The city's own directory says who somebody is; only their own password opens the vault."""

from __future__ import annotations

from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from sqlalchemy import func, select

from app.accounts import people, queries
from app.accounts.models import VaultSession
from app.core.database import db
from app.privacy.models import AuditEntry
from app.wiring.demo import PASSWORD
from tests.conftest import account_of
from tests.support import provider as providers
from tests.support.desks import element
from tests.support.forms import fill_form

HOME = "http://127.0.0.1:8000"
BACK = "/de/account/directory/back"
VAULT = "/en/account/directory/vault"


@pytest.fixture(scope="module")
def provider(tmp_path_factory):
    with providers.provider(HOME + BACK, tmp_path_factory.mktemp("provider") / "log") as running:
        yield running


@pytest.fixture
def house(own_app, provider):
    app = own_app(demo=True, base_url=HOME, **provider.settings)
    with app.app_context():
        yield app


@pytest.fixture
def reader(house):
    found = account_of("reader:ads")
    # Whoever only looked must not keep the others from writing.
    db.session.rollback()
    return found


def arrive(client, provider, name, wish="/en/desk/"):
    """From the sign-in page to the directory and back again, with the cookie that a browser would bring."""
    away = client.get("/en/account/directory", query_string={"next": wish})
    assert away.status_code == 302
    back = provider.sign_in(away.location, name, HOME)
    return client.get(back.removeprefix(HOME))


def give_password(client, password=PASSWORD):
    address = f"{VAULT}?next=/en/desk/"
    return client.post(address, data=fill_form(client.get(address), address, password=password))


def sessions():
    found = db.session.scalar(select(func.count()).select_from(VaultSession))
    db.session.rollback()
    return found


def test_the_directory_and_the_own_password_open_the_desk_without_a_code(house, provider, reader):
    client = house.test_client()
    assert arrive(client, provider, reader).location == f"{VAULT}?next=/en/desk/"
    assert sessions() == 0
    assert client.get("/en/desk/").status_code == 302
    assert give_password(client).location == "/en/desk/"
    assert client.get("/en/desk/").status_code == 200


def test_the_directory_alone_opens_nothing_and_a_wrong_password_neither(house, provider, reader):
    client = house.test_client()
    arrive(client, provider, reader)
    answer = give_password(client, "nicht-das-richtige-passwort")
    assert answer.status_code == 422
    assert "not right" in element(answer, "#password-error").get_text()
    assert sessions() == 0
    assert queries.user_by_email(reader).sso_subject is None


def test_afterwards_the_account_is_found_by_the_directorys_own_name_for_the_person(house, provider, reader):
    client = house.test_client()
    arrive(client, provider, reader)
    give_password(client)
    db.session.rollback()
    user = queries.user_by_email(reader)
    assert (user.sso_issuer, user.sso_subject) == (provider.issuer, reader)
    user.email = "somebody.else@example.org"
    db.session.commit()
    again = house.test_client()
    arrive(again, provider, reader)
    assert user.title in again.get(VAULT).text
    connected = db.session.scalar(
        select(func.count()).select_from(AuditEntry).where(AuditEntry.action == "directory_connected")
    )
    assert connected == 1


def test_a_connected_account_is_not_found_by_its_address_any_more(house, provider, reader):
    user = queries.user_by_email(reader)
    user.sso_issuer, user.sso_subject = provider.issuer, "another-name"
    db.session.commit()
    client = house.test_client()
    arrive(client, provider, reader)
    assert "No account here" in client.get(VAULT).text


def test_an_address_that_the_directory_does_not_vouch_for_finds_nobody(house, provider, reader):
    client = house.test_client()
    arrive(client, provider, f"unverified:{reader}")
    page = client.get(VAULT)
    assert "No account here" in page.text
    assert client.post(VAULT, data={"password": PASSWORD}).status_code in {200, 422}
    assert sessions() == 0


def test_an_ended_account_is_not_let_in(house, provider, reader):
    arrived = house.test_client()
    arrive(arrived, provider, reader)
    give_password(arrived)
    user = queries.user_by_email(reader)
    people.end(queries.administrators()[0], user)
    db.session.commit()
    assert user.sso_subject is None
    client = house.test_client()
    arrive(client, provider, reader)
    assert "No account here" in client.get(VAULT).text


@pytest.mark.parametrize(
    "spoil",
    [
        lambda said: said | {"code": ["forged"]},
        lambda said: said | {"state": ["forged"]},
        lambda said: {"error": ["access_denied"], "state": said["state"]},
        lambda _said: {},
    ],
    ids=["code", "state", "refused", "nothing"],
)
def test_what_the_directory_did_not_say_proves_nothing(house, provider, reader, spoil):
    client = house.test_client()
    away = client.get("/en/account/directory")
    said = parse_qs(urlsplit(provider.sign_in(away.location, reader, HOME)).query)
    answer = client.get(f"{BACK}?{urlencode(spoil(said), doseq=True)}")
    assert urlsplit(answer.location).path == "/de/account/login"
    assert urlsplit(client.get(VAULT).location).path == "/en/account/login"


def test_a_proof_holds_in_the_browser_that_asked_for_it_and_nowhere_else(house, provider, reader):
    client = house.test_client()
    away = client.get("/en/account/directory")
    back = provider.sign_in(away.location, reader, HOME).removeprefix(HOME)
    stranger = house.test_client()
    assert "being signed in" in stranger.get(back.replace("/de/", "/en/")).text
    assert urlsplit(stranger.get(f"{back}&again=1").location).path == "/de/account/login"
    assert client.get(back).location.startswith(VAULT)
    assert urlsplit(client.get(back).location or "").path != VAULT, "a code works once"


def test_the_password_must_come_within_ten_minutes(house, provider, reader, clock):
    client = house.test_client()
    arrive(client, provider, reader)
    clock.forward(minutes=11)
    assert urlsplit(client.get(VAULT).location).path == "/en/account/login"


def test_everybody_can_disconnect_their_account(house, provider, reader):
    client = house.test_client()
    arrive(client, provider, reader)
    give_password(client)
    page = client.get("/en/account/me/")
    answer = client.post("/en/account/directory/disconnect", data=fill_form(page, "/en/account/directory/disconnect"))
    assert answer.status_code == 303
    db.session.rollback()
    assert queries.user_by_email(reader).sso_subject is None


def test_without_a_directory_there_is_no_way_to_one(client):
    assert "directory" not in client.get("/en/account/login").text
    assert client.get("/en/account/directory").status_code == 404
    assert client.get(VAULT).status_code == 404


def test_a_directory_that_is_away_leaves_the_password(own_app):
    app = own_app(demo=True, oidc_issuer="http://127.0.0.1:9", oidc_client_id="nobody", oidc_client_secret="none")
    client = app.test_client()
    answer = client.get("/en/account/directory")
    assert urlsplit(answer.location).path == "/en/account/login"
    assert "cannot be reached" in client.get(answer.location).text
