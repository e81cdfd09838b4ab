//! The ways in which secrets show up in agent traffic.

use super::template::base64;

type Frame = fn(&str) -> String;

pub(super) fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

pub(super) fn numbered(text: &str) -> String {
    text.lines().enumerate().map(|(at, line)| format!("{:>6}→{line}\n", at + 1)).collect()
}

/// The ways a secret shows up in agent traffic.
pub(super) const FRAMES: [(&str, Frame); 18] = [
    ("env dump", |s| format!("PATH=/usr/bin:/bin\nHOME=/root\nSERVICE_X={s}\nLANG=C.UTF-8\n")),
    ("numbered read", |s| numbered(&format!("APP_ENV=prod\nSERVICE_X={s}\nLOG=info"))),
    ("bash arguments", |s| {
        let command = format!("export X='{s}' && ./deploy.sh --prod");
        format!("{{\"command\":{},\"description\":\"deploy\"}}", quoted(&command))
    }),
    ("curl header", |s| format!("curl -s -H 'X-Service: {s}' https://api.acme.test/v1/me")),
    ("json config", |s| format!("{{\n  \"name\": \"app\",\n  \"service\": {},\n  \"debug\": false\n}}", quoted(s))),
    ("json inside json", |s| {
        let inner = format!("{{\"cmd\":{},\"n\":1}}", quoted(&format!("run \"{s}\"")));
        format!("{{\"arguments\":{}}}", quoted(&format!("{{\"body\":{}}}", quoted(&inner))))
    }),
    ("compose file", |s| {
        format!(
            "services:\n  web:\n    image: app:1\n    environment:\n      - SERVICE_X={s}\n    ports: [\"80:80\"]\n"
        )
    }),
    ("code", |s| format!("fn main() {{\n    let client = Client::new({});\n    client.run();\n}}\n", quoted(s))),
    ("prose", |s| format!("Please use {s} for now, it expires tomorrow.")),
    ("diff", |s| format!("--- a/.env\n+++ b/.env\n@@ -1,2 +1,2 @@\n-SERVICE_X=\n+SERVICE_X={s}\n LOG=info\n")),
    ("log line", |s| format!("2026-03-30T10:00:00Z INFO client: connecting with {s} attempt=1\n")),
    ("header dump", |s| format!("> GET /v1 HTTP/1.1\n> Host: api.acme.test\n> X-Service: {s}\n> Accept: */*\n")),
    ("base64 file", |s| format!("data: {}\n", base64(format!("SERVICE_X={s}\nother=1\n").as_bytes()))),
    ("yaml", |s| format!("service:\n  x: \"{s}\"\n  retries: 3\n")),
    ("python", |s| format!("client = Client(\n    '{s}',\n    timeout=3,\n)\n")),
    ("terminal colours", |s| format!("\u{1b}[1;33m{}\u{1b}[0m ok\n", s.replacen('=', "\u{1b}[0m=\u{1b}[32m", 1))),
    ("html page", |s| {
        let escaped = s.replace('&', "&amp;").replace('"', "&quot;").replace('\'', "&#39;").replace('<', "&lt;");
        format!("<p>Settings</p><pre>{escaped}</pre>")
    }),
    ("url encoded", |s| {
        let coded: String = s
            .bytes()
            .map(|b| {
                if b.is_ascii_alphanumeric() || b"-_.~".contains(&b) {
                    char::from(b).to_string()
                } else {
                    format!("%{b:02X}")
                }
            })
            .collect();
        format!("GET /cb?state=a%20b&x={coded}&y=%22 HTTP/1.1")
    }),
];

/// One private key in the ways it is shown.
pub(super) fn pem_forms(pem: &str) -> Vec<(&'static str, String)> {
    let diff: String = pem.lines().map(|line| format!("+{line}\n")).collect();
    let yaml: String = pem.lines().map(|line| format!("    {line}\n")).collect();
    vec![
        ("plain", format!("$ cat id_rsa\n{pem}\n$ ")),
        ("numbered", numbered(&format!("# key\n{pem}\nend"))),
        ("json", format!("{{\"key\":{}}}", quoted(pem))),
        ("json in json", format!("{{\"a\":{}}}", quoted(&format!("{{\"key\":{}}}", quoted(pem))))),
        ("numbered in json", format!("{{\"content\":{}}}", quoted(&numbered(&format!("x\n{pem}"))))),
        ("one line", format!("KEY=\"{}\"", pem.replace('\n', "\\n"))),
        ("spaces", format!("KEY='{}'", pem.replace('\n', " "))),
        ("base64", format!("key: {}", base64(pem.as_bytes()))),
        ("diff", format!("@@ -0,0 +1 @@\n{diff}")),
        ("yaml", format!("tls:\n  key: |\n{yaml}other: 1\n")),
        ("cut off", pem[..600].to_owned()),
    ]
}
