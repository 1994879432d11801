"""The demonstration: nineteen monographs, two of them on medicines that do not exist, and eight accounts, brought in by the same verbs as everything else."""
