"""CallRail: calls, forms and texts with the visit that led to them."""
