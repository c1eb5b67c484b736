"""One copy of every story: each text is compared as it comes in, and copies form clusters."""
