"""The yearly follow-up of HÖK § 6: the jobs, when they were done, and their figures."""
