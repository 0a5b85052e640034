"""Verbs on a decision of a body, from the record to the register (T26-T33b)."""
