"""The agreements between the parties, word for word, and the register of interpretations."""
