"""gettext with its types: a Swedish source string in, a text in the reader's language out."""

from __future__ import annotations

from flask_babel import gettext
from flask_babel import ngettext as _ngettext


def _(sentence: str, **values: object) -> str:
    """The sentence in the reader's language, its ``%(name)s`` filled in."""
    return str(gettext(sentence, **values))


def ngettext(one: str, many: str, num: int, **values: object) -> str:
    """The sentence for this number; ``%(num)s`` is the number."""
    return str(_ngettext(one, many, num, **values))
