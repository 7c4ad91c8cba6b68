"""The booking on DBOS Transact: what users would pick instead, to be measured beside ours."""
