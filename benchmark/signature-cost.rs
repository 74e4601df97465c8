//! The bare signature check: what a validation cannot cost less than.
//!
//! Reads the algorithm, the public key in hexadecimal and a file of tokens of equal length from its arguments, then
//! counts from standard input, one a line; answers each with the nanoseconds of processor time that so many checks took.

use aws_lc_rs::signature as aws;
use aws_lc_rs::signature::{ParsedPublicKey, VerificationAlgorithm};
use std::error::Error;
use std::io::{BufRead, Write};
use std::time::Instant;

struct Check {
    signing_input: Vec<u8>,
    signature: Vec<u8>,
}

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [algorithm, key, file, length] = arguments.as_slice() else {
        return Err("arguments: algorithm, key, file of tokens, length of a token".into());
    };
    let key = ParsedPublicKey::new(verification(algorithm)?, octets(key)?)?;
    let checks = std::fs::read(file)?
        .chunks_exact(length.parse()?)
        .map(Check::of)
        .collect::<Option<Vec<_>>>()
        .ok_or("not a token")?;

    let mut remaining = checks.iter().cycle();
    let mut output = std::io::stdout().lock();
    for line in std::io::stdin().lock().lines() {
        let count: usize = line?.parse()?;
        let start = Clock::now();
        for check in remaining.by_ref().take(count) {
            key.verify_sig(&check.signing_input, &check.signature)?;
        }
        writeln!(output, "{}", start.elapsed())?;
        output.flush()?;
    }
    Ok(())
}

impl Check {
    fn of(token: &[u8]) -> Option<Self> {
        let dot = token.iter().rposition(|octet| *octet == b'.')?;
        let (signing_input, signature) = token.split_at_checked(dot)?;
        let signature = base64_simd::URL_SAFE_NO_PAD.decode_to_vec(signature.get(1..)?).ok()?;
        Some(Self { signing_input: signing_input.to_vec(), signature })
    }
}

/// The thread's processor time where the system tells it, which other processes do not disturb; else the time on the wall.
enum Clock {
    Processor(u64),
    Wall(Instant),
}

impl Clock {
    fn now() -> Self {
        processor_time().map_or_else(|| Self::Wall(Instant::now()), Self::Processor)
    }

    fn elapsed(&self) -> u128 {
        match self {
            Self::Processor(start) => processor_time().unwrap_or(*start).saturating_sub(*start).into(),
            Self::Wall(start) => start.elapsed().as_nanos(),
        }
    }
}

fn processor_time() -> Option<u64> {
    // Giving the processor away brings the scheduler's count up to date.
    std::thread::yield_now();
    std::fs::read_to_string("/proc/thread-self/schedstat").ok()?.split(' ').next()?.parse().ok()
}

fn verification(algorithm: &str) -> Result<&'static dyn VerificationAlgorithm, Box<dyn Error>> {
    Ok(match algorithm {
        "RS256" => &aws::RSA_PKCS1_2048_8192_SHA256,
        "ES256" => &aws::ECDSA_P256_SHA256_FIXED,
        "EdDSA" => &aws::ED25519,
        _ => return Err("unknown algorithm".into()),
    })
}

fn octets(hexadecimal: &str) -> Result<Vec<u8>, Box<dyn Error>> {
    (0..hexadecimal.len())
        .step_by(2)
        .map(|from| {
            let pair = hexadecimal.get(from..from + 2).ok_or("odd number of digits")?;
            Ok(u8::from_str_radix(pair, 16)?)
        })
        .collect()
}
