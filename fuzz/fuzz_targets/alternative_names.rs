#![no_main]

use libfuzzer_sys::fuzz_target;
use monocloud_backend_node::certificate::header::alternative_names;

fuzz_target!(|text: &str| {
    if let Some(names) = alternative_names(text) {
        assert!(names.len() <= text.matches(',').count() + 1);
    }
});
