"""Pages for signing in and out, choosing a role, a person's own sessions, and the two pages that the law requires."""
