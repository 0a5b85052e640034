"""What the parties have agreed on, word for word, and the register of what VIS has said that it means."""
