"""Files that people attach to what they say: kept under names of our own, hashed, handed out inert."""
