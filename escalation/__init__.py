"""Trappan: the case tracker for the escalation ladder of HÖK § 7.1.

It has three layers. Pages, commands and jobs (``web``, ``cli``, ``jobs``) call the domain. The domain is a package for
each concept, with ``models``, ``queries`` and ``actions``. ``rules`` are tables and small functions in plain Python.
``docs/architecture.md`` says more.
"""
