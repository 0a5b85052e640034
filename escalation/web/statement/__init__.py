"""Pages of the joint statement (T20)."""
