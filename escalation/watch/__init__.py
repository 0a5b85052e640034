"""Watch: the sweep over all cases, the delivery of mail with its rendering, and the health of the clock."""
