"""Where the rows of a file would go, decided by the live rules without writing anything."""
