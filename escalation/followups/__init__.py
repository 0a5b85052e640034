"""The yearly follow-up of HÖK § 6: what is to be done, what has been done, and the figures that it is fed with."""
