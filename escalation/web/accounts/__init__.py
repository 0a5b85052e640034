"""Signing in and out, choosing what to act as, one's own sessions, and the two pages the law asks for."""
