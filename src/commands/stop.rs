//! Ctrl-C and SIGTERM: the first ends the run in order, the second at once.
//!
//! A pull looks at [`Stop`] itself: exports that are being converted are rolled back, those that are done stay. Every
//! other command is simply dropped where it stands, which removes its temporary files; should it be waiting for
//! something that does not come, such as its input, it is ended after a moment.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::watch;

use crate::acquire::S3Client;
use crate::outcome::Signal;

/// Tells the parts of a run that it shall end; clones tell the same.
#[derive(Debug, Clone)]
pub struct Stop(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    signal: watch::Sender<Option<Signal>>,
    clients: Mutex<Vec<S3Client>>,
    /// Whether somebody looks for requests and ends in order.
    watched: AtomicBool,
}

/// Time that a command is given to be dropped.
const MOMENT: Duration = Duration::from_secs(1);

/// A part of the run that ends in order by itself, as long as this lives.
pub(super) struct Watched(Stop);

impl Drop for Watched {
    fn drop(&mut self) {
        self.0.0.watched.store(false, Ordering::SeqCst);
    }
}

impl Default for Stop {
    fn default() -> Self {
        let (signal, clients) = (watch::Sender::new(None), Mutex::default());
        Self(Arc::new(Inner { signal, clients, watched: AtomicBool::new(false) }))
    }
}

impl Stop {
    /// Asks the run to end.
    pub fn request(&self, signal: Signal) {
        self.0.signal.send_modify(|now| *now = now.or(Some(signal)));
        for client in self.clients().iter() {
            client.stop();
        }
    }

    /// Who asked the run to end, if somebody did.
    #[must_use]
    pub fn requested(&self) -> Option<Signal> {
        *self.0.signal.borrow()
    }

    /// Promises to look for requests until the result is dropped.
    pub(super) fn watched(&self) -> Watched {
        self.0.watched.store(true, Ordering::SeqCst);
        Watched(self.clone())
    }

    /// Resolves once the run shall end.
    pub async fn wait(&self) -> Signal {
        let mut receiver = self.0.signal.subscribe();
        loop {
            if let Some(signal) = *receiver.borrow_and_update() {
                return signal;
            }
            if receiver.changed().await.is_err() {
                // Cannot happen while this value lives.
                std::future::pending::<()>().await;
            }
        }
    }

    /// Sleeps, but no longer than until the run shall end.
    pub fn pause(&self, duration: Duration) {
        let step = Duration::from_millis(50);
        let mut left = duration;
        while self.requested().is_none() && !left.is_zero() {
            std::thread::sleep(left.min(step));
            left = left.saturating_sub(step);
        }
    }

    /// Has the client's requests and transfers end with the run.
    pub fn ends(&self, client: &S3Client) {
        self.clients().push(client.clone());
        if self.requested().is_some() {
            client.stop();
        }
    }

    fn clients(&self) -> std::sync::MutexGuard<'_, Vec<S3Client>> {
        self.0.clients.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Turns the signals of the system into requests to stop. `on_first` says so to the user.
///
/// They are waited for on a thread of their own, so that the second one ends the process however busy the others are.
pub(super) fn on_signals(stop: &Stop, on_first: impl FnOnce(Signal) + Send + 'static) {
    let stop = stop.clone();
    // Without the thread, signals end the process as they always do, which the lake survives.
    let _ = std::thread::Builder::new().name("signals".to_owned()).spawn(move || {
        let Ok(runtime) = tokio::runtime::Builder::new_current_thread().enable_all().build() else { return };
        runtime.block_on(async move {
            let Ok(mut signals) = Signals::new() else { return };
            let Some(first) = signals.next().await else { return };
            stop.request(first);
            if stop.0.watched.load(Ordering::SeqCst) {
                on_first(first);
            }
            loop {
                let moment = tokio::time::sleep(MOMENT);
                tokio::select! {
                    biased;
                    Some(second) = signals.next() => end(second),
                    () = moment => {}
                }
                if !stop.0.watched.load(Ordering::SeqCst) {
                    end(first);
                }
            }
        });
    });
}

/// Ends the process without waiting for anything. The lake is made for that: what is not committed does not exist.
#[expect(clippy::exit, reason = "the user asked twice; threads may be waiting for a disk or a network that is gone")]
fn end(signal: Signal) -> ! {
    std::process::exit(signal.outcome().code().into())
}

#[cfg(unix)]
struct Signals {
    interrupt: tokio::signal::unix::Signal,
    terminate: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl Signals {
    fn new() -> std::io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self { interrupt: signal(SignalKind::interrupt())?, terminate: signal(SignalKind::terminate())? })
    }

    async fn next(&mut self) -> Option<Signal> {
        tokio::select! {
            got = self.interrupt.recv() => got.map(|()| Signal::Interrupt),
            got = self.terminate.recv() => got.map(|()| Signal::Terminate),
        }
    }
}

#[cfg(not(unix))]
struct Signals;

#[cfg(not(unix))]
impl Signals {
    fn new() -> std::io::Result<Self> {
        Ok(Self)
    }

    async fn next(&mut self) -> Option<Signal> {
        tokio::signal::ctrl_c().await.ok().map(|()| Signal::Interrupt)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_request_counts_and_ends_every_pause() {
        let stop = Stop::default();
        let other = stop.clone();
        assert_eq!(other.requested(), None);
        let waiting = std::thread::spawn(move || {
            other.pause(Duration::from_secs(3_600));
            futures::executor::block_on(other.wait())
        });
        stop.request(Signal::Terminate);
        stop.request(Signal::Interrupt);
        assert_eq!(waiting.join().unwrap(), Signal::Terminate);
        assert_eq!(stop.requested(), Some(Signal::Terminate));
    }
}
