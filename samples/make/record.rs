//! One exchange as the gateway records it: the record map around the two bodies, and its own error answers.

use super::agent::{Agent, Call, Wire};
use super::session::{Session, Tokens, Turn};
use super::time::rfc3339;
use super::value::{Val, map};

/// How much of an exchange the gateway kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Grade {
    /// Bodies and headers.
    Full,
    /// Only the calls taken from the answer.
    ToolsOnly,
    /// Only the counts.
    MetricsOnly,
}

/// One request and its answer.
pub(crate) struct Exchange {
    /// Start, nanoseconds.
    pub(crate) start: i64,
    /// End, nanoseconds.
    pub(crate) end: i64,
    /// HTTP status.
    pub(crate) status: i64,
    /// Request body.
    pub(crate) request: String,
    /// Response body.
    pub(crate) response: String,
    /// Token counts.
    pub(crate) tokens: Tokens,
    /// Whether the answer broke off, so that the gateway has no counts.
    pub(crate) partial: bool,
    /// Calls of the answer.
    pub(crate) calls: Vec<Call>,
    /// How much is kept.
    pub(crate) grade: Grade,
}

/// The body of a refusal or failure, in the shape of the wire format.
pub(crate) fn error_body(wire: Wire, status: i64) -> Val {
    let (kind, gemini, message) = match status {
        429 => ("insufficient_quota", "RESOURCE_EXHAUSTED", "quota exceeded: daily budget of this user is spent"),
        403 => ("guardrail_blocked", "PERMISSION_DENIED", "request blocked by guardrail"),
        529 => ("overloaded_error", "UNAVAILABLE", "Overloaded"),
        _ => ("server_error", "UNAVAILABLE", "aperture is restarting, retry this request"),
    };
    match wire {
        Wire::Anthropic => {
            let kind = match status {
                429 => "rate_limit_error",
                403 => "invalid_request_error",
                529 => "overloaded_error",
                _ => "api_error",
            };
            map! { "type": "error", "error": map! { "type": kind, "message": message } }
        }
        Wire::Chat | Wire::Responses => {
            map! { "error": map! { "message": message, "type": kind, "param": Val::Null, "code": kind } }
        }
        Wire::Gemini => map! { "error": map! { "code": status, "message": message, "status": gemini } },
    }
}

/// The record without its id, which is given once all records are in order.
pub(crate) fn draft(s: &mut Session, x: Exchange) -> Val {
    let capture_id = s.rng.hex(32);
    let gateway_session = gateway_session(s);
    let model = format!("{}/{}", s.model.provider, s.model.name);
    let path = path(s);
    let failed = x.status != 200;
    let usage = if failed || x.partial { Val::Map(Vec::new()) } else { usage(x.tokens) };
    let mut identity = map! { "login_name": s.who.login, "stable_node_id": s.who.node };
    if !s.who.tags.is_empty() {
        identity.put("tags", s.who.tags.to_vec());
    }
    let mut record = map! {
        "id": 0, "ver": 2, "timestamp": rfc3339(x.end), "identity": identity, "model": &model,
        "api_type": api_type(s.agent.wire()), "usage": usage.clone(),
    };
    let cost = (!failed && !x.partial).then(|| {
        let micros = (x.tokens.input - x.tokens.cached) * s.model.price.0
            + x.tokens.cached * s.model.price.0 / 10
            + x.tokens.output * s.model.price.1;
        map! { "dollars": Val::Float(float(micros) / 1e8), "cost_basis": &model, "usage": usage }
    });
    if let Some(cost) = &cost {
        record.put("estimated_cost", cost.clone());
    }
    record.put("duration_ms", (x.end - x.start) / 1_000_000);
    record.put("capture_id", &capture_id);
    record.put("session_id", &gateway_session);
    record.put("path", &path);
    record.put("status_code", x.status);
    record.put("capture", capture(s, x, (capture_id, gateway_session, model, path), cost));
    record
}

fn capture(
    s: &mut Session,
    x: Exchange,
    (id, session, model, path): (String, String, String, String),
    cost: Option<Val>,
) -> Val {
    if x.grade == Grade::MetricsOnly {
        return Val::Map(Vec::new());
    }
    let tags = if s.who.tags.is_empty() { Val::Null } else { s.who.tags.to_vec().into() };
    let purged = x.grade == Grade::ToolsOnly;
    let used: Vec<Val> = match purged {
        true => x.calls.iter().map(|c| map! { "name": &c.name, "params": c.args.clone() }).collect(),
        false => Vec::new(),
    };
    let mut out = map! {
        "id": id, "model": model, "startTime": rfc3339(x.start), "loginName": s.who.login,
        "stableNodeId": s.who.node, "tags": tags, "statusCode": x.status, "path": path, "toolUseData": used,
    };
    if purged {
        for key in ["requestHeaders", "responseHeaders", "rawRequestBody", "rawResponseBody"] {
            out.put(key, Val::Null);
        }
        out.put("requestBody", "");
        out.put("responseBody", "");
    } else {
        let raw = |text: &str| if s.raws { Val::Bytes(text.as_bytes().to_vec()) } else { Val::Null };
        let (raw_request, raw_response) = (raw(&x.request), raw(&x.response));
        out.put("requestHeaders", request_headers(s, x.request.len()));
        out.put("requestBody", x.request);
        out.put("responseHeaders", response_headers(s, x.status));
        out.put("responseBody", x.response);
        out.put("rawRequestBody", raw_request);
        out.put("rawResponseBody", raw_response);
    }
    out.put("sessionId", session);
    if let Some(cost) = cost {
        out.put("estimated_cost", cost);
    }
    out
}

