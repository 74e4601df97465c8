//! Jobs in the order in which they came, and the threads that take them.

use std::collections::VecDeque;
use std::sync::Arc;

/// The most that a thread takes at once, so that a few threads share a burst and verdicts come back in company.
const HELPING: usize = 16;

/// Work, and whom to tell when it is done.
pub struct Job {
    pub work: Box<dyn FnOnce() + Send>,
    pub bell: Arc<dyn Bell>,
}

/// Tells those who wait that something is done for them.
pub trait Bell: Send + Sync {
    fn ring(&self);

    /// Nobody waits any more: the work may be left undone.
    fn is_muted(&self) -> bool {
        false
    }
}

/// What somebody has to do now that there is work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Call {
    Nobody,
    /// Wake one of the threads that sleep.
    Wake,
    /// Start a thread; it is counted already.
    Start,
}

pub struct Queue {
    jobs: VecDeque<Job>,
    /// The most threads there may be.
    limit: usize,
    threads: usize,
    asleep: usize,
    /// Threads that were woken and have not noticed yet.
    woken: usize,
}

impl Queue {
    pub fn new(limit: usize) -> Self {
        Self { jobs: VecDeque::new(), limit: limit.max(1), threads: 0, asleep: 0, woken: 0 }
    }

    /// A thread that is awake comes back for more, so only the first job of a silence needs anybody called.
    pub fn push(&mut self, job: Job) -> Call {
        self.jobs.push_back(job);
        if self.asleep == self.threads { self.call() } else { Call::Nobody }
    }

    /// The oldest jobs, as many as leave the other threads their share. Whoever leaves jobs behind calls another
    /// thread, which spares the thread that asks for verdicts the cost of waking more than one.
    pub fn take(&mut self, helping: &mut Vec<Job>) -> Call {
        let share = self.jobs.len().div_ceil(self.limit).min(HELPING);
        helping.extend(self.jobs.drain(..share));
        if self.jobs.is_empty() { Call::Nobody } else { self.call() }
    }

    pub fn is_empty(&self) -> bool {
        self.jobs.is_empty()
    }

    pub fn sleep(&mut self) {
        self.asleep += 1;
    }

    /// Whether a sleeper was really woken; a condition variable may say so for nothing.
    pub fn wake(&mut self) -> bool {
        let woken = self.woken > 0;
        self.woken = self.woken.saturating_sub(1);
        woken
    }

    /// The thread that was to be started did not start. The jobs that nobody is left to do; a thread that has fallen
    /// asleep meanwhile is woken for them instead.
    pub fn not_started(&mut self) -> (Vec<Job>, Call) {
        self.threads = self.threads.saturating_sub(1);
        match self.threads {
            0 => (self.jobs.drain(..).collect(), Call::Nobody),
            threads if threads == self.asleep && !self.jobs.is_empty() => (Vec::new(), self.call()),
            _ => (Vec::new(), Call::Nobody),
        }
    }

    fn call(&mut self) -> Call {
        if self.asleep > 0 {
            self.asleep -= 1;
            self.woken += 1;
            Call::Wake
        } else if self.threads < self.limit {
            self.threads += 1;
            Call::Start
        } else {
            Call::Nobody
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Mutex;

    struct Silent;

    impl Bell for Silent {
        fn ring(&self) {}
    }

    fn job(number: usize, done: &Arc<Mutex<Vec<usize>>>) -> Job {
        let done = Arc::clone(done);
        Job { work: Box::new(move || done.lock().unwrap().push(number)), bell: Arc::new(Silent) }
    }

    fn filled(limit: usize, jobs: usize) -> (Queue, Arc<Mutex<Vec<usize>>>) {
        let (mut queue, done) = (Queue::new(limit), Arc::default());
        (0..jobs).for_each(|number| _ = queue.push(job(number, &done)));
        (queue, done)
    }

    #[test]
    fn only_the_first_job_of_a_silence_calls_somebody() {
        let (mut queue, done) = (Queue::new(2), Arc::default());
        assert_eq!(queue.push(job(0, &done)), Call::Start);
        assert_eq!(queue.push(job(1, &done)), Call::Nobody, "the thread on its way will see it");
        let mut helping = Vec::new();
        assert_eq!(queue.take(&mut helping), Call::Start, "one job each");
        assert_eq!(queue.take(&mut helping), Call::Nobody);
        assert!(queue.is_empty());
        queue.sleep();
        assert_eq!(queue.push(job(2, &done)), Call::Nobody, "one thread is awake");
        assert_eq!(queue.take(&mut helping), Call::Nobody);
        queue.sleep();
        assert_eq!(queue.push(job(3, &done)), Call::Wake);
        assert_eq!(queue.push(job(4, &done)), Call::Nobody, "the woken thread counts as awake before it runs");
        assert!(queue.wake());
        assert!(!queue.wake(), "only one was woken");
    }

    #[test]
    fn no_more_threads_than_allowed_are_started() {
        for limit in [0, 1, 3] {
            let (mut queue, done) = (Queue::new(limit), Arc::default());
            let mut started = 0;
            let mut helping = Vec::new();
            for number in 0..100 {
                started += usize::from(queue.push(job(number, &done)) == Call::Start);
            }
            while !queue.is_empty() {
                started += usize::from(queue.take(&mut helping) == Call::Start);
            }
            assert_eq!((started, helping.len()), (limit.max(1), 100));
        }
    }

    #[test]
    fn the_oldest_jobs_are_taken_first_and_shared() {
        let (mut queue, done) = filled(2, 100);
        let mut sizes = Vec::new();
        while !queue.is_empty() {
            let mut helping = Vec::new();
            queue.take(&mut helping);
            sizes.push(helping.len());
            helping.into_iter().for_each(|job| (job.work)());
        }
        assert_eq!(sizes[..6], [16, 16, 16, 16, 16, 10]);
        assert_eq!(*done.lock().unwrap(), (0..100).collect::<Vec<_>>());
    }

    #[test]
    fn jobs_come_back_when_no_thread_can_be_started() {
        let (mut queue, done) = filled(4, 3);
        queue.not_started().0.into_iter().for_each(|job| (job.work)());
        assert_eq!(*done.lock().unwrap(), [0, 1, 2]);
        assert_eq!(queue.push(job(3, &done)), Call::Start, "the next one tries again");
        let mut helping = Vec::new();
        queue.take(&mut helping);
        assert_eq!(helping.len(), 1);
    }

    #[test]
    fn a_thread_that_sleeps_is_woken_for_what_came_while_another_failed_to_start() {
        let (mut queue, done) = (Queue::new(2), Arc::default());
        assert_eq!(queue.push(job(0, &done)), Call::Start);
        assert_eq!(queue.push(job(1, &done)), Call::Nobody);
        let mut helping = Vec::new();
        assert_eq!(queue.take(&mut helping), Call::Start, "for the job that is left");
        queue.take(&mut helping);
        queue.sleep();
        assert_eq!(queue.push(job(2, &done)), Call::Nobody, "the thread on its way would see it");
        let (left, call) = queue.not_started();
        assert_eq!((left.len(), call), (0, Call::Wake));
    }
}
