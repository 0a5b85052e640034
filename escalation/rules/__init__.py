"""The rules of the ladder: tables and small functions in plain Python that import nothing of ours but each other."""
