"""Two steps to the desk: the password, then the second factor."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select, update

from app.accounts import queries, second_factor, service
from app.accounts.domain import RoleName
from app.accounts.models import User, VaultSession
from app.accounts.sessions import WRONG_MOST, WRONG_MOST_AN_HOUR
from app.core.clock import now
from app.wiring.demo import PASSWORD
from tests.conftest import account_of
from tests.support.arrivals import come_in, present_code
from tests.support.desks import element
from tests.support.forms import fill_form, soup

CODE = "/en/account/sign-in/code"
RECOVERY = "/en/account/sign-in/recovery"
NEW = "vier-wörter-ohne-zusammenhang"


def first_step(client, email, password=PASSWORD):
    page = client.get("/en/account/login")
    return client.post("/en/account/login", data=fill_form(page, email=email, password=password))


def second_step(client, code, action=CODE, **names):
    return client.post(action, data=fill_form(client.get(CODE), action, **(names or {"code": code})))


@pytest.fixture
def reader(session):
    return account_of("reader:ads")


def told(answer):
    return " ".join(item.get_text(" ", strip=True) for item in soup(answer).select("[role=alert], [role=status]"))


def test_the_password_alone_opens_nothing(session, client, reader):
    assert first_step(client, reader).location == CODE
    assert client.get("/en/desk/").location.startswith("/en/account/login")
    assert client.get("/en/account/me/").location.startswith("/en/account/login")
    assert client.post("/en/account/me/stay").status_code == 302
    [row] = session.scalars(select(VaultSession)).all()
    assert row.confirmed_at is None


def test_password_and_code_open_the_desk(app, client, reader):
    first_step(client, reader)
    assert second_step(client, present_code(app, reader)).location == "/en/account/"
    assert client.get("/en/desk/").status_code == 200
    assert client.get(CODE).location == "/en/account/"


def test_the_way_leads_where_somebody_wanted_to_go(app, client, reader):
    away = client.get("/en/desk/?state=waiting")
    page = client.get(away.location)
    action = str(element(page, "#sign-in")["action"])
    answer = client.post(action, data=fill_form(page, email=reader, password=PASSWORD))
    page = client.get(answer.location)
    form = element(page, "#code-form")
    code = present_code(app, reader)
    answer = client.post(str(form["action"]), data=fill_form(page, str(form["action"]), code=code))
    assert answer.location == "/en/desk/"


@pytest.mark.parametrize("target", ["https://elsewhere.example/", "//elsewhere.example", "/\\elsewhere.example", "x"])
def test_the_second_step_leads_to_no_other_host(app, client, reader, target):
    first_step(client, reader)
    page = client.get(CODE, query_string={"next": target})
    action = str(element(page, "#code-form")["action"])
    answer = client.post(action, data=fill_form(page, action, code=present_code(app, reader)))
    assert answer.location == "/en/account/"
    assert "elsewhere" not in page.get_data(as_text=True).partition("<main")[2]


def test_a_code_works_once(app, client, reader):
    code = present_code(app, reader)
    first_step(client, reader)
    assert second_step(client, code).status_code == 302
    again = app.test_client()
    first_step(again, reader)
    answer = second_step(again, code)
    assert answer.status_code == 422
    assert "has been used" in told(answer)
    assert again.get("/en/desk/").status_code == 302


def test_of_two_requests_with_one_code_only_one_gets_in(session, reader):
    """Another request takes the code after this one has looked at the person."""
    user = queries.user_by_email(reader)
    code, counter = second_factor.present_code(user)[0], int(now().timestamp()) // 30
    session.execute(
        update(User).where(User.id == user.id).values(tf_last_counter=counter + 1),
        execution_options={"synchronize_session": False},
    )
    assert user.tf_last_counter is None
    with pytest.raises(second_factor.UsedCode):
        second_factor.check_code(user, code)


def test_an_older_code_does_not_work_after_a_newer_one(app, client, session, reader, clock):
    older = present_code(app, reader)
    clock.forward(seconds=30)
    first_step(client, reader)
    second_step(client, present_code(app, reader))
    again = app.test_client()
    first_step(again, reader)
    assert second_step(again, older).status_code == 422


def test_a_code_that_is_two_minutes_old_does_not_work(app, client, reader, clock):
    code = present_code(app, reader)
    clock.forward(minutes=2)
    first_step(client, reader)
    assert "not right" in told(second_step(client, code))


def test_digits_of_any_script_and_spaces_are_understood(app, client, reader):
    code = present_code(app, reader)
    arabic = code.translate({ord(str(digit)): chr(0x660 + digit) for digit in range(10)})
    first_step(client, reader)
    assert second_step(client, f"{arabic[:3]} {arabic[3:]}").status_code == 302


@pytest.mark.parametrize("typed", ["", "000000", "abc", "1" * 500, "\x00"])
def test_a_wrong_code_is_explained(client, app, reader, typed):
    code = present_code(app, reader)
    first_step(client, reader)
    answer = second_step(client, typed if typed != code else "111111")
    assert answer.status_code == 422
    assert element(answer, "title").get_text().startswith("Error:")
    assert client.get("/en/desk/").status_code == 302


def test_five_wrong_codes_end_the_attempt_and_an_old_cookie_does_not_bring_it_back(app, client, session, reader):
    first_step(client, reader)
    page = client.get(CODE)
    kept = client.get_cookie("session").value
    for _ in range(WRONG_MOST):
        client.set_cookie("session", kept)
        answer = client.post(CODE, data=fill_form(page, CODE, code="000000"))
    assert answer.location == "/en/account/login"
    client.set_cookie("session", kept)
    right = client.post(CODE, data=fill_form(page, CODE, code=present_code(app, reader)))
    assert right.location.startswith("/en/account/login")
    assert client.get("/en/desk/").status_code == 302
    assert session.scalars(select(VaultSession.wrapped_key)).all() == [b""]


def test_twenty_wrong_codes_end_all_attempts_for_an_hour(app, session, reader, clock):
    for _ in range(WRONG_MOST_AN_HOUR // WRONG_MOST):
        client = app.test_client()
        first_step(client, reader)
        for _ in range(WRONG_MOST):
            answer = second_step(client, "000000")
        assert answer.location == "/en/account/login"
    client = app.test_client()
    first_step(client, reader)
    assert second_step(client, present_code(app, reader)).location == "/en/account/login"
    assert "wait an hour" in told(client.get("/en/account/login"))
    clock.forward(minutes=61)
    client = app.test_client()
    first_step(client, reader)
    assert second_step(client, present_code(app, reader)).location == "/en/account/"


def test_half_a_sign_in_ends_after_ten_minutes(app, client, reader, clock):
    first_step(client, reader)
    page = client.get(CODE)
    clock.forward(minutes=11)
    answer = client.post(CODE, data=fill_form(page, CODE, code=present_code(app, reader)))
    assert answer.location.startswith("/en/account/login")
    assert client.get("/en/desk/").status_code == 302


def test_the_second_step_of_one_is_no_second_step_of_another(app, client, session, reader):
    first_step(client, reader)
    other = account_of("coordinator")
    assert second_step(client, present_code(app, other)).status_code == 422


# Setting up ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("role", "required"), [("reader", True), ("coordinator", True), ("administrator", True), ("partner", False)]
)
def test_who_must_have_a_second_factor_gets_nowhere_without(app, client, session, role, required):
    organisations = {"reader": ["ads"], "partner": ["awo"]}.get(role, [])
    service.add_user("neu@stadt.example", NEW, "Neu", [RoleName(role)], organisations)
    answer = first_step(client, "neu@stadt.example", NEW)
    if not required:
        assert answer.location == "/en/account/"
        assert client.get("/en/needs/").status_code == 200
        return
    assert answer.location == "/en/account/sign-in/set-up"
    for path in ("desk/", "needs/", "account/", "account/me/", "account/people"):
        assert client.get(f"/en/{path}").location.startswith("/en/account/login"), path
    assert client.get(CODE).location == "/en/account/sign-in/set-up"


def test_setting_up_the_first_app(app, client, session):
    service.add_user("neu@stadt.example", NEW, "Neu", [RoleName.COORDINATOR])
    page = client.get(first_step(client, "neu@stadt.example", NEW).location)
    secret = element(page, "#secret").get_text().replace(" ", "")
    assert str(element(page, ".tk-qr img")["src"]).startswith("data:image/svg+xml")
    wrong = client.post("/en/account/sign-in/set-up", data=fill_form(page, code="000000"))
    assert "does not belong to the picture" in told(wrong)
    assert element(wrong, "#secret").get_text().replace(" ", "") == secret
    code = code_of(secret)
    done = client.post("/en/account/sign-in/set-up", data=fill_form(wrong, code=code))
    codes = [code.get_text() for code in soup(done).select("#codes code")]
    assert len(codes) == 10
    assert client.get("/en/account/me/").status_code == 200
    user = queries.user_by_email("neu@stadt.example")
    assert secret not in str(user.tf_totp_secret)
    assert not any(code in str(user.mf_recovery_codes) or code.replace("-", "") in str(user.mf_recovery_codes)
                   for code in codes)  # fmt: skip
    # The code of the set-up has been used.
    again = app.test_client()
    first_step(again, "neu@stadt.example", NEW)
    assert second_step(again, code).status_code == 422


def test_a_secret_for_another_session_cannot_be_slipped_in(app, client, session):
    service.add_user("neu@stadt.example", NEW, "Neu", [RoleName.COORDINATOR])
    service.add_user("anders@stadt.example", NEW, "Anders", [RoleName.COORDINATOR])
    other = app.test_client()
    known = other.get(first_step(other, "anders@stadt.example", NEW).location)
    page = client.get(first_step(client, "neu@stadt.example", NEW).location)
    secret = element(known, "#secret").get_text().replace(" ", "")
    ticket = str(element(known, "input[name=ticket]")["value"])
    answer = client.post("/en/account/sign-in/set-up", data=fill_form(page, code=code_of(secret), ticket=ticket))
    assert "took too long" in told(answer)
    assert queries.user_by_email("neu@stadt.example").tf_totp_secret is None


def code_of(secret):
    """What an authenticator app shows for a secret."""
    from passlib.totp import TOTP

    return TOTP(key=secret).generate().token


# Recovery codes ------------------------------------------------------------------------------------------------------


def test_a_recovery_code_works_once(app, client, session, reader):
    with app.app_context():
        codes = second_factor.new_recovery_codes(queries.user_by_email(reader))
        service.db.session.commit()
    first_step(client, reader)
    answer = second_step(client, "", RECOVERY, recovery=codes[0].upper().replace("-", " "))
    assert answer.location == "/en/account/"
    assert client.get("/en/desk/").status_code == 200
    again = app.test_client()
    first_step(again, reader)
    assert "none of your recovery codes" in told(second_step(again, "", RECOVERY, recovery=codes[0]))
    assert second_step(again, "", RECOVERY, recovery=codes[1]).status_code == 302


def test_nobody_elses_recovery_code_works(app, client, session, reader):
    with app.app_context():
        codes = second_factor.new_recovery_codes(queries.user_by_email(account_of("coordinator")))
        service.db.session.commit()
    first_step(client, reader)
    assert second_step(client, "", RECOVERY, recovery=codes[0]).status_code == 422


def test_the_last_recovery_codes_are_announced(app, client, session, reader):
    with app.app_context():
        user = queries.user_by_email(reader)
        codes = second_factor.new_recovery_codes(user)
        user.mf_recovery_codes = user.mf_recovery_codes[:2]
        service.db.session.commit()
    first_step(client, reader)
    second_step(client, "", RECOVERY, recovery=codes[1])
    assert "1 recovery codes left" in told(client.get("/en/desk/"))


# What there is not ---------------------------------------------------------------------------------------------------


def test_no_mail_recovers_and_nobody_registers(app):
    routes = {rule.endpoint for rule in app.url_map.iter_rules() if rule.endpoint.startswith("security.")}
    assert routes == {"security.login", "security.logout"}


@pytest.mark.parametrize("path", ["reset", "register", "confirm", "us-signin", "tf-setup", "wan-signin", "verify"])
def test_the_librarys_other_pages_are_not_there(client, path):
    assert client.get(f"/en/account/{path}").status_code == 404


def test_remembering_is_not_offered_and_not_done(app, client, reader):
    page = client.get("/en/account/login")
    form = fill_form(page, email=reader, password=PASSWORD, remember="y")
    client.post("/en/account/login", data=form)
    second_step(client, present_code(app, reader))
    assert client.get_cookie("remember_token") is None


def test_neither_address_nor_browser_is_kept(app, client, session, reader):
    client.environ_base |= {"REMOTE_ADDR": "203.0.113.77", "HTTP_USER_AGENT": "Admiral/4711"}
    come_in(client, reader, "en")
    client.environ_base |= {"REMOTE_ADDR": "203.0.113.78", "HTTP_USER_AGENT": "Pfauenauge/4712"}
    assert client.get("/en/desk/").status_code == 200
    with client.session_transaction() as kept:
        assert set(kept) <= {"_user_id", "_fresh", "vault", "csrf_token", "fs_cc", "fs_paa", "_flashes"}


def test_a_password_with_umlauts_signs_in_however_it_was_typed(app, client, session):
    import unicodedata

    service.add_user("neu@stadt.example", unicodedata.normalize("NFC", NEW), "Neu", [RoleName.PARTNER], ["awo"])
    assert first_step(client, "neu@stadt.example", unicodedata.normalize("NFD", NEW)).location == "/en/account/"
    again = app.test_client()
    assert first_step(again, "neu@stadt.example", NEW).location == "/en/account/"


# The demonstration ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["ads", "ads@demo.example", "koordination"])
def test_the_command_prints_the_code_that_holds_now(own_app, name):
    app = own_app(demo=True)
    done = app.test_cli_runner().invoke(args=["accounts", "totp", name])
    assert done.exit_code == 0, done.output
    code, seconds = re.fullmatch(r"(\d{6})  holds for (\d+) seconds\n", done.output).groups()
    assert 1 <= int(seconds) <= 30
    client = app.test_client()
    first_step(client, f"{name.partition('@')[0]}@demo.example")
    assert second_step(client, code).status_code == 302


def test_without_demo_the_command_tells_nothing(own_app):
    done = own_app().test_cli_runner().invoke(args=["accounts", "totp", "ads"])
    assert done.exit_code == 1
    assert "DEMO=1" in done.output
    assert not re.search(r"\d{6}", done.output)


def test_a_name_that_nobody_has_is_explained(own_app):
    done = own_app(demo=True).test_cli_runner().invoke(args=["accounts", "totp", "niemand"])
    assert done.exit_code == 1
    assert "administration, koordination" in done.output


def test_the_secret_is_bound_to_its_person(session, reader):
    user, other = queries.user_by_email(reader), queries.user_by_email(account_of("coordinator"))
    session.execute(update(User).where(User.id == other.id).values(tf_totp_secret=user.tf_totp_secret))
    session.expire_all()
    with pytest.raises(second_factor.WrongCode):
        second_factor.check_code(queries.user_by_email(other.email), "000000")
