//! Dependencies and runtimes (being built).
