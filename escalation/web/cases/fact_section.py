"""A section of a page that is a heading with terms and texts under it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class FactSection:
    """A heading with terms and texts. ``is_ours``: its days are not the agreement's; ``url``: where to answer."""

    id: str
    heading: str
    rows: list[tuple[str, str]]
    is_ours: bool = False
    url: str = ""
