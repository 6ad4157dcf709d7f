//! How fast a service of a region is asked: so many calls at once, and after throttling a distance between
//! them that grows and shrinks with what the service says.

use std::collections::BTreeMap;
use std::hash::{BuildHasher, RandomState};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::Instant;

/// Calls at once to one service of one region.
const AT_ONCE: usize = 10;
/// Calls at once in all.
const AT_ONCE_IN_ALL: usize = 64;
/// The distance between calls after the first throttling, and the longest.
const FIRST_STEP: Duration = Duration::from_millis(50);
const LONGEST_STEP: Duration = Duration::from_secs(2);
/// A shorter distance than this is none.
const SHORTEST_STEP: Duration = Duration::from_millis(5);

/// One lane for each service and region.
#[derive(Debug)]
pub(crate) struct Pace {
    lanes: Mutex<BTreeMap<(&'static str, String), Arc<Lane>>>,
    all: Arc<Semaphore>,
}

/// The pace of one service in one region.
#[derive(Debug)]
pub(crate) struct Lane {
    slots: Arc<Semaphore>,
    rhythm: Mutex<Rhythm>,
}

#[derive(Debug, Default)]
struct Rhythm {
    step: Duration,
    next: Option<Instant>,
}

/// Leave to make one call; given back when dropped.
#[derive(Debug)]
pub(crate) struct Leave {
    _slot: Option<OwnedSemaphorePermit>,
    _all: Option<OwnedSemaphorePermit>,
}

impl Default for Pace {
    fn default() -> Pace {
        Pace { lanes: Mutex::default(), all: Arc::new(Semaphore::new(AT_ONCE_IN_ALL)) }
    }
}

impl Pace {
    pub(crate) fn lane(&self, service: &'static str, region: &str) -> Arc<Lane> {
        let mut lanes = self.lanes.lock().unwrap_or_else(PoisonError::into_inner);
        let lane = lanes.entry((service, region.to_owned())).or_insert_with(|| {
            Arc::new(Lane { slots: Arc::new(Semaphore::new(AT_ONCE)), rhythm: Mutex::default() })
        });
        lane.clone()
    }

    /// Waits until a call may be made.
    pub(crate) async fn enter(&self, lane: &Lane) -> Leave {
        // Neither semaphore is ever closed, so that there is always a permit.
        let slot = lane.slots.clone().acquire_owned().await.ok();
        if let Some(at) = lane.turn(Instant::now()) {
            tokio::time::sleep_until(at).await;
        }
        Leave { _slot: slot, _all: self.all.clone().acquire_owned().await.ok() }
    }
}

impl Lane {
    /// When the next call may be made; none for at once.
    fn turn(&self, now: Instant) -> Option<Instant> {
        let mut rhythm = self.rhythm.lock().unwrap_or_else(PoisonError::into_inner);
        if rhythm.step.is_zero() {
            return None;
        }
        let at = rhythm.next.map_or(now, |next| next.max(now));
        rhythm.next = Some(at + rhythm.step);
        Some(at)
    }

    /// The service refused a call for its rate: twice the distance.
    pub(crate) fn throttled(&self) {
        let mut rhythm = self.rhythm.lock().unwrap_or_else(PoisonError::into_inner);
        rhythm.step = (rhythm.step * 2).clamp(FIRST_STEP, LONGEST_STEP);
    }

    /// A call went through: a tenth less.
    pub(crate) fn went_through(&self) {
        let mut rhythm = self.rhythm.lock().unwrap_or_else(PoisonError::into_inner);
        rhythm.step = rhythm.step * 9 / 10;
        if rhythm.step < SHORTEST_STEP {
            rhythm.step = Duration::ZERO;
        }
    }
}

/// A random wait before the given attempt (1 is the first repetition): up to `base`, doubled each time, at most
/// twenty seconds. Random, so that many callers do not return together.
pub(crate) fn backoff(base: Duration, attempt: u32) -> Duration {
    let most = base.saturating_mul(1 << attempt.saturating_sub(1).min(10)).min(Duration::from_secs(20));
    let most = u64::try_from(most.as_millis()).unwrap_or(20_000);
    let random = RandomState::new().hash_one(attempt);
    Duration::from_millis(random % (most + 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn throttling_spreads_calls_and_success_brings_them_together_again() {
        let pace = Pace::default();
        let lane = pace.lane("iam", "us-east-1");
        let now = Instant::now();
        assert_eq!(lane.turn(now), None);
        lane.throttled();
        assert_eq!(lane.turn(now), Some(now));
        assert_eq!(lane.turn(now), Some(now + FIRST_STEP));
        lane.throttled();
        assert_eq!(lane.turn(now), Some(now + 2 * FIRST_STEP));
        assert_eq!(lane.turn(now), Some(now + 4 * FIRST_STEP));
        (0..40).for_each(|_| lane.went_through());
        assert_eq!(lane.turn(now), None);
    }

    #[test]
    fn one_region_s_throttling_leaves_the_others_alone() {
        let pace = Pace::default();
        pace.lane("ec2", "eu-west-1").throttled();
        assert!(pace.lane("ec2", "us-east-1").turn(Instant::now()).is_none());
        assert!(pace.lane("ec2", "eu-west-1").turn(Instant::now()).is_some());
    }

    #[test]
    fn waits_grow_and_have_a_bound() {
        let base = Duration::from_millis(100);
        for attempt in 1..40 {
            assert!(backoff(base, attempt) <= Duration::from_secs(20));
        }
        assert!(backoff(base, 1) <= base);
    }
}
