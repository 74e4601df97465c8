//! The threads of the pool: started when there is work for them, asleep without, bounded by the processors at hand.

use super::policy;
use super::queue::{Bell, Call, Job, Queue};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Condvar, LazyLock, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

/// Verdicts wait for no more than this, and the job after it, before those who want them are told.
const PATIENCE: Duration = Duration::from_micros(250);

/// Cheap to clone; clones share their threads. The threads keep no process alive and end with it.
#[derive(Clone)]
pub struct Pool(Arc<Shared>);

struct Shared {
    queue: Mutex<Queue>,
    work: Condvar,
}

impl Pool {
    /// At most this many threads, and at least one.
    pub fn new(limit: usize) -> Self {
        Self(Arc::new(Shared { queue: Mutex::new(Queue::new(limit)), work: Condvar::new() }))
    }

    /// The one of the process, which may run as many threads at a time as a cgroup's quota allows.
    pub fn shared() -> &'static Self {
        static POOL: LazyLock<Pool> =
            LazyLock::new(|| Pool::new(policy::threads(thread::available_parallelism().map_or(1, usize::from))));
        &POOL
    }

    /// Does the work later, on another thread; at once, on this one, if none can be started.
    pub fn submit(&self, job: Job) {
        let call = self.0.queue().push(job);
        self.call(call);
    }

    fn call(&self, call: Call) {
        match call {
            Call::Nobody => {}
            Call::Wake => self.0.work.notify_one(),
            Call::Start => {
                let pool = self.clone();
                let started = thread::Builder::new().name("monocloud-pool".to_owned()).spawn(move || pool.serve());
                if started.is_err() {
                    let (mut left, call) = self.0.queue().not_started();
                    self.call(call);
                    perform(&mut left);
                }
            }
        }
    }

    fn serve(&self) -> ! {
        let mut helping = Vec::new();
        loop {
            let call = self.await_work().take(&mut helping);
            self.call(call);
            perform(&mut helping);
        }
    }

    fn await_work(&self) -> MutexGuard<'_, Queue> {
        let mut queue = self.0.queue();
        while queue.is_empty() {
            queue.sleep();
            loop {
                queue = self.0.work.wait(queue).unwrap_or_else(PoisonError::into_inner);
                if queue.wake() {
                    break;
                }
            }
        }
        queue
    }
}

impl Shared {
    fn queue(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Does the jobs in their order. A job that panics harms no other one.
fn perform(helping: &mut Vec<Job>) {
    let mut told = Instant::now();
    let mut done: Vec<Arc<dyn Bell>> = Vec::new();
    for Job { work, bell } in helping.drain(..) {
        if bell.is_muted() {
            continue;
        }
        drop(catch_unwind(AssertUnwindSafe(work)));
        if !done.iter().any(|known| Arc::ptr_eq(known, &bell)) {
            done.push(bell);
        }
        if told.elapsed() >= PATIENCE {
            done.drain(..).for_each(|bell| bell.ring());
            told = Instant::now();
        }
    }
    done.into_iter().for_each(|bell| bell.ring());
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;
    use std::sync::Barrier;
    use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
    use std::sync::mpsc::{Sender, channel};
    use std::thread::ThreadId;

    /// Rings by sending.
    struct Sent(Mutex<Sender<()>>, AtomicBool);

    impl Bell for Sent {
        fn ring(&self) {
            let _ = self.0.lock().unwrap().send(());
        }

        fn is_muted(&self) -> bool {
            self.1.load(Ordering::SeqCst)
        }
    }

    fn bell() -> (Arc<Sent>, std::sync::mpsc::Receiver<()>) {
        let (sender, receiver) = channel();
        (Arc::new(Sent(Mutex::new(sender), AtomicBool::new(false))), receiver)
    }

    #[test]
    fn every_job_is_done_once_and_the_bell_rings_after_it() {
        let pool = Pool::new(3);
        let (bell, rings) = bell();
        let done = Arc::new(AtomicUsize::new(0));
        for _ in 0..10_000 {
            let done = Arc::clone(&done);
            let work = Box::new(move || _ = done.fetch_add(1, Ordering::SeqCst));
            pool.submit(Job { work, bell: bell.clone() });
        }
        while done.load(Ordering::SeqCst) < 10_000 {
            rings.recv().unwrap();
        }
        assert_eq!(done.load(Ordering::SeqCst), 10_000);
    }

    #[test]
    fn as_many_threads_as_allowed_work_at_a_time() {
        let pool = Pool::new(3);
        let (bell, rings) = bell();
        let seen: Arc<Mutex<HashSet<ThreadId>>> = Arc::default();
        let together = Arc::new(Barrier::new(3));
        for _ in 0..3 {
            let (seen, together) = (Arc::clone(&seen), Arc::clone(&together));
            let work = Box::new(move || {
                together.wait();
                seen.lock().unwrap().insert(thread::current().id());
            });
            pool.submit(Job { work, bell: bell.clone() });
        }
        (0..3).for_each(|_| rings.recv().unwrap());
        assert_eq!(seen.lock().unwrap().len(), 3);
    }

    #[test]
    fn a_panic_ends_neither_the_thread_nor_the_jobs_behind_it() {
        let pool = Pool::new(1);
        let (bell, rings) = bell();
        let threads: Arc<Mutex<Vec<ThreadId>>> = Arc::default();
        for number in 0..3 {
            let threads = Arc::clone(&threads);
            let work = Box::new(move || {
                threads.lock().unwrap_or_else(PoisonError::into_inner).push(thread::current().id());
                assert_ne!(number, 1);
            });
            pool.submit(Job { work, bell: bell.clone() });
        }
        while threads.lock().unwrap_or_else(PoisonError::into_inner).len() < 3 {
            rings.recv().unwrap();
        }
        let threads = threads.lock().unwrap_or_else(PoisonError::into_inner);
        assert!(threads.iter().all(|thread| thread == &threads[0]));
    }

    #[test]
    fn nothing_is_done_for_those_who_are_gone() {
        let pool = Pool::new(1);
        let ((gone, _rings), (bell, rings)) = (bell(), bell());
        gone.1.store(true, Ordering::SeqCst);
        let done = Arc::new(AtomicUsize::new(0));
        for bell in [gone, bell] {
            let done = Arc::clone(&done);
            let work = Box::new(move || _ = done.fetch_add(1, Ordering::SeqCst));
            pool.submit(Job { work, bell });
        }
        rings.recv().unwrap();
        assert_eq!(done.load(Ordering::SeqCst), 1);
    }
}
