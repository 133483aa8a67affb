"""The configuration of an organisation as one YAML document (docs/configuration-as-code.md)."""
