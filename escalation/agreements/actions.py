"""Put the agreements and their texts in place."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
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
from escalation.rules import data


class AgreementTextChanged(Exception):
    """The text of a version has changed. The text of the exception is a sentence for people."""


def text_hash(provisions: Iterable[tuple[str, str]]) -> str:
    """SHA-256, in hex, of (code, text) pairs in order, each as two lines, an empty line between them."""
    return hashlib.sha256("\n\n".join(f"{code}\n{text}" for code, text in provisions).encode()).hexdigest()


def setup_agreements() -> None:
    """Insert from ``texts/agreements.toml`` the agreements and the texts that are not there yet. May run twice.

    Needs the parties. A row that exists is left as it is. Raises AgreementTextChanged and changes nothing if
    a text does not match its own hash or is another than the version already in the database.
    """
    rows = data.read("texts/agreements.toml")["agreement"]
    texts = {row["code"]: _text_of(row) for row in rows if "text" in row}
    for code, text in texts.items():
        _refuse_changed_text(code, text)
    add_agreements(rows)
    for code, text in texts.items():
        if _version(code, text) is None:
            _add_text(code, text)


def _text_of(row: Mapping[str, Any]) -> dict[str, Any]:
    """The text of an agreement: its row holds it, or names the file that does."""
    text: str | dict[str, Any] = row["text"]
    return data.read(f"texts/{text}.toml") if isinstance(text, str) else text


def _add_text(code: str, text: Mapping[str, Any]) -> None:
    bound = session.scalars(select(AgreementParty).where(AgreementParty.agreement_code == code))
    session.add(
        AgreementVersion(
            agreement_code=code,
            label=text["label"],
            stated_in_force_on=text["stated_in_force_on"],
            source=text["source"],
            raw_sha256=text.get("raw_sha256", _hash_of(text)),
            text_sha256=_hash_of(text),
            adoptions=[
                Adoption(party_code=party.party_code, adopted_on=text["last_adopted_on"], is_date_known=False)
                for party in bound
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
                for position, row in enumerate(text["provision"], start=1)
            ],
        )
    )
    session.flush()


def add_agreements(rows: Iterable[Mapping[str, Any]]) -> None:
    """Insert the agreements that are not there yet, with their parties. They come last, in the order of the rows."""
    parties = all_parties()
    known = {row.code: row.position for row in session.execute(select(Agreement.code, Agreement.position))}
    last = max(known.values(), default=0)
    for row in rows:
        last += row["code"] not in known
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
                    "position": known.get(row["code"], last),
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


def _refuse_changed_text(code: str, text: Mapping[str, Any]) -> None:
    name = f"{code} {text['label']}"
    if text.get("text_sha256", _hash_of(text)) != _hash_of(text):
        raise AgreementTextChanged(f"Texten till {name} stämmer inte med sin kontrollsumma.")
    stored = _version(code, text)
    if stored is not None and stored.text_sha256 != _hash_of(text):
        raise AgreementTextChanged(
            f"Texten till {name} är en annan än den som redan är i bruk. En ny lydelse måste vara en ny version."
        )


def _hash_of(text: Mapping[str, Any]) -> str:
    return text_hash((row["code"], row["text"]) for row in text["provision"])


def _version(code: str, text: Mapping[str, Any]) -> AgreementVersion | None:
    return session.scalars(
        select(AgreementVersion).where(AgreementVersion.agreement_code == code, AgreementVersion.label == text["label"])
    ).one_or_none()


def _listed(which: str, parties: Iterable[Party]) -> list[Party]:
    return [party for party in parties if which == "all" or party.kind is PartyKind.MUNICIPALITY]
