//! Account numbers, wallet addresses and hashes: forms that carry a proof in themselves where there is one.

use sha2::{Digest, Sha256};

/// Whether a text without spaces is an IBAN: the remainder by 97 is 1.
pub(super) fn is_iban(text: &str) -> bool {
    let bytes = text.as_bytes();
    let form = (15..=34).contains(&bytes.len())
        && bytes[..2].iter().all(u8::is_ascii_uppercase)
        && bytes[2..4].iter().all(u8::is_ascii_digit)
        && bytes.iter().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit());
    form && bytes[4..].iter().chain(&bytes[..4]).fold(0_u32, |rest, byte| match byte {
        b'0'..=b'9' => (rest * 10 + u32::from(byte - b'0')) % 97,
        letter => (rest * 100 + u32::from(letter - b'A') + 10) % 97,
    }) == 1
}

/// The chain of a wallet address.
pub(super) fn wallet(text: &str) -> Option<&'static str> {
    let bytes = text.as_bytes();
    if bytes.len() == 42 && text.starts_with("0x") && bytes[2..].iter().all(u8::is_ascii_hexdigit) {
        return Some("ethereum");
    }
    if (26..=35).contains(&bytes.len()) && matches!(bytes[0], b'1' | b'3') && is_base58_check(text) {
        return Some("bitcoin");
    }
    if (42..=62).contains(&bytes.len()) && text.starts_with("bc1") && is_bech32(text) {
        return Some("bitcoin");
    }
    None
}

fn is_base58_check(text: &str) -> bool {
    const ALPHABET: &[u8] = b"123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
    let mut number = [0_u8; 25];
    for byte in text.bytes() {
        let Some(digit) = ALPHABET.iter().position(|known| *known == byte) else { return false };
        let mut carry = digit as u32;
        for place in number.iter_mut().rev() {
            carry += u32::from(*place) * 58;
            *place = (carry & 0xff) as u8;
            carry >>= 8;
        }
        if carry != 0 {
            return false;
        }
    }
    let check = Sha256::digest(Sha256::digest(&number[..21]));
    check[..4] == number[21..]
}

fn is_bech32(text: &str) -> bool {
    const ALPHABET: &[u8] = b"qpzry9x8gf2tvdw0s3jn54khce6mua7l";
    const GENERATOR: [u32; 5] = [0x3b6a_57b2, 0x2650_8e6d, 0x1ea1_19fa, 0x3d42_33dd, 0x2a14_62b3];
    let Some(data) = text.strip_prefix("bc1") else { return false };
    let mut check = 1_u32;
    let mut step = |value: u32| {
        let top = check >> 25;
        check = ((check & 0x01ff_ffff) << 5) ^ value;
        for (bit, generator) in GENERATOR.iter().enumerate() {
            if (top >> bit) & 1 == 1 {
                check ^= generator;
            }
        }
    };
    for value in [3, 3, 0, 2, 3] {
        step(value);
    }
    for byte in data.bytes() {
        match ALPHABET.iter().position(|known| *known == byte) {
            Some(value) => step(value as u32),
            None => return false,
        }
    }
    matches!(check, 1 | 0x2bc8_30a3)
}

/// The algorithm of a hash in hexadecimal, by its length.
pub(super) fn hash(text: &str) -> Option<&'static str> {
    let name = match text.len() {
        32 => "md5",
        40 => "sha1",
        64 => "sha256",
        128 => "sha512",
        _ => return None,
    };
    let (mut digits, mut letters) = (false, false);
    for byte in text.bytes() {
        match byte {
            b'0'..=b'9' => digits = true,
            b'a'..=b'f' | b'A'..=b'F' => letters = true,
            _ => return None,
        }
    }
    (digits && letters).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_with_a_proof_are_checked() {
        assert!(is_iban("DE89370400440532013000") && is_iban("GB82WEST12345698765432"));
        assert!(!is_iban("DE89370400440532013001") && !is_iban("XX") && !is_iban("DE8937040044053201300é"));
        assert_eq!(wallet("1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa"), Some("bitcoin"));
        assert_eq!(wallet("1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNb"), None);
        assert_eq!(wallet("bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4"), Some("bitcoin"));
        assert_eq!(wallet("bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t5"), None);
        assert_eq!(wallet("0xde0B295669a9FD93d5F28D9Ec85E40f4cb697BAe"), Some("ethereum"));
        assert_eq!(hash("d41d8cd98f00b204e9800998ecf8427e"), Some("md5"));
        assert_eq!(hash("00000000000000000000000000000000"), None);
    }
}
