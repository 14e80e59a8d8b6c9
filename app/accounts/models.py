"""People of offices and partner organisations, their roles, and their unlocked sessions."""

from __future__ import annotations

from datetime import datetime

from flask_security.core import RoleMixin, UserMixin
from sqlalchemy import Column, ForeignKey, LargeBinary, Table
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.clock import now
from app.core.database import Base

account_role = Table(
    "account_user_role",
    Base.metadata,
    Column("user_id", ForeignKey("account_user.id", ondelete="CASCADE"), primary_key=True),
    Column("role_id", ForeignKey("account_role.id"), primary_key=True),
)


class Role(Base, RoleMixin):
    """A role; what it may do stands in ``accounts.domain.ROLE_PERMISSIONS``."""

    __tablename__ = "account_role"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)


class User(Base, UserMixin):
    """Somebody who signs in. ``title`` is the name of the desk, such as "Reader, anti-discrimination office"."""

    __tablename__ = "account_user"
    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(unique=True)
    password: Mapped[str]
    title: Mapped[str]
    language: Mapped[str] = mapped_column(default="de")
    active: Mapped[bool] = mapped_column(default=True)
    fs_uniquifier: Mapped[str] = mapped_column(unique=True)
    principal_id: Mapped[str | None] = mapped_column(unique=True)
    created_at: Mapped[datetime] = mapped_column(default=now)
    roles: Mapped[list[Role]] = relationship(  # type: ignore[assignment]
        secondary=account_role, lazy="selectin", order_by=Role.id
    )
    memberships: Mapped[list[Membership]] = relationship(
        cascade="all, delete-orphan", order_by="Membership.organisation_id"
    )


class Membership(Base):
    """A person belongs to an organisation."""

    __tablename__ = "account_membership"
    user_id: Mapped[int] = mapped_column(ForeignKey("account_user.id", ondelete="CASCADE"), primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("directory_organisation.id"), primary_key=True, index=True)


class VaultSession(Base):
    """An unlocked private key, wrapped by a key that only the session cookie holds."""

    __tablename__ = "account_vault_session"
    id: Mapped[str] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("account_user.id", ondelete="CASCADE"), index=True)
    wrapped_key: Mapped[bytes] = mapped_column(LargeBinary)
    opened_at: Mapped[datetime] = mapped_column(default=now)
    seen_at: Mapped[datetime] = mapped_column(default=now)
