"""Who was here stands nowhere: no address, browser or referrer in a log, the database or the instance folder."""

import http.client
import socket
from urllib.parse import urlencode

import pytest

from app.core.database import db
from app.core.permissions import OPEN_TO_ALL, permission_of
from tests.support.databases import close, make_app
from tests.support.leaks import files_below, leaks, stored
from tests.support.routes import address_of
from tests.support.servers import Server
from tests.support.walks import GAP, RECEIPT, report_form, walk

SOURCE = "127.0.77.7"
"""An address of this machine's own from which nothing else asks."""
MARKS = {
    "address": SOURCE,
    "address behind the proxy": "203.0.113.77",
    "address that the client claims": "198.51.100.99",
    "browser": "Admiralfalter/7.7",
    "referrer": "https://zitronenfalter.example/weg",
    "query": "Schwalbenschwanz-Suche",
    "path": "Trauermantel-Pfad",
    "cookie": "Distelfink-Keks",
    "field": "Kornblumen-Feld",
    "e-mail address": "nachtigall.4711@post.example",
    "password": "Wiedehopf-Geheimnis",
    "name of a file": "Pfauenauge-Bild.jpg",
}
HEADERS = {
    "User-Agent": MARKS["browser"],
    "Referer": MARKS["referrer"],
    "X-Forwarded-For": f"{MARKS['address that the client claims']}, {MARKS['address behind the proxy']}",
    "X-Real-IP": MARKS["address behind the proxy"],
    "Forwarded": f"for={MARKS['address behind the proxy']}",
    "Cookie": f"session={MARKS['cookie']}; other={MARKS['cookie']}",
    "From": MARKS["e-mail address"],
}
BROKEN = (
    b"%b / HTTP/9.9\r\n\r\n" % MARKS["path"].encode(),
    b"GET /%b HTTP/1.1\r\nHost: x\r\nUser-Agent %b\r\n\r\n" % (MARKS["path"].encode(), MARKS["browser"].encode()),
    b"GET /%b%b HTTP/1.1\r\nHost: x\r\n\r\n" % (MARKS["path"].encode() * 2_000, b"x"),
    b"POST /de/report HTTP/1.1\r\nHost: x\r\nContent-Length: %b\r\n\r\n" % MARKS["field"].encode(),
    b"POST /de/report HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n%b\r\n" % MARKS["field"].encode(),
    b"GET / HTTP/1.1\r\nHost: x\r\n" + b"X-A: %b\r\n" % MARKS["browser"].encode() * 300 + b"\r\n",
    b"\x16\x03\x01" + MARKS["browser"].encode(),
)
"""What gunicorn refuses before our code sees it, and would name the sender of."""


class Stranger:
    """Somebody who asks a server from a marked address, in a marked way."""

    def __init__(self, server):
        self.server = server

    def ask(self, method, path, body=None, kind="application/x-www-form-urlencoded"):
        connection = http.client.HTTPConnection("127.0.0.1", self.server.port, 30, source_address=(SOURCE, 0))
        try:
            headers = HEADERS | ({"Content-Type": kind} if body else {})
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            return answer.status, answer.headers, answer.read()
        finally:
            connection.close()

    def shout(self, words):
        with socket.create_connection(("127.0.0.1", self.server.port), 10, source_address=(SOURCE, 0)) as line:
            line.sendall(words)
            line.settimeout(3)
            try:
                return line.recv(65536)
            except TimeoutError:
                return b""


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_nobody_who_was_here_is_named_anywhere(database, tmp_path, figure):
    address = database.copy()
    server = Server(address, tmp_path / "instance", tmp_path / "log")
    server.environment |= {"LOG_LEVEL": "DEBUG", "TRUSTED_PROXIES": "1"}
    beside = make_app(address, tmp_path / "beside", demo=True)
    asked = cookies = 0
    with server.running():
        stranger = Stranger(server)
        query = f"?q={MARKS['query']}&text={MARKS['query']}"
        for rule in beside.url_map.iter_rules():
            if permission_of(beside.view_functions[rule.endpoint]) not in OPEN_TO_ALL:
                continue
            for method in sorted(rule.methods & {"GET", "POST"}):
                fields = {"text": MARKS["field"], "email": MARKS["e-mail address"], "password": MARKS["password"]}
                body = urlencode(fields) if method == "POST" else None
                status, headers, _page = stranger.ask(method, address_of(rule) + query, body)
                assert status != 500, f"{method} {rule.rule}"
                assert "Set-Cookie" not in headers or rule.endpoint == "security.login", f"{method} {rule.rule}"
                cookies += "Set-Cookie" in headers
                asked += 1
        asked += 3 + len(BROKEN)
        assert stranger.ask("GET", f"/de/{MARKS['path']}{query}")[0] == 404
        assert stranger.ask("PUT", f"/de/report{query}", MARKS["field"])[0] == 405
        receipt = sent_by(stranger, beside)
        for words in BROKEN:
            stranger.shout(words)
        assert server.ready(), "and it is still there"
    with beside.app_context():
        found = stored(address) | {f"instance/{name}": content for name, content in
                                   files_below(server.instance_dir).items()}  # fmt: skip
        db.session.rollback()
    found["log"] = server.log
    close(beside)
    database.drop(address)
    assert found["log"].count(b'"endpoint"') > 40, "the log says what was asked for"
    assert leaks([*MARKS.values(), receipt], found) == []
    size = sum(map(len, found.values())) / 1_000_000
    figure(f"{database.name}: {asked} marked requests, {len(MARKS)} marks, 0 found in {size:.0f} MB")


def sent_by(stranger, beside):
    """A whole report, with a file that has a name; gives its receipt."""
    client = beside.test_client()
    client.environ_base["HTTP_SEC_FETCH_SITE"] = "same-origin"
    values = report_form(walk(client, GAP | {"text": MARKS["field"]}))
    values["go"] = "send"
    parts = [
        f'--x\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in values.items(multi=True)
    ]
    parts.append(f'--x\r\nContent-Disposition: form-data; name="files"; filename="{MARKS["name of a file"]}"\r\n\r\n')
    from tests.support.leaks import photograph

    body = "".join(parts).encode() + photograph(MARKS["field"]) + b"\r\n--x--\r\n"
    status, _headers, page = stranger.ask("POST", "/de/report", body, "multipart/form-data; boundary=x")
    assert status == 200
    found = RECEIPT.search(page.decode().replace("<wbr>", ""))
    assert found, "no receipt was given"
    return "".join(sign for sign in found[0] if sign.isdigit())
