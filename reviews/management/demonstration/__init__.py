"""The demonstration: seventeen monographs and eight accounts, brought in by the same verbs as everything else."""
