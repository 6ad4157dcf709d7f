//! Python source (being built).
