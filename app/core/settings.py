"""What the operator decides, read once from the environment and checked before anything starts."""

from __future__ import annotations

import contextlib
import ipaddress
import json
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from app.core.codes import Kind

REPOSITORY = Path(__file__).resolve().parents[2]
LOOPBACK_NAMES = frozenset({"localhost"})
RETENTION_MONTHS, RETENTION_MONTHS_MOST = 12, 36
"""How long a report is kept after it was closed, and the longest that a setting may say."""


class SettingsError(SystemExit):
    """A wrong setting. Ends the program with one line that names the setting."""


class Settings(BaseSettings):
    """Every setting is an environment variable of the same name in capitals.

    Lengths are in the unit that the name ends with (``_mb``, ``_minutes``).
    """

    model_config = SettingsConfigDict(extra="ignore")

    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=1, le=65535)] = 8000
    instance_dir: Path = Path("instance")
    database_url: str = ""
    secret_key: SecretStr = SecretStr("")
    receipt_pepper: SecretStr = SecretStr("")
    base_url: str = ""
    smtp_url: SecretStr = SecretStr("")
    mail_from: str = "teilhabekarte@localhost"
    smtp_ca_file: Path | None = None
    clamd_url: str = ""
    oidc_issuer: str = ""
    oidc_client_id: str = ""
    oidc_client_secret: SecretStr = SecretStr("")
    oidc_name: str = "Anmeldung der Stadt"
    trusted_proxies: Annotated[int, Field(ge=0, le=10)] = 0
    demo: bool = False
    city: Annotated[str, Field(pattern=r"^[a-z0-9-]+$")] = "jena"
    disclosure_threshold: Annotated[int, Field(ge=3, le=50)] = 5
    discrimination_by_area: bool = False
    upload_max_mb: Annotated[int, Field(ge=1, le=50)] = 10
    web_processes: Annotated[int, Field(ge=1, le=64)] = 2
    # What one address may do in an hour; fifty people can share one.
    limit_reports: Annotated[int, Field(ge=1)] = 300
    limit_reports_unproved: Annotated[int, Field(ge=1)] = 60
    limit_reports_unproved_total: Annotated[int, Field(ge=1)] = 240
    limit_uploads: Annotated[int, Field(ge=1)] = 600
    limit_receipts: Annotated[int, Field(ge=1)] = 1200
    limit_sign_in: Annotated[int, Field(ge=1)] = 120
    idle_minutes: Annotated[int, Field(ge=5, le=120)] = 30
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    retention_months: Annotated[Mapping[str, int], NoDecode] = dict.fromkeys(map(str, Kind), RETENTION_MONTHS)
    backup_dir: Path | None = None
    backup_days: Annotated[int, Field(ge=1, le=365)] = 30
    erasure_ledger: str = ""

    @field_validator("database_url")
    @classmethod
    def _known_database(cls, value: str) -> str:
        if value and not value.startswith(("sqlite:", "postgresql+psycopg:")):
            message = "must start with postgresql+psycopg:// or sqlite:///, or stay empty for the embedded file"
            raise ValueError(message)
        return value

    @field_validator("base_url")
    @classmethod
    def _absolute_address(cls, value: str) -> str:
        if value and (urlsplit(value).scheme not in {"http", "https"} or not urlsplit(value).netloc):
            message = "must be an absolute http(s) address"
            raise ValueError(message)
        return value.rstrip("/")

    @field_validator("oidc_issuer")
    @classmethod
    def _directory(cls, value: str) -> str:
        parts = urlsplit(value)
        if value and not (parts.scheme == "https" or (parts.scheme == "http" and is_loopback(parts.hostname or ""))):
            message = "must be the https address of an OpenID Connect provider"
            raise ValueError(message)
        return value

    @field_validator("smtp_url")
    @classmethod
    def _mail_server(cls, value: SecretStr) -> SecretStr:
        if value.get_secret_value() and urlsplit(value.get_secret_value()).scheme not in {"smtp", "smtps"}:
            message = "must start with smtp:// or smtps://"
            raise ValueError(message)
        return value

    @field_validator("retention_months", mode="before")
    @classmethod
    def _months_by_kind(cls, value: object) -> dict[str, int]:
        """A number for all kinds of report, or JSON with numbers for some; the others keep the default."""
        given = value
        if isinstance(value, str):
            try:
                given = json.loads(value or str(RETENTION_MONTHS))
            except ValueError:
                given = None
        by_kind: dict[str, Any] = given if isinstance(given, dict) else dict.fromkeys(map(str, Kind), given)
        months = dict.fromkeys(map(str, Kind), RETENTION_MONTHS) | by_kind
        if set(months) != set(Kind) or not all(_is_months(number) for number in months.values()):
            message = (
                f"must be a number of months from 1 to {RETENTION_MONTHS_MOST}, "
                f'or numbers by kind of report such as {{"discrimination": 6}}; kinds: {", ".join(Kind)}'
            )
            raise ValueError(message)
        return months

    @field_validator("smtp_ca_file")
    @classmethod
    def _readable_authority(cls, value: Path | None) -> Path | None:
        if value is not None and not value.is_file():
            message = "must be a file with certificates in PEM format"
            raise ValueError(message)
        return value

    @field_validator("clamd_url")
    @classmethod
    def _virus_scanner(cls, value: str) -> str:
        parts = urlsplit(value)
        by_path = parts.scheme == "unix" and parts.path.startswith("/")
        by_host = parts.scheme == "tcp" and parts.hostname and parts.port
        if value and not (by_path or by_host):
            message = "must be tcp://host:port or unix:/path"
            raise ValueError(message)
        return value

    @model_validator(mode="after")
    def _directory_knows_this_house(self) -> Settings:
        if self.oidc_issuer and not (self.oidc_client_id and self.oidc_client_secret.get_secret_value()):
            message = "OIDC_ISSUER also needs OIDC_CLIENT_ID and OIDC_CLIENT_SECRET"
            raise ValueError(message)
        return self

    @model_validator(mode="after")
    def _demonstration_stays_at_home(self) -> Settings:
        if self.demo and not is_loopback(self.host):
            message = "DEMO=1 has public passwords: HOST must be a loopback address such as 127.0.0.1"
            raise ValueError(message)
        return self

    @property
    def city_dir(self) -> Path:
        """The folder of the city's own content."""
        return REPOSITORY / "cities" / self.city

    @property
    def database(self) -> str:
        """The address of the database; by default one SpatiaLite file in the instance folder."""
        return self.database_url or f"sqlite:///{(self.instance_dir / 'teilhabekarte.sqlite').resolve()}"

    @property
    def erasures(self) -> Path:
        """The ledger of what was erased; it must not go into backups."""
        return Path(self.erasure_ledger) if self.erasure_ledger else self.instance_dir / "erasures"

    @property
    def backups(self) -> Path:
        """The folder where backups are put, and where old ones are removed."""
        return self.backup_dir or self.instance_dir / "backups"

    @property
    def public_address(self) -> str:
        """Where residents reach the platform, without a slash at the end."""
        return self.base_url or f"http://{self.host}:{self.port}"


