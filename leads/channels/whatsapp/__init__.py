"""WhatsApp: messages of people to a business number (Meta's cloud API)."""
