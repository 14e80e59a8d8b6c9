import pytest
from flask import g

from app.core import revisions
from app.core.database import db
from app.core.revisions import mark, remembered, touch


@pytest.fixture
def counted():
    calls = []

    @remembered("places", "plans", most=2)
    def word(number=0):
        calls.append(number)
        return f"word {number}"

    return word, calls


def test_a_result_is_kept_until_its_content_changes(session, counted):
    word, calls = counted
    assert [word(), word(), word()] == ["word 0"] * 3
    assert calls == [0]
    touch("places")
    word()
    touch("plans")
    word()
    assert calls == [0, 0, 0]


def test_other_content_may_change(session, counted):
    word, calls = counted
    word()
    touch("directory")
    word()
    assert calls == [0]


def test_only_so_many_results_are_kept(session, counted):
    word, calls = counted
    for number in (1, 2, 1, 2, 3, 1):
        assert word(number) == f"word {number}"
    assert calls == [1, 2, 3, 1]


def test_a_mark_changes_with_every_touch_and_speaks_for_all_its_names(session):
    before = mark("places", "plans")
    touch("plans")
    after = mark("places", "plans")
    assert before != after
    assert before.split("-")[:1] != after.split("-")[-1:]
    touch("directory")
    assert mark("places", "plans") == after


def test_a_change_that_is_undone_leaves_no_result_behind(session, counted):
    word, calls = counted
    word()
    touch("places")
    word()
    session.rollback()
    word()
    assert calls == [0, 0, 0]
    touch("places")
    word()
    assert len(calls) == 4


def test_a_request_asks_once(app, session, count_statements, counted):
    word, _ = counted
    with app.test_request_context("/de/"), count_statements() as said:
        for _ in range(3):
            word(_)
            mark("routing")
        assert len(said) == 1
        touch("places")
        assert "revision_marks" not in g
        word(0)
        g.pop("revision_marks")
    assert revisions.mark("nothing-of-that-name") == "0"


def test_another_process_sees_the_change_with_its_next_request(own_app):
    one, other = own_app(), own_app()
    calls = []

    @remembered("places")
    def word():
        calls.append(1)

    with one.app_context():
        word()
    with other.app_context():
        touch("places")
        db.session.rollback()
    with one.app_context():
        word()
        assert len(calls) == 1
    with other.app_context():
        touch("places")
        db.session.commit()
    for _ in range(2):
        with one.app_context():
            word()
    assert len(calls) == 2


def test_what_was_read_before_a_change_is_not_kept_as_what_holds_after_it(monkeypatch):
    """Two threads: one is still reading when the other already knows of newer content."""
    now = ["old"]
    monkeypatch.setattr(revisions, "mark", lambda *_names: now[0])

    @remembered("places")
    def content(slow):
        read = now[0]
        if slow and read == "old":
            now[0] = "new"
            assert content(slow=False) == "new"
        return read

    assert content(slow=True) == "old"
    assert content(slow=True) == "new"
