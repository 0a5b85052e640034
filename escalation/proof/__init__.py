"""Walk every situation that MOVES can reach on a ladder, and hold the machine to its laws (domain/05 § 5.2)."""
