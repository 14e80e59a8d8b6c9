"""Where the rooms meet: blueprints, commands, template variables, the first start."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from app.accounts import cli as accounts_cli
from app.accounts import views as accounts_views
from app.accounts.signin import check_routes, init_accounts
from app.city import cli as city_cli
from app.city import service as city
from app.core import serving
from app.core.assets import cli as assets_cli
from app.core.database import db
from app.core.revisions import marks
from app.needs import cli as needs_cli
from app.needs import service as needs
from app.needs import views as needs_views
from app.notifications import queries as notifications
from app.places import cli as places_cli
from app.places import queries as places
from app.places import views as places_views
from app.privacy import cli as privacy_cli
from app.reports import receipt_views
from app.reports import views as report_views
from app.site import views as site_views
from app.triage import views as triage_views
from app.wiring import demo

if TYPE_CHECKING:
    from flask import Flask

    from app.core.settings import Settings

BLUEPRINTS = (
    site_views.bp,
    places_views.bp,
    report_views.bp,
    receipt_views.bp,
    accounts_views.bp,
    triage_views.bp,
    needs_views.bp,
)
COMMANDS = (assets_cli, serving.serve, city_cli.cli, places_cli.cli, accounts_cli.cli, privacy_cli.cli, needs_cli.cli)


def init_rooms(app: Flask) -> None:
    """Register every room. A route that does not say who may use it stops the start."""
    settings: Settings = app.config["SETTINGS"]
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    for command in COMMANDS:
        app.cli.add_command(command)
    init_accounts(app)
    check_routes(app)
    serving.init_serving(app, serving.Hooks(prepare, demo.sign_ins, "app.wiring.worker.huey"))
    app.jinja_env.globals["demo_sign_ins"] = demo.sign_ins if settings.demo else tuple
    # The administrator's page is in a lower room than the outbox.
    app.jinja_env.globals["undelivered_mails"] = notifications.dead

    @app.context_processor
    def about_the_city() -> dict[str, Any]:
        # An error page must also render while the database is gone.
        return {"demo": settings.demo, "threshold": settings.disclosure_threshold, "the_city": places.city}


def prepare(app: Flask) -> None:
    """What the first start does once, after the migrations: content, demonstration desks, a first snapshot."""
    settings: Settings = app.config["SETTINGS"]
    with app.app_context():
        if marks():
            return
        city.load(settings.city_dir)
        if settings.demo:
            demo.furnish()
        needs.rebuild()
        db.session.commit()
