"""Every select of this room: what an operator is told about a database."""

from __future__ import annotations

from sqlalchemy import func, select, text

from app.accounts.models import User
from app.core.database import db
from app.privacy.models import AuditEntry
from app.reports.models import Report


def revision() -> str:
    """The revision of the schema."""
    found: str = db.session.execute(text("SELECT version_num FROM alembic_version")).scalar_one()
    return found


def counts() -> dict[str, int]:
    """How many reports, accounts and entries of the audit trail there are."""
    tables = {"reports": Report.id, "accounts": User.id, "entries": AuditEntry.id}
    return {name: db.session.scalar(select(func.count(column))) or 0 for name, column in tables.items()}
