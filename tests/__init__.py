"""Tests mirror ``escalation/``; ``house/`` asks whether the house is in order, ``browser/`` plays people."""
