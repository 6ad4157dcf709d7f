//! Many servers at once, each on a port of its own, so that a port tells which client came for which trial.

use super::{Manner, PATIENCE, Seen, serve};
use crate::python::PythonError;
use crate::python::authority::Authority;
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;

/// How often the ports are looked at.
const PAUSE: Duration = Duration::from_millis(4);

/// The most connections to one port that are served: a client that comes again and again is not followed for ever.
const MOST_CONNECTIONS: usize = 12;

/// A server: where it listens, and how it behaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Plot {
    /// Its port on the loopback.
    pub port: u16,
    /// Its behaviour.
    pub manner: Manner,
}

struct Bed {
    listener: TcpListener,
    manner: Manner,
    served: usize,
}

type Harvest = Arc<Mutex<Vec<(usize, usize, Seen)>>>;

/// Running servers.
pub struct Farm {
    /// In the order in which they were asked for.
    pub plots: Vec<Plot>,
    stop: Arc<AtomicBool>,
    seen: Harvest,
    keeper: JoinHandle<Vec<JoinHandle<()>>>,
}

impl Farm {
    /// Starts a server for each behaviour.
    ///
    /// # Errors
    /// [`PythonError::Loopback`] where no port can be opened.
    pub fn start(authority: Arc<Authority>, manners: &[Manner]) -> Result<Farm, PythonError> {
        let mut beds = Vec::with_capacity(manners.len());
        let mut plots = Vec::with_capacity(manners.len());
        for manner in manners {
            let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).map_err(PythonError::Loopback)?;
            listener.set_nonblocking(true).map_err(PythonError::Loopback)?;
            let port = listener.local_addr().map_err(PythonError::Loopback)?.port();
            plots.push(Plot { port, manner: *manner });
            beds.push(Bed { listener, manner: *manner, served: 0 });
        }
        let stop = Arc::new(AtomicBool::new(false));
        let seen = Harvest::default();
        let keeper = {
            let (stop, seen) = (Arc::clone(&stop), Arc::clone(&seen));
            std::thread::spawn(move || keep(&mut beds, &authority, &stop, &seen))
        };
        Ok(Farm { plots, stop, seen, keeper })
    }

    /// Stops the servers and tells what each saw, connection by connection.
    pub fn finish(self) -> Vec<Vec<Seen>> {
        self.stop.store(true, Ordering::Relaxed);
        for worker in self.keeper.join().unwrap_or_default() {
            let _ended_either_way = worker.join();
        }
        let mut all = std::mem::take(&mut *self.seen.lock().unwrap_or_else(|broken| broken.into_inner()));
        all.sort_by_key(|(plot, turn, _)| (*plot, *turn));
        let mut by_plot = vec![Vec::new(); self.plots.len()];
        for (plot, _, seen) in all {
            if let Some(list) = by_plot.get_mut(plot) {
                list.push(seen);
            }
        }
        by_plot
    }
}

/// Takes connections until told to stop.
fn keep(
    beds: &mut [Bed],
    authority: &Arc<Authority>,
    stop: &AtomicBool,
    seen: &Harvest,
) -> Vec<JoinHandle<()>> {
    let mut workers = Vec::new();
    loop {
        // Looked at before the last round: who knocked before the end is still let in.
        let is_last = stop.load(Ordering::Relaxed);
        for (index, bed) in beds.iter_mut().enumerate() {
            while let Ok((stream, _)) = bed.listener.accept() {
                bed.served += 1;
                if bed.served <= MOST_CONNECTIONS {
                    workers.push(tend(stream, (index, bed.served), bed.manner, authority, seen));
                }
            }
        }
        if is_last {
            return workers;
        }
        std::thread::sleep(PAUSE);
    }
}

fn tend(
    stream: TcpStream,
    (plot, turn): (usize, usize),
    manner: Manner,
    authority: &Arc<Authority>,
    harvest: &Harvest,
) -> JoinHandle<()> {
    let (authority, harvest) = (Arc::clone(authority), Arc::clone(harvest));
    std::thread::spawn(move || {
        let _ = stream.set_nonblocking(false);
        let _ = stream.set_read_timeout(Some(PATIENCE));
        let Some(credentials) = authority.credentials(manner.flaw) else { return };
        let seen = serve(stream, manner.speaks, credentials);
        harvest.lock().unwrap_or_else(|broken| broken.into_inner()).push((plot, turn, seen));
    })
}
