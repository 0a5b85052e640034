"""Put the parties, units and bodies in place."""

from __future__ import annotations

from escalation.db import insert_new
from escalation.parties.models import (
    BlockSide,
    Body,
    BodyBlock,
    BodyKind,
    BodyName,
    OrgUnit,
    OrgUnitKind,
    Party,
    PartyKind,
    PrincipalSide,
)
from escalation.rules import data


def setup_parties() -> None:
    """Insert the rows of ``texts/parties.toml`` and ``texts/bodies.toml`` that are not there yet. May run twice.

    A row that exists is left as it is, so that a new setup does not undo corrections.
    """
    parties, bodies = data.read("texts/parties.toml"), data.read("texts/bodies.toml")
    insert_new(
        Party,
        (
            {
                "code": row["code"],
                "name": row["name"],
                "short_name": row["short_name"],
                "kind": PartyKind(row["kind"]),
                "municipality_code": row.get("municipality_code"),
                "principal_side": PrincipalSide(row["principal_side"]),
                "position": position,
            }
            for position, row in enumerate(parties["party"], start=1)
        ),
    )
    # Successors come before their predecessors in the file, so that each reference has its row.
    insert_new(
        OrgUnit,
        (
            {
                "code": row["code"],
                "party_code": row["party"],
                "name": row["name"],
                "kind": OrgUnitKind(row["kind"]),
                "valid_from": row.get("valid_from"),
                "valid_to": row.get("valid_to"),
                "succeeded_by": row.get("succeeded_by"),
            }
            for row in parties["unit"]
        ),
    )
    for row in bodies["body"]:
        insert_new(
            Body,
            [
                {
                    "code": row["code"],
                    "short_name": row["short_name"],
                    "kind": BodyKind(row["kind"]),
                    "task": row["task"],
                }
            ],
        )
        insert_new(
            BodyName,
            (
                {
                    "body_code": row["code"],
                    "name": name["name"],
                    "is_alias": name["is_alias"],
                    "valid_from": name.get("valid_from"),
                    "valid_to": name.get("valid_to"),
                }
                for name in row["names"]
            ),
        )
        insert_new(
            BodyBlock,
            (
                {
                    "body_code": row["code"],
                    "side": BlockSide(block["side"]),
                    "composition": block["composition"],
                    "appointed_by": block["appointed_by"],
                }
                for block in row["blocks"]
            ),
        )
