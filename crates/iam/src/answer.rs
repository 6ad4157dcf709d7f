//! Three-valued answers. Nothing here knows policies.

use tieout_model::Gap;

/// The answer to a question about a policy that may hold unknown parts.
#[derive(Debug, Clone, PartialEq)]
pub enum Answer<T> {
    /// It is so, and what makes it so.
    Yes(T),
    /// It is not so.
    No,
    /// It cannot be told, and what would settle it.
    Unknown(Gap),
}

impl<T> Answer<T> {
    /// What makes it so, `None` for no, or the gap.
    ///
    /// # Errors
    /// The gap, where the answer is unknown: pass it on with `?`.
    pub fn known(self) -> Result<Option<T>, Gap> {
        match self {
            Answer::Yes(value) => Ok(Some(value)),
            Answer::No => Ok(None),
            Answer::Unknown(gap) => Err(gap),
        }
    }

    /// True for a certain yes.
    pub fn is_yes(&self) -> bool {
        matches!(self, Answer::Yes(_))
    }

    /// True for a certain no.
    pub fn is_no(&self) -> bool {
        matches!(self, Answer::No)
    }
}

/// A list of what was found for certain, and the gaps behind which more may be.
#[derive(Debug, Clone, PartialEq)]
pub struct Found<T> {
    /// What is so for certain, in the order of the document.
    pub items: Vec<T>,
    /// What could not be told.
    pub gaps: Vec<Gap>,
}

impl<T> Default for Found<T> {
    fn default() -> Self {
        Found { items: Vec::new(), gaps: Vec::new() }
    }
}

impl<T> Found<T> {
    /// The items, or the gap where nothing was found but something may be.
    ///
    /// # Errors
    /// The first gap, where no item was found and something could not be told.
    pub fn known(self) -> Result<Vec<T>, Gap> {
        match self.gaps.into_iter().next() {
            Some(gap) if self.items.is_empty() => Err(gap),
            _ => Ok(self.items),
        }
    }
}

/// A truth value without its reason, for joining: `No < Maybe < Yes`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Tri {
    No,
    Maybe,
    Yes,
}

impl Tri {
    pub(crate) fn of(flag: bool) -> Tri {
        if flag { Tri::Yes } else { Tri::No }
    }

    pub(crate) fn not(self) -> Tri {
        match self {
            Tri::No => Tri::Yes,
            Tri::Maybe => Tri::Maybe,
            Tri::Yes => Tri::No,
        }
    }

    /// True where any holds; stops at the first certain one.
    pub(crate) fn any(values: impl IntoIterator<Item = Tri>) -> Tri {
        let mut best = Tri::No;
        for value in values {
            if value == Tri::Yes {
                return value;
            }
            best = best.max(value);
        }
        best
    }

    /// True where all hold; stops at the first that does not.
    pub(crate) fn all(values: impl IntoIterator<Item = Tri>) -> Tri {
        let mut worst = Tri::Yes;
        for value in values {
            if value == Tri::No {
                return value;
            }
            worst = worst.min(value);
        }
        worst
    }
}
