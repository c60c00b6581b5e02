//! Identifiers. Each kind of thing has its own type, so that one cannot be passed for another.
//!
//! A new id is made from random bytes that the caller brings. On the wire ids are opaque text; the
//! shapes are those integrators already store: UUIDs, 32 hexadecimal digits, or a prefix and base62.

use crate::Timestamp;

/// Text that is not an id of the asked kind. Says nothing else: ids arrive from strangers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a valid {0}")]
pub struct InvalidId(pub &'static str);

macro_rules! id {
    ($(#[$doc:meta])* $name:ident, $kind:literal, $bytes:literal, $write:expr, $check:expr) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(String);

        impl $name {
            /// A new id from random bytes.
            pub fn from_random(random: [u8; $bytes]) -> Self {
                let write: fn([u8; $bytes]) -> String = $write;
                Self(write(random))
            }

            /// Reads an id as it arrived.
            pub fn parse(text: &str) -> Result<Self, InvalidId> {
                let check: fn(&str) -> bool = $check;
                if check(text) { Ok(Self(text.to_owned())) } else { Err(InvalidId($kind)) }
            }

            /// The id as it stands on the wire and in the store.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

macro_rules! uuid_id {
    ($(#[$doc:meta])* $name:ident, $kind:literal) => {
        id!($(#[$doc])* $name, $kind, 16, uuid_v4, is_uuid);
    };
}

macro_rules! hex_id {
    ($(#[$doc:meta])* $name:ident, $kind:literal) => {
        id!($(#[$doc])* $name, $kind, 16, |random| hex(&random), |text| text.len() == 32 && text.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b)));
    };
}

uuid_id!(
    /// An organisation that uses OpenIAS to reach its patients' records.
    OrganizationId,
    "organization id"
);
uuid_id!(
    /// One consent given by one individual to one organisation.
    ConsentId,
    "consent id"
);
uuid_id!(
    /// `org_connection_id`: an individual's records at one provider, shared with one organisation.
    ConnectionId,
    "org_connection_id"
);
uuid_id!(
    /// `vault_connection_id`: a patient account that the record locator found at one provider.
    AccountFoundId,
    "vault_connection_id"
);
uuid_id!(
    /// A webhook endpoint of an organisation.
    WebhookEndpointId,
    "webhook endpoint id"
);
uuid_id!(
    /// A webhook event; the same on every retry (Standard Webhooks `webhook-id`).
    EventId,
    "event id"
);
uuid_id!(
    /// One event on its way to one endpoint.
    DeliveryId,
    "delivery id"
);
uuid_id!(
    /// One authorization: from the consent page that was shown to the code that was redeemed.
    AuthorizationId,
    "authorization id"
);
uuid_id!(
    /// `jti` of a token or assertion that we sign (RFC 7519 4.1.7).
    TokenId,
    "token id"
);
uuid_id!(
    /// Ties an answer to its line in the log and its row in the audit trail.
    RequestId,
    "request id"
);
hex_id!(
    /// `task_id` of an export.
    ExportId,
    "task_id"
);
hex_id!(
    /// `task_id` of a record locator run.
    LocationId,
    "record locator task_id"
);

id!(
    /// A patient's account at the CSP: `act_` and base62. The `sub` of its ID tokens.
    AccountId, "account id", 28, |random| prefixed("act_", &random), |text| has_prefix("act_", text)
);
id!(
    /// One identity proofing: `inq_` and base62.
    InquiryId, "inquiry id", 30, |random| prefixed("inq_", &random), |text| has_prefix("inq_", text)
);

macro_rules! ids_in_time {
    ($($name:ident),+) => {$(
        impl $name {
            /// A new id that stands behind those of earlier milliseconds (UUIDv7, RFC 9562 section 5.7): rows of one
            /// time stand together, where an index would otherwise be written all over.
            pub fn at(now: Timestamp, random: [u8; 10]) -> Self {
                let [_, _, millis @ ..] = now.millis().to_be_bytes();
                let mut bytes = [0; 16];
                bytes[..6].copy_from_slice(&millis);
                bytes[6..].copy_from_slice(&random);
                Self(uuid(bytes, 0x70))
            }
        }
    )+};
}

ids_in_time!(ConsentId, AuthorizationId);

fn uuid_v4(random: [u8; 16]) -> String {
    uuid(random, 0x40)
}

/// Sets version and variant (RFC 9562 section 4).
fn uuid(mut bytes: [u8; 16], version: u8) -> String {
    bytes[6] = bytes[6] & 0x0f | version;
    bytes[8] = bytes[8] & 0x3f | 0x80;
    let mut text = hex(&bytes);
    for place in [20, 16, 12, 8] {
        text.insert(place, '-');
    }
    text
}

fn is_uuid(text: &str) -> bool {
    text.len() == 36
        && text.bytes().enumerate().all(|(at, byte)| match at {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte),
        })
}

/// Lower-case hexadecimal.
pub fn hex(bytes: &[u8]) -> String {
    let digit = |value: u8| char::from(if value < 10 { b'0' + value } else { b'a' - 10 + value });
    let mut text = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        text.push(digit(byte >> 4));
        text.push(digit(byte & 0xf));
    }
    text
}

/// One base62 digit a byte. The slight bias of `% 62` costs a fraction of a bit over 20 characters.
pub fn base62(random: &[u8]) -> String {
    const DIGITS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    random.iter().map(|byte| char::from(DIGITS[usize::from(*byte) % 62])).collect()
}

fn prefixed(prefix: &str, random: &[u8]) -> String {
    format!("{prefix}{}", base62(random))
}

fn has_prefix(prefix: &str, text: &str) -> bool {
    text.strip_prefix(prefix).is_some_and(|rest| {
        (20..=64).contains(&rest.len()) && rest.bytes().all(|b| b.is_ascii_alphanumeric())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_uuid_is_version_4_and_reads_back() {
        let id = ConnectionId::from_random([0xff; 16]);
        assert_eq!(id.as_str(), "ffffffff-ffff-4fff-bfff-ffffffffffff");
        assert_eq!(ConnectionId::parse(id.as_str()), Ok(id));
    }

    #[test]
    fn ids_in_time_are_version_7_and_stand_in_its_order() {
        let at = |millis, random| ConsentId::at(Timestamp::from_millis(millis), [random; 10]);
        let ids = [at(1, 0xff), at(255, 0), at(256, 0), at(1_795_000_000_000, 0xff)];
        assert!(ids.is_sorted_by(|a, b| a < b), "{ids:?}");
        assert_eq!(ids[3].as_str(), "01a1ee56-5e00-7fff-bfff-ffffffffffff");
        assert_eq!(ConsentId::parse(ids[3].as_str()).as_ref(), Ok(&ids[3]));
    }

    #[test]
    fn ids_of_another_shape_are_refused() {
        for text in [
            "",
            "FFFFFFFF-FFFF-4FFF-BFFF-FFFFFFFFFFFF",
            "ffffffff",
            "' OR 1=1 --",
            "ffffffffffff4fffbfffffffffffffffffff",
        ] {
            assert!(ConnectionId::parse(text).is_err(), "{text}");
        }
        assert!(AccountId::parse("act_short").is_err());
        assert!(AccountId::parse("inq_AWiTtq6SoiDHGrX6i2WpTf9WF4UKL8").is_err());
    }

    #[test]
    fn the_seed_sample_ids_are_accepted() {
        assert!(AccountId::parse("act_qDoDyLcWjKD5e8R5kCmK9vUtcUpv").is_ok());
        assert!(InquiryId::parse("inq_AWiTtq6SoiDHGrX6i2WpTf9WF4UKL8").is_ok());
    }
}
