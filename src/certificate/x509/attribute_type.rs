//! Attribute types of names: object identifiers and the short names that OpenSSL, and so Node, prints for them.

use super::oid;

/// An attribute type, as the DER content of its OBJECT IDENTIFIER.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AttributeType(Box<[u8]>);

impl AttributeType {
    pub fn new(oid: &[u8]) -> Option<Self> {
        oid::is_well_formed(oid).then(|| Self(oid.into()))
    }

    /// Dotted decimal.
    pub fn oid(&self) -> String {
        oid::text(&self.0)
    }

    /// `CN`, `O`, `emailAddress` …, if OpenSSL 3.0 has one.
    pub fn short_name(&self) -> Option<&'static str> {
        // The last arc of all types listed here fits one octet, or two (128 and above).
        ARCS.iter().find_map(|(arc, names)| {
            let last = match self.0.strip_prefix(*arc)? {
                [last @ ..0x80] => u16::from(*last),
                [high @ 0x80..=0xff, low @ ..0x80] => (u16::from(high & 0x7f) << 7) | u16::from(*low),
                _ => return None,
            };
            let at = names.binary_search_by_key(&last, |(number, _)| *number).ok()?;
            names.get(at).map(|(_, name)| *name)
        })
    }

    /// The short name, else the dotted decimal.
    pub fn key(&self) -> String {
        self.short_name().map_or_else(|| self.oid(), str::to_owned)
    }
}

