//! What a running operation may look at, and how it reaches what others have fetched.

use super::{Next, Operation, Settings};
use crate::core::Core;
use crate::document::Kind;
use crate::effect::Effect;
use crate::error::{self, Failure};
use crate::request::{Purpose, Reply, Response, TransportError};
use crate::stats::{Lookup, Observed};
use crate::supply::{Demand, Moment, Rules, Shelf};
use std::cell::Cell;

/// What a frame may look at.
pub struct Context<'a> {
    pub core: &'a Core,
    pub settings: &'a Settings,
    pub now: Moment,
    pub observed: &'a Cell<Observed>,
}

impl Context<'_> {
    /// `this.getMetadata()` or `this.getJwks()`.
    pub fn get(&self, kind: Kind, demand: Demand) -> Next {
        let overridden = match kind {
            Kind::Metadata => self.settings.overrides.get_metadata,
            Kind::Jwks => self.settings.overrides.get_jwks,
        };
        match (overridden, kind) {
            (true, Kind::Metadata) => Next::Ask(Effect::GetMetadata),
            (true, Kind::Jwks) => Next::Ask(Effect::GetJwks { force: false }),
            (false, kind) => Next::Call(Operation::Document { kind, demand }),
        }
    }

    pub fn shelf(&self, kind: Kind) -> &Shelf {
        self.core.tenant(self.settings.native).shelf(kind)
    }

    pub fn rules(&self, kind: Kind) -> Rules {
        self.settings.rules(self.core, kind)
    }

    /// Reads what a request brought; counts it and notes it for operators. An inactive token is a proper answer.
    pub fn receive<T>(
        &self,
        purpose: Purpose,
        reply: Reply,
        url: &str,
        read: impl FnOnce(Response) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        let status = match &reply {
            Ok(response) | Err(TransportError::TooLarge(response)) => Some(response.status),
            Err(TransportError::BodyLost { response, .. }) => Some(response.status),
            Err(TransportError::TimedOut | TransportError::Network { .. }) => None,
        };
        let result = self.response(reply, url).and_then(read);
        let reason = result.as_ref().err().map(|failure| failure.reason);
        let reason = reason.filter(|reason| !matches!(reason.kind(), error::Kind::Token(_)));
        self.core.stats.fetched(purpose, reason.is_none());
        self.observed.set(Observed { status, reason, lookup: None });
        result
    }

    pub fn looked_up(&self, lookup: Lookup) {
        self.core.stats.looked_up(lookup);
        self.observed.set(Observed { lookup: Some(lookup), ..Observed::default() });
    }

    /// The response to judge. A lost body is no loss where only the status counts.
    fn response(&self, reply: Reply, url: &str) -> Result<Response, Failure> {
        match reply {
            Ok(response) => Ok(response),
            Err(TransportError::BodyLost { response, .. }) if response.status != 200 => Ok(*response),
            Err(error) => Err(Failure::from_transport(error, url, self.settings.response_timeout)),
        }
    }
}
