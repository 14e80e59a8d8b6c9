"""Style sheets, scripts and images: built once, under names that carry their content's hash, and kept for a year.

A name in a template, such as ``site.css`` or ``places/map.js``, is a file below ``static/``, a file of a front-end
package (``leaflet/images/layers.png``), or one of ``BUNDLES``. Scripts do not import one another: their names change.
Leaflet's own marker icon cannot be found under its new name either; markers bring their own.
"""

from __future__ import annotations

import fnmatch
import functools
import hashlib
import json
import posixpath
import re
import time
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

import click
from flask.cli import AppGroup
from whitenoise import WhiteNoise
from whitenoise.compress import Compressor

from app.core.settings import REPOSITORY

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from wsgiref.headers import Headers

    from flask import Flask

STATIC = REPOSITORY / "static"
NODE_MODULES = REPOSITORY / "node_modules"
PREFIX = "/static/"

PACKAGES: Mapping[str, tuple[str, ...]] = {
    "kern": ("@kern-ux/native/dist", "kern.min.css"),
    "leaflet": ("leaflet/dist", "leaflet.css", "leaflet.js", "images/*.png"),
    "markercluster": ("leaflet.markercluster/dist", "*.css", "leaflet.markercluster.js"),
}
"""By the folder they appear in: the folder of a package below ``node_modules/``, and what we take from it."""

BUNDLES: Mapping[str, tuple[str, ...]] = {
    "site.css": (
        "kern/kern.min.css",
        "core/[0-5]*.css",
        "site/*.css",
        "reports/*.css",
        "strategy/*.css",
        "core/[6-9]*.css",
    ),
    "office.css": (
        "triage/*.css",
        "workshop/*.css",
        "planning/*.css",
        "needs/*.css",
        "partners/*.css",
        "accounts/*.css",
        "administration/*.css",
    ),
    "map.css": ("leaflet/*.css", "markercluster/*.css", "places/*.css"),
    "map.js": ("leaflet/*.js", "markercluster/*.js"),
}
"""Files that a page always needs together, in this order; they are not published one by one."""

HASH_LENGTH = 10
KEEP_SECONDS = 7 * 24 * 60 * 60
"""How long a file is kept after the last build that named it."""

HASHED_NAME = re.compile(rf"\.[0-9a-f]{{{HASH_LENGTH}}}(\.\w+)?$")
CSS_ADDRESS = re.compile(r"""url\(\s*(?:"([^"]*)"|'([^']*)'|([^'")\s]+))\s*\)""")
SOURCE_MAP = re.compile(r"^//# sourceMappingURL=.*$|/\*# sourceMappingURL=.*?\*/", re.MULTILINE)


class AssetError(RuntimeError):
    """An asset is missing, or names one that is; ``str()`` says which and what helps."""


def build(static: Path = STATIC, node_modules: Path = NODE_MODULES) -> dict[str, str]:
    """Fill ``static/build/`` and give the manifest: the hashed name by the name in templates.

    Raises:
        AssetError: for a file of a package that is missing, and a style sheet that names a file that is.
    """
    files = _sources(static, node_modules)
    bundled = {name: _matching(files, patterns) for name, patterns in BUNDLES.items()}
    inside = {part for parts in bundled.values() for part in parts}
    manifest: dict[str, str] = {}
    contents: dict[str, bytes] = {}

    def publish(name: str, content: bytes) -> None:
        path = PurePosixPath(name)
        digest = hashlib.sha256(content).hexdigest()[:HASH_LENGTH]
        manifest[name] = str(path.with_name(f"{path.stem}.{digest}{path.suffix}"))
        contents[manifest[name]] = content

    # Style sheets come last: they speak of the others by their new names.
    for name in sorted(files.keys() - inside, key=lambda name: (name.endswith(".css"), name)):
        written = name.endswith((".css", ".js"))
        publish(name, _text(name, name, files, manifest) if written else files[name].read_bytes())
    for name, parts in bundled.items():
        # A script may end without a semicolon and swallow the next one's first statement.
        publish(name, (b";\n" if name.endswith(".js") else b"\n").join(_text(name, p, files, manifest) for p in parts))
    _write(static / "build", contents, manifest)
    return manifest


