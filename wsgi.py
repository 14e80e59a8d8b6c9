"""Entry point of the web server and of the command line (``flask --app wsgi …``)."""

from app.wiring.factory import create_app

app = create_app()
