//! Peers whose headers count: addresses, CIDR blocks (RFC 4632, RFC 4291 section 2.3) and names of well-known ranges.

use super::option::{OptionError, Options, printed};
use crate::config::Value;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::ops::RangeInclusive;

/// Ranges of addresses. An IPv4 address and its IPv4-mapped form (RFC 4291 section 2.5.5.2) are the same peer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TrustedProxies {
    ranges: Vec<RangeInclusive<u128>>,
}

const NAMED: [(&str, &[&str]); 3] = [
    ("loopback", &["127.0.0.0/8", "::1/128"]),
    ("linklocal", &["169.254.0.0/16", "fe80::/10"]),
    ("uniquelocal", &["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7"]),
];

impl TrustedProxies {
    /// The option `trustedProxies`: one entry or a list of them; a `net.BlockList` is taken as it is now. An empty list
    /// trusts nobody.
    pub fn compile(options: &Options<'_>) -> Result<Option<Self>, OptionError> {
        let Some(value) = options.get("trustedProxies") else { return Ok(None) };
        let mut proxies = Self::default();
        let entries = match value {
            Value::Array(entries) => entries.as_slice(),
            one @ (Value::String(_) | Value::Object(_)) => std::slice::from_ref(one),
            _ => return Err(options.error("trustedProxies must be a list of addresses and CIDR blocks")),
        };
        for entry in entries {
            proxies.add(entry).ok_or_else(|| {
                options.error(format!(
                    "trustedProxies: '{}' must be an address, a CIDR block, 'loopback', 'linklocal' or 'uniquelocal'",
                    printed(entry)
                ))
            })?;
        }
        Ok(Some(proxies))
    }

    /// Whether a peer is one of them. Nobody knows who a peer without an address is.
    pub fn contains(&self, peer: Option<&str>) -> bool {
        // RFC 4007 section 11: the zone says which link, not which address.
        let address = peer.and_then(|peer| peer.split('%').next()).and_then(|peer| peer.parse().ok()).map(number);
        address.is_some_and(|address| self.ranges.iter().any(|range| range.contains(&address)))
    }

    fn add(&mut self, entry: &Value) -> Option<()> {
        match entry {
            Value::String(text) => match NAMED.iter().find(|(name, _)| name == text) {
                Some((_, blocks)) => blocks.iter().try_for_each(|block| self.add_block(block)),
                None => self.add_block(text),
            },
            Value::Object(_) => match entry.member("rules") {
                Value::Array(rules) => rules.iter().try_for_each(|rule| self.add_rule(rule.as_str()?)),
                _ => None,
            },
            _ => None,
        }
    }

    fn add_block(&mut self, text: &str) -> Option<()> {
        self.ranges.push(match text.split_once('/') {
            None => {
                let address = number(text.parse().ok()?);
                address..=address
            }
            Some((address, length)) => block(address.parse().ok()?, prefix_length(length)?)?,
        });
        Some(())
    }

    /// A rule as `net.BlockList` prints it.
    fn add_rule(&mut self, rule: &str) -> Option<()> {
        let (kind, rest) = rule.split_once(": ")?;
        let (_, addresses) = rest.split_once(' ')?;
        if kind != "Range" {
            return self.add_block(addresses);
        }
        let (first, last) = addresses.split_once('-')?;
        self.ranges.push(number(first.parse().ok()?)..=number(last.parse().ok()?));
        Some(())
    }
}

/// All addresses in one space: IPv4 as IPv4-mapped IPv6.
fn number(address: IpAddr) -> u128 {
    match address {
        IpAddr::V4(address) => mapped(address),
        IpAddr::V6(address) => address.into(),
    }
}

fn mapped(address: Ipv4Addr) -> u128 {
    Ipv6Addr::to_bits(address.to_ipv6_mapped())
}

fn prefix_length(text: &str) -> Option<u32> {
    let plain = text.bytes().all(|byte| byte.is_ascii_digit()) && (text == "0" || !text.starts_with('0'));
    if plain { text.parse().ok() } else { None }
}