def _sources(static: Path, node_modules: Path) -> dict[str, Path]:
    """Every file that may be published, by its name in templates."""
    files = {
        path.relative_to(static).as_posix(): path
        for path in sorted(static.rglob("[!.]*"))
        if path.is_file() and static / "build" not in path.parents
    }
    for folder, (package, *patterns) in PACKAGES.items():
        root = node_modules / package
        for pattern in patterns:
            found = sorted(root.glob(pattern))
            if not found:
                raise AssetError(f"node_modules/{package}/{pattern} is missing: run `npm ci`")
            files |= {f"{folder}/{path.relative_to(root).as_posix()}": path for path in found}
    return files


def _matching(files: Iterable[str], patterns: Iterable[str]) -> list[str]:
    """The names that the patterns take, pattern by pattern."""
    return [name for pattern in patterns for name in fnmatch.filter(sorted(files), pattern)]


def _text(into: str, name: str, files: Mapping[str, Path], manifest: Mapping[str, str]) -> bytes:
    """A style sheet or script as it stands in ``into``: no source map, addresses leading to hashed names."""
    text = SOURCE_MAP.sub("", files[name].read_text(encoding="utf-8")).strip()
    if not name.endswith(".css"):
        return text.encode()

    def hashed(match: re.Match[str]) -> str:
        address = next(group for group in match.groups() if group is not None)
        if address.startswith(("data:", "#")):
            return match[0]
        path, mark, fragment = address.partition("#")
        target = posixpath.normpath(posixpath.join(posixpath.dirname(name), path))
        if target not in manifest:
            raise AssetError(f"{name} names {address}, which is no file of ours")
        return f'url("{posixpath.relpath(manifest[target], posixpath.dirname(into) or ".")}{mark}{fragment}")'

    return CSS_ADDRESS.sub(hashed, text).encode()


def _write(folder: Path, contents: Mapping[str, bytes], manifest: Mapping[str, str]) -> None:
    """Write what is new, with compressed twins; then the manifest; then remove what no page asks for any more.

    A server that is still running, and pages that are open in browsers, go on asking for the files of yesterday.
    """
    compressor = Compressor(quiet=True)
    record = folder / "manifest.json"
    complete = set(json.loads(record.read_text(encoding="utf-8")).values()) if record.exists() else set()
    for name, content in contents.items():
        path = folder / name
        if name in complete and path.exists():
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        if compressor.should_compress(name):
            compressor.compress(str(path))
    fresh = folder / "manifest.json.new"
    fresh.write_text(json.dumps(manifest, indent=1, sort_keys=True), encoding="utf-8")
    fresh.replace(record)
    for path in folder.rglob("*"):
        name = path.relative_to(folder).as_posix().removesuffix(".gz").removesuffix(".br")
        if not path.is_file() or path == record:
            continue
        if name in contents:
            path.touch()
        elif path.stat().st_mtime < time.time() - KEEP_SECONDS:
            path.unlink()


@functools.cache
def _manifest() -> Mapping[str, str]:
    try:
        found: dict[str, str] = json.loads((STATIC / "build/manifest.json").read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise AssetError("static/build/manifest.json is missing: run `flask --app wsgi assets build`") from None
    return found


def asset_url(name: str) -> str:
    """The address of an asset, such as ``/static/site.0123456789.css`` for ``site.css``.

    Raises:
        AssetError: when the assets have not been built, or there is none of that name.
    """
    try:
        return PREFIX + _manifest()[name]
    except KeyError:
        raise AssetError(f"there is no asset {name!r}: run `flask --app wsgi assets build`, or mend the name") from None


class _Server(WhiteNoise):
    FOREVER = 365 * 24 * 60 * 60
    """Seconds that a browser keeps a file whose name carries its hash."""


def _protect(headers: Headers, _path: str, _url: str) -> None:
    """What Flask's answers say as well: no guessing of types, no use on other sites."""
    headers["X-Content-Type-Options"] = "nosniff"
    headers["Cross-Origin-Resource-Policy"] = "same-origin"


cli = AppGroup("assets", help="Style sheets, scripts and images.")


@cli.command("build")
def build_command() -> None:
    """Build everything below /static/ that is new or has changed."""
    click.echo(f"Built {len(build())} assets.")


def init_assets(app: Flask) -> None:
    """Give templates ``asset(name)``, and serve what is built."""
    app.jinja_env.globals["asset"] = asset_url
    if (STATIC / "build").is_dir():
        app.wsgi_app = _Server(  # type: ignore[method-assign]
            app.wsgi_app,
            root=STATIC / "build",
            prefix=PREFIX,
            allow_all_origins=False,
            add_headers_function=_protect,
            immutable_file_test=HASHED_NAME.pattern,
        )
