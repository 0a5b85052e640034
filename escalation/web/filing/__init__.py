"""Pages on which a filing is written (T1)."""
