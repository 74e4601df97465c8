//! One operation under way, as JavaScript drives it.

use super::diagnostics::{Exchange, NativeExchange, NativeObserved};
use super::failure::NativeResponse;
use super::guarded;
use super::moment;
use super::step::NativeStep;
use super::transport::NativeTransport;
use crate::core::Core;
use crate::driver::Transport;
use crate::effect::{Answer, Effect, Thrown};
use crate::error::Reason;
use crate::flow::{Flow, Operation, Settings, Step};
use crate::request::{Response, TransportError};
use napi::Env;
use napi::bindgen_prelude::{PromiseRaw, Uint8Array};
use napi_derive::napi;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use tokio::task::AbortHandle;

#[napi]
pub struct NativeFlow {
    /// Gone once it has been detached.
    flow: Option<Flow>,
    step: Step,
    /// What the transport's own threads have made of it.
    advanced: Arc<Mutex<Option<Advanced>>>,
    exchanges: Vec<Exchange>,
    under_way: Option<AbortHandle>,
}

/// How far an operation has come without JavaScript.
struct Advanced {
    flow: Flow,
    step: Step,
    exchanges: Vec<Exchange>,
}

/// Why a function of the application threw.
#[napi(object)]
pub struct NativeThrown {
    /// It is one of the SDK's own errors.
    pub ours: bool,
    /// The `code` of a token error.
    pub token_code: Option<String>,
    pub message: Option<String>,
}

impl NativeFlow {
    pub fn start(core: Arc<Core>, settings: Settings, operation: Operation, now: f64) -> Self {
        let (flow, step) = Flow::start(core, settings, operation, moment(now));
        Self { flow: Some(flow), step, advanced: Arc::default(), exchanges: Vec::new(), under_way: None }
    }

    fn answer(&mut self, answer: Answer, now: f64) -> NativeStep {
        self.step = match &mut self.flow {
            Some(flow) => answered(flow, answer, now),
            None => Step::Failed(Reason::Internal.into()),
        };
        (&self.step).into()
    }
}

/// A thread that ends gives its fetch up, and those who wait for it choose another.
impl Drop for NativeFlow {
    fn drop(&mut self) {
        if let Some(task) = &self.under_way {
            task.abort();
        }
    }
}

#[napi]
impl NativeFlow {
    #[napi(getter)]
    pub fn step(&self) -> NativeStep {
        (&self.step).into()
    }

    /// What the last answer said, for diagnostics.
    #[napi(getter)]
    pub fn observed(&self) -> NativeObserved {
        self.flow.as_ref().map(Flow::observed).unwrap_or_default().into()
    }

    /// The requests that `fetch` has sent, for diagnostics; each is told once.
    #[napi]
    pub fn exchanges(&mut self) -> Vec<NativeExchange> {
        std::mem::take(&mut self.exchanges).into_iter().map(NativeExchange::from).collect()
    }

