"""Outside calendars, one file each."""
