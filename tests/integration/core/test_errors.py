import io
from pathlib import Path

import pytest
from flask import abort
from sqlalchemy.engine import make_url

from app.core.database import db
from app.core.permissions import Permission, requires
from tests.support.clients import CheckingClient
from tests.support.forms import soup

MARKER = "Zitronenfalter"


@pytest.mark.parametrize(
    ("path", "language"),
    [("/de/nothing", "de"), ("/ar/nothing", "ar"), ("/en/services/nothing", "en"), ("/nothing", "de"), ("/fr/", "de"),
     ("/de/plans/nothing", "de"), ("/de-simple/areas/ortsteil/99", "de-simple"), ("/de/areas/nothing/18", "de")],
)  # fmt: skip
def test_an_unknown_page_is_a_page_in_the_same_language(client, path, language):
    answer = client.get(path)
    assert answer.status_code == 404
    page = soup(answer)
    assert page.html["lang"] == language
    assert page.select(f"main a[href='/{language}/']"), "there is no way on"


@pytest.mark.parametrize("path", ["/de/", "/ar/map", "/de/privacy"])
def test_a_page_that_takes_nothing_says_so(client, path):
    assert client.post(path, data={"text": MARKER}).status_code == 405


@pytest.mark.parametrize("code", [400, 401, 403, 404, 405, 413, 422, 429, 500, 503])
@pytest.mark.parametrize("language", ["de", "ar"])
def test_every_error_has_a_page_of_its_own_in_every_language(own_app, code, language):
    app = own_app()

    @app.get("/<lang:lang>/fails")
    @requires(Permission.PUBLIC)
    def fails():
        abort(code)

    answer = app.test_client().get(f"/{language}/fails")
    assert answer.status_code == code
    assert soup(answer).html["lang"] == language
    assert answer.headers["Cache-Control"] in {"no-store", "no-cache"}


@pytest.mark.parametrize("error", [ValueError(MARKER), RuntimeError(MARKER), KeyError(MARKER)])
def test_a_fault_shows_and_logs_nothing_of_what_was_said(own_app, capfd, error):
    app = own_app()

    @app.post("/<lang:lang>/fails")
    @requires(Permission.PUBLIC)
    def fails():
        raise error

    answer = app.test_client().post(f"/de/fails?{MARKER}", data={MARKER: MARKER})
    assert answer.status_code == 500
    # The address, which is the asker's own, stands in the language switch; nothing else does.
    assert answer.get_data(as_text=True).count(MARKER) == answer.get_data(as_text=True).count(f"/fails?{MARKER}=")
    logged = capfd.readouterr().err
    assert type(error).__name__ in logged
    assert "test_errors.py" in logged
    assert MARKER not in logged


@pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded", "multipart/form-data"])
def test_too_much_text_is_refused_with_a_page(client, kind):
    data = {"text": "x" * (300 * 1024), "page": "text", "go": "next"}
    answer = client.post("/de/report", data=data, content_type=kind)
    assert answer.status_code == 413
    assert soup(answer).html["lang"] == "de"


def test_too_many_fields_are_refused_with_a_page(client):
    data = {f"field-{number}": (io.BytesIO(b""), "") for number in range(2_000)}
    answer = client.post("/ar/report", data=data, content_type="multipart/form-data")
    assert answer.status_code == 413
    assert soup(answer).html["lang"] == "ar"


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"--x\r\nbroken", "multipart/form-data; boundary=x"),
        (b"\xff\xfe\x00", "application/x-www-form-urlencoded"),
        (b"{", "application/json"),
        (b"", "multipart/form-data"),
        (b"page=\x00&go=\x00&text=\x00", "application/x-www-form-urlencoded"),
        (b"page=check&go=send&consents=x&area=99999&longitude=nan&latitude=inf", "application/x-www-form-urlencoded"),
    ],
)
def test_no_body_breaks_the_report(client, body, kind):
    assert client.post("/de/report", data=body, content_type=kind).status_code in {200, 400, 413, 422}
    assert client.post("/de/receipt", data=body, content_type=kind).status_code in {200, 400, 413, 422}


@pytest.mark.parametrize("query", ["topic=%00", "topic=x&topic=y", "q=%ff", "plan=../../etc", "q=" + "x" * 5000])
def test_no_query_breaks_the_map(client, query):
    assert client.get(f"/de/map?{query}").status_code in {200, 400, 422}


# The database is gone ------------------------------------------------------------------------------------------------


@pytest.fixture
def lost(own_app, database):
    """An app whose database can be taken away, and brought back."""
    app = own_app()
    app.test_client_class = CheckingClient
    with app.app_context():
        address = make_url(app.config["SQLALCHEMY_DATABASE_URI"])

    class Lost:
        client = app.test_client()
        hidden = None

        def take_away(self):
            with app.app_context():
                db.engine.dispose()
            if database.name == "spatialite":
                self.hidden = Path(address.database)
                self.hidden.rename(f"{self.hidden}.away")
                self.hidden.mkdir()
            else:
                database.cluster.execute(f"ALTER DATABASE {address.database} ALLOW_CONNECTIONS false")
                query = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{}'"
                database.cluster.execute(query.format(address.database))

        def bring_back(self):
            if database.name == "spatialite":
                self.hidden.rmdir()
                Path(f"{self.hidden}.away").rename(self.hidden)
            else:
                database.cluster.execute(f"ALTER DATABASE {address.database} ALLOW_CONNECTIONS true")

    found = Lost()
    found.app = app
    return found


@pytest.mark.parametrize("language", ["de", "ar"])
def test_without_a_database_there_is_a_plain_page_that_says_so(lost, language):
    assert lost.client.get(f"/{language}/").status_code == 200
    lost.take_away()
    for path in ("", "map", "plans/poverty", "report", "account/login"):
        answer = lost.client.get(f"/{language}/{path}", follow_redirects=True)
        assert answer.status_code in {200, 503}, path
        if path != "account/login":
            assert answer.status_code == 503, path
        assert soup(answer).html["lang"] in {language, "de"}
    answer = lost.client.post(f"/{language}/report", data={"kind": "gap", "text": MARKER})
    assert answer.status_code == 503
    assert MARKER not in answer.get_data(as_text=True)
    assert lost.client.get("/healthz").status_code == 200
    ready = lost.client.get("/readyz")
    assert ready.status_code == 503
    assert ready.json["database"] is False
    lost.bring_back()
    assert lost.client.get(f"/{language}/").status_code == 200


def test_the_worker_survives_it_and_resumes(lost, monkeypatch):
    from app.core.heartbeat import age
    from app.wiring import worker

    monkeypatch.setattr(worker, "_app", lambda: lost.app)
    lost.take_away()
    worker.every_minute.call_local()
    worker.every_night.call_local()
    lost.bring_back()
    with lost.app.app_context():
        assert age("worker") is None
        db.session.rollback()
    worker.every_minute.call_local()
    with lost.app.app_context():
        assert age("worker").total_seconds() < 60
        db.session.rollback()
