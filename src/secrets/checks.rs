//! Checksums and inner structure of secrets and personal numbers.

use super::{base64, national};

/// What a check says about a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// The structure is proved: raises the confidence.
    Valid,
    /// The structure is wrong although the form is right: lowers the confidence.
    Doubtful,
    /// The value is not what the rule looks for.
    Refused,
}

/// A named check of a rule file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Check {
    /// Last six characters are the base62 CRC32 of the thirty before (GitHub, npm).
    Crc32Base62,
    /// Card number.
    Luhn,
    /// Luhn without an issuer.
    LuhnPlain,
    /// International bank account number.
    Iban,
    /// JSON Web Token: the header is JSON with `alg`.
    Jwt,
    /// Private key block: the body is DER or OpenSSH.
    Pem,
    /// Basic credential: decodes to `user:password`.
    Basic,
    /// Discord: the first part decodes to a number.
    Discord,
    /// US social security number.
    Ssn,
    /// One of the national ids.
    National(national::Id),
}

impl Check {
    /// The check called `name` in rule files.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Some(match name {
            "crc32-base62" => Self::Crc32Base62,
            "luhn" => Self::Luhn,
            "luhn-plain" => Self::LuhnPlain,
            "iban" => Self::Iban,
            "jwt" => Self::Jwt,
            "pem" => Self::Pem,
            "basic" => Self::Basic,
            "discord" => Self::Discord,
            "ssn" => Self::Ssn,
            other => Self::National(national::Id::from_name(other)?),
        })
    }

    /// Whether the value can be what the rule looks for.
    #[must_use]
    pub fn accepts(self, value: &str) -> bool {
        self.verdict(value) != Verdict::Refused
    }

    /// Judges a value.
    #[must_use]
    pub fn verdict(self, value: &str) -> Verdict {
        let required = |good: bool| if good { Verdict::Valid } else { Verdict::Refused };
        match self {
            Self::Crc32Base62 => crc_verdict(value),
            Self::Luhn => required(card(value)),
            Self::LuhnPlain => required(luhn(&digits(value)) && varied(&digits(value))),
            Self::Iban => required(iban(value)),
            Self::Jwt => required(jwt(value)),
            Self::Pem => pem(value),
            Self::Basic => required(basic(value)),
            Self::Discord => {
                let id = value.split('.').next().and_then(|part| base64::decode(part.as_bytes()));
                required(id.is_some_and(|id| id.len() >= 15 && id.iter().all(u8::is_ascii_digit)))
            }
            Self::Ssn => required(ssn(&digits(value))),
            Self::National(id) => required(id.accepts(value)),
        }
    }
}

/// The digits of a text.
pub(super) fn digits(text: &str) -> Vec<u8> {
    text.bytes().filter(u8::is_ascii_digit).collect()
}

/// More than two different characters.
pub(super) fn varied(text: &[u8]) -> bool {
    let mut seen: Vec<u8> = text.to_vec();
    seen.sort_unstable();
    seen.dedup();
    seen.len() > 2
}

fn crc_verdict(value: &str) -> Verdict {
    let body = value.rsplit('_').next().unwrap_or_default();
    match body.len().checked_sub(6).and_then(|at| body.split_at_checked(at)) {
        Some((body, tail)) if base62_crc32(body.as_bytes()) == tail => Verdict::Valid,
        _ => Verdict::Doubtful,
    }
}

/// CRC32 (IEEE) of `bytes` in six base62 digits.
#[must_use]
pub fn base62_crc32(bytes: &[u8]) -> String {
    const ALPHABET: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    let mut crc = !0_u32;
    for &byte in bytes {
        crc ^= u32::from(byte);
        for _ in 0..8 {
            crc = (crc >> 1) ^ (0xedb8_8320 & 0_u32.wrapping_sub(crc & 1));
        }
    }
    let mut rest = !crc;
    let mut out = [b'0'; 6];
    for slot in out.iter_mut().rev() {
        *slot = ALPHABET[(rest % 62) as usize];
        rest /= 62;
    }
    out.iter().map(|&b| char::from(b)).collect()
}

/// Luhn's sum over digits.
#[must_use]
pub fn luhn(digits: &[u8]) -> bool {
    let sum: u32 = digits
        .iter()
        .rev()
        .enumerate()
        .map(|(at, &d)| {
            let value = u32::from(d.wrapping_sub(b'0')) * if at % 2 == 1 { 2 } else { 1 };
            if value > 9 { value - 9 } else { value }
        })
        .sum();
    digits.len() > 1 && digits.iter().all(u8::is_ascii_digit) && sum.is_multiple_of(10)
}

