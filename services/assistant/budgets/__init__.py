"""Budgets, as people see and change them. Reserving and settling is the ledger's: `services/store/sql_ledger.py`."""
