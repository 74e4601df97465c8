//! Verdicts that the pool reaches, on their way back to the event loop that asked for them.

use super::failure::NativeFailure;
use crate::pool::{Bell, Job, Pool};
use napi::Status;
use napi::bindgen_prelude::{Either4, Function, Null};
use napi::threadsafe_function::{ThreadsafeFunction, ThreadsafeFunctionCallMode};
use napi_derive::napi;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// What became of a token: the payload's JSON text, a failure, or nothing when something has to be fetched first.
pub type Verdict = Option<Result<String, NativeFailure>>;

/// A ticket, then its verdict, by turns.
type Told = Vec<Either4<u32, String, NativeFailure, Null>>;

/// Weak: it keeps no event loop running. Whoever waits does that.
type Notice = ThreadsafeFunction<(), (), Told, Status, false, true>;

/// Where one event loop's verdicts come in.
#[napi]
pub struct NativePort {
    port: Arc<Port>,
}

pub struct Port {
    tickets: AtomicU32,
    verdicts: Arc<Verdicts>,
    notice: Notice,
}

/// Verdicts that the event loop has not been told.
#[derive(Default)]
struct Verdicts {
    untold: Mutex<Vec<(u32, Verdict)>>,
    /// The event loop knows that there are some.
    rung: AtomicBool,
}

#[napi]
impl NativePort {
    /// `settle` is called with tickets and their verdicts by turns, as many as there are.
    #[napi(constructor, ts_args_type = "settle: (verdicts: Array<number | string | NativeFailure | null>) => void")]
    pub fn new(settle: Function<'_, Told, ()>) -> napi::Result<Self> {
        let verdicts = Arc::<Verdicts>::default();
        let untold = Arc::clone(&verdicts);
        let notice = settle.build_threadsafe_function().weak::<true>().build_callback(move |_| Ok(untold.tell()))?;
        Ok(Self { port: Arc::new(Port { tickets: AtomicU32::new(0), verdicts, notice }) })
    }
}

impl NativePort {
    pub fn port(&self) -> &Arc<Port> {
        &self.port
    }
}

impl Port {
    /// Has the pool reach a verdict. The ticket tells it apart from the others.
    pub fn defer(self: &Arc<Self>, judge: impl FnOnce() -> Verdict + Send + 'static) -> u32 {
        let ticket = self.tickets.fetch_add(1, Ordering::Relaxed);
        let port = Arc::clone(self);
        let work = Box::new(move || port.verdicts.add(ticket, judge()));
        let bell = Arc::<Self>::clone(self);
        Pool::shared().submit(Job { work, bell });
        ticket
    }
}

impl Bell for Port {
    fn ring(&self) {
        if !self.verdicts.rung.swap(true, Ordering::AcqRel) {
            self.notice.call((), ThreadsafeFunctionCallMode::NonBlocking);
        }
    }

    fn is_muted(&self) -> bool {
        self.notice.aborted()
    }
}

impl Verdicts {
    fn add(&self, ticket: u32, verdict: Verdict) {
        self.untold.lock().unwrap_or_else(PoisonError::into_inner).push((ticket, verdict));
    }

    fn tell(&self) -> Told {
        // What is added from here on rings again.
        self.rung.store(false, Ordering::Release);
        let untold = std::mem::take(&mut *self.untold.lock().unwrap_or_else(PoisonError::into_inner));
        let told = untold.into_iter().flat_map(|(ticket, verdict)| {
            let verdict = match verdict {
                Some(Ok(text)) => Either4::B(text),
                Some(Err(failure)) => Either4::C(failure),
                None => Either4::D(Null),
            };
            [Either4::A(ticket), verdict]
        });
        told.collect()
    }
}
