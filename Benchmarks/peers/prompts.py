"""The prompts of the decoding benchmarks: the same numbers on both sides."""


def prompt(length, vocabulary, row):
    """Token ids that any language computes alike: a multiplicative sequence over the plain part of the vocabulary."""
    ids, state = [], 12345 + row
    for _ in range(length):
        state = (state * 1103515245 + 12345) % 2147483648
        ids.append(259 + state % (vocabulary - 259 - 128))
    return ids
