"""The pure floor: money, ids, words, refusals. No input or output, no clock; anyone may import it."""
