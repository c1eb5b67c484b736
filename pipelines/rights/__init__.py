"""What a site declares of the use of its pages: read, never enforced here."""
