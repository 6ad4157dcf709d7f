//! Advisories of Python packages (being built).
