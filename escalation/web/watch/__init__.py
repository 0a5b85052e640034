"""Pages of the watch: whether the clock lives, and what mail and which cases need a person."""
