"""Files travel with the sending, and only with it."""

from io import BytesIO

import pytest
from sqlalchemy import func, select

from app.reports import dialogue
from app.reports.models import Report
from tests.support.corpus import MARK, pdf_bomb, pdf_of, pdf_with_everything, photo_with_place, picture
from tests.support.forms import soup as parsed
from tests.support.walks import GAP, answer, page_of, receipt_in, report_form, send, walk

SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


def soup(response):
    return parsed(response)


def reports(session):
    return session.scalar(select(func.count()).select_from(Report))


def post(client, values, *files, go="send", language="de"):
    values = values.copy()
    values["go"] = go
    values.setlist("files", [(BytesIO(content), name) for content, name in files])
    return client.post(f"/{language}/report", data=values, content_type="multipart/form-data")


def test_files_arrive_clean(session, client):
    values = report_form(walk(client))
    response = post(client, values, (photo_with_place(), "me.jpg"), (pdf_with_everything(), "letter.pdf"))
    opened = dialogue.open_by_receipt(receipt_in(response))
    assert [media_type for _identity, media_type in opened.content.files] == ["image/jpeg", "application/pdf"]
    assert opened.report.has_files
    for position in range(2):
        assert MARK.encode() not in dialogue.file_of(opened, position)[1]


def test_without_a_file_nothing_is_asked(session, client):
    values = report_form(walk(client))
    values["go"] = "send"
    values["files"] = (BytesIO(b""), "")
    response = client.post("/de/report", data=values, content_type="multipart/form-data")
    assert not dialogue.open_by_receipt(receipt_in(response)).report.has_files


@pytest.mark.parametrize(
    ("files", "status", "word"),
    [
        ([(picture(), "a.jpg"), (SVG, "b.jpg")], 422, "2"),
        ([(b"", "empty.pdf")], 422, "1"),
        ([(pdf_bomb(), "bomb.pdf")], 422, "1"),
        ([(picture(), f"{n}.jpg") for n in range(4)], 422, "3"),
        ([(b"\xff\xd8\xff" + bytes(10 * 1024 * 1024), "big.jpg")], 413, "1"),
        ([(b"\xff\xd8\xff" + bytes(40 * 1024 * 1024), "huge.jpg")], 413, "1"),
    ],
    ids=["wrong type", "empty", "bomb", "too many", "too large", "far too large"],
)
def test_a_bad_file_is_refused_with_its_number_and_nothing_typed_is_lost(session, client, files, status, word):
    values = report_form(walk(client))
    response = post(client, values, *files)
    assert response.status_code == status
    assert page_of(response) == "check"
    (error,) = soup(response).select("[data-error-summary] li")
    assert word in error.get_text()
    assert error.a["href"] == "#files"
    assert report_form(response)["text"] == GAP["text"]
    assert soup(response).select_one(".kern-alert--warning")
    assert reports(session) == 0


def test_the_reason_is_told_in_the_language_of_the_page(client):
    german = soup(post(client, report_form(walk(client)), (SVG, "a.svg"))).select_one("[data-error-summary] li")
    arabic = soup(post(client, report_form(walk(client, language="ar")), (SVG, "a.svg"), language="ar")).html
    assert arabic["dir"] == "rtl"
    assert german.get_text(strip=True)


@pytest.mark.parametrize("go", ["stay", "back", "change:text"])
def test_files_that_were_chosen_and_not_sent_must_be_chosen_again(client, go):
    response = post(client, report_form(walk(client)), (picture(), "a.jpg"), go=go)
    while page_of(response) != "check":
        response = answer(client, response, {})
    assert soup(response).select_one(".kern-alert--warning")
    assert not soup(response).select("input[type=hidden][name=files]")


def test_the_receipt_gives_the_files_back(session, client):
    receipt = receipt_in(post(client, report_form(walk(client)), (pdf_of(1), "a.pdf")))
    response = client.post("/de/receipt/file", data={"receipt": receipt, "position": "0"})
    assert response.mimetype == "application/pdf"
    assert response.headers["Content-Disposition"] == "attachment; filename=1.pdf"
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.data.startswith(b"%PDF")


@pytest.mark.parametrize("position", ["", "1", "-1", "x", "٠", "9" * 5000])
def test_there_is_no_other_file(session, client, position):
    receipt = receipt_in(send(client))
    assert client.post("/de/receipt/file", data={"receipt": receipt, "position": position}).status_code == 422


def test_a_flood_ends_at_the_door(client):
    values = report_form(walk(client))
    values["text"] = "x" * 300_000
    assert client.post("/de/report", data=values).status_code == 413
