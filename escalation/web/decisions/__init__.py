"""Pages of the register of interpretations: the list, each interpretation, publishing."""
