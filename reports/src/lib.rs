//! Journal and verdicts to terminal and JSON.
