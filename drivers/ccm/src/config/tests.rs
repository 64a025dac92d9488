//! The configuration file's two languages, and what their errors say.
