import io
import json
import logging
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.logs import ALLOWED, AllowListFormatter, QuietHandler

MARKER = "Zitronenfalter"


def line(name, message, *args, extra=None, error=None):
    logger = logging.Logger(name)  # noqa: LOG001
    exc_info = (type(error), error, error.__traceback__) if error else None
    record = logger.makeRecord(name, logging.ERROR, "file.py", 1, message, args, exc_info, extra=extra)
    text = AllowListFormatter().format(record)
    assert "\n" not in text
    return text, json.loads(text)


def test_our_own_words_are_written_but_not_what_is_put_into_them():
    text, fields = line("app.reports", "mail not delivered to %s", MARKER)
    assert fields["event"] == "mail not delivered to %s"
    assert MARKER not in text


def test_the_words_of_others_are_dropped():
    text, fields = line("werkzeug", f"GET /de/?q={MARKER}")
    assert MARKER not in text
    assert fields["logger"] == "werkzeug"


@given(st.dictionaries(st.from_regex(r"\A[a-z]{3,12}\Z"), st.just(MARKER), max_size=6))
def test_only_fields_on_the_list_are_written(extra):
    reserved = {"name", "msg", "args", "module", "process", "thread", "message", "asctime", "lineno", "created"}
    extra = {name: value for name, value in extra.items() if name not in {*ALLOWED, *reserved}}
    text, _ = line("app", "event", extra=extra)
    assert MARKER not in text


def test_the_list_is_short_and_names_nothing_personal():
    assert set(ALLOWED).isdisjoint({"path", "url", "query", "address", "ip", "user", "email", "number", "receipt"})


def test_an_exception_leaves_its_type_and_place_but_not_its_words():
    def fail():
        raise ValueError(MARKER)

    try:
        fail()
    except ValueError as error:
        text, fields = line("app", "unexpected error", error=error)
    assert MARKER not in text
    assert fields["error"] == "ValueError"
    assert "test_logs.py" in fields["where"][-1]


def test_nor_does_the_exception_that_caused_it():
    try:
        try:
            raise KeyError(MARKER)  # noqa: TRY301
        except KeyError as cause:
            raise RuntimeError(MARKER) from cause
    except RuntimeError:
        text, _ = line("sqlalchemy.pool", MARKER, error=sys.exc_info()[1])
    assert MARKER not in text


@pytest.mark.parametrize("message", [{"form": MARKER}, ValueError(MARKER), 17])
def test_a_message_that_is_no_text_is_not_written(message):
    text, _ = line("app", message)
    assert MARKER not in text


def test_a_line_that_cannot_be_written_is_not_printed_either(capsys):
    stream = io.StringIO()
    handler = QuietHandler(stream)
    stream.close()
    handler.handle(logging.Logger("app").makeRecord("app", logging.ERROR, "file.py", 1, MARKER, (MARKER,), None))  # noqa: LOG001
    printed = capsys.readouterr()
    assert printed.out + printed.err == ""
