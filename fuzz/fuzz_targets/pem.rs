#![no_main]

use libfuzzer_sys::fuzz_target;
use monocloud_backend_node::certificate::header::{Encoding, MAX_CHAIN_CERTS, certificates};

fuzz_target!(|value: &str| {
    if let Ok(read) = certificates(value, Encoding::UrlPem, false) {
        assert!((1..=MAX_CHAIN_CERTS).contains(&read.len()));
        assert!(value.contains("BEGIN") || value.contains('%'));
    }
});
