"""The parties of HÖK § 7.3, their units, and the bodies of the ladder."""
