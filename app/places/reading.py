"""Geodata files as cities publish them: any format and reference system that GDAL and PROJ know, read into degrees."""

from __future__ import annotations

import json
import math
import tempfile
import urllib.error
import urllib.request
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import numpy as np
import pyogrio
import pyogrio.errors
import pyproj
import pyproj.exceptions
import shapely
from shapely.geometry.base import BaseGeometry

from app.places.domain import PlaceError

DOWNLOAD_MAX_BYTES = 500 * 1024 * 1024
DOWNLOAD_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a row (counted from 1 in the order of the file), or with the file as a whole."""

    row: int | None
    reason: str


class FileRefused(PlaceError):  # noqa: N818
    """A file cannot be used; nothing of it has been written."""

    def __init__(self, *faults: Fault) -> None:
        """Refuse for some faults."""
        super().__init__("; ".join(fault.reason for fault in faults))
        self.faults = faults

    @classmethod
    def whole(cls, reason: str) -> FileRefused:
        """Refuse a file as a whole."""
        return cls(Fault(None, reason))


@dataclass(frozen=True, slots=True)
class Row:
    """One feature: its number in the file, its properties, and its geometry as published and in degrees."""

    number: int
    values: dict[str, Any]
    published: BaseGeometry | None
    shape: BaseGeometry | None

    def text(self, field: str | None) -> str:
        """A property as text; empty where there is none. Whole numbers lose their ``.0``."""
        value = self.values.get(field) if field is not None else None
        if value is None or (isinstance(value, float) and math.isnan(value)):
            return ""
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        return str(value).strip()


@dataclass(frozen=True, slots=True)
class Source:
    """A file that has been read. ``attribution`` is the one it carries itself."""

    name: str
    fields: tuple[str, ...]
    rows: tuple[Row, ...]
    attribution: str

    def need(self, field: str | None, option: str) -> None:
        """Refuse when a property that an option names is not there."""
        if field is not None and field not in self.fields:
            there = ", ".join(self.fields) or "none"
            raise FileRefused.whole(f"{self.name} has no property {field} ({option}); it has: {there}")


def read(address: str, *, layer: str | None = None, crs: str | None = None) -> Source:
    """Read a file or an http(s) address.

    ``layer`` is needed where a file has several, ``crs`` (such as ``EPSG:25833``) where it does not name its own.

    Raises:
        FileRefused: when it cannot be reached, read or placed on Earth.
    """
    with _local(address) as path:
        return _read(path, layer, crs)


@contextmanager
def _local(address: str) -> Iterator[Path]:
    """A file on this machine: the address itself, or what was downloaded from it."""
    if "://" not in address:
        path = Path(address)
        if not path.exists():
            raise FileRefused.whole(f"{address}: there is no such file")
        yield path
        return
    parts = urlsplit(address)
    if parts.scheme not in {"http", "https"}:
        raise FileRefused.whole(f"{address}: only files, http and https can be read")
    with tempfile.TemporaryDirectory() as folder:
        name = Path(parts.path).name or "download"
        path = Path(folder, name if Path(name).suffix else f"{name}.geojson")
        try:
            with urllib.request.urlopen(address, timeout=DOWNLOAD_SECONDS) as answer:  # noqa: S310
                content = answer.read(DOWNLOAD_MAX_BYTES + 1)
        except (urllib.error.URLError, OSError) as error:
            if isinstance(error, urllib.error.HTTPError):
                error.close()
            raise FileRefused.whole(f"{address}: cannot be fetched ({getattr(error, 'reason', error)})") from None
        if len(content) > DOWNLOAD_MAX_BYTES:
            raise FileRefused.whole(f"{address}: larger than {DOWNLOAD_MAX_BYTES // 1024 // 1024} MB")
        path.write_bytes(content)
        yield path


def _read(path: Path, layer: str | None, crs: str | None) -> Source:
    try:
        with warnings.catch_warnings():
            # GDAL's remarks on geometry come back as refusals of the rows concerned, with their numbers.
            warnings.simplefilter("ignore")
            layers = [str(name) for name, kind in pyogrio.list_layers(path) if kind is not None]
            if layer is None and len(layers) > 1:
                raise FileRefused.whole(f"{path.name} has several layers, choose one with --layer: {', '.join(layers)}")
            meta, _ids, raw, columns = pyogrio.raw.read(path, layer=layer, force_2d=True)
    except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError, pyogrio.errors.FeatureError) as error:
        raise FileRefused.whole(f"{path.name} cannot be read: {error}") from None
    if raw is None:
        raise FileRefused.whole(f"{path.name} has no geometry")
    published = shapely.from_wkb(raw, on_invalid="ignore")
    fields = tuple(str(name) for name in meta["fields"])
    rows = tuple(
        Row(number + 1, {f: _plain(column[number]) for f, column in zip(fields, columns, strict=True)}, before, after)
        for number, (before, after) in enumerate(
            zip(published, _in_degrees(published, path.name, crs or meta["crs"]), strict=True)
        )
    )
    if not rows:
        raise FileRefused.whole(f"{path.name} has no rows")
    return Source(path.name, fields, rows, _own_attribution(path))


def _plain(value: Any) -> Any:  # noqa: ANN401
    return value.item() if isinstance(value, np.generic) else value


def _in_degrees(shapes: Sequence[BaseGeometry | None], name: str, crs: str | None) -> Sequence[BaseGeometry | None]:
    """The same shapes as longitude and latitude."""
    if not crs:
        raise FileRefused.whole(f"{name} does not name its coordinate reference system: add --crs, such as EPSG:25833")
    try:
        system = pyproj.CRS.from_user_input(crs)
        transformer = pyproj.Transformer.from_crs(system, "EPSG:4326", always_xy=True)
    except pyproj.exceptions.ProjError:
        raise FileRefused.whole(f"{name}: the coordinate reference system {crs} is not known") from None

    def move(points: np.ndarray) -> np.ndarray:
        return np.column_stack(transformer.transform(points[:, 0], points[:, 1]))

    moved: Sequence[BaseGeometry | None] = shapely.transform(np.asarray(shapes, dtype=object), move)
    return moved


def _own_attribution(path: Path) -> str:
    """The attribution that a GeoJSON file carries as a member."""
    if path.suffix.lower() not in {".geojson", ".json"}:
        return ""
    try:
        content = json.loads(path.read_text(encoding="utf-8-sig"))
    except ValueError:
        return ""
    own = content.get("attribution") if isinstance(content, dict) else None
    return own.strip() if isinstance(own, str) else ""
