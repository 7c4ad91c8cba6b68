"""What travels over HTTP, checked to the last character before anything else sees it."""
