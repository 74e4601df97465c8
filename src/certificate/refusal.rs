//! What `clientCertificateAuth` answers, by the reason of the refusal.

/// The HTTP status and the message of the error.
pub fn answer(reason: &str) -> (u16, &'static str) {
    match reason {
        "verification_header_mismatch" => (401, "Unauthorized: Certificate verification failed"),
        "header_missing_or_malformed" => (401, "Unauthorized: Client certificate header missing or malformed"),
        "socket_not_authorized" => (401, "Unauthorized: Client certificate required"),
        "certificate_not_retrievable" => {
            (500, "Client certificate was authenticated but certificate information could not be retrieved.")
        }
        _ => (401, "Unauthorized"),
    }
}
