"""The frameworks, a module each. ../README.md says what a module has."""
