//! The scenario language: model, parser with source spans, lints. No I/O.
