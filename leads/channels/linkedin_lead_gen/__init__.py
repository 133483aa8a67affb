"""LinkedIn lead gen forms: announced by webhook, fetched from the API."""
