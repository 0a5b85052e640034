"""Pages of the yearly follow-up of § 6: what is to be done, what came of it, and the year in numbers."""
