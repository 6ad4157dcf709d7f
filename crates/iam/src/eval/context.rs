//! The context of a request: keys and values, and whether a key that is not there is absent or unknown.

use crate::matcher::Lookup;
use std::borrow::Cow;

/// The values of a context key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ContextValue<'a> {
    /// A key that has one value.
    One(Cow<'a, str>),
    /// A key that has a list of values.
    Many(Vec<Cow<'a, str>>),
}

impl<'a> ContextValue<'a> {
    /// The values.
    pub fn values(&self) -> &[Cow<'a, str>] {
        match self {
            ContextValue::One(value) => std::slice::from_ref(value),
            ContextValue::Many(values) => values,
        }
    }
}

/// The context of a request.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Context<'a> {
    entries: Vec<(Cow<'a, str>, ContextValue<'a>)>,
    open: bool,
}

/// What a context says of a key.
pub(crate) enum Found<'c, 'a> {
    Present(&'c ContextValue<'a>),
    Absent,
    Unknown,
}

impl<'a> Context<'a> {
    /// A context in which a key that is not there is absent from the request.
    pub fn new() -> Context<'a> {
        Context::default()
    }

    /// A context in which a key that is not there may have any value.
    pub fn open() -> Context<'a> {
        Context { entries: Vec::new(), open: true }
    }

    /// Sets a key, in place of an earlier value. Keys have no case.
    pub fn set(&mut self, key: impl Into<Cow<'a, str>>, value: ContextValue<'a>) {
        let key = key.into();
        match self.entries.iter_mut().find(|(name, _)| name.eq_ignore_ascii_case(&key)) {
            Some(entry) => entry.1 = value,
            None => self.entries.push((key, value)),
        }
    }

    /// Takes a key out.
    pub fn unset(&mut self, key: &str) {
        self.entries.retain(|(name, _)| !name.eq_ignore_ascii_case(key));
    }

    /// Sets a key to one value.
    #[must_use]
    pub fn with(mut self, key: impl Into<Cow<'a, str>>, value: impl Into<Cow<'a, str>>) -> Context<'a> {
        self.set(key, ContextValue::One(value.into()));
        self
    }

    /// The keys and values, in the order in which they were set.
    pub fn entries(&self) -> &[(Cow<'a, str>, ContextValue<'a>)] {
        &self.entries
    }

    /// True where the context does not tell whether a key is there.
    pub fn is_unknown(&self, key: &str) -> bool {
        !key.is_empty() && matches!(self.find(key), Found::Unknown)
    }

    pub(crate) fn find(&self, key: &str) -> Found<'_, 'a> {
        match self.entries.iter().find(|(name, _)| name.eq_ignore_ascii_case(key)) {
            Some((_, value)) => Found::Present(value),
            None if self.open => Found::Unknown,
            None => Found::Absent,
        }
    }

    /// What a policy variable stands for. A key with a list of values stands for nothing.
    pub(crate) fn variable(&self, key: &str) -> Lookup<'_> {
        match self.find(key) {
            Found::Present(ContextValue::One(value)) => Lookup::Value(value),
            Found::Present(ContextValue::Many(_)) | Found::Absent => Lookup::Absent,
            Found::Unknown => Lookup::Unknown,
        }
    }
}
