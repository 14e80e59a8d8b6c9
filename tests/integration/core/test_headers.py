import re

import pytest

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
