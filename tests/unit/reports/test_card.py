"""The card with the receipt."""

from io import BytesIO

import pikepdf
import pytest
from flask import Flask
from flask_babel import Babel

from app.core.languages import LANGUAGES
from app.privacy.domain import receipt_from
from app.reports.card import receipt_card


@pytest.mark.parametrize("code", list(LANGUAGES))
def test_one_page_that_can_be_read_aloud(code):
    app = Flask(__name__)
    Babel(app)
    with app.test_request_context():
        receipt = receipt_from(code, "pepper")
        made = receipt_card(receipt, LANGUAGES[code], f"https://example.org/{code}/receipt")
    with pikepdf.open(BytesIO(made)) as pdf:
        assert len(pdf.pages) == 1
        assert str(pdf.Root.Lang) == LANGUAGES[code].formal
        assert pdf.Root.MarkInfo.Marked
        with pdf.open_metadata() as metadata:
            assert metadata["pdfuaid:part"] == "1"
            assert not any(receipt in str(value) for value in metadata.values())
        assert receipt not in str(dict(pdf.docinfo))
        assert "/Annots" not in pdf.pages[0].obj
