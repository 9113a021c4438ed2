"""Storing and reading, the only package that writes SQL. Functions take the connection of the transaction they join."""
