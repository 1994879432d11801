"""The measurement: a corpus of generated monographs, and the benchmark that runs on it. An app that only DEMO installs."""
