"""The only home of SQL: one file a noun, each function one statement or one transaction."""
