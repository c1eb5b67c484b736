"""What all errors that a person is to read have in common. It imports nothing, as a command's start
has to be quick.
"""


class UserFacingError(Exception):
    """Its message is a sentence for a person, which a command prints in place of a traceback."""
