"""The specification of tables: declared, resolved, recognised, or inferred."""
