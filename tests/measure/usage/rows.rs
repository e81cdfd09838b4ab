//! Turns a world into rows of the lake, as exports of the gateway would give them.

use std::error::Error;
use std::sync::Arc;

use fastrand::Rng;
use lightmeter::lake::{Lake, LedgerEntry, Staging};
use lightmeter::outcome::ExportStats;
use lightmeter::tables::entities::Entity;
use lightmeter::tables::requests::Request;
use lightmeter::tables::tool_calls::ToolCall;
use lightmeter::tables::{Rows, Time};

use crate::world::{Kind, World, normal};

/// Start of the first day, a Monday: 2026-01-05.
pub(crate) const START: i64 = 1_767_571_200_000_000;
/// A day in microseconds.
pub(crate) const DAY: i64 = 86_400_000_000;
/// Calls of a session, on average.
const SESSION: f64 = 40.0;

/// Login of a user.
pub(crate) fn login(user: usize) -> String {
    format!("user{user:04}@example.com")
}

/// Names on the wire of what the simulated integrations offer.
const TOOLS: [&str; 8] = [
    "mcp__github__get_pull_request",
    "mcp__linear__list_issues",
    "mcp__sentry__search_events",
    "mcp__notion__search",
    "mcp__postgres__query",
    "mcp__slack__read_channel",
    "mcp__playwright__browser_snapshot",
    "mcp__atlas__search_pages",
];

/// Writes the world into the lake, as one export.
pub(crate) fn write(world: &World, lake: &Lake) -> Result<(), Box<dyn Error>> {
    let writer = lake.writer()?;
    let mut staging = writer.begin()?;
    let mut maker = Maker::new(world);
    for day in 0..world.settings.days {
        for user in 0..world.users.len() {
            maker.day(world, user, day);
        }
        if maker.rows.tool_calls.len() > 20_000 {
            staging.write(&mut maker.rows)?;
        }
    }
    finish(staging, maker, world)
}

fn finish(mut staging: Staging, mut maker: Maker, world: &World) -> Result<(), Box<dyn Error>> {
    staging.write(&mut maker.rows)?;
    let id = format!("{:064x}", world.seed + 1);
    staging.commit(LedgerEntry {
        id: id.clone(),
        export_key: maker.export.to_string(),
        source: "file".to_owned(),
        size: 1,
        etag: None,
        sha256: id,
        origin: None,
        converter: 1,
        content: "full".to_owned(),
        stats: ExportStats { records: maker.record as u64, ..ExportStats::default() },
        parts: Vec::new(),
    })?;
    Ok(())
}

struct Maker {
    rows: Rows,
    rng: Rng,
    export: Arc<str>,
    record: i64,
    call: u64,
}

/// One session on its way into rows.
struct Session {
    user: usize,
    login: Arc<str>,
    device: Arc<str>,
    user_agent: Arc<str>,
    product: Arc<str>,
    provider: Arc<str>,
    model: Arc<str>,
    id: Arc<str>,
    position: i64,
}

impl Maker {
    fn new(world: &World) -> Self {
        let export = Arc::from(format!("ts-aperture-export-{}.cbor.zstd", START / 1_000_000));
        Self { rows: Rows::default(), rng: Rng::with_seed(world.seed ^ 0x5eed), export, record: 0, call: 0 }
    }

    /// The user's own work of the day, then what was planted.
    fn day(&mut self, world: &World, user: usize, day: i64) {
        let mut left = world.calls[user][day as usize];
        let shift = world.users[user].shift;
        while left > 0 {
            let share = (-(1.0 - self.rng.f64()).ln() * SESSION).ceil() as usize;
            let calls = share.clamp(1, left);
            left -= calls;
            let hour = (shift + 9.0 * self.rng.f64()).min(22.0);
            let pace = 7.0 * (0.5 * normal(&mut self.rng)).exp();
            let step = pace.min((23.9 - hour) * 3600.0 / calls as f64);
            let start = START + day * DAY + (hour * 3.6e9) as i64;
            self.session(world, user, day, start, calls, step, None);
        }
        for burst in world.bursts.iter().filter(|b| b.user == user && b.day == day) {
            let length = burst.seconds.min(40_000.0);
            let hour = shift.min((86_000.0 - length) / 3600.0);
            let start = START + day * DAY + (hour * 3.6e9) as i64;
            self.session(world, user, day, start, burst.calls, length / burst.calls as f64, Some(burst.kind));
        }
    }