fn usage(t: Tokens) -> Val {
    let mut out = map! { "input_tokens": t.input, "output_tokens": t.output };
    if t.cached > 0 {
        out.put("cached_tokens", t.cached);
    }
    out
}

fn float(n: i64) -> f64 {
    // Costs stay far below 2^31 units, where the conversion is exact.
    f64::from(i32::try_from(n).unwrap_or(i32::MAX))
}

fn api_type(wire: Wire) -> &'static str {
    match wire {
        Wire::Anthropic => "ant_messages",
        Wire::Chat => "oai_completions",
        Wire::Responses => "oai_responses",
        Wire::Gemini => "gemini",
    }
}

fn path(s: &Session) -> String {
    match s.agent.wire() {
        Wire::Anthropic => "/v1/messages?beta=true".to_string(),
        Wire::Chat => "/v1/chat/completions".to_string(),
        Wire::Responses => "/v1/responses".to_string(),
        Wire::Gemini => format!("/v1beta/models/{}:generateContent", s.model.name),
    }
}

/// The session id the gateway settles on: the client's where it knows how to find it, a fingerprint of the opening of
/// Chat conversations, and for the rest a new one for each request.
fn gateway_session(s: &mut Session) -> String {
    match s.agent.wire() {
        Wire::Anthropic | Wire::Responses => s.id.clone(),
        Wire::Chat => {
            let opening = match s.history.first() {
                Some(Turn::User(text)) => text.clone(),
                _ => String::new(),
            };
            let mut r = super::rng::Rng::new(&format!("{}{opening}", s.system));
            format!("oacc_{}", r.hex(16))
        }
        Wire::Gemini => s.rng.uuid(),
    }
}

fn header(out: &mut Val, name: &str, value: impl Into<Val>) {
    out.put(name, vec![value.into()]);
}

fn request_headers(s: &Session, length: usize) -> Val {
    let mut h = map! { "Accept": vec!["application/json"] };
    header(&mut h, "Content-Length", length.to_string());
    header(&mut h, "Content-Type", "application/json");
    header(&mut h, "User-Agent", s.agent.user_agent());
    match s.agent {
        Agent::ClaudeCode | Agent::ClaudeHeadless => {
            header(&mut h, "Anthropic-Version", "2023-06-01");
            header(&mut h, "Anthropic-Beta", "claude-code-20250219,interleaved-thinking-2025-05-14");
            header(&mut h, "X-App", "cli");
            header(&mut h, "X-Api-Key", "-");
            header(&mut h, "X-Claude-Code-Session-Id", &s.id);
            if let Some(id) = &s.sub_agent {
                header(&mut h, "X-Claude-Code-Agent-Id", id);
            }
        }
        Agent::Codex | Agent::CodexNamespaces => {
            header(&mut h, "Originator", "codex_cli_rs");
            header(&mut h, "Session_id", &s.id);
        }
        Agent::Opencode => header(&mut h, "X-Session-Affinity", &s.id),
        Agent::OpsBot => header(&mut h, "X-Stainless-Lang", "python"),
        Agent::GeminiCli => header(&mut h, "X-Goog-Api-Key", "-"),
        Agent::ApertureChat | Agent::Shadow => {}
    }
    if s.agent.wire() == Wire::Chat || s.agent.wire() == Wire::Responses {
        header(&mut h, "Authorization", s.authorization.as_deref().unwrap_or("Bearer -"));
    }
    h
}

/// Answers of the provider carry its request id; refusals of the gateway itself do not.
fn response_headers(s: &mut Session, status: i64) -> Val {
    let streams = status == 200 && !matches!(s.agent, Agent::OpsBot | Agent::GeminiCli);
    let mut h = map! {};
    let kind = if streams { "text/event-stream; charset=utf-8" } else { "application/json" };
    header(&mut h, "Content-Type", kind);
    if status == 429 {
        header(&mut h, "Retry-After", "3600");
    }
    if status == 200 || status == 529 {
        header(&mut h, "Request-Id", format!("req_{}", s.rng.id(20)));
    }
    h
}
