//! Where a name stands in the tables, by a hash without case: every action of every policy is looked up.

use super::{ActionRow, ServiceRow};

/// Positions of services and of actions.
#[derive(Debug, Default)]
pub(super) struct Names {
    pub(super) services: Index,
    pub(super) actions: Index,
}

impl Names {
    pub(super) fn of(services: &[ServiceRow], actions: &[ActionRow]) -> Names {
        Names {
            services: Index::of(services.iter().map(|row| (0, row.prefix))),
            actions: Index::of(actions.iter().map(|row| (row.service, row.name))),
        }
    }
}

/// Positions by hash, open addressing. Names are told apart by a number too: `TagResource` is an action of
/// hundreds of services.
#[derive(Debug, Default)]
pub(super) struct Index {
    /// Position and 1, or 0 for none. The length is a power of two and at least twice the number of names.
    slots: Vec<u32>,
}

impl Index {
    fn of<'n>(names: impl ExactSizeIterator<Item = (u16, &'n str)>) -> Index {
        let mut slots = vec![0u32; (names.len() * 2).next_power_of_two()];
        let mask = slots.len() - 1;
        for (at, (number, name)) in names.enumerate() {
            let mut slot = hash(number, name) as usize & mask;
            while slots.get(slot).is_some_and(|taken| *taken != 0) {
                slot = (slot + 1) & mask;
            }
            if let Some(free) = slots.get_mut(slot) {
                *free = at as u32 + 1;
            }
        }
        Index { slots }
    }

    /// The position of a name in any case; `name_of` tells the name at a position, and nothing where the
    /// position is not of this number.
    pub(super) fn find(
        &self,
        number: u16,
        name: &str,
        name_of: impl Fn(usize) -> Option<&'static str>,
    ) -> Option<usize> {
        let mask = self.slots.len().checked_sub(1)?;
        let mut slot = hash(number, name) as usize & mask;
        loop {
            let at = (*self.slots.get(slot)?).checked_sub(1)? as usize;
            if name_of(at).is_some_and(|known| known.eq_ignore_ascii_case(name)) {
                return Some(at);
            }
            slot = (slot + 1) & mask;
        }
    }
}

/// FNV-1a of the letters without case, with the high bits mixed in.
fn hash(number: u16, name: &str) -> u64 {
    let start = 0xcbf2_9ce4_8422_2325u64 ^ (u64::from(number) << 32);
    let all = name.bytes().fold(start, |hash, byte| {
        (hash ^ u64::from(byte.to_ascii_lowercase())).wrapping_mul(0x0000_0100_0000_01b3)
    });
    all ^ (all >> 32)
}
