"""Steps of the schema, applied in order by `services.store.schema`."""
