"""MOVES, by stage of § 7.1: each row is one transition of ``domain/05`` § 5.2.

Rows speak of kinds of step and of the top, never of a step's number or of a body: the names of bodies are data
(``ladders/``). Buttons, guards, access, nudges, docs/ladder.md and house tests read the same rows.
"""
