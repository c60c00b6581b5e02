//! Points of small order on Ed25519.
//!
//! Under a key of order 1, 2, 4 or 8 the same few signatures fit one message in eight or more, whoever made them,
//! and the library verifies with such keys. Nobody has one by chance, so they are refused.

/// The y coordinates of those points, little-endian without the sign of x; the last two are other spellings of
/// 0 and 1.
const Y: [[u8; 32]; 7] = [
    [0; 32],
    filled(0x01, 0x00, 0x00),
    [
        0x26, 0xe8, 0x95, 0x8f, 0xc2, 0xb2, 0x27, 0xb0, 0x45, 0xc3, 0xf4, 0x89, 0xf2, 0xef, 0x98, 0xf0, 0xd5,
        0xdf, 0xac, 0x05, 0xd3, 0xc6, 0x33, 0x39, 0xb1, 0x38, 0x02, 0x88, 0x6d, 0x53, 0xfc, 0x05,
    ],
    [
        0xc7, 0x17, 0x6a, 0x70, 0x3d, 0x4d, 0xd8, 0x4f, 0xba, 0x3c, 0x0b, 0x76, 0x0d, 0x10, 0x67, 0x0f, 0x2a,
        0x20, 0x53, 0xfa, 0x2c, 0x39, 0xcc, 0xc6, 0x4e, 0xc7, 0xfd, 0x77, 0x92, 0xac, 0x03, 0x7a,
    ],
    filled(0xec, 0xff, 0x7f),
    filled(0xed, 0xff, 0x7f),
    filled(0xee, 0xff, 0x7f),
];

/// Whether an encoded point is one of them.
pub(crate) fn is_small(point: &[u8; 32]) -> bool {
    let mut y = *point;
    y[31] &= 0x7f;
    Y.contains(&y)
}

const fn filled(first: u8, middle: u8, last: u8) -> [u8; 32] {
    let mut bytes = [middle; 32];
    bytes[0] = first;
    bytes[31] = last;
    bytes
}

#[cfg(test)]
mod tests {
    use aws_lc_rs::signature::{ED25519, UnparsedPublicKey};

    use super::*;
    use crate::{KeyFault, VerifyingKey};

    #[test]
    fn no_point_of_small_order_is_a_key_whatever_the_sign_of_x() {
        for y in Y {
            for sign in [0, 0x80] {
                let mut point = y;
                point[31] |= sign;
                assert_eq!(VerifyingKey::ed25519(&point).err(), Some(KeyFault::SmallOrder), "{point:02x?}");
            }
        }
        assert!(VerifyingKey::ed25519(&filled(0x02, 0x00, 0x00)).is_ok());
    }

    #[test]
    fn the_library_itself_takes_a_signature_that_nobody_made() {
        // The neutral element as key and as R, zero as S: it fits every message.
        let neutral = filled(0x01, 0x00, 0x00);
        let forged = [neutral, [0; 32]].concat();
        assert!(UnparsedPublicKey::new(&ED25519, neutral).verify(b"anything", &forged).is_ok());
    }
}
