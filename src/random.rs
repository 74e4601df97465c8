//! Randomness that decides nothing about tokens.

use aws_lc_rs::rand;

/// A number in 0..1; 0 if the system has no randomness to give.
pub fn unit() -> f64 {
    let mut octets = [0; 4];
    match rand::fill(&mut octets) {
        Ok(()) => f64::from(u32::from_be_bytes(octets)) / 4_294_967_296.0,
        Err(_) => 0.0,
    }
}
