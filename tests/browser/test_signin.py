"""Signing in with a browser: setting up the second factor, a passkey, and staying signed in."""

import pytest

from app.accounts import queries, second_factor
from app.core.database import db
from app.wiring import demo
from tests.browser.conftest import PHONE
from tests.conftest import account_of
from tests.support import provider as providers
from tests.support.arrivals import type_code, type_password
from tests.support.databases import close, make_app
from tests.support.servers import Server


@pytest.fixture
def beside(server, tmp_path):
    """An app on the database of the server, to look and to prepare."""
    app = make_app(server.database_address, tmp_path / "beside")
    yield app
    close(app)


def named(server):
    """The server by a name: browsers keep no passkeys for bare numbers."""
    return server.origin.replace("127.0.0.1", "localhost")


def address_of(app, who):
    with app.app_context():
        found = account_of(who)
        db.session.rollback()
    return found


def test_a_passkey_is_a_second_step(visitor, server, beside, axe):
    email = address_of(beside, "reader:ads")
    person = visitor(named(server), viewport=PHONE)
    keys = person.context.new_cdp_session(person.page)
    keys.send("WebAuthn.enable")
    keys.send(
        "WebAuthn.addVirtualAuthenticator",
        {"options": {"protocol": "ctap2", "transport": "usb", "hasResidentKey": False, "hasUserVerification": False}},
    )
    page = person.go("/en/account/login")
    type_password(page, email, demo.PASSWORD)
    type_code(page, beside, email)
    page = person.go("/en/account/me/passkeys")
    page.locator("main [name=name]").fill("Schlüsselbund")
    page.locator("main [name=password]").fill(demo.PASSWORD)
    with page.expect_navigation():
        page.locator("main form [type=submit]").click()
    person.axe(axe)
    with page.expect_navigation():
        page.locator("form[data-passkey] [type=submit]").click()
    assert "Schlüsselbund" in page.locator("#passkeys").inner_text()
    person.axe(axe)
    person.overflow()

    # Signed out and in again, with the passkey instead of the code.
    with page.expect_navigation():
        page.locator(".tk-desk__account [type=submit]").click()
    page = person.go("/en/account/login?next=/en/account/me/")
    type_password(page, email, demo.PASSWORD)
    person.axe(axe)
    person.overflow()
    with page.expect_navigation():
        page.locator("#passkey-form [type=submit]").click()
    assert page.url.endswith("/en/account/me/")
    with beside.app_context():
        [key] = queries.passkeys(queries.user_by_email(email).id)
        assert key.sign_count > 1
        assert key.usage == "secondary"
        db.session.rollback()

    # A passkey alone opens nothing: without the password there is not even a question for it.
    with page.expect_navigation():
        page.locator(".tk-desk__account [type=submit]").click()
    page = person.go("/en/account/sign-in/code")
    assert "/account/login" in page.url
    assert page.locator("form[data-passkey]").count() == 0


def test_somebody_new_sets_up_their_app_and_gets_codes(visitor, server, beside, axe):
    email = address_of(beside, "coordinator")
    with beside.app_context():
        second_factor.turn_off(queries.user_by_email(email))
        db.session.commit()
    person = visitor(server.origin, viewport=PHONE)
    page = person.go("/de/account/login")
    type_password(page, email, demo.PASSWORD)
    assert page.locator(".tk-qr img").evaluate("image => image.complete && image.naturalWidth > 100")
    person.axe(axe)
    person.overflow()
    from passlib.totp import TOTP

    page.locator("main [name=code]").fill(
        TOTP(key=page.locator("#secret").inner_text().replace(" ", "")).generate().token
    )
    with page.expect_navigation():
        page.locator("main form [type=submit]").click()
    assert page.locator("#codes li").count() == 10
    person.axe(axe)
    person.overflow()


def test_the_warning_comes_in_time_and_staying_works(visitor, server, beside):
    email = address_of(beside, "partner:awo")
    person = visitor(server.origin)
    page = person.go("/en/account/login")
    page.clock.install()
    type_password(page, email, demo.PASSWORD)
    type_code(page, beside, email)
    person.go("/en/account/me/password")
    dialog = page.locator("dialog[data-idle-minutes]")
    page.clock.run_for(24 * 60_000)
    assert not dialog.is_visible()
    page.clock.run_for(90_000)
    assert dialog.is_visible()
    with page.expect_response("**/account/me/stay") as stayed:
        dialog.locator("form [type=submit]").click()
    assert stayed.value.status == 204
    page.wait_for_function("!document.querySelector('dialog[data-idle-minutes]').open")

    # Words that were typed stay on the page when the session is over; a page without goes away.
    page.locator("main [name=new]").fill("noch nicht gesendet")
    page.clock.run_for(31 * 60_000)
    assert dialog.get_attribute("data-over") == ""
    assert page.url.endswith("/password")
    dialog.locator("[data-idle-close]").click()
    page.locator("main [name=new]").fill("")
    person.go("/en/account/me/")
    page.clock.run_for(31 * 60_000)
    page.wait_for_url("**/account/**")
    assert not dialog.is_visible()


def test_the_citys_own_sign_in_leads_to_the_desk_although_cookies_are_strict(database, visitor, tmp_path):
    address, back = database.copy(), "/de/account/directory/back"
    server = Server(address, tmp_path / "instance", tmp_path / "log")
    with providers.provider(server.origin + back, tmp_path / "provider") as directory:
        server.environment |= {name.upper(): value for name, value in directory.settings.items()}
        with server.running():
            person = visitor(server.origin)
            page = person.go("/de/account/login?next=/de/desk/")
            person.elsewhere = directory.issuer
            # Its pages ask for a typeface from far away.
            person.context.route("https://**", lambda route: route.abort())
            with page.expect_navigation(url=f"{directory.issuer}/**"):
                page.get_by_role("link", name="Anmeldung der Stadt").click()
            page.locator("[name=login]").fill("ads@demo.example")
            page.locator("[name=password]").fill("the directory's own")
            page.locator("[type=submit]").click()
            with page.expect_navigation(url=f"{server.origin}/de/account/directory/vault**"):
                page.locator("[type=submit]").click()
            page.locator("#vault [name=password]").fill(demo.PASSWORD)
            with page.expect_navigation(url=f"{server.origin}/de/desk/"):
                page.locator("#vault [type=submit]").click()
    database.drop(address)
