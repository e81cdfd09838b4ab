//! Fake secrets with the structure of real ones. Nothing here is or ever was valid: bodies come from the seeded
//! stream, and prefixes are joined at run time so that no secret-shaped text stands in the source.

use super::rng::Rng;

const UPPER32: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
const BASE62: &[u8] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const BASE64: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// One fake secret.
#[derive(Debug, Clone)]
pub(crate) struct Canary {
    /// Name used in `labels.json`.
    pub(crate) id: &'static str,
    /// What it imitates.
    pub(crate) kind: &'static str,
    /// Where it was put first: `tool_result`, `user_prompt`, `tool_arguments` or `request_header`.
    pub(crate) surface: &'static str,
    /// The whole value; of a private key, the PEM text.
    pub(crate) value: String,
}

impl Canary {
    /// A part of the value without line ends, to search encoded records for.
    pub(crate) fn needle(&self) -> &str {
        if self.kind == "private_key" { self.value.lines().nth(2).unwrap_or(&self.value) } else { &self.value }
    }
}

/// All planted secrets, in a fixed order.
pub(crate) fn canaries() -> Vec<Canary> {
    let mut r = Rng::new("canaries");
    let canary = |id, kind, surface, value| Canary { id, kind, surface, value };
    vec![
        canary("aws-key-id", "aws_access_key_id", "tool_result", ["AK", "IA"].concat() + &r.chars(16, UPPER32)),
        canary("aws-secret", "aws_secret_access_key", "tool_result", r.chars(40, BASE64)),
        canary("github-token", "github_token", "user_prompt", github_token(&mut r)),
        canary("deploy-key", "private_key", "tool_result", private_key(&mut r)),
        canary("provider-key", "openai_api_key", "request_header", provider_key(&mut r)),
        canary("internal-jwt", "jwt", "tool_arguments", jwt(&mut r)),
        canary("database-password", "database_url_password", "tool_result", r.chars(22, BASE62)),
    ]
}

/// The value of one canary; empty for an unknown id.
pub(crate) fn value_of(id: &str) -> String {
    canaries().into_iter().find(|c| c.id == id).map(|c| c.value).unwrap_or_default()
}

/// GitHub's classic token: 30 characters and their CRC-32 in six base-62 digits.
fn github_token(r: &mut Rng) -> String {
    let body = r.chars(30, BASE62);
    let mut crc = u64::from(crc32(body.as_bytes()));
    let mut tail = [b'0'; 6];
    for digit in tail.iter_mut().rev() {
        *digit = BASE62[usize::try_from(crc % 62).unwrap_or(0)];
        crc /= 62;
    }
    format!("{}{}_{body}{}", "gh", "p", String::from_utf8_lossy(&tail))
}

/// OpenAI's project key: two bodies around the marker that every key of that vendor carries.
fn provider_key(r: &mut Rng) -> String {
    let marker = base64(b"OpenAI");
    format!("{}-{}-{}{marker}{}", "sk", "proj", r.chars(74, BASE62), r.chars(74, BASE62))
}

fn jwt(r: &mut Rng) -> String {
    let url = |text: String| base64(text.as_bytes()).replace('+', "-").replace('/', "_").replace('=', "");
    let header = url(["{\"alg\":\"HS256\"", ",\"typ\":\"JWT\"}"].concat());
    let claims = url(format!("{{\"sub\":\"svc-{}\",\"iss\":\"auth.internal\",\"exp\":1798761600}}", r.id(8)));
    format!("{header}.{claims}.{}", r.chars(43, BASE62))
}

/// The outer shape of a PKCS#1 key: a DER sequence with version 0 and a 2048-bit integer, the rest noise.
fn private_key(r: &mut Rng) -> String {
    let mut der = vec![0x30, 0x82, 0x04, 0xa4, 0x02, 0x01, 0x00, 0x02, 0x82, 0x01, 0x01, 0x00];
    der.extend((0..1180).map(|_| r.next().to_be_bytes()[0]));
    let body = base64(&der);
    let lines: Vec<String> = body.as_bytes().chunks(64).map(|c| String::from_utf8_lossy(c).into_owned()).collect();
    let fence = |word: &str| format!("{0}{word} RSA {1} KEY{0}", "-".repeat(5), "PRIVATE");
    format!("{}\n{}\n{}", fence("BEGIN"), lines.join("\n"), fence("END"))
}

fn base64(bytes: &[u8]) -> String {
    let mut out = String::new();
    for chunk in bytes.chunks(3) {
        let n = chunk.iter().fold(0_usize, |n, b| n << 8 | usize::from(*b)) << (8 * (3 - chunk.len()));
        for i in 0..4 {
            out.push(if i <= chunk.len() { char::from(BASE64[n >> (18 - 6 * i) & 63]) } else { '=' });
        }
    }
    out
}

fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0_u32, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |c, _| if c & 1 == 1 { c >> 1 ^ 0xedb8_8320 } else { c >> 1 })
    })
}
