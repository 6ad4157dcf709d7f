//! The servers against clients made of bytes; `tests/python.rs` has those against real interpreters.
