"""gettext with its types: a Swedish source string in, a text in the reader's language out.

The reader's language is a cookie of its own, so that it outlives signing in and out. Swedish needs no catalogue; any
other is read from its text (``translations/<language>/LC_MESSAGES/messages.po``) when a page first needs it, so there
is no compiled file that could be older than its source.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from typing import cast

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations
from flask import Flask, current_app, g, has_app_context, has_request_context, request
from flask_babel import Babel, Domain, get_locale, get_translations, gettext
from markupsafe import Markup, escape
from werkzeug.wrappers import Response

SOURCE = "sv"
"""The language of the source strings, and of a reader who has not chosen."""

LANGUAGES = {"sv": "Svenska", "en": "English"}
"""Each language by the name that its own readers know it under; never translated."""

YEAR = 365 * 24 * 60 * 60


def _(sentence: str, **values: object) -> str:
    """The sentence in the reader's language, its ``%(name)s`` filled in.

    With a ``Markup`` among the values, such as one from ``in_swedish``, the whole is Markup and the rest escaped.
    """
    return _filled(gettext(sentence), values) if values else str(gettext(sentence))


def ngettext(one: str, many: str, num: int, **values: object) -> str:
    """The sentence for this number; ``%(num)s`` is the number."""
    return _filled(get_translations().ungettext(one, many, num), {"num": num, **values})


def _filled(sentence: str, values: Mapping[str, object]) -> str:
    if any(isinstance(value, Markup) for value in values.values()):
        return Markup(escape(sentence)) % values  # noqa: S704 (escaped here, before anything is put in)
    return sentence % values


def joined(names: Iterable[str]) -> str:
    """ "Nacka, Värmdö och Lidingö" """
    *first, last = [*names] or [""]
    return _(" och ").join([", ".join(first), last]) if first else last


def in_swedish(text: object, tag: str = "span") -> Markup:
    """A text that is not translated (of agreements, of people), marked as Swedish on a page in another language."""
    if not text or chosen() == SOURCE:
        return escape(text or "")
    return Markup('<{0} lang="sv">{1}</{0}>').format(tag, text)


def translated(text: str) -> str:
    """The translation of a text where the catalogue has one, else the text marked as Swedish."""
    translation = _(text)
    return in_swedish(text) if translation == text else translation


def chosen() -> str:
    """The reader's language; Swedish without a choice, and outside of a request."""
    known = request.cookies.get(_cookie()) if has_request_context() else None
    return known if known in LANGUAGES else SOURCE


def other() -> tuple[str, str]:
    """The language to change to, and its name: ("en", "English")."""
    return next((code, name) for code, name in LANGUAGES.items() if code != chosen())


def page_to_return_to() -> str:
    """The address of the page that is shown; the start page where it only takes a POST."""
    if request.url_rule is not None and "GET" not in (request.url_rule.methods or ()):
        return f"{request.script_root}/"
    return request.script_root + (request.full_path if request.query_string else request.path)


def remember(answer: Response, language: str) -> Response:
    """Keep the choice in the reader's browser for a year."""
    secure = bool(current_app.config["SESSION_COOKIE_SECURE"])
    answer.set_cookie(_cookie(), language, max_age=YEAR, path="/", secure=secure, httponly=True, samesite="Lax")
    return answer


class Catalogue(Domain):  # type: ignore[misc]
    """Translations read from the text of a catalogue, once in the life of the process."""

    def get_translations(self) -> NullTranslations:
        """The catalogue of the reader's language; none for Swedish. Every string of a page asks, so it is kept
        while the language stays the same.
        """
        locale = get_locale()
        language, known = g.get("catalogue", (None, None)) if has_app_context() else (None, None)
        if known is None or language is not locale:
            [directory] = self.translation_directories
            known = _read(Path(directory), str(locale or SOURCE))
            if has_app_context():
                g.catalogue = (locale, known)
        return cast("NullTranslations", known)


class Texts(Translations):
    """A catalogue that leaves an empty string empty: to gettext an empty string asks for the catalogue's header."""

    def gettext(self, message: str) -> str:
        """The translation; of a string that the catalogue lacks, the string."""
        return str(super().gettext(message)) if message else ""

    ugettext = gettext


@lru_cache
def _read(directory: Path, language: str) -> NullTranslations:
    path = directory / language / "LC_MESSAGES" / "messages.po"
    if language == SOURCE:
        return NullTranslations()
    compiled = BytesIO()
    with path.open("rb") as source:
        write_mo(compiled, read_po(source, locale=language))
    compiled.seek(0)
    return Texts(compiled)


def register(app: Flask) -> None:
    """Choose the language by the reader's cookie, and tell the layout of it."""
    Babel(app, default_locale=SOURCE, locale_selector=chosen).domain_instance = Catalogue()
    app.context_processor(
        lambda: {"language": chosen(), "other_language": other(), "page_to_return_to": page_to_return_to()}
    )


def _cookie() -> str:
    """The cookie's name, with the prefix that the session's cookie has too where the site is on https."""
    return "__Host-language" if current_app.config["SESSION_COOKIE_SECURE"] else "language"