/// Bits behind the prefix do not count.
fn block(address: IpAddr, length: u32) -> Option<RangeInclusive<u128>> {
    let bits: u32 = if address.is_ipv4() { 32 } else { 128 };
    let hosts = match bits.checked_sub(length)? {
        0 => 0,
        free => u128::MAX >> (128 - free),
    };
    let first = number(address) & !hosts;
    Some(first..=first | hosts)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn trusts(entries: &[&str], peer: &str) -> Option<bool> {
        let entries = entries.iter().map(|entry| Value::String((*entry).to_owned())).collect();
        let options = Value::Object(vec![("trustedProxies".to_owned(), Value::Array(entries))]);
        let proxies = TrustedProxies::compile(&Options::new(&options, "")).ok()??;
        Some(proxies.contains(Some(peer)))
    }

    #[test]
    fn addresses_blocks_and_names() {
        for (entry, peer) in [
            ("10.0.0.1", "10.0.0.1"),
            ("10.0.0.1", "::ffff:10.0.0.1"),
            ("::ffff:10.0.0.1", "10.0.0.1"),
            ("10.0.0.0/8", "10.255.255.255"),
            ("10.1.2.3/8", "::ffff:10.9.9.9"),
            ("::ffff:10.0.0.0/104", "10.9.9.9"),
            ("0.0.0.0/0", "255.255.255.255"),
            ("::/0", "2001:db8::1"),
            ("::/0", "10.0.0.1"),
            ("10.0.0.1/32", "10.0.0.1"),
            ("2001:db8::/33", "2001:db8:7fff::1"),
            ("fe80::1/128", "fe80::1%eth0"),
            ("loopback", "127.9.9.9"),
            ("loopback", "::1"),
            ("linklocal", "169.254.1.1"),
            ("linklocal", "fe80::1%en0"),
            ("uniquelocal", "172.31.255.255"),
            ("uniquelocal", "fd00::1"),
        ] {
            assert_eq!(trusts(&[entry], peer), Some(true), "{entry} {peer}");
        }
        for (entry, peer) in [
            ("10.0.0.1", "10.0.0.2"),
            ("10.0.0.0/8", "11.0.0.0"),
            ("0.0.0.0/0", "2001:db8::1"),
            ("2001:db8::/33", "2001:db8:8000::"),
            ("uniquelocal", "172.32.0.1"),
            ("loopback", "10.0.0.1"),
            ("10.0.0.1/32", "10.0.0.0"),
            ("loopback", ""),
            ("loopback", "localhost"),
            ("loopback", "127.0.0.1:80"),
        ] {
            assert_eq!(trusts(&[entry], peer), Some(false), "{entry} {peer}");
        }
        assert_eq!(trusts(&[], "127.0.0.1"), Some(false));
        assert_eq!(trusts(&["10.0.0.0/8", "loopback"], "127.0.0.1"), Some(true));
        assert!(!TrustedProxies { ranges: vec![0..=u128::MAX] }.contains(None));
    }

    #[test]
    fn entries_that_name_nobody() {
        for entry in [
            "",
            " ",
            "localhost",
            "10.0.0",
            "10.0.0.0/33",
            "::/129",
            "10.0.0.0/",
            "10.0.0.0/08",
            "10.0.0.0/+8",
            "10.0.0.0/-1",
            "10.0.0.0/255.0.0.0",
            "010.0.0.1",
            "Loopback",
            "10.0.0.1 ",
            "[::1]",
            "10.0.0.0/8/8",
        ] {
            assert_eq!(trusts(&[entry], "127.0.0.1"), None, "{entry:?}");
        }
    }

    #[test]
    fn block_lists_of_node() {
        let rules = ["Address: IPv4 10.0.0.1", "Range: IPv4 10.1.0.1-10.1.0.9", "Subnet: IPv6 fd00::/8"];
        let rules = rules.iter().map(|rule| Value::String((*rule).to_owned())).collect();
        let list = Value::Object(vec![("rules".to_owned(), Value::Array(rules))]);
        let mut proxies = TrustedProxies::default();
        assert_eq!(proxies.add(&list), Some(()));
        for (peer, trusted) in
            [("10.0.0.1", true), ("10.1.0.5", true), ("10.1.0.10", false), ("fd12::1", true), ("fe12::1", false)]
        {
            assert_eq!(proxies.contains(Some(peer)), trusted, "{peer}");
        }
    }
}
