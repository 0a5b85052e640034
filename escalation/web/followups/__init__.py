"""Pages of the yearly follow-up of § 6: its jobs, their results, and the year in numbers."""
