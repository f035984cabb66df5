"""The one error of the converter: a sentence for a person, and the exit code that goes with it."""

FAILURE = 1
USAGE = 64
NO_INPUT = 66
INPUT_OUTPUT = 74


class ConversionError(Exception):
    """What went wrong, where, and what to do, in one sentence."""

    def __init__(self, sentence: str, code: int = FAILURE):
        super().__init__(sentence)
        self.code = code
