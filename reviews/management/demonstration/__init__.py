"""The demonstration: nineteen monographs, two of them invented, and eight accounts, brought in by the same verbs."""