    #[allow(clippy::too_many_arguments, reason = "a session is all of this")]
    fn session(
        &mut self,
        world: &World,
        user: usize,
        day: i64,
        start: i64,
        calls: usize,
        step: f64,
        burst: Option<Kind>,
    ) {
        let who = &world.users[user];
        let codex = who.codex;
        let text = |a: &str, b: &str| Arc::<str>::from(if codex { a } else { b });
        let mut session = Session {
            user,
            login: login(user).into(),
            device: format!("n{user:06}CNTRL").into(),
            user_agent: text("codex_cli_rs/0.98.0", "claude-cli/2.1.63 (external, cli)"),
            product: text("codex_cli_rs", "claude-cli"),
            provider: text("openai", "anthropic"),
            model: text("gpt-5.1-codex", "claude-sonnet-4-6"),
            id: format!("s{:x}", self.rng.u64(..)).into(),
            position: 0,
        };
        let price = 0.03 * (0.6 * normal(&mut self.rng)).exp();
        let mut time = start;
        for number in 0..calls {
            time += (step * 1e6 * -(1.0 - self.rng.f64()).ln()) as i64;
            time = time.min(START + (day + 1) * DAY - 1_000_000);
            if number % 3 == 0 || burst == Some(Kind::Blocked) {
                let blocked = burst == Some(Kind::Blocked) || self.rng.f64() < 0.0005;
                self.request(&session, time, price, blocked);
            }
            if burst == Some(Kind::Blocked) {
                continue;
            }
            let (name, out) = self.tool(who, day, burst);
            self.call(&mut session, time, name, out, burst == Some(Kind::Outgoing));
        }
    }

    fn tool(&mut self, who: &crate::world::User, day: i64, burst: Option<Kind>) -> (&'static str, bool) {
        let chance = self.rng.f64();
        match burst {
            Some(Kind::Outgoing) => return ("mcp__slack__post_message", true),
            Some(Kind::Destructive) => return ("mcp__github__delete_branch", false),
            Some(Kind::Minute) => return ("Read", false),
            _ => {}
        }
        if chance < who.outgoing {
            return ("mcp__fetch__post_url", true);
        }
        if chance < who.outgoing + 0.004 {
            return ("mcp__github__delete_branch", false);
        }
        if chance < 0.3 {
            if who.roll_out.is_some_and(|from| day >= from) && self.rng.f64() < 0.5 {
                return (TOOLS[7], false);
            }
            if let Some(&integration) = self.rng.choice(&who.integrations) {
                return (TOOLS[integration], false);
            }
        }
        (self.rng.choice(["Bash", "Read", "Edit", "Grep"]).unwrap_or("Read"), false)
    }

