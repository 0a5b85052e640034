"""Pages on the clock and the mail: whether they work, and which letters and cases need a person."""