type Arc = (&'static [u8], &'static [(u16, &'static str)]);

const ARCS: [Arc; 6] = [
    // 2.5.4
    (
        &[0x55, 0x04],
        &[
            (3, "CN"),
            (4, "SN"),
            (5, "serialNumber"),
            (6, "C"),
            (7, "L"),
            (8, "ST"),
            (9, "street"),
            (10, "O"),
            (11, "OU"),
            (12, "title"),
            (13, "description"),
            (14, "searchGuide"),
            (15, "businessCategory"),
            (16, "postalAddress"),
            (17, "postalCode"),
            (18, "postOfficeBox"),
            (19, "physicalDeliveryOfficeName"),
            (20, "telephoneNumber"),
            (21, "telexNumber"),
            (22, "teletexTerminalIdentifier"),
            (23, "facsimileTelephoneNumber"),
            (24, "x121Address"),
            (25, "internationaliSDNNumber"),
            (26, "registeredAddress"),
            (27, "destinationIndicator"),
            (28, "preferredDeliveryMethod"),
            (29, "presentationAddress"),
            (30, "supportedApplicationContext"),
            (31, "member"),
            (32, "owner"),
            (33, "roleOccupant"),
            (34, "seeAlso"),
            (35, "userPassword"),
            (36, "userCertificate"),
            (37, "cACertificate"),
            (38, "authorityRevocationList"),
            (39, "certificateRevocationList"),
            (40, "crossCertificatePair"),
            (41, "name"),
            (42, "GN"),
            (43, "initials"),
            (44, "generationQualifier"),
            (45, "x500UniqueIdentifier"),
            (46, "dnQualifier"),
            (47, "enhancedSearchGuide"),
            (48, "protocolInformation"),
            (49, "distinguishedName"),
            (50, "uniqueMember"),
            (51, "houseIdentifier"),
            (52, "supportedAlgorithms"),
            (53, "deltaRevocationList"),
            (54, "dmdName"),
            (65, "pseudonym"),
            (72, "role"),
            (97, "organizationIdentifier"),
            (98, "c3"),
            (99, "n3"),
            (100, "dnsName"),
        ],
    ),
    // 0.9.2342.19200300.100.1
    (
        &[0x09, 0x92, 0x26, 0x89, 0x93, 0xf2, 0x2c, 0x64, 0x01],
        &[
            (1, "UID"),
            (2, "textEncodedORAddress"),
            (3, "mail"),
            (4, "info"),
            (5, "favouriteDrink"),
            (6, "roomNumber"),
            (7, "photo"),
            (8, "userClass"),
            (9, "host"),
            (10, "manager"),
            (11, "documentIdentifier"),
            (12, "documentTitle"),
            (13, "documentVersion"),
            (14, "documentAuthor"),
            (15, "documentLocation"),
            (20, "homeTelephoneNumber"),
            (21, "secretary"),
            (22, "otherMailbox"),
            (23, "lastModifiedTime"),
            (24, "lastModifiedBy"),
            (25, "DC"),
            (26, "aRecord"),
            (27, "pilotAttributeType27"),
            (28, "mXRecord"),
            (29, "nSRecord"),
            (30, "sOARecord"),
            (31, "cNAMERecord"),
            (37, "associatedDomain"),
            (38, "associatedName"),
            (39, "homePostalAddress"),
            (40, "personalTitle"),
            (41, "mobileTelephoneNumber"),
            (42, "pagerTelephoneNumber"),
            (43, "friendlyCountryName"),
            (44, "uid"),
            (45, "organizationalStatus"),
            (46, "janetMailbox"),
            (47, "mailPreferenceOption"),
            (48, "buildingName"),
            (49, "dSAQuality"),
            (50, "singleLevelQuality"),
            (51, "subtreeMinimumQuality"),
            (52, "subtreeMaximumQuality"),
            (53, "personalSignature"),
            (54, "dITRedirect"),
            (55, "audio"),
            (56, "documentPublisher"),
        ],
    ),
    // 1.2.840.113549.1.9
    (
        &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x09],
        &[
            (1, "emailAddress"),
            (2, "unstructuredName"),
            (3, "contentType"),
            (4, "messageDigest"),
            (5, "signingTime"),
            (6, "countersignature"),
            (7, "challengePassword"),
            (8, "unstructuredAddress"),
            (9, "extendedCertificateAttributes"),
            (14, "extReq"),
            (15, "SMIME-CAPS"),
            (16, "SMIME"),
            (20, "friendlyName"),
            (21, "localKeyID"),
        ],
    ),
    // 1.3.6.1.4.1.311.60.2.1
    (
        &[0x2b, 0x06, 0x01, 0x04, 0x01, 0x82, 0x37, 0x3c, 0x02, 0x01],
        &[(1, "jurisdictionL"), (2, "jurisdictionST"), (3, "jurisdictionC")],
    ),
    // 1.2.643.100
    (
        &[0x2a, 0x85, 0x03, 0x64],
        &[
            (1, "OGRN"),
            (3, "SNILS"),
            (5, "OGRNIP"),
            (111, "subjectSignTool"),
            (112, "issuerSignTool"),
            (113, "classSignTool"),
        ],
    ),
    // 1.2.643.3.131.1
    (&[0x2a, 0x85, 0x03, 0x03, 0x81, 0x03, 0x01], &[(1, "INN")]),
];

#[cfg(test)]
mod tests {
    use super::AttributeType;

    #[test]
    fn short_names_and_dotted_decimals() {
        for (oid, key) in [
            (&[0x55, 4, 3][..], "CN"),
            (&[0x55, 4, 97], "organizationIdentifier"),
            (&[0x55, 4, 0x7f], "2.5.4.127"),
            (&[0x55, 4], "2.5.4"),
            (&[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 9, 1], "emailAddress"),
            (&[0x09, 0x92, 0x26, 0x89, 0x93, 0xf2, 0x2c, 0x64, 1, 25], "DC"),
            (&[0x2a, 0x85, 0x03, 0x03, 0x81, 0x03, 1, 1], "INN"),
            (&[0x88, 0x37, 1], "2.999.1"),
        ] {
            assert_eq!(AttributeType::new(oid).map(|kind| kind.key()).as_deref(), Some(key));
        }
        for oid in [&[][..], &[0x80, 1], &[0x55, 0x80, 4], &[0x55, 0x84]] {
            assert!(AttributeType::new(oid).is_none(), "{oid:?}");
        }
    }
}
