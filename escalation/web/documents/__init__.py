"""Attached files: what a form may bring, and how a file is handed out."""
