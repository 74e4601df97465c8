#![no_main]

use libfuzzer_sys::fuzz_target;
use monocloud_backend_node::certificate::header::{Encoding, certificates, chain_of, rfc9440};

fuzz_target!(|value: &str| {
    if rfc9440(value).is_ok() {
        assert!(value.len() >= 3 && !value.contains(','));
    }
    let _ = certificates(value, Encoding::Rfc9440, false);
    let chain = chain_of(&[value.to_owned()], Encoding::Rfc9440, 9);
    assert!(chain.is_err() || chain.is_ok_and(|chain| chain.len() <= 9));
});
