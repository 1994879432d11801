"""Measurement: a corpus of generated monographs, and the benchmark that runs on it. No part of the house needs it."""
