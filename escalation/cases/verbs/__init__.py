"""Verbs on a case while the parties hold it, by stage of § 7.1.

Each checks its row in MOVES and calls ``course.advance``.
"""
