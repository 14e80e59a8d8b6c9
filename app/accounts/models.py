"""People of offices and partner organisations, their roles, second factors, invitations and unlocked sessions."""

from __future__ import annotations

from datetime import datetime

from flask_security.core import RoleMixin, UserMixin, WebAuthnMixin
from sqlalchemy import JSON, Column, ForeignKey, LargeBinary, Table, UniqueConstraint
from sqlalchemy.ext.mutable import MutableList
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
    """Somebody who signs in. ``title`` is the name of the desk, such as "Reader, anti-discrimination office".

    ``sso_issuer`` and ``sso_subject`` are who they are in the city's own directory (OpenID Connect ``iss``, ``sub``).
    ``digest`` says that they want a mail about their cases every week.
    """

    __tablename__ = "account_user"
    __table_args__ = (UniqueConstraint("sso_issuer", "sso_subject"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(unique=True)
    password: Mapped[str]
    title: Mapped[str]
    language: Mapped[str] = mapped_column(default="de")
    active: Mapped[bool] = mapped_column(default=True)
    fs_uniquifier: Mapped[str] = mapped_column(unique=True)
    principal_id: Mapped[str | None] = mapped_column(unique=True)
    created_at: Mapped[datetime] = mapped_column(default=now)
    tf_primary_method: Mapped[str | None]
    tf_totp_secret: Mapped[str | None]
    tf_last_counter: Mapped[int | None]
    mf_recovery_codes: Mapped[list[str] | None] = mapped_column(MutableList.as_mutable(JSON()))
    sso_issuer: Mapped[str | None]
    sso_subject: Mapped[str | None]
    digest: Mapped[bool] = mapped_column(default=True)
    fs_webauthn_user_handle: Mapped[str | None] = mapped_column(unique=True)  # type: ignore[assignment]
    roles: Mapped[list[Role]] = relationship(  # type: ignore[assignment]
        secondary=account_role, lazy="selectin", order_by=Role.id
    )
    memberships: Mapped[list[Membership]] = relationship(
        cascade="all, delete-orphan", order_by="Membership.organisation_id"
    )
    webauthn: Mapped[list[Passkey]] = relationship(  # type: ignore[assignment]
        cascade="all, delete-orphan", order_by="Passkey.id"
    )


class Passkey(Base, WebAuthnMixin):
    """A security key or passkey, as a second factor only. The names of the columns are Flask-Security's."""

    __tablename__ = "account_passkey"
    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("account_user.id", ondelete="CASCADE"), index=True)
    name: Mapped[str]
    credential_id: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    public_key: Mapped[bytes] = mapped_column(LargeBinary)
    sign_count: Mapped[int] = mapped_column(default=0)
    transports: Mapped[list[str] | None] = mapped_column(JSON())
    backup_state: Mapped[bool]
    device_type: Mapped[str]
    extensions: Mapped[str | None]
    usage: Mapped[str]
    create_datetime: Mapped[datetime] = mapped_column(default=now)
    lastuse_datetime: Mapped[datetime] = mapped_column(default=now)


class Invitation(Base):
    """Somebody is asked to choose a password: somebody new, or somebody who has forgotten theirs.

    The link in the mail is signed, and not kept anywhere.
    """

    __tablename__ = "account_invitation"
    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(index=True)
    title: Mapped[str]
    language: Mapped[str]
    roles: Mapped[list[str]]
    organisations: Mapped[list[str]]
    made_at: Mapped[datetime] = mapped_column(default=now)
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class Membership(Base):
    """A person belongs to an organisation.

    A reader reads only where ``reads`` is set; elsewhere they merely belong, and must not read what is about it. Where
    somebody is a ``deputy``, they are told first of what is overdue. ``doubted_at``: a colleague says that this is not
    one of them.
    """

    __tablename__ = "account_membership"
    user_id: Mapped[int] = mapped_column(ForeignKey("account_user.id", ondelete="CASCADE"), primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("directory_organisation.id"), primary_key=True, index=True)
    reads: Mapped[bool] = mapped_column(default=True)
    deputy: Mapped[bool] = mapped_column(default=False)
    doubted_at: Mapped[datetime | None]


class VaultSession(Base):
    """A session of somebody who signs in: their unlocked private key, wrapped by a key that only its cookie holds.

    Until ``confirmed_at`` is set it is a half one, which waits for the second factor and opens nothing.
    """

    __tablename__ = "account_vault_session"
    id: Mapped[str] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("account_user.id", ondelete="CASCADE"), index=True)
    wrapped_key: Mapped[bytes] = mapped_column(LargeBinary)
    opened_at: Mapped[datetime] = mapped_column(default=now)
    seen_at: Mapped[datetime] = mapped_column(default=now)
    confirmed_at: Mapped[datetime | None]
    wrong_codes: Mapped[int] = mapped_column(default=0)
