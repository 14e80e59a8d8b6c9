"""``flask privacy``: what an operator does about keys, retention and the audit trail. Upper rooms add commands."""

from __future__ import annotations

from flask.cli import AppGroup

cli = AppGroup("privacy", help="Keys, retention and the audit trail.")