fn card(value: &str) -> bool {
    let digits = digits(value);
    (13..=19).contains(&digits.len()) && luhn(&digits) && varied(&digits)
}

/// Country, length and mod 97 of an account number.
#[must_use]
pub fn iban(value: &str) -> bool {
    const LENGTHS: &str = "AD24AE23AL28AT20AZ28BA20BE16BG22BH22BR29BY28CH21CR22CY28CZ24DE22DK18DO28EE20EG29ES24FI18FO18\
        FR27GB22GE22GI23GL18GR27GT28HR21HU28IE22IL23IQ23IS26IT27JO30KW30KZ20LB28LC32LI21LT20LU20LV21LY25MC27MD24ME22MK19\
        MR27MT31MU30NL18NO15PK24PL28PS29PT25QA29RO24RS22SA24SC31SD18SE24SI19SK24SM27ST25SV28TL23TN24TR26UA29VA22VG24XK20";
    let text: Vec<u8> = value.bytes().filter(|b| !b.is_ascii_whitespace()).collect();
    let length = LENGTHS.as_bytes().chunks(4).find(|entry| text.starts_with(&entry[..2]));
    let length = length.and_then(|entry| std::str::from_utf8(&entry[2..]).ok()).and_then(|n| n.parse().ok());
    if length != Some(text.len()) || !varied(&text[4..]) {
        return false;
    }
    let rest = text[4..].iter().chain(&text[..4]).try_fold(0_u32, |rest, &b| match b {
        b'0'..=b'9' => Some((rest * 10 + u32::from(b - b'0')) % 97),
        b'A'..=b'Z' => Some((rest * 100 + u32::from(b - b'A') + 10) % 97),
        _ => None,
    });
    rest == Some(1)
}

fn ssn(d: &[u8]) -> bool {
    let area = d.get(..3).unwrap_or_default();
    d.len() == 9
        && area != b"000"
        && area != b"666"
        && d[0] != b'9'
        && &d[3..5] != b"00"
        && &d[5..] != b"0000"
        && varied(d)
}

fn jwt(value: &str) -> bool {
    let header = value.split('.').next().and_then(|part| base64::decode(part.as_bytes()));
    let header = header.and_then(|bytes| serde_json::from_slice::<serde_json::Value>(&bytes).ok());
    header.is_some_and(|json| json.get("alg").is_some_and(serde_json::Value::is_string))
}

fn basic(value: &str) -> bool {
    let Some(text) = base64::decode(value.as_bytes()).and_then(|bytes| String::from_utf8(bytes).ok()) else {
        return false;
    };
    let Some((user, password)) = text.split_once(':') else { return false };
    !text.chars().any(char::is_control) && !user.contains(' ') && password.chars().count() >= 3 && text.is_ascii()
}

/// The base64 body of a private key block, without labels, headers, line prefixes and separators.
pub(super) fn pem_body(value: &str) -> String {
    let start = value.find("-----BEGIN").and_then(|at| value[at + 10..].find("-----").map(|end| at + 15 + end));
    let body = &value[start.unwrap_or(0)..];
    let body = &body[..body.find("-----END").unwrap_or(body.len())];
    let lines: Vec<&str> = body.lines().map(str::trim).filter(|l| !l.is_empty() && !l.contains(": ")).collect();
    let marked =
        lines.len() > 2 && lines.iter().filter(|l| l.starts_with(['+', '>', '|', '#'])).count() + 1 >= lines.len();
    lines
        .iter()
        .map(
            |line| {
                if marked { line.trim_start_matches(['>', '|', '#']).strip_prefix('+').unwrap_or(line) } else { line }
            },
        )
        .flat_map(str::chars)
        .filter(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '/'))
        .collect()
}

fn pem(value: &str) -> Verdict {
    let body = pem_body(value);
    if body.len() < 40 || !varied(body.as_bytes()) {
        return Verdict::Refused;
    }
    let head = base64::decode(body.as_bytes().get(..40).unwrap_or_default()).unwrap_or_default();
    if head.first() == Some(&0x30) || head.starts_with(b"openssh-key-v1") { Verdict::Valid } else { Verdict::Doubtful }
}
