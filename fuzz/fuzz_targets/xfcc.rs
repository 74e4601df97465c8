#![no_main]

use libfuzzer_sys::fuzz_target;
use monocloud_backend_node::certificate::header::{Identity, Which, forwarded};

fuzz_target!(|value: &str| {
    for which in [None, Some(Which::First), Some(Which::Last)] {
        let without_text = forwarded(value, which, false);
        assert!(!matches!(without_text, Ok(Identity::Text(_))));
        // Text never takes a certificate's place.
        assert!(without_text.is_err() || without_text == forwarded(value, which, true));
    }
});
