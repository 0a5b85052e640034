"""Put the agreements and the text of HÖK in place."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Iterable, Mapping
from importlib.resources import files
from typing import Any

from sqlalchemy import select

from escalation.agreements.models import (
    Adoption,
    Agreement,
    AgreementKind,
    AgreementParty,
    AgreementVersion,
    DutyBearer,
    Provision,
)
from escalation.db import insert_new, session
from escalation.parties.models import Party, PartyKind
from escalation.parties.queries import all_parties

SERIES = "VIS-T"
"""The series of interpretations' numbers: "VIS-T 2026:2"."""


class AgreementTextChanged(Exception):
    """The text of a version is not what it was. The text of the exception is a sentence for people."""


def text_hash(provisions: Iterable[tuple[str, str]]) -> str:
    """SHA-256, in hex, of (code, text) pairs in order, each as two lines, an empty line between them."""
    return hashlib.sha256("\n\n".join(f"{code}\n{text}" for code, text in provisions).encode()).hexdigest()


def setup_agreements() -> None:
    """Insert from ``texts/agreements.toml`` and ``texts/hok.toml`` what is not there yet. May run twice.

    Needs the parties. A row that exists is left as it is. Raises AgreementTextChanged and changes nothing if
    the file does not match its own hash or holds another text than the version already in the database.
    """
    hok = _read("hok.toml")
    _refuse_changed_text(hok)
    parties = all_parties()
    add_agreements(_read("agreements.toml")["agreement"], first=1)
    if _version(hok) is None:
        session.add(
            AgreementVersion(
                agreement_code=hok["agreement"],
                label=hok["label"],
                stated_in_force_on=hok["stated_in_force_on"],
                source=hok["source"],
                raw_sha256=hok["raw_sha256"],
                text_sha256=hok["text_sha256"],
                adoptions=[
                    Adoption(party_code=party.code, adopted_on=hok["last_adopted_on"], is_date_known=False)
                    for party in parties
                ],
                provisions=[
                    Provision(
                        code=row["code"],
                        position=position,
                        section=row["section"],
                        heading=row["heading"],
                        summary=row["summary"],
                        text=row["text"],
                        is_commitment="duty_bearer" in row,
                        duty_bearer=DutyBearer(row["duty_bearer"]) if "duty_bearer" in row else None,
                    )
                    for position, row in enumerate(hok["provision"], start=1)
                ],
            )
        )
        session.flush()


def add_agreements(rows: Iterable[Mapping[str, Any]], *, first: int) -> None:
    """Insert the agreements that are not there yet, with their parties; ``first`` is the first one's place."""
    parties = all_parties()
    for position, row in enumerate(rows, start=first):
        insert_new(
            Agreement,
            [
                {
                    "code": row["code"],
                    "short_title": row["short_title"],
                    "title": row["title"],
                    "kind": AgreementKind(row["kind"]),
                    "parent_code": row.get("parent"),
                    "applies_from": row.get("applies_from"),
                    "note": row["note"],
                    "is_verified": row["is_verified"],
                    "ladder_key": row["ladder"],
                    "ladder_known": row["ladder_known"],
                    "are_parties_verified": row["are_parties_verified"],
                    "position": position,
                }
            ],
        )
        insert_new(
            AgreementParty,
            (
                {"agreement_code": row["code"], "party_code": party.code, "bound_until": None}
                for party in _listed(row["parties"], parties)
            ),
        )


def _refuse_changed_text(hok: dict[str, Any]) -> None:
    name = f"{hok['agreement']} {hok['label']}"
    if text_hash((row["code"], row["text"]) for row in hok["provision"]) != hok["text_sha256"]:
        raise AgreementTextChanged(f"Texten till {name} stämmer inte med sin kontrollsumma.")
    stored = _version(hok)
    if stored is not None and stored.text_sha256 != hok["text_sha256"]:
        raise AgreementTextChanged(
            f"Texten till {name} är en annan än den som redan är i bruk. En ny lydelse måste vara en ny version."
        )


def _version(hok: dict[str, Any]) -> AgreementVersion | None:
    return session.scalars(
        select(AgreementVersion).where(
            AgreementVersion.agreement_code == hok["agreement"], AgreementVersion.label == hok["label"]
        )
    ).one_or_none()


def _listed(which: str, parties: Iterable[Party]) -> list[Party]:
    return [party for party in parties if which == "all" or party.kind is PartyKind.MUNICIPALITY]


def _read(name: str) -> dict[str, Any]:
    return tomllib.loads(files("escalation").joinpath("texts", name).read_text(encoding="utf-8"))
