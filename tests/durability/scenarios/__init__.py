"""One scenario a module: a stage, a crowd, some misfortune, and rows for the report."""
