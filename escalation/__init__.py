"""Trappan: the case tracker for the escalation ladder of HÖK § 7.1.

Three floors. Doors (``web``, ``cli``, ``jobs``) translate. The domain (folders named as people name
things) holds nouns, questions and verbs. ``rules`` are tables and small functions in plain Python.
"""
