"""People from the command line."""

from __future__ import annotations

import pytest

from app.accounts import queries
from app.accounts.domain import RoleName
from app.directory import queries as directory
from app.privacy import domain
from app.privacy import queries as privacy
from app.privacy import service as vault
from app.routing import queries as routing

PASSWORD = "vier worte ohne zusammenhang"


def _user(email):
    found = queries.user_by_email(email)
    assert found is not None
    return found


def _mailbox(office):
    found = directory.organisations()[office].principal_id
    assert found is not None
    return found


@pytest.fixture
def accounts(app, session):
    def run(*arguments, typed=(PASSWORD, PASSWORD)):
        return app.test_cli_runner().invoke(args=["accounts", *arguments], input="".join(f"{one}\n" for one in typed))

    return run


def test_the_first_administrator(accounts):
    done = accounts("create-admin", "Chefin@Stadt.example")
    assert done.exit_code == 0
    assert PASSWORD not in done.output
    user = _user("chefin@stadt.example")
    assert [role.name for role in user.roles] == [RoleName.ADMINISTRATOR]
    assert vault.unlock(user.principal_id, PASSWORD)


def test_an_administrator_signs_in_and_sets_up_the_second_factor(accounts, app):
    from tests.support.forms import fill_form

    accounts("create-admin", "chefin@stadt.example")
    client = app.test_client()
    page = client.get("/en/account/login")
    form = fill_form(page, email="chefin@stadt.example", password=PASSWORD)
    assert client.post("/en/account/login", data=form).location == "/en/account/sign-in/set-up"


def test_a_password_that_is_easy_to_guess_is_asked_again(accounts):
    easy = "qwertzuiop12345"
    done = accounts("create-admin", "chefin@stadt.example", typed=(easy, PASSWORD, PASSWORD))
    assert done.exit_code == 0, done.output
    assert "easy to guess" in done.output


def test_a_reader_opens_the_mailbox_of_an_office(accounts):
    assert directory.organisations()["kij"].principal_id is None
    done = accounts("add", "neu@stadt.example", "--role", "reader", "--organisation", "kij", "--title", "Lesen, KIJ")
    assert done.exit_code == 0, done.output
    user = _user("neu@stadt.example")
    mailbox = _mailbox("kij")
    assert privacy.holders([mailbox]) == {mailbox: {user.principal_id}}
    assert "kij: does not receive reports." in done.output


def test_a_later_reader_is_told_to_wait_for_the_key(accounts):
    done = accounts("add", "neu@stadt.example", "--role", "reader", "--organisation", "ads", "--title", "Lesen")
    user = _user("neu@stadt.example")
    code = domain.check_code(privacy.public_keys([user.principal_id])[user.principal_id])
    assert f"ads: a colleague there has to let neu@stadt.example in. Check code: {code}" in done.output
    mailbox = _mailbox("ads")
    assert user.principal_id not in privacy.holders([mailbox])[mailbox]
    assert routing.desks()["ads"].opens


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("create-admin", "no-address"), "EMAIL"),
        (("create-admin", "administration@demo.example"), "has an account already"),
        (("add", "a@b.example", "--role", "king", "--title", "x"), "king"),
        (("add", "a@b.example", "--role", "reader", "--title", "x"), "needs an --organisation"),
        (("add", "a@b.example", "--role", "reader", "--organisation", "no", "--title", "x"), "no organisation 'no'"),
        (("add", "a@b.example", "--role", "reader", "--organisation", "ads"), "--title"),
    ],
)
def test_what_is_wrong_is_said(accounts, arguments, said):
    before = queries.user_count()
    done = accounts(*arguments)
    assert done.exit_code == 2
    assert said in done.output
    assert queries.user_count() == before


def test_short_and_differing_passwords_are_asked_again(accounts):
    done = accounts("create-admin", "chefin@stadt.example", typed=("kurz", PASSWORD, "anders", PASSWORD, PASSWORD))
    assert done.exit_code == 0, done.output
    assert "at least 12 characters" in done.output
