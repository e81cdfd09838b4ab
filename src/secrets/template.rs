//! Fakes of the right structure for examples in rule files.
//!
//! `{{base62:36}}` in an example stands for 36 characters that are the same on every run. So a rule file can show what a
//! token looks like without holding anything that a secret scanner would report. `{{}}` is nothing: it splits a literal.

use super::checks;

const UPPER: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
const LOWER: &str = "abcdefghijklmnopqrstuvwxyz";
const DIGITS: &str = "0123456789";
const HEX: &str = "0123456789abcdef";

/// Deterministic generator (splitmix64): the same seed gives the same text on every platform.
#[derive(Debug, Clone)]
pub struct Fakes {
    state: u64,
}

impl Fakes {
    /// A generator whose output depends on nothing but `seed`.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self { state: seed }
    }

    /// The next pseudo-random number.
    pub fn number(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.state;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below `bound` (0 if `bound` is 0).
    pub fn below(&mut self, bound: usize) -> usize {
        if bound == 0 { 0 } else { (self.number() % bound as u64) as usize }
    }

    /// `length` characters of `alphabet`; the first and last are letters or digits, and long values hold every class
    /// that the alphabet has.
    pub fn draw(&mut self, alphabet: &str, length: usize) -> String {
        let letters: Vec<u8> = alphabet.bytes().collect();
        let plain: Vec<u8> = alphabet.bytes().filter(u8::is_ascii_alphanumeric).collect();
        for _ in 0..64 {
            let text: String = (0..length)
                .map(|at| {
                    let from = if at == 0 || at + 1 == length { &plain } else { &letters };
                    char::from(from.get(self.below(from.len())).copied().unwrap_or(b'0'))
                })
                .collect();
            let holds =
                |class: fn(&u8) -> bool| !alphabet.bytes().any(|b| class(&b)) || text.bytes().any(|b| class(&b));
            if length < 10
                || holds(u8::is_ascii_digit) && holds(u8::is_ascii_uppercase) && holds(u8::is_ascii_lowercase)
            {
                return text;
            }
        }
        String::new()
    }

    /// Replaces every `{{…}}` in `template`; an unknown name becomes nothing.
    pub fn expand(&mut self, template: &str) -> String {
        let mut out = String::with_capacity(template.len() + 64);
        let mut rest = template;
        while let Some((before, tail)) = rest.split_once("{{") {
            out.push_str(before);
            let Some((name, after)) = tail.split_once("}}") else {
                out.push_str("{{");
                rest = tail;
                continue;
            };
            out.push_str(&self.piece(name));
            rest = after;
        }
        out.push_str(rest);
        out
    }

    fn piece(&mut self, spec: &str) -> String {
        let mut parts = spec.split(':');
        let name = parts.next().unwrap_or_default();
        let first = parts.next().unwrap_or_default();
        let length: usize = first.parse().unwrap_or(0);
        let second: usize = parts.next().and_then(|part| part.parse().ok()).unwrap_or(0);
        let alnum = format!("{UPPER}{LOWER}{DIGITS}");
        match name {
            "base62" => self.draw(&alnum, length),
            "base64" => self.draw(&format!("{alnum}+/"), length),
            "url64" => self.draw(&format!("{alnum}_-"), length),
            "base32" => self.draw(&format!("{UPPER}234567"), length),
            "bech32" => self.draw("QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L", length),
            "lower32" => self.draw(&format!("{LOWER}234567"), length),
            "words" => (0..12).map(|_| self.word()).collect::<Vec<_>>().join(" "),
            "hex" => self.draw(HEX, length),
            "HEX" => self.draw(HEX, length).to_ascii_uppercase(),
            "lower" => self.draw(&format!("{LOWER}{DIGITS}"), length),
            "upper" => self.draw(&format!("{UPPER}{DIGITS}"), length),
            "digits" => self.draw("123456789", length),
            "x" => "x".repeat(length),
            "uuid" => [8, 4, 4, 4, 12].map(|n| self.draw(HEX, n)).join("-"),
            "crc" => {
                let body = self.draw(&alnum, length);
                let tail = checks::base62_crc32(body.as_bytes());
                body + &tail
            }
            "luhn" => self.luhn(first, second),
            "iban" => self.iban(first, second),
            "nid" => self.national(first),
            "jwt" => self.jwt(),
            "basic" => {
                let password = self.draw(&alnum, 14);
                base64(format!("svc-deploy:{password}").as_bytes())
            }
            "discord" => {
                let id = self.draw("123456789", 18);
                format!("{}.{}.{}", base64(id.as_bytes()), self.draw(&alnum, 6), self.draw(&alnum, 27))
            }
            "pem" => self.pem(first),
            _ => String::new(),
        }
    }

    /// A made-up word of three to eight letters.
    fn word(&mut self) -> String {
        let length = 3 + self.below(6);
        self.draw(LOWER, length)
    }

    fn luhn(&mut self, prefix: &str, length: usize) -> String {
        let body = format!("{prefix}{}", self.draw("123456789", length.saturating_sub(prefix.len() + 1)));
        DIGITS.chars().map(|d| format!("{body}{d}")).find(|n| checks::luhn(n.as_bytes())).unwrap_or_default()
    }

    fn iban(&mut self, country: &str, length: usize) -> String {
        let account = self.draw("123456789", length);
        (2..99).map(|n| format!("{country}{n:02}{account}")).find(|iban| checks::iban(iban)).unwrap_or_default()
    }

    /// A national id that passes its check: draws until one does.
    fn national(&mut self, name: &str) -> String {
        let Some(check) = checks::Check::from_name(name) else { return String::new() };
        for _ in 0..200_000 {
            let digits = |fakes: &mut Self, n| fakes.draw("123456789", n);
            let text = match name {
                "cpf" => {
                    let d = digits(self, 11);
                    format!("{}.{}.{}-{}", &d[..3], &d[3..6], &d[6..9], &d[9..])
                }
                "ahv" => format!("756.{}.{}.{}", digits(self, 4), digits(self, 4), digits(self, 2)),
                "nir" => format!("1{}", digits(self, 14)),
                "dni" => format!("{}{}", digits(self, 8), self.draw(UPPER, 1)),
                "codice-fiscale" => format!(
                    "{}{}A{}H{}{}",
                    self.draw(UPPER, 6),
                    digits(self, 2),
                    digits(self, 2),
                    digits(self, 3),
                    self.draw(UPPER, 1)
                ),
                "personnummer" => format!("{}0{}1{}", digits(self, 2), digits(self, 1), digits(self, 5)),
                "hetu" => {
                    format!("1{}05{}-{}{}", digits(self, 1), digits(self, 2), digits(self, 3), self.draw(UPPER, 1))
                }
                "verhoeff" => digits(self, 12),
                "nhs" => digits(self, 10),
                "de-tax" | "pesel" => format!("{}0", digits(self, 10)),
                _ => digits(self, 9),
            };
            if check.accepts(&text) {
                return text;
            }
        }
        String::new()
    }

    fn jwt(&mut self) -> String {
        let url = |text: String| base64(text.as_bytes()).replace('+', "-").replace('/', "_").replace('=', "");
        let header = url(r#"{"alg":"HS256","typ":"JWT"}"#.to_owned());
        let subject = self.draw(LOWER, 12);
        let body = url(format!(r#"{{"sub":"{subject}","iat":17{}}}"#, self.draw(DIGITS, 8)));
        format!("{header}.{body}.{}", self.draw(&format!("{UPPER}{LOWER}{DIGITS}_-"), 43))
    }

    fn pem(&mut self, label: &str) -> String {
        let mut bytes = vec![0x30, 0x82, 0x02, 0x5c];
        if label.contains("OPENSSH") {
            bytes = b"openssh-key-v1\0".to_vec();
        }
        bytes.extend((0..604).map(|_| (self.number() & 0xff) as u8));
        let body = base64(&bytes);
        let lines: Vec<&str> = body.as_bytes().chunks(64).filter_map(|line| std::str::from_utf8(line).ok()).collect();
        format!("-----BEGIN {label}-----\n{}\n-----END {label}-----", lines.join("\n"))
    }
}

/// Standard base64 with padding.
#[must_use]
pub fn base64(bytes: &[u8]) -> String {
    let alphabet: Vec<u8> = format!("{UPPER}{LOWER}{DIGITS}+/").into_bytes();
    let mut out = String::with_capacity(bytes.len() * 4 / 3 + 4);
    for chunk in bytes.chunks(3) {
        let word = chunk.iter().fold(0_u32, |word, &b| word << 8 | u32::from(b)) << (8 * (3 - chunk.len()));
        for at in 0..4 {
            let index = (word >> (18 - 6 * at)) as usize & 63;
            out.push(if at <= chunk.len() { char::from(alphabet[index]) } else { '=' });
        }
    }
    out
}
