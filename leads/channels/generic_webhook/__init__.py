"""Any product that posts JSON or a form, by a table of fields."""
