"""``flask plans``: lists, writes out, and takes a file in after showing what differs."""

import click

from app.core.database import db
from app.plans import editions
from app.plans import queries as plans
from app.plans.document import Edition, told


def test_the_command_line_lists_exports_and_imports(own_app, tmp_path, monkeypatch):
    app = own_app()
    run = app.test_cli_runner()
    file = tmp_path / "plan.yaml"
    assert "in force" in run.invoke(args=["plans", "list"]).output
    for name in ("plan.yaml", "plan.xlsx"):
        answer = run.invoke(args=["plans", "export", "--edition", "2025", str(tmp_path / name)])
        assert answer.exit_code == 0, answer.output
        assert "nothing differs" in run.invoke(args=["plans", "import", str(tmp_path / name)]).output
    file.write_text(file.read_text().replace("state: under_way", "state: done", 1))
    assert run.invoke(args=["plans", "import", str(file)], input="n\n").exit_code == 1
    answer = run.invoke(args=["plans", "import", "--yes", str(file)])
    assert answer.exit_code == 0, answer.output
    assert "State: under way -> done" in answer.output
    with app.app_context():
        (card,) = plans.drafts()
        found = plans.version(card.id)
        assert told(found[1])["measures"][0]["state"] == "done"
    file.write_text(file.read_text().replace("state: done", "state: paused", 1))

    def think_it_over(*_args, **_more):
        assert not db.session.registry().in_transaction()
        draft = editions.draft_of("2025", "somebody")
        editions.change(draft, Edition.model_validate(draft.document | {"to": 2030}), "somebody")
        db.session.commit()

    monkeypatch.setattr(click, "confirm", think_it_over)
    answer = run.invoke(args=["plans", "import", str(file)])
    assert answer.exit_code == 1
    assert "somebody else has changed the draft meanwhile" in answer.output
    file.write_text(file.read_text().replace("state: paused", "state: soon", 1))
    answer = run.invoke(args=["plans", "import", "--yes", str(file)])
    assert answer.exit_code == 1
    assert "“soon” is not known here." in answer.output
    new = tmp_path / "new.yaml"
    new.write_text(file.read_text().replace("state: soon", "state: done", 1).replace("key: '2025'", "key: '2028'", 1))
    assert run.invoke(args=["plans", "import", "--yes", str(new)]).exit_code == 0
    assert "2028" in run.invoke(args=["plans", "list"]).output
    assert run.invoke(args=["plans", "export", "--edition", "1900", str(file)]).exit_code == 1
