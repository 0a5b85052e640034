"""Nudges: the ledger of reminders and notices, and the mails that carry them. It knows users and no case."""