    fn request(&mut self, session: &Session, time: i64, price: f64, blocked: bool) {
        self.record += 1;
        let fresh = 2_000 + self.rng.i64(0..8_000);
        self.rows.requests.push(Request {
            request_id: format!("r{}", self.record),
            export_key: Arc::clone(&self.export),
            record_id: Some(self.record),
            record_number: self.record,
            time: Time(time),
            time_end: Some(Time(time)),
            login: Arc::clone(&session.login),
            device: Arc::clone(&session.device),
            tags: Vec::new(),
            user_agent: Some(Arc::clone(&session.user_agent)),
            ua_product: Some(Arc::clone(&session.product)),
            ua_version: None,
            client_hints: None,
            provider: Some(Arc::clone(&session.provider)),
            model: Some(Arc::clone(&session.model)),
            api_type: None,
            wire_format: "anthropic_messages",
            path: None,
            status_code: Some(if blocked { 403 } else { 200 }),
            outcome: if blocked { "guardrail" } else { "ok" },
            error_type: None,
            stop_reason: None,
            duration_ms: Some(2_000),
            input_tokens: Some(fresh + 60_000),
            output_tokens: Some(500),
            cached_tokens: Some(60_000),
            cache_creation_tokens: None,
            reasoning_tokens: None,
            web_searches: None,
            cost_usd: Some(price),
            cost_basis: None,
            capture_id: None,
            aperture_session_id: None,
            client_session_id: None,
            session_evidence: None,
            client_account_id: None,
            client_device_id: None,
            session_id: Arc::clone(&session.id),
            conversation_id: Arc::clone(&session.id),
            root_id: Arc::clone(&session.id),
            content_grade: "full",
            messages_new: 2,
            messages_echoed: 0,
            tools_offered: 0,
            unknown_blocks: 0,
            request_bytes: 1_000,
            response_bytes: 100,
            not_understood: None,
        });
    }

    fn call(&mut self, session: &mut Session, time: i64, name: &'static str, out: bool, new_host: bool) {
        self.call += 1;
        session.position += 1;
        let uid = format!("c{}", self.call);
        let split: Vec<&str> = name.split("__").collect();
        let mcp = split.len() == 3;
        self.rows.tool_calls.push(ToolCall {
            call_uid: uid.clone(),
            call_id: Some(uid.clone()),
            element_id: uid.clone(),
            export_key: Arc::clone(&self.export),
            record_id: Some(self.record),
            time: Time(time),
            login: Arc::clone(&session.login),
            device: Arc::clone(&session.device),
            tags: Vec::new(),
            user_agent: Some(Arc::clone(&session.user_agent)),
            ua_product: Some(Arc::clone(&session.product)),
            session_id: Arc::clone(&session.id),
            conversation_id: Arc::clone(&session.id),
            position: session.position,
            part: 0,
            direction: "response",
            provider: Some(Arc::clone(&session.provider)),
            model: Some(Arc::clone(&session.model)),
            raw_name: Arc::from(name),
            named_server: None,
            naming: if mcp { "mcp__S__T" } else { "plain" },
            name_server: mcp.then(|| Arc::from(split[1])),
            name_tool: Arc::from(if mcp { split[2] } else { name }),
            name_peers: 3,
            runs_at: "client",
            arguments: "{}".to_owned(),
            arguments_digest: uid.clone(),
        });
        if out {
            self.destination(session, time, uid, new_host);
        }
    }

    /// Most calls go where the user's calls always go; some places are new.
    fn destination(&mut self, session: &Session, time: i64, uid: String, new_host: bool) {
        let domain = if new_host {
            format!("drop-{}.example.net", self.rng.u16(..))
        } else if self.rng.f64() < 0.1 {
            format!("page-{}.example.org", self.rng.u16(..))
        } else {
            let nth = (20.0 * self.rng.f64() * self.rng.f64()) as u32;
            format!("docs-{}-{nth}.example.com", session.user)
        };
        self.rows.entities.push(Entity {
            source_id: uid,
            source: "call",
            kind: "host",
            value: domain.clone(),
            domain: Some(domain),
            role: "assistant",
            direction: "out",
            place: "argument",
            name: None,
            relation: "destination",
            ecosystem: None,
            export_key: Arc::clone(&self.export),
            record_id: Some(self.record),
            time: Time(time),
            login: Arc::clone(&session.login),
            device: Arc::clone(&session.device),
            session_id: Arc::clone(&session.id),
            conversation_id: Arc::clone(&session.id),
            position: session.position,
            part: 0,
        });
    }
}