    /// Sends the pending request and carries the operation on for as long as it only needs the native transport, so
    /// that others who wait for its outcome do not depend on this thread's event loop. The promise settles, without a
    /// value, when `advanced` may be called. `timeout` in milliseconds; 0 or less waits as long as it takes. `now` in
    /// seconds since the epoch.
    #[napi(ts_return_type = "Promise<void>")]
    pub fn fetch<'env>(
        &mut self,
        env: &'env Env,
        transport: &NativeTransport,
        timeout: f64,
        now: f64,
    ) -> napi::Result<PromiseRaw<'env, ()>> {
        let task = self.flow.take().map(|flow| {
            let step = std::mem::replace(&mut self.step, Step::Failed(Reason::Internal.into()));
            let work = advance(flow, step, transport.inner.clone(), limit(timeout), now);
            let slot = Arc::clone(&self.advanced);
            napi::bindgen_prelude::spawn(async move {
                let advanced = work.await;
                *slot.lock().unwrap_or_else(PoisonError::into_inner) = Some(advanced);
            })
        });
        self.under_way = task.as_ref().map(|task| task.abort_handle());
        env.spawn_future(async move {
            if let Some(task) = task {
                drop(task.await);
            }
            Ok(())
        })
    }

    /// Waits for what somebody else is getting; the promise settles, without a value, when `answerKept` may be called.
    #[napi(ts_return_type = "Promise<void>")]
    pub fn wait<'env>(&mut self, env: &'env Env) -> napi::Result<PromiseRaw<'env, ()>> {
        let waiting = match &mut self.step {
            Step::Need(Effect::Wait { until, limit }) => {
                let limit = limit.and_then(|limit| Duration::try_from_secs_f64(limit).ok());
                Some((std::mem::replace(until, Box::pin(std::future::ready(()))), limit))
            }
            _ => None,
        };
        env.spawn_future(async move {
            match waiting {
                Some((until, Some(limit))) => drop(tokio::time::timeout(limit, until).await),
                Some((until, None)) => until.await,
                None => {}
            }
            Ok(())
        })
    }

    /// Carries the operation on without JavaScript, for as long as it only needs the native transport. Nothing waits
    /// for it and it keeps no process alive. `now` and `timeout` as elsewhere.
    #[napi]
    pub fn detach(&mut self, transport: &NativeTransport, timeout: f64, now: f64) {
        let Some(flow) = self.flow.take() else { return };
        let step = std::mem::replace(&mut self.step, Step::Failed(Reason::Internal.into()));
        let work = background(flow, step, transport.inner.clone(), limit(timeout), now);
        drop(napi::bindgen_prelude::spawn(work));
    }

    /// What the operation needs after `fetch`.
    #[napi]
    pub fn advanced(&mut self) -> NativeStep {
        self.under_way = None;
        let advanced = self.advanced.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(Advanced { flow, step, exchanges }) = advanced {
            (self.flow, self.step, self.exchanges) = (Some(flow), step, exchanges);
        }
        (&self.step).into()
    }

    /// `body` stands for the response's own.
    #[napi]
    pub fn answer_response(&mut self, response: NativeResponse, body: Uint8Array, now: f64) -> NativeStep {
        let response = Response { body: body.to_vec(), ..response.into() };
        self.answer(Answer::Response(Ok(response)), now)
    }

    /// The body broke off.
    #[napi]
    pub fn answer_body_lost(&mut self, response: NativeResponse, message: Option<String>, now: f64) -> NativeStep {
        let (response, message) = (Box::new(response.into()), network_message(message));
        let lost = TransportError::BodyLost { response, message, code: None, cause: None };
        self.answer(Answer::Response(Err(lost)), now)
    }

    /// The body was over the size limit; the response comes without it.
    #[napi]
    pub fn answer_too_large(&mut self, response: NativeResponse, now: f64) -> NativeStep {
        self.answer(Answer::Response(Err(TransportError::TooLarge(response.into()))), now)
    }

    #[napi]
    pub fn answer_timed_out(&mut self, now: f64) -> NativeStep {
        self.answer(Answer::Response(Err(TransportError::TimedOut)), now)
    }

    /// The application's fetcher failed. Without a message the published text stands for it.
    #[napi]
    pub fn answer_network_error(&mut self, message: Option<String>, now: f64) -> NativeStep {
        let message = network_message(message);
        self.answer(Answer::Response(Err(TransportError::Network { message, code: None, cause: None })), now)
    }

    /// JSON text of what a method, resolver or cache answered.
    #[napi]
    pub fn answer_text(&mut self, text: Option<String>, now: f64) -> NativeStep {
        self.answer(Answer::Text(text), now)
    }

    /// A method answered; its value stays with the caller.
    #[napi]
    pub fn answer_kept(&mut self, now: f64) -> NativeStep {
        self.answer(Answer::Kept, now)
    }

    #[napi]
    pub fn answer_threw(&mut self, thrown: NativeThrown, now: f64) -> NativeStep {
        let NativeThrown { ours, token_code, message } = thrown;
        self.answer(Answer::Threw(Thrown { ours, token_code, message }), now)
    }
}

/// An exception without a message is an unexpected network error, as in the published SDK.
fn network_message(message: Option<String>) -> String {
    message.unwrap_or_else(|| Reason::NetworkFailed.message().to_owned())
}

fn limit(timeout: f64) -> Option<Duration> {
    (timeout > 0.0).then(|| Duration::try_from_secs_f64(timeout / 1000.0).ok()).flatten()
}

/// A panic becomes an error, whichever thread it happens on.
fn answered(flow: &mut Flow, answer: Answer, now: f64) -> Step {
    guarded(|| Ok(flow.answer(answer, moment(now)))).unwrap_or_else(|failure| Step::Failed(failure.into()))
}

/// Answers requests and waits; ends at anything else. The wall clock goes on from `now` as the steady one does.
async fn advance(
    mut flow: Flow,
    mut step: Step,
    transport: Transport,
    timeout: Option<Duration>,
    now: f64,
) -> Advanced {
    let started = Instant::now();
    let clock = || now + started.elapsed().as_secs_f64().floor();
    let mut exchanges = Vec::new();
    loop {
        let answer = match step {
            Step::Need(Effect::Fetch(request)) => {
                let sent = Instant::now();
                let reply = transport.send(&request, timeout).await;
                let ended = Instant::now();
                step = answered(&mut flow, Answer::Response(reply), clock());
                exchanges.push(Exchange { request, sent, ended, observed: flow.observed() });
                continue;
            }
            Step::Need(Effect::Wait { until, limit }) => {
                match limit.and_then(|limit| Duration::try_from_secs_f64(limit).ok()) {
                    Some(limit) => drop(tokio::time::timeout(limit, until).await),
                    None => until.await,
                }
                Answer::Kept
            }
            other => return Advanced { flow, step: other, exchanges },
        };
        step = answered(&mut flow, answer, clock());
    }
}

/// Nobody sees what comes of it, so a refresh on its way asks for no other.
async fn background(mut flow: Flow, mut step: Step, transport: Transport, timeout: Option<Duration>, now: f64) {
    let started = Instant::now();
    let clock = || now + started.elapsed().as_secs_f64().floor();
    loop {
        Advanced { flow, step, .. } = advance(flow, step, transport.clone(), timeout, clock()).await;
        match step {
            Step::Need(Effect::Refresh(_)) => step = answered(&mut flow, Answer::Kept, clock()),
            _ => return,
        }
    }
}
