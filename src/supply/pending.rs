//! One request under way and everybody who waits for it.

use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

/// A result that somebody is getting.
pub struct Pending<T> {
    state: Mutex<State<T>>,
    /// On the steady clock.
    pub started: f64,
}

struct State<T> {
    /// `Some(None)`: whoever was getting it went away.
    outcome: Option<Option<T>>,
    wakers: Vec<Waker>,
}

/// The duty to settle a [`Pending`]. Dropped without, it lets the others choose a new leader.
pub struct Lead<T>(Arc<Pending<T>>);

/// Ends when the result is there, or its leader has gone.
pub struct Wait<T>(Arc<Pending<T>>);

impl<T> Pending<T> {
    pub fn lead(started: f64) -> (Lead<T>, Arc<Self>) {
        let pending = Arc::new(Self { state: Mutex::new(State { outcome: None, wakers: Vec::new() }), started });
        (Lead(Arc::clone(&pending)), pending)
    }

    pub fn is_over(&self) -> bool {
        self.state().outcome.is_some()
    }

    fn state(&self) -> MutexGuard<'_, State<T>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn end(&self, outcome: Option<T>) {
        let wakers = {
            let mut state = self.state();
            state.outcome.get_or_insert(outcome);
            std::mem::take(&mut state.wakers)
        };
        wakers.into_iter().for_each(Waker::wake);
    }
}

impl<T: Clone> Pending<T> {
    /// The result, if there is one and its leader did not go away.
    pub fn result(&self) -> Option<T> {
        self.state().outcome.clone().flatten()
    }

    pub fn wait(self: &Arc<Self>) -> Wait<T> {
        Wait(Arc::clone(self))
    }
}

impl<T> Lead<T> {
    pub fn settle(self, result: T) {
        self.0.end(Some(result));
    }
}

impl<T> Drop for Lead<T> {
    fn drop(&mut self) {
        self.0.end(None);
    }
}

impl<T> Future for Wait<T> {
    type Output = ();

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let mut state = self.0.state();
        if state.outcome.is_some() {
            return Poll::Ready(());
        }
        if !state.wakers.iter().any(|waker| waker.will_wake(context.waker())) {
            state.wakers.push(context.waker().clone());
        }
        Poll::Pending
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::pin::pin;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::task::Wake;

    struct Counter(AtomicUsize);

    impl Wake for Counter {
        fn wake(self: Arc<Self>) {
            self.0.fetch_add(1, Ordering::SeqCst);
        }
    }

    #[test]
    fn waits_end_with_the_result_or_with_their_leader() {
        for settles in [true, false] {
            let (lead, pending) = Pending::lead(0.0);
            let counter = Arc::new(Counter(AtomicUsize::new(0)));
            let waker = Waker::from(Arc::clone(&counter));
            let mut context = Context::from_waker(&waker);
            let mut wait = pin!(pending.wait());
            assert_eq!(wait.as_mut().poll(&mut context), Poll::Pending);
            assert_eq!(wait.as_mut().poll(&mut context), Poll::Pending);
            if settles {
                lead.settle(7)
            } else {
                drop(lead)
            }
            assert_eq!(counter.0.load(Ordering::SeqCst), 1, "woken once");
            assert_eq!(wait.as_mut().poll(&mut context), Poll::Ready(()));
            assert_eq!(pending.result(), settles.then_some(7));
            assert!(pending.is_over());
        }
    }
}
