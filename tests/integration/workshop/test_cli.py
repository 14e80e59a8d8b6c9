"""``flask routing prove`` on the rules of Jena."""

from sqlalchemy import update

from app.core.revisions import touch
from app.directory.models import Organisation


def prove(app):
    return app.test_cli_runner().invoke(args=["routing", "prove"])


def test_the_rules_of_jena_hold(app):
    answer = prove(app)
    assert answer.exit_code == 0, answer.output
    assert "unreachable   0" in answer.output


def test_an_office_that_closes_is_named_with_an_example(app, session):
    session.execute(update(Organisation).where(Organisation.key == "ads").values(receives=False))
    touch("directory")
    answer = prove(app)
    assert answer.exit_code == 1
    assert "a rule names ads, which does not receive reports now; for example kind discrimination" in answer.output
