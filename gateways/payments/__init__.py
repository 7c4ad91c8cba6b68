"""Payment vendors, one file each."""
