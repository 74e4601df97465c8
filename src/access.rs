//! Scopes (RFC 6749 section 3.3) and groups: may the bearer of a valid token do this.

use crate::claims::Checked;
use crate::config;
use crate::error::{Failure, Reason};
use crate::text::words;
use serde_json::Value;

/// What a route asks for. Compiled once, used for every request.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Requirement {
    /// All of them; `None` stands for an element that is not a string and so is in no token.
    pub scopes: Vec<Option<String>>,
    /// Any or all of them; no list, or an empty one, asks for nothing.
    pub groups: Vec<Option<String>>,
}

impl Requirement {
    /// From the values that the application gave. Nothing given asks for nothing. What is neither nothing nor a list is
    /// refused, but for groups with `strict` off: there it passes, as in the published SDK.
    pub fn compile(scopes: config::Value, groups: config::Value, strict: bool) -> Result<Self, Failure> {
        let scopes = list(scopes).map_err(|NotAList| not_a_list("scopes"))?;
        let groups = match list(groups) {
            Err(NotAList) if strict => return Err(not_a_list("groups")),
            groups => groups.unwrap_or_default(),
        };
        Ok(Self { scopes, groups })
    }
}

struct NotAList;

fn list(value: config::Value) -> Result<Vec<Option<String>>, NotAList> {
    match value {
        config::Value::Undefined | config::Value::Null => Ok(Vec::new()),
        config::Value::Array(items) => Ok(items.into_iter().map(text).collect()),
        _ => Err(NotAList),
    }
}

fn text(value: config::Value) -> Option<String> {
    match value {
        config::Value::String(text) => Some(text),
        _ => None,
    }
}

fn not_a_list(name: &str) -> Failure {
    Failure::new(Reason::RequirementInvalid, format!("\"{name}\" must be an array of strings"))
}

/// Where the groups of a token are, and how many of the wanted ones it must have.
#[derive(Clone, Debug)]
pub struct GroupRule {
    /// Name of the claim. Default `groups`.
    pub claim: String,
    /// All wanted groups instead of any. Default false.
    pub match_all: bool,
}

impl Default for GroupRule {
    fn default() -> Self {
        Self { claim: "groups".to_owned(), match_all: false }
    }
}

pub fn check(claims: Checked<'_>, requirement: &Requirement, rule: &GroupRule) -> Result<(), Reason> {
    let scope = match claims.get("scope") {
        None | Some(Value::Null) => Scope::Absent,
        Some(Value::String(text)) => Scope::Text(text),
        Some(_) => Scope::Malformed,
    };
    check_scopes(scope, &requirement.scopes)?;
    let wanted = &requirement.groups;
    let groups = match claims.get(&rule.claim) {
        Some(Value::Array(groups)) => Groups::List {
            has_null: groups.iter().any(Value::is_null),
            suffices: in_groups(groups, wanted, rule.match_all),
        },
        _ => Groups::Absent,
    };
    check_groups(groups, wanted)
}

/// The `scope` claim, whoever has read it.
pub enum Scope<'a> {
    Absent,
    Text(&'a str),
    /// No string.
    Malformed,
}

/// The claim that holds the groups, whoever has read it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Groups {
    /// No list.
    Absent,
    /// `suffices`: it has any, or all, of the wanted ones.
    List { has_null: bool, suffices: bool },
}

/// Every wanted scope, compared case-sensitively, must be in the white-space separated list.
pub fn check_scopes(claim: Scope<'_>, wanted: &[Option<String>]) -> Result<(), Reason> {
    if wanted.is_empty() {
        return Ok(());
    }
    let granted = match claim {
        Scope::Absent => "",
        Scope::Text(text) => text,
        Scope::Malformed => return Err(Reason::ScopeType),
    };
    let has = |scope: &Option<String>| scope.as_deref().is_some_and(|scope| words(granted).any(|own| own == scope));
    if wanted.iter().all(has) { Ok(()) } else { Err(Reason::ScopesMissing) }
}

pub fn check_groups(claim: Groups, wanted: &[Option<String>]) -> Result<(), Reason> {
    match claim {
        _ if wanted.is_empty() => Ok(()),
        Groups::List { has_null: true, .. } => Err(Reason::GroupsType),
        Groups::List { suffices: true, .. } => Ok(()),
        Groups::List { .. } | Groups::Absent => Err(Reason::GroupsMissing),
    }
}

/// Whether a `groups` claim holds any (or all) of the wanted ones: each element is a string, or an object with `id`
/// and `name`.
pub fn in_groups(groups: &[Value], wanted: &[Option<String>], match_all: bool) -> bool {
    let is_in = |wanted: &Option<String>| {
        wanted.as_deref().is_some_and(|wanted| groups.iter().any(|group| is_group(group, wanted)))
    };
    match (groups.is_empty(), match_all) {
        (true, _) => false,
        (false, true) => wanted.iter().all(is_in),
        (false, false) => wanted.iter().any(is_in),
    }
}

fn is_group(group: &Value, wanted: &str) -> bool {
    match group {
        Value::String(name) => name == wanted,
        Value::Object(members) => ["id", "name"].iter().any(|name| members.get(*name).is_some_and(|own| own == wanted)),
        _ => false,
    }
}
