//! Tells a request on a kept-alive connection from one that opened its own.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};

use tower_layer::Layer;
use tower_service::Service;

tokio::task_local! {
    static OPENED: Arc<AtomicBool>;
}

/// Runs one exchange; the flag is true if a connection was opened on its behalf.
pub(super) async fn observe<F: Future>(exchange: F) -> (F::Output, bool) {
    let opened = Arc::new(AtomicBool::new(false));
    let output = OPENED.scope(Arc::clone(&opened), exchange).await;
    (output, opened.load(Ordering::Relaxed))
}

/// A connector layer that raises the flag of the exchange that asks for a connection.
#[derive(Clone)]
pub(super) struct Observed;

impl<S> Layer<S> for Observed {
    type Service = Connector<S>;

    fn layer(&self, inner: S) -> Connector<S> {
        Connector { inner }
    }
}

#[derive(Clone)]
pub(super) struct Connector<S> {
    inner: S,
}

impl<S: Service<R>, R> Service<R> for Connector<S> {
    type Response = S::Response;
    type Error = S::Error;
    type Future = S::Future;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, destination: R) -> S::Future {
        // Outside an exchange (a connection finished in the background) there is no flag to raise.
        let _ = OPENED.try_with(|opened| opened.store(true, Ordering::Relaxed));
        self.inner.call(destination)
    }
}
