"""What every answer tells the browser: load nothing from elsewhere, keep nothing personal, tell nobody."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from flask import g, request

from app.core.permissions import Permission, permission_of

if TYPE_CHECKING:
    from flask import Flask, Response

POLICY = (
    "default-src 'none'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'; script-src 'self'{nonce}; "
    "style-src 'self'; img-src 'self' data: blob:; font-src 'self'; connect-src 'self'; worker-src 'self'; "
    "manifest-src 'self'"
)
"""``data:`` images are the icons inside the style sheet; ``blob:`` is the preview of a file just chosen."""

ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "geolocation=(self), camera=(), microphone=(), payment=(), usb=()",
}


def csp_nonce() -> str:
    """The nonce of this answer, for the one inline script a page may have."""
    if "csp_nonce" not in g:
        g.csp_nonce = secrets.token_urlsafe(16)
    return str(g.csp_nonce)


def init_headers(app: Flask) -> None:
    """Put the headers on every answer."""
    app.jinja_env.globals["csp_nonce"] = csp_nonce

    @app.after_request
    def add_headers(response: Response) -> Response:
        response.headers.update(ALWAYS)
        nonce = f" 'nonce-{g.csp_nonce}'" if "csp_nonce" in g else ""
        response.headers["Content-Security-Policy"] = POLICY.format(nonce=nonce)
        view = app.view_functions.get(request.endpoint or "")
        personal = view is None or permission_of(view) is not Permission.PUBLIC or request.method == "POST"
        if personal or response.cache_control.no_store:
            response.headers["Cache-Control"] = "no-store"
        elif "Cache-Control" not in response.headers:
            response.headers["Cache-Control"] = "no-cache"
        if request.is_secure:
            response.headers["Strict-Transport-Security"] = "max-age=31536000; includeSubDomains"
        return response
