"""One of the two web servers: ``python -m tests.bench.server platform`` or ``… bare``.

Both run under the platform's own gunicorn, with its settings, as ``flask serve`` starts it.
"""

from __future__ import annotations

import sys

from app.core.serving import listen, run_web_server
from app.core.settings import load_settings


def main(which: str) -> None:
    """Serve until a signal comes."""
    settings = load_settings()
    listener = listen(settings.host, settings.port)
    if which == "platform":
        from app.wiring.factory import create_app  # the bare app is to stay without the house

        app = create_app(settings)
    else:
        from tests.bench.bare import create_bare_app

        app = create_bare_app(settings.database)
        app.config["SETTINGS"] = settings
    run_web_server(app, listener)


if __name__ == "__main__":
    main(sys.argv[1])
