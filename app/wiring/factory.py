"""The app, built from settings: the house first, then its rooms."""

from __future__ import annotations

from typing import TYPE_CHECKING

from werkzeug.middleware.proxy_fix import ProxyFix

from app.core.assets import init_assets
from app.core.database import engine_options, init_database
from app.core.errors import init_errors
from app.core.fragments import init_fragments
from app.core.headers import init_headers
from app.core.languages import init_languages
from app.core.limits import init_limits
from app.core.logs import init_logs
from app.core.requests import InMemoryUploads, RowNumber
from app.core.settings import REPOSITORY, Settings, load_settings
from app.wiring import init_rooms

if TYPE_CHECKING:
    from flask import Flask

FORM_FIELDS_MAX = 300
TEXT_BYTES_MAX = 256 * 1024
BODY_BYTES_MAX = 1024 * 1024
"""Of a request. A view that takes files allows more."""


def create_app(settings: Settings | None = None) -> Flask:
    """Build the app from settings, by default those of the environment."""
    settings = settings or load_settings()
    app = InMemoryUploads(
        "app",
        static_folder=None,
        template_folder=str(REPOSITORY / "templates"),
        instance_path=str(settings.instance_dir.resolve()),
    )
    app.config.update(
        SETTINGS=settings,
        SECRET_KEY=settings.secret_key.get_secret_value(),
        SQLALCHEMY_DATABASE_URI=settings.database,
        SQLALCHEMY_ENGINE_OPTIONS=engine_options(settings.database),
        MAX_CONTENT_LENGTH=BODY_BYTES_MAX,
        MAX_FORM_MEMORY_SIZE=TEXT_BYTES_MAX,
        MAX_FORM_PARTS=FORM_FIELDS_MAX,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Strict",
        SESSION_COOKIE_SECURE=settings.public_address.startswith("https:"),
    )
    app.url_map.converters["int"] = RowNumber
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    if settings.trusted_proxies:
        hops = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
    init_logs(app, settings.log_level)
    init_database(app)
    init_languages(app)
    init_fragments(app)
    init_headers(app)
    init_errors(app)
    init_limits(app)
    init_assets(app)
    init_rooms(app)
    return app
