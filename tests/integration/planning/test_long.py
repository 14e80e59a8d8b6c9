"""A plan that is too long for one request goes through the worker."""

from app.core.database import db
from app.planning.exchange import taking, yaml_text
from app.plans import editions, queries
from app.sheets import jobs
from app.sheets.models import Job
from app.sheets.tasks import State


def test_a_long_plan_is_read_and_taken_over_by_the_worker(own_app):
    app = own_app()
    with app.app_context():
        before = queries.in_force()
        model = before.measures[0]
        more = tuple(model.model_copy(update={"key": f"copy-{number}"}) for number in range(600))
        edition = before.model_copy(update={"measures": (*before.measures, *more)})
        draft = editions.draft_of("2025", "somebody")
        content = yaml_text.to_yaml(edition).encode()
        job = jobs.send("plans", "somebody", "plan.yaml", content, {taking.VERSION: str(draft.id)})
        assert job.state == State.WAITING
        db.session.commit()
        identity, version = job.id, draft.id
    for wanted in (State.CLEAN, State.TAKEN):
        with app.app_context():
            jobs.work(identity)
        with app.app_context():
            job = db.session.get_one(Job, identity)
            assert job.state == wanted, job.faults
            if wanted == State.CLEAN:
                assert job.preview["counts"]["new"] == len(more)
                jobs.take(job)
            db.session.commit()
    with app.app_context():
        found = queries.version(version)
        assert found is not None
        assert len(found[1].measures) == len(before.measures) + len(more)
