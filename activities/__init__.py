"""One outside effect each, its undo beside it. Every activity may run twice and has one effect (promise 4)."""
