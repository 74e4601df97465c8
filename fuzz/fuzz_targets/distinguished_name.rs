#![no_main]

use libfuzzer_sys::fuzz_target;
use monocloud_backend_node::certificate::header::DistinguishedName;

fuzz_target!(|text: &str| {
    if let Some(name) = DistinguishedName::parse(text) {
        let names = name.values("CN").count();
        assert!(names <= name.attributes.len() && !name.attributes.is_empty());
    }
});
