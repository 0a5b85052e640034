"""Nudges: the ledger of what somebody must be told, and the mails that carry it. Knows users, no case."""
