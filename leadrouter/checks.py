"""System checks that refuse an unsafe set-up. Ids: leadrouter.E001 and up."""
