//! Agent traffic with a secret in it, and documents without any, for the tests.

use super::template::{Fakes, base64};

type Frame = fn(&str) -> String;

fn quoted(text: &str) -> String {
    serde_json::to_string(text).unwrap()
}

fn numbered(text: &str) -> String {
    text.lines().enumerate().map(|(at, line)| format!("{:>6}→{line}\n", at + 1)).collect()
}

/// The ways a secret shows up in agent traffic.
pub(super) const FRAMES: [(&str, Frame); 16] = [
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

/// Passwords and keys that only their name shows, as people write them.
pub(super) fn assignments(seed: u64) -> Vec<(&'static str, String)> {
    let mut fakes = Fakes::new(seed);
    let mut t = |template: &str| fakes.expand(template);
    vec![
        ("env", t("SMTP_PASSWORD={{base62:14}}")),
        ("env token", t("export INTERNAL_API_TOKEN=\"{{base62:32}}\"")),
        ("json", t(r#"{"clientSecret":"{{base62:30}}","id":1}"#)),
        ("nested json", t(r#"{"arguments":"{\"api_key\":\"{{hex:32}}\"}"}"#)),
        ("yaml", t("db:\n  user: svc\n  password: {{base62:12}}\n")),
        ("python", t("API_SECRET = '{{url64:40}}'")),
        ("php", t("define('DB_PASSWORD', '{{base62:16}}');")),
        ("numbered", t("     3→JWT_SECRET={{base62:40}}\n")),
        ("diff", t("+  secretKey: \"{{base62:24}}\",\n")),
        ("kubernetes", t("- name: API_TOKEN\n  value: {{base62:32}}\n")),
        ("kubernetes json", t(r#"{"name":"API_TOKEN","value":"{{base62:32}}"}"#)),
        ("header", t("Authorization: Bearer {{base62:32}}")),
        ("headers in json", t(r#"{"headers":{"Authorization":"Bearer {{base62:32}}"}}"#)),
        ("url", t("mysql://app:{{base62:12}}@db.acme.test:3306/app")),
        ("xml", t("<password>{{base62:14}}</password>")),
        ("prose", t("the password is {{base62:14}} for the staging box")),
        ("toml", t("encryption_key = \"{{base64:43}}=\"")),
        ("properties", t("spring.datasource.password={{base62:14}}")),
    ]
}

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

fn words(fakes: &mut Fakes, count: usize) -> String {
    const WORDS: [&str; 40] = [
        "token",
        "key",
        "secret",
        "password",
        "parser",
        "stream",
        "session",
        "value",
        "reads",
        "the",
        "a",
        "of",
        "stores",
        "cache",
        "public",
        "private",
        "auth",
        "login",
        "header",
        "bearer",
        "basic",
        "client",
        "server",
        "request",
        "limit",
        "index",
        "hash",
        "field",
        "user",
        "policy",
        "rotates",
        "expires",
        "when",
        "with",
        "for",
        "access",
        "credential",
        "encrypts",
        "signs",
        "checks",
    ];
    (0..count).map(|_| WORDS[fakes.below(WORDS.len())]).collect::<Vec<_>>().join(" ")
}

fn code(fakes: &mut Fakes) -> String {
    const LINES: [&str; 30] = [
        "let token = parser.next_token()?;",
        "if self.api_key.is_none() { return Err(Error::MissingApiKey); }",
        "const accessToken = await getAccessToken(session);",
        "pub struct Credentials { pub password: String, pub token: Option<String> }",
        "headers.insert(AUTHORIZATION, format!(\"Bearer {}\", token));",
        "password = os.environ[\"DB_PASSWORD\"]",
        "api_key: str = Field(default=None, description=\"API key\")",
        "secret_key_base: <%= ENV[\"SECRET_KEY_BASE\"] %>",
        "token: ${{ secrets.GITHUB_TOKEN }}",
        "export const CACHE_KEY = 'user:profile:v2';",
        "private static final String TOKEN_HEADER = \"X-Auth-Token\";",
        "map.insert(\"primary_key\", column.name.clone());",
        "if (password.length < 8) throw new Error('password too short');",
        "max_tokens: 32000, temperature: 0.2, stop_token: '<|endoftext|>'",
        "req.headers['x-api-key'] = process.env.API_KEY",
        "this.tokens = tokenize(input, { keepWhitespace: true });",
        "assert_eq!(hash_password(\"hunter2\"), expected);",
        "POSTGRES_PASSWORD: postgres",
        "redis://localhost:6379/0",
        "key_path = \"/etc/ssl/private/server.key\"",
        "kubectl create secret generic db --from-literal=password=$PASS",
        "secretName: app-tls-cert-v2",
        "<input type=\"password\" name=\"password\" autocomplete=\"current-password\"/>",
        "auth_token_expiry_seconds = 3600",
        "pub const PUBLIC_KEY_LEN: usize = 32;",
        "git clone https://github.com/acme/app.git && cd app",
        "Authorization: Bearer <token>",
        "curl -H \"Authorization: Bearer $TOKEN\" https://api.acme.test/v1",
        "key={`row-${index}`} tokenType=\"access_token\"",
        "- uses: actions/checkout@v4\n  with: { token: \"${{ github.token }}\" }",
    ];
    (0..40).map(|_| LINES[fakes.below(LINES.len())].to_owned() + "\n").collect()
}

/// Documents of the kinds that agents read all day, without a secret in them.
pub(super) fn clean_documents(seed: u64) -> Vec<(&'static str, String)> {
    let mut fakes = Fakes::new(seed ^ 0x5eed);
    let mut out = vec![("code", code(&mut fakes)), ("prose", words(&mut fakes, 300))];
    let mut many = |name: &'static str, lines: usize, template: &str| {
        out.push((name, (0..lines).map(|_| fakes.expand(template) + "\n").collect::<String>()));
    };
    many("cargo lock", 10, "[[package]]\nname = \"token-key\"\nversion = \"1.2.3\"\nchecksum = \"{{hex:64}}\"\n");
    many(
        "npm lock",
        10,
        "\"node_modules/js-tokens\": {\"version\": \"4.0.0\", \"resolved\": \"https://registry.npmjs.org/js-tokens/-/js-tokens-4.0.0.tgz\", \"integrity\": \"sha512-{{base64:86}}==\"},",
    );
    many(
        "go.sum",
        12,
        "github.com/acme/secret v1.2.3 h1:{{base64:43}}=\ngithub.com/acme/secret v1.2.3/go.mod h1:{{base64:43}}=",
    );
    many(
        "git log",
        12,
        "commit {{hex:40}}\nAuthor: Jane <jane@acme.test>\nDate: Mon Mar 30 10:00:00 2026\n\n    rotate token handling {{hex:7}}",
    );
    many(
        "uuids",
        20,
        "{\"id\":\"{{uuid}}\",\"trace_id\":\"{{hex:32}}\",\"span_id\":\"{{hex:16}}\",\"n\":{{digits:12}}}",
    );
    many("image", 1, "<img src=\"data:image/png;base64,iVBORw0KGgo{{base64:4000}}\"/>");
    many(
        "anthropic",
        4,
        "{\"type\":\"tool_use\",\"id\":\"toolu_01{{base62:22}}\",\"name\":\"Read\",\"input\":{\"file_path\":\"/src/token.rs\"}},{\"type\":\"thinking\",\"thinking\":\"x\",\"signature\":\"ErUB{{base64:400}}==\"},{\"id\":\"msg_01{{base62:22}}\"}",
    );
    many(
        "openai",
        4,
        "{\"id\":\"resp_{{hex:48}}\",\"call_id\":\"call_{{base62:24}}\",\"item\":\"fc_{{hex:48}}\",\"encrypted_content\":\"gAAAAA{{url64:300}}\",\"system_fingerprint\":\"fp_{{hex:10}}\",\"prompt_cache_key\":\"{{uuid}}\"}",
    );
    many(
        "minified",
        2,
        "!function(e,t){var n=e.key,r=t.token||\"\",o={password:n,secret:r};return o.key=function(e){return e.token+1},{{lower:3}}a}({key:1,token:2},window);{{base62:4}}=1;",
    );
    many(
        "helm",
        4,
        "annotations:\n  checksum/secret: {{hex:64}}\n  checksum/config: {{hex:64}}\nimage: acme/app@sha256:{{hex:64}}",
    );
    many(
        "placeholders",
        3,
        "AWS_ACCESS_KEY_ID=AKIAIOSFODNN7{{}}EXAMPLE\nGITHUB_TOKEN=ghp_{{x:36}}\nOPENAI_API_KEY=sk-your-key-here\nDATABASE_URL=postgres://user:password@localhost:5432/dev\nPASSWORD=changeme\nAPI_KEY=<your-api-key>\nSTRIPE=sk_test_...\n4111{{}}111111111111",
    );
    many(
        "metrics",
        20,
        "http_requests_total{key=\"a\",token=\"b\"} {{digits:14}} 17748{{digits:11}} {\"id\": {{digits:16}}, \"user_id\":\"{{digits:16}}\"}",
    );
    many(
        "public keys",
        3,
        "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI{{base64:43}} jane@acme\n-----BEGIN CERTIFICATE-----\nMIIC{{base64:60}}\n{{base64:64}}\n-----END CERTIFICATE-----\n\"publicKey\": \"{{base64:43}}=\"",
    );
    many(
        "cookies",
        4,
        "etag: W/\"{{hex:32}}\"\ncf-ray: {{hex:16}}-FRA\nx-request-id: req_{{base62:24}}\nrequest-id: {{uuid}}",
    );
    out.push(("numbered code", numbered(&code(&mut fakes))));
    out.push(("escaped code", quoted(&code(&mut fakes))));
    out
}
