"""The words the whole house speaks: frozen dataclasses, enums and the error tree. Standard library only."""
