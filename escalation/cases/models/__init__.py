"""The nouns of a case, by what they tell of it."""