def _is_months(number: object) -> bool:
    return type(number) is int and 1 <= number <= RETENTION_MONTHS_MOST


def is_loopback(host: str) -> bool:
    """Whether an address can be reached from this machine only."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host in LOOPBACK_NAMES


def load_settings(**overrides: object) -> Settings:
    """Read the environment; ``overrides`` win (tests, command line).

    Makes the instance folder and, where the environment names none, the secrets kept in it.

    Raises:
        SettingsError: with one line naming the first wrong setting.
    """
    try:
        settings = Settings(**overrides)  # type: ignore[arg-type]
    except ValidationError as error:
        first = error.errors()[0]
        name = str(first["loc"][0]).upper() if first["loc"] else "DEMO, HOST"
        raise SettingsError(f"{name}: {first['msg'].removeprefix('Value error, ')}") from None
    if not settings.city_dir.is_dir():
        raise SettingsError(f"CITY: there is no folder cities/{settings.city}")
    try:
        settings.instance_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        return settings.model_copy(
            update={
                "secret_key": settings.secret_key or _kept(settings, "secret_key"),
                "receipt_pepper": settings.receipt_pepper or _kept(settings, "pepper"),
            }
        )
    except OSError as error:
        raise SettingsError(f"INSTANCE_DIR: cannot be used ({error.strerror})") from None


def _kept(settings: Settings, name: str) -> SecretStr:
    """A secret made on the first start and kept in the instance folder, readable by its owner only."""
    file = settings.instance_dir / name
    if not file.exists():
        fresh = settings.instance_dir / f".{name}.{secrets.token_hex(4)}"
        fresh.touch(mode=0o600)
        fresh.write_text(secrets.token_urlsafe(48), encoding="ascii")
        # A link refuses to replace: of two processes that start at once, both read the winner's secret.
        with contextlib.suppress(FileExistsError):
            file.hardlink_to(fresh)
        fresh.unlink()
    return SecretStr(file.read_text(encoding="ascii").strip())
