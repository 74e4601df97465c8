//! Clients of one process that reach the same tenant in the same way share what it told them.

use crate::driver::Settings;
use crate::supply::Tenant;
use std::collections::HashMap;
use std::sync::{Arc, LazyLock, Mutex, PoisonError, Weak};

type Key = (String, Settings);

static TENANTS: LazyLock<Mutex<HashMap<Key, Weak<Tenant>>>> = LazyLock::new(Mutex::default);

/// The tenant of these settings, for as long as a client holds it.
pub fn tenant(issuer: &str, settings: &Settings) -> Arc<Tenant> {
    let mut tenants = TENANTS.lock().unwrap_or_else(PoisonError::into_inner);
    let key = (issuer.to_owned(), settings.clone());
    if let Some(tenant) = tenants.get(&key).and_then(Weak::upgrade) {
        return tenant;
    }
    tenants.retain(|_, tenant| tenant.strong_count() > 0);
    let tenant = Arc::<Tenant>::default();
    tenants.insert(key, Arc::downgrade(&tenant));
    tenant
}
