"""Attached files: taking them in with a form, listing them, and handing them out."""
