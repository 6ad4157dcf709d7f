//! A leaf of the state: set, AWS's default, absent, or unknown with its gap.

use crate::{Gap, Place};

/// A property of a resource. A check reads it with [`Setting::known`] and `?`, so that an unknown value
/// becomes *not assessed* and can never be mistaken for "no".
#[derive(Debug, Clone, PartialEq)]
pub enum Setting<T> {
    /// Written in the source, or reported by the API.
    Set(T, Place),
    /// Not written; AWS's documented default (`aws-state/tables`). The place is the nearest written parent.
    Default(T, Place),
    /// Not written, and AWS has no default for it. The place is the nearest written parent.
    Absent(Place),
    /// Not known, and what would settle it.
    Unknown(Gap, Place),
}

impl<T> Default for Setting<T> {
    fn default() -> Self {
        Setting::Absent(Place::None)
    }
}

impl<T> Setting<T> {
    /// The value, `None` where it is absent, or the gap.
    ///
    /// # Errors
    /// The gap, where the value is not known: pass it on with `?`.
    pub fn known(&self) -> Result<Option<&T>, Gap> {
        match self {
            Setting::Set(value, _) | Setting::Default(value, _) => Ok(Some(value)),
            Setting::Absent(_) => Ok(None),
            Setting::Unknown(gap, _) => Err(gap.clone()),
        }
    }

    /// The place of the value, or of the nearest written parent where it is absent.
    pub fn place(&self) -> &Place {
        match self {
            Setting::Set(_, place)
            | Setting::Default(_, place)
            | Setting::Absent(place)
            | Setting::Unknown(_, place) => place,
        }
    }

    /// True where the value is written or reported, known or not.
    pub fn is_written(&self) -> bool {
        matches!(self, Setting::Set(..) | Setting::Unknown(..))
    }

    /// True where it is neither written nor defaulted.
    pub fn is_absent(&self) -> bool {
        matches!(self, Setting::Absent(_))
    }

    /// The gap, where the value is not known.
    pub fn gap(&self) -> Option<&Gap> {
        match self {
            Setting::Unknown(gap, _) => Some(gap),
            _ => None,
        }
    }
}

impl Setting<bool> {
    /// True where the flag is known to be on; absent counts as off.
    ///
    /// # Errors
    /// The gap, where it is not known.
    pub fn is_true(&self) -> Result<bool, Gap> {
        Ok(self.known()?.copied().unwrap_or(false))
    }
}

impl Setting<String> {
    /// The text; absent is the empty text.
    ///
    /// # Errors
    /// The gap, where it is not known.
    pub fn text(&self) -> Result<&str, Gap> {
        Ok(self.known()?.map(String::as_str).unwrap_or_default())
    }
}

impl<T> Setting<Vec<T>> {
    /// The elements; none where it is absent.
    ///
    /// # Errors
    /// The gap, where the list as a whole is not known.
    pub fn items(&self) -> Result<&[T], Gap> {
        Ok(self.known()?.map(Vec::as_slice).unwrap_or_default())
    }
}
