"""The digits of a receipt as people type them."""

import pytest
from flask import Flask
from flask_babel import Babel
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from app.privacy.domain import grouped, receipt_from
from app.reports.receipt_forms import ReceiptForm

RECEIPT = receipt_from("a nonce", "a pepper")
SCRIPTS = {
    "arabic": "٠١٢٣٤٥٦٧٨٩",
    "persian": "۰۱۲۳۴۵۶۷۸۹",
    "devanagari": "०१२३४५६७८९",
    "fullwidth": "０１２３４５６７８９",
}


@pytest.fixture(autouse=True)
def _page():
    app = Flask(__name__)
    Babel(app)
    with app.test_request_context():
        yield


def typed(text):
    form = ReceiptForm(MultiDict({"receipt": text}))
    return form.digits(), " ".join(form.receipt.errors)


@pytest.mark.parametrize(
    "text",
    [
        RECEIPT,
        " ".join(grouped(RECEIPT)),
        "-".join(grouped(RECEIPT)),
        "\u2066" + "\u00a0".join(grouped(RECEIPT)) + "\u2069",
        "\n".join(grouped(RECEIPT)) + "\n",
        "Meine Quittung: " + RECEIPT,
        *(RECEIPT.translate(str.maketrans("0123456789", digits)) for digits in SCRIPTS.values()),
    ],
)
def test_any_script_and_any_spaces_will_do(text):
    assert typed(text) == (RECEIPT, "")


@pytest.mark.parametrize("position", range(0, 30, 7))
def test_one_wrong_digit_is_caught(position):
    wrong = str((int(RECEIPT[position]) + 1) % 10)
    digits, error = typed(RECEIPT[:position] + wrong + RECEIPT[position + 1 :])
    assert digits is None
    assert "mistyped" in error


def test_two_digits_that_changed_places_are_caught():
    position = next(n for n in range(29) if RECEIPT[n] != RECEIPT[n + 1])
    swapped = RECEIPT[:position] + RECEIPT[position + 1] + RECEIPT[position] + RECEIPT[position + 2 :]
    assert typed(swapped)[0] is None


@pytest.mark.parametrize(
    ("text", "word"), [("", "enter"), ("abc", "enter"), (RECEIPT[:-1], "29"), (RECEIPT + "1", "31")]
)
def test_the_message_says_what_is_wrong(text, word):
    digits, error = typed(text)
    assert digits is None
    assert word in error


@given(st.text(max_size=80))
def test_anything_else_is_no_receipt(text):
    assert typed(text)[0] is None
