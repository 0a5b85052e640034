"""Pages of cases: the list, the case, filing, and one page for every act."""
