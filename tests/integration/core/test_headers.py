import re

import pytest

from app.core.permissions import Permission, permission_of
from tests.support.routes import address_of, rules
from tests.support.walks import receipt_in, send

PUBLIC = ["/de/", "/ar/map", "/de/plans", "/en/about", "/de/report", "/de-simple/privacy", "/de/receipt"]


def directives(answer):
    policy = answer.headers["Content-Security-Policy"]
    return dict(part.strip().partition(" ")[::2] for part in policy.split(";"))


@pytest.mark.parametrize("path", [*PUBLIC, "/de/account/login", "/de/nothing-here", "/healthz", "/static/none.css"])
def test_every_answer_says_what_a_browser_may_do(client, path):
    answer = client.get(path)
    policy = directives(answer)
    assert policy["default-src"] == "'none'"
    assert policy["frame-ancestors"] == policy["base-uri"] == "'none'"
    assert policy["form-action"] == "'self'"
    assert "unsafe" not in answer.headers["Content-Security-Policy"]
    for name, sources in policy.items():
        for source in sources.split():
            local = source in {"'self'", "'none'", "data:", "blob:"} or source.startswith("'nonce-")
            assert local, f"{name} {source}"
    assert not {"data:", "blob:"} & set(policy["script-src"].split())
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert answer.headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "geolocation=(self)" in answer.headers["Permissions-Policy"]
    assert "Server" not in answer.headers


def test_a_nonce_is_never_used_twice(client):
    pattern = re.compile(r"'nonce-([^']+)'")
    found = [pattern.findall(client.get("/de/report").headers["Content-Security-Policy"]) for _ in range(3)]
    nonces = [nonce for one in found for nonce in one]
    assert len(set(nonces)) == len(nonces)


@pytest.mark.parametrize("path", PUBLIC)
def test_public_pages_set_no_cookie(client, path):
    answer = client.get(path)
    assert answer.status_code == 200
    assert "Set-Cookie" not in answer.headers


def test_nor_does_the_way_of_a_report(client):
    answer = client.post("/de/report", data={"kind": "gap"})
    assert answer.status_code == 200
    assert "Set-Cookie" not in answer.headers
    assert client.get_cookie("session") is None


def test_the_cookie_of_the_offices_is_out_of_reach(sign_in, own_app):
    client = sign_in("reader:ads")
    cookie = client.get_cookie("session")
    assert cookie.http_only
    assert cookie.same_site == "Strict"
    assert not cookie.secure
    secure = own_app(base_url="https://karte.example")
    assert secure.config["SESSION_COOKIE_SECURE"]


@pytest.mark.parametrize("path", ["/de/desk/", "/de/needs/", "/de/account/login"])
def test_what_is_personal_is_kept_nowhere(sign_in, path):
    assert sign_in("reader:ads").get(path).headers["Cache-Control"] == "no-store"


def test_answers_of_a_report_are_kept_nowhere(client):
    assert client.post("/de/report", data={"kind": "gap"}).headers["Cache-Control"] == "no-store"
    assert client.get("/de/receipt").headers["Cache-Control"] == "no-store"


def test_public_pages_are_asked_for_again(client):
    answer = client.get("/de/")
    assert "no-cache" in answer.headers["Cache-Control"]
    assert answer.headers["ETag"]
    again = client.get("/de/", headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304
    assert again.get_data() == b""


def test_encryption_is_insisted_on_where_there_is_any(client):
    assert "Strict-Transport-Security" not in client.get("/de/").headers
    secure = client.get("/de/", base_url="https://localhost")
    assert "max-age=31536000" in secure.headers["Strict-Transport-Security"]


def test_a_proxy_is_believed_only_where_the_settings_name_one(client, own_app):
    said = {"X-Forwarded-Proto": "https", "X-Forwarded-Host": "elsewhere.example", "X-Forwarded-For": "10.0.0.1"}
    assert "Strict-Transport-Security" not in client.get("/de/", headers=said).headers
    behind = own_app(trusted_proxies=1).test_client()
    assert "Strict-Transport-Security" in behind.get("/de/", headers=said).headers


def test_nobody_can_make_the_house_speak_of_another_host(client):
    answer = client.get("/de/", headers={"Host": "elsewhere.example"})
    assert "elsewhere.example" not in answer.get_data(as_text=True)


# Every route, by everybody -------------------------------------------------------------------------------------------

KEPT_NOWHERE = {"no-store"}


def answers(app, person):
    """What each route answers to a GET, and where there is one to a POST without anything in it."""
    for rule in rules(app):
        for method in sorted(rule.methods & {"GET", "POST"}):
            if rule.endpoint in {"security.logout", "me.end_sessions"}:
                continue
            said = {"Accept-Encoding": "gzip, br, zstd, deflate"}
            yield rule, method, person.open(address_of(rule), method=method, headers=said)


@pytest.mark.parametrize("who", [None, "reader:ads", "coordinator", "partner:awo", "administrator"])
def test_every_route_says_what_a_browser_may_do_and_keep(app, sign_in, client, who):
    person, seen = sign_in(who) if who else client, 0
    for rule, method, answer in answers(app, person):
        where = f"{method} {rule.rule}"
        policy = directives(answer)
        assert "unsafe" not in answer.headers["Content-Security-Policy"], where
        assert policy["style-src"] == "'self'", where
        assert policy["object-src" if "object-src" in policy else "default-src"] == "'none'", where
        assert answer.headers["Cross-Origin-Opener-Policy"] == "same-origin", where
        assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin", where
        assert answer.headers["Referrer-Policy"] == "no-referrer", where
        assert answer.headers["X-Content-Type-Options"] == "nosniff", where
        permission = permission_of(app.view_functions[rule.endpoint])
        if permission is not Permission.PUBLIC or method == "POST":
            assert answer.headers["Cache-Control"] in KEPT_NOWHERE, where
            # Who can make a page repeat their words and see how long it gets could guess the others.
            assert "Content-Encoding" not in answer.headers, where
        elif who is None and not rule.endpoint.startswith("security."):
            assert "Set-Cookie" not in answer.headers, where
        seen += 1
    assert seen > 60


def test_pages_that_carry_personal_words_are_never_compressed(client):
    receipt = receipt_in(send(client))
    said = {"Accept-Encoding": "gzip, br"}
    for path in ("receipt", "receipt/keep", "receipt/erase"):
        answer = client.post(f"/de/{path}", data={"receipt": receipt}, headers=said)
        assert answer.status_code == 200
        assert "Content-Encoding" not in answer.headers
        assert answer.headers["Cache-Control"] in KEPT_NOWHERE
