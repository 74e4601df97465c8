//! OBJECT IDENTIFIER (X.690 section 8.19).

use x509_parser::asn1_rs::Oid;

/// Every arc ends, and none starts with a padding octet.
pub fn is_well_formed(content: &[u8]) -> bool {
    let mut starts = true;
    for octet in content {
        if starts && *octet == 0x80 {
            return false;
        }
        starts = octet & 0x80 == 0;
    }
    starts && !content.is_empty()
}

/// Dotted decimal.
pub fn text(content: &[u8]) -> String {
    Oid::new(content.into()).to_id_string()
}
