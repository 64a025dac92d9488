//! Which addresses a Node gets.
