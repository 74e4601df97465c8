//! A decision about a JWT with warm keys allocates nothing.

use monocloud_backend_node::access::Requirement;
use monocloud_backend_node::config::{self, BindingMode, Environment, Options, Value};
use monocloud_backend_node::core::Core;
use monocloud_backend_node::document::{Document, Kind};
use monocloud_backend_node::flow::direct::Payload;
use monocloud_backend_node::flow::judge::{Bench, Verdict, judge};
use monocloud_backend_node::flow::{Checks, Settings};
use monocloud_backend_node::supply::Moment;
use monocloud_backend_node::verdicts::{Limits, Verdicts};
use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::sync::Arc;

struct Counting;

thread_local! {
    static ALLOCATIONS: Cell<usize> = const { Cell::new(0) };
}

#[expect(unsafe_code, reason = "an allocator is unsafe by its trait; this one hands everything on")]
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        ALLOCATIONS.set(ALLOCATIONS.get() + 1);
        // SAFETY: the caller's promises are handed on.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: as above.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static COUNTING: Counting = Counting;

const NOW: f64 = 1_800_000_000.0;

struct NoVariables;

impl Environment for NoVariables {
    fn get(&self, _: &str) -> Option<String> {
        None
    }
}

#[test]
fn nothing_is_allocated_for_a_token_of_a_known_key() {
    let fixture: serde_json::Value = serde_json::from_str(include_str!("../benches/tokens.json")).expect("JSON");
    let text = |text: &str| Value::String(text.to_owned());
    let options = Options(vec![
        ("tenantDomain".to_owned(), text("https://tenant.example")),
        ("audience".to_owned(), text("https://api.example")),
    ]);
    let config = config::resolve(&options, &NoVariables).expect("a configuration");
    let audience = serde_json::Value::from(config.audience.as_str());
    let core = Core::new(config, audience, Some(BindingMode::WhenPresent));
    let keys = Document::parse(Kind::Jwks, &fixture.to_string());
    core.tenant(false).shelf(Kind::Jwks).hold(keys, f64::INFINITY);
    let list = |name: &str| Value::Array(vec![text(name)]);
    let Ok(requirement) = Requirement::compile(list("orders:read"), list("admin"), true) else { panic!("lists") };
    let mode = Some(BindingMode::WhenPresent);
    let checks = Checks { of_caller: true, requirement: Arc::new(requirement), mode, ..Checks::default() };
    let (settings, verdicts) = (Settings::of_clock(0.0, 60.0), Verdicts::new(Limits { entries: 100, bytes: 1 << 20 }));
    let allocations = |token: &str, memory: Option<&Verdicts>, now: f64| {
        let bench = Bench { core: &core, settings: &settings, verdicts: memory, now: Moment::from(now) };
        let before = ALLOCATIONS.get();
        let mut payload = Payload::default();
        let verdict = judge(bench, token, &checks, &mut payload, |_| false);
        let allocations = ALLOCATIONS.get() - before;
        assert_eq!(matches!(verdict, Verdict::Accepted(_)), now == NOW);
        allocations
    };
    for name in ["RS256", "ES256"] {
        let token = fixture.pointer(&format!("/tokens/{name}")).and_then(|token| token.as_str()).expect("a token");
        for _ in 0..3 {
            allocations(token, Some(&verdicts), NOW);
        }
        assert_eq!(allocations(token, Some(&verdicts), NOW), 0, "{name}, known");
        assert_eq!(allocations(token, Some(&verdicts), 1e10), 0, "{name}, expired");
        assert_eq!(allocations(token, None, NOW), 0, "{name}, verified anew");
    }
}
