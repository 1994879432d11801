"""The dose engine: structure in, lines, figures, faults and classes of change out (docs/clinical/doses.md).

Reading order: values, units, model, reading, lines, rules, figures, changes, fhir. Amounts are Decimal text from end to
end, and exact fractions while they are reckoned with; no number of this package was ever binary. Pure.
"""
