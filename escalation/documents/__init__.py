"""Attached files: stored under names of our own, hashed, and served so that the browser runs nothing in them."""
