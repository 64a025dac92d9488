//! What a vCenter is: a pure value that commands and time change.
