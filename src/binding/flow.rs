//! One operation under way, as JavaScript drives it.

use super::failure::NativeResponse;
use super::guarded;
use super::step::NativeStep;
use super::transport::NativeTransport;
use crate::core::Core;
use crate::effect::{Answer, Effect, Thrown};
use crate::error::Reason;
use crate::flow::{Flow, Operation, Settings, Step};
use crate::request::{Reply, Response, TransportError};
use napi::Env;
use napi::bindgen_prelude::{PromiseRaw, Uint8Array};
use napi_derive::napi;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

#[napi]
pub struct NativeFlow {
    flow: Flow,
    step: Step,
    /// What the native transport brought for the pending request.
    reply: Arc<Mutex<Option<Reply>>>,
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
        let (flow, step) = Flow::start(core, settings, operation, now);
        Self { flow, step, reply: Arc::default() }
    }

    fn answer(&mut self, answer: Answer, now: f64) -> NativeStep {
        let flow = &mut self.flow;
        self.step = guarded(|| Ok(flow.answer(answer, now))).unwrap_or_else(|failure| Step::Failed(failure.into()));
        (&self.step).into()
    }
}

#[napi]
impl NativeFlow {
    #[napi(getter)]
    pub fn step(&self) -> NativeStep {
        (&self.step).into()
    }

    /// Sends the pending request. The promise settles, without a value, when there is a reply or an error to go on
    /// with in `answerFetched`. `timeout` in milliseconds; 0 or less waits as long as it takes.
    #[napi(ts_return_type = "Promise<void>")]
    pub fn fetch<'env>(
        &self,
        env: &'env Env,
        transport: &NativeTransport,
        timeout: f64,
    ) -> napi::Result<PromiseRaw<'env, ()>> {
        let request = match &self.step {
            Step::Need(Effect::Fetch(request)) => Some(request.clone()),
            _ => None,
        };
        let (transport, slot) = (transport.inner.clone(), Arc::clone(&self.reply));
        let timeout = (timeout > 0.0).then(|| Duration::try_from_secs_f64(timeout / 1000.0).ok()).flatten();
        env.spawn_future(async move {
            if let Some(request) = request {
                let reply = transport.send(&request, timeout).await;
                *slot.lock().unwrap_or_else(PoisonError::into_inner) = Some(reply);
            }
            Ok(())
        })
    }

    /// Goes on with what `fetch` brought. `now` in seconds since the epoch.
    #[napi]
    pub fn answer_fetched(&mut self, now: f64) -> NativeStep {
        let reply = self.reply.lock().unwrap_or_else(PoisonError::into_inner).take();
        let nothing = || TransportError::Network { message: network_message(None), code: None, cause: None };
        let reply = reply.ok_or_else(nothing).and_then(|reply| reply);
        self.answer(Answer::Response(reply), now)
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
