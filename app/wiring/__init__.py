"""Where the rooms meet: blueprints, commands, template variables, the first start."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

import click
from flask_migrate import upgrade

from app.accounts import (
    account_views,
    invitation_views,
    invitations,
    keys,
    keys_views,
    people,
    people_views,
    signin_views,
    sso,
    sso_views,
)
from app.accounts import cli as accounts_cli
from app.accounts import service as accounts
from app.accounts import views as accounts_views
from app.accounts.signin import check_routes, init_accounts
from app.administration import choice_views as _choice_views  # noqa: F401 - adds its views to the administration
from app.administration import views as administration_views
from app.audit import cli as _audit_cli  # noqa: F401 - adds its command to ``flask privacy``
from app.audit import views as audit_views
from app.backup import cli as backup_cli
from app.city import cli as city_cli
from app.city import service as city
from app.core import choices, serving
from app.core import workdays as _workdays  # noqa: F401 - its table
from app.core.assets import cli as assets_cli
from app.core.database import db
from app.core.limits import Quota, limited
from app.core.revisions import marks
from app.core.settings import REPOSITORY
from app.directory import cli as directory_cli
from app.figures import views as figures_views
from app.needs import blueprint as needs_pages
from app.needs import cli as needs_cli
from app.needs import service as needs
from app.needs.pages import file_views as _needs_files  # noqa: F401 - adds its views to the needs
from app.needs.pages import views as _needs_views  # noqa: F401 - adds its views to the needs
from app.needs.snapshot import service as snapshots
from app.notifications import service as notifications
from app.notifications import views as undelivered_views
from app.partners import blueprint as partners_blueprint
from app.partners import moved as partners_moved
from app.partners import views as _partner_views  # noqa: F401 - adds its views to the partners' desk
from app.partners.following import views as _following_views  # noqa: F401 - the same
from app.partners.people import staff_views as partner_organisation_views
from app.partners.people import views as _colleague_views  # noqa: F401 - the same
from app.partners.proposals import staff_views as proposal_views
from app.partners.proposals import views as _proposal_views  # noqa: F401 - the same
from app.partners.services import views as _service_views  # noqa: F401 - the same
from app.partners.spreadsheet import views as _table_views  # noqa: F401 - the same
from app.places import cli as places_cli
from app.places import queries as places
from app.places import views as places_views
from app.places.indicators import cli as _indicators_cli  # noqa: F401 - adds its command to ``flask places``
from app.places.population import cli as _population_cli  # noqa: F401 - adds its command to ``flask places``
from app.planning import blueprint as planning_blueprint
from app.planning import cli as planning_cli
from app.planning import entry_views as _entry_views  # noqa: F401 - adds its views to the editor of plans
from app.planning import review_views as _review_views  # noqa: F401 - the same
from app.planning import views as _planning_views  # noqa: F401 - the same
from app.planning.exchange import views as _exchange_views  # noqa: F401 - the same
from app.planning.history import views as history_views
from app.plans import queries as plans
from app.privacy import cli as privacy_cli
from app.reports import cli as _reports_cli  # noqa: F401 - adds its commands to ``flask privacy``
from app.reports import holdings, leaving, receipt_pages
from app.reports import receipt_views as _receipt_views  # noqa: F401 - adds its views to the receipt's pages
from app.reports import rights_views as _rights_views  # noqa: F401 - the same
from app.reports import views as report_views
from app.sheets import jobs
from app.site import views as site_views
from app.strategy import cli as strategy_cli
from app.strategy import queries as strategy_queries
from app.strategy import service as strategy
from app.strategy import views as strategy_views
from app.strategy.desk import views as drafting_views
from app.triage import assignment, coordination_views, handover, reassignment, work
from app.triage import views as triage_views
from app.triage.behalf import views as behalf_views
from app.triage.catalogue import views as catalogue_views
from app.triage.lists import views as _list_views  # noqa: F401 - adds its views to the desk
from app.wiring import demo
from app.workshop import cli as workshop_cli
from app.workshop import rule_views
from app.workshop import views as workshop_views

if TYPE_CHECKING:
    from flask import Flask

    from app.core.settings import Settings

BLUEPRINTS = (
    site_views.bp,
    places_views.bp,
    report_views.bp,
    receipt_pages.bp,
    accounts_views.bp,
    administration_views.bp,
    people_views.bp,
    invitation_views.bp,
    keys_views.bp,
    undelivered_views.bp,
    signin_views.bp,
    sso_views.bp,
    account_views.bp,
    triage_views.bp,
    behalf_views.bp,
    coordination_views.bp,
    workshop_views.bp,
    rule_views.bp,
    planning_blueprint.bp,
    catalogue_views.bp,
    figures_views.bp,
    needs_pages.bp,
    history_views.bp,
    partners_blueprint.bp,
    partners_moved.bp,
    partner_organisation_views.bp,
    proposal_views.bp,
    audit_views.bp,
    strategy_views.bp,
    drafting_views.bp,
)
COMMANDS = (
    assets_cli, serving.serve, city_cli.cli, places_cli.cli, directory_cli.cli, accounts_cli.cli, privacy_cli.cli,
    needs_cli.cli, backup_cli.cli, workshop_cli.cli, planning_cli.cli,
)  # fmt: skip


GUESSED = (
    "security.login", "signin.check_code", "signin.check_passkey", "signin.check_recovery", "signin.finish_set_up",
    "sso.open_vault",
    "invitations.accept", "me.password", "me.set_up_app", "me.recovery_codes", "me.turn_off", "me.new_passkey",
)  # fmt: skip
"""Where somebody could try passwords, codes or links one after the other."""


def init_rooms(app: Flask) -> None:
    """Register every room. A route that does not say who may use it stops the start."""
    settings: Settings = app.config["SETTINGS"]
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    for command in COMMANDS:
        app.cli.add_command(command)
    accounts.when_admitted(reassignment.at_sign_in)
    leaving.when_left(handover.end_all)
    leaving.when_left(work.clear_away)
    leaving.when_consent_withdrawn(handover.end_without_consent)
    init_accounts(app)
    sso.init_sso(app)
    check_routes(app)
    for endpoint in GUESSED:
        limited(Quota.SIGN_IN, keeps=False)(app.view_functions[endpoint])
    serving.init_serving(app, serving.Hooks(prepare, demo.sign_ins, "app.wiring.worker.huey", demo.TOTP_COMMAND))
    app.jinja_env.globals["demo_sign_ins"] = demo.sign_ins if settings.demo else tuple
    app.jinja_env.globals["keeping"] = holdings.promise
    jobs.when_waiting(_wake)
    strategy.when_issued(_wake_for_reports)
    strategy_cli.before_reports(_make_ready)
    snapshots.when_letting_go(strategy_queries.named_snapshots)
    # The page for people who have to wait is in the lowest room.
    app.jinja_env.globals["counselling"] = report_views.contacts
    # The outbox is above the room that asks for mails.
    invitations.asked.connect(notifications.tell_invited)
    keys.waits.connect(notifications.tell_somebody_waits)
    people.reads_no_longer.connect(assignment.release)

    @app.context_processor
    def about_the_city() -> dict[str, Any]:
        # An error page must also render while the database is gone.
        return {"demo": settings.demo, "threshold": choices.disclosure_threshold, "the_city": places.city}


def _wake(identity: str) -> None:
    from app.wiring import worker  # noqa: PLC0415 - it makes apps of its own

    worker.wake(identity)


def _wake_for_reports() -> None:
    from app.wiring import worker  # noqa: PLC0415 - it makes apps of its own

    worker.wake_for_reports()


def _make_ready(app: Flask) -> None:
    """A fresh instance gets its tables and its content first."""
    logging.getLogger("alembic").setLevel(logging.WARNING)
    upgrade(str(REPOSITORY / "migrations"))
    prepare(app)


def prepare(app: Flask) -> None:
    """What the first start does once, after the migrations: content, demonstration desks, publications, a snapshot."""
    settings: Settings = app.config["SETTINGS"]
    with app.app_context():
        if marks():
            # Earlier versions knew no editions.
            if not plans.editions() and city.bring_in_plans(settings.city_dir):
                db.session.commit()
            return
        city.load(settings.city_dir)
        code = None
        if settings.demo:
            # First of all, so that every mailbox is sealed to it from the beginning.
            code = demo.recovery_key()
            demo.furnish()
        needs.publish_due()
        snapshots.take()
        db.session.commit()
    if code:
        click.echo(f"\nRecovery key of this demonstration, shown this once:\n{privacy_cli.shown(code)}")
