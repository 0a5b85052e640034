"""Who may act: people, their memberships, sign-in and sessions. Source: ``domain/02`` § 2.3, ``trust.md``."""
