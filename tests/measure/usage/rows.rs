//! Turns a world into rows of the lake, as exports of the gateway would give them.

use std::error::Error;
use std::sync::Arc;

use fastrand::Rng;
use lightmeter::lake::{Lake, LedgerEntry, Staging};
use lightmeter::outcome::ExportStats;
use lightmeter::tables::entities::Entity;
use lightmeter::tables::messages::Message;
use lightmeter::tables::requests::Request;
use lightmeter::tables::tool_calls::ToolCall;
use lightmeter::tables::{Rows, Time};

use crate::plants::Kind;
use crate::world::World;

/// Start of the first day, a Monday: 2026-01-05.
pub(crate) const START: i64 = 1_767_571_200_000_000;
/// A day in microseconds.
pub(crate) const DAY: i64 = 86_400_000_000;
/// An hour in microseconds.
const HOUR: i64 = 3_600_000_000;
/// Hour at which the silent hours begin.
const SILENT_FROM: i64 = 11;
/// Writes the world into the lake, as one export.
pub(crate) fn write(world: &World, lake: &Lake) -> Result<(), Box<dyn Error>> {
    let writer = lake.writer()?;
    let mut staging = writer.begin()?;
    let mut maker = Maker::new(world);
    for day in 0..world.settings.days {
        for gap in world.plants.iter().filter(|p| p.kind == Kind::Gap && p.day == day) {
            maker.record += gap.calls as i64;
        }
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
        rule_set: None,
        stats: ExportStats { records: maker.record as u64, ..ExportStats::default() },
        parts: Vec::new(),
    })?;
    Ok(())
}

pub(crate) struct Maker {
    rows: Rows,
    pub(crate) rng: Rng,
    export: Arc<str>,
    record: i64,
    call: u64,
    /// Begin and end of the hours without traffic.
    silent: Option<(i64, i64)>,
}

/// One session on its way into rows.
pub(crate) struct Session {
    pub(crate) user: usize,
    pub(crate) login: Arc<str>,
    pub(crate) device: Arc<str>,
    pub(crate) tags: Vec<String>,
    pub(crate) user_agent: Arc<str>,
    pub(crate) product: Arc<str>,
    pub(crate) provider: Arc<str>,
    pub(crate) model: Arc<str>,
    pub(crate) id: Arc<str>,
    pub(crate) position: i64,
}

/// How a request went.
pub(crate) struct Sent {
    pub(crate) time: i64,
    pub(crate) price: f64,
    pub(crate) outcome: &'static str,
    pub(crate) stop_reason: Option<&'static str>,
    pub(crate) content_grade: &'static str,
}

/// What a call is: its name on the wire, where it sends data, what it reads, whether it repeats the one before.
#[derive(Clone, Copy)]
pub(crate) struct Act {
    pub(crate) name: &'static str,
    pub(crate) sends: bool,
    pub(crate) new_host: bool,
    pub(crate) reads: Option<&'static str>,
    pub(crate) repeats: bool,
}

impl Act {
    pub(crate) fn of(name: &'static str) -> Self {
        Self { name, sends: false, new_host: false, reads: None, repeats: false }
    }
}

impl Maker {
    fn new(world: &World) -> Self {
        let export = Arc::from(format!("ts-aperture-export-{}.cbor.zstd", START / 1_000_000));
        let silent = world.plants.iter().find(|p| p.kind == Kind::Silent).map(|p| {
            let from = START + p.day * DAY + SILENT_FROM * HOUR;
            (from, from + (p.seconds * 1e6) as i64)
        });
        Self { rows: Rows::default(), rng: Rng::with_seed(world.seed ^ 0x5eed), export, record: 0, call: 0, silent }
    }

    fn is_silent(&self, time: i64) -> bool {
        self.silent.is_some_and(|(from, to)| (from..to).contains(&time))
    }

    pub(crate) fn request(&mut self, session: &Session, sent: &Sent) {
        if self.is_silent(sent.time) {
            return;
        }
        self.record += 1;
        let fresh = 2_000 + self.rng.i64(0..8_000);
        self.rows.requests.push(Request {
            request_id: format!("r{}", self.record),
            export_key: Arc::clone(&self.export),
            record_id: Some(self.record),
            record_number: self.record,
            time: Time(sent.time),
            time_end: Some(Time(sent.time)),
            login: Arc::clone(&session.login),
            device: Arc::clone(&session.device),
            tags: session.tags.clone(),
            user_agent: Some(Arc::clone(&session.user_agent)),
            ua_product: Some(Arc::clone(&session.product)),
            ua_version: None,
            client_hints: None,
            provider: Some(Arc::clone(&session.provider)),
            model: Some(Arc::clone(&session.model)),
            api_type: None,
            wire_format: "anthropic_messages",
            path: None,
            status_code: Some(if sent.outcome == "guardrail" { 403 } else { 200 }),
            outcome: sent.outcome,
            error_type: None,
            stop_reason: sent.stop_reason.map(str::to_owned),
            duration_ms: Some(2_000),
            input_tokens: Some(fresh + 60_000),
            output_tokens: Some(500),
            cached_tokens: Some(60_000),
            cache_creation_tokens: None,
            reasoning_tokens: None,
            web_searches: None,
            cost_usd: Some(sent.price),
            cost_basis: None,
            capture_id: None,
            aperture_session_id: None,
            client_session_id: None,
            session_evidence: None,
            client_account_id: None,
            client_device_id: None,
            client_agent_id: None,
            client_parent_id: None,
            client_subagent: None,
            session_id: Arc::clone(&session.id),
            conversation_id: Arc::clone(&session.id),
            root_id: Arc::clone(&session.id),
            content_grade: sent.content_grade,
            messages_new: 2,
            messages_echoed: 0,
            tools_offered: 0,
            unknown_blocks: 0,
            request_bytes: 1_000,
            response_bytes: 100,
            not_understood: None,
        });
    }

    pub(crate) fn call(&mut self, session: &mut Session, time: i64, act: Act) {
        if self.is_silent(time) {
            return;
        }
        let name = act.name;
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
            tags: session.tags.clone(),
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
            arguments_digest: if act.repeats { "again".to_owned() } else { uid.clone() },
            told_id: None,
        });
        if act.sends {
            let host = self.destination(session, act.new_host);
            self.entity(session, time, uid, "host", host, "destination");
        } else if let Some(path) = act.reads {
            self.entity(session, time, uid, "path", path.to_owned(), "read");
        }
    }

    /// Most calls go where the user's calls always go; some places are new.
    fn destination(&mut self, session: &Session, new_host: bool) -> String {
        if new_host {
            format!("drop-{}.example.net", self.rng.u16(..))
        } else if self.rng.f64() < 0.1 {
            format!("page-{}.example.org", self.rng.u16(..))
        } else {
            let nth = (20.0 * self.rng.f64() * self.rng.f64()) as u32;
            format!("docs-{}-{nth}.example.com", session.user)
        }
    }

    fn entity(
        &mut self,
        session: &Session,
        time: i64,
        uid: String,
        kind: &'static str,
        value: String,
        relation: &'static str,
    ) {
        self.rows.entities.push(Entity {
            source_id: uid,
            source: "call",
            kind,
            domain: (kind == "host").then(|| value.clone()),
            value,
            role: "assistant",
            direction: "out",
            place: "argument",
            name: None,
            relation,
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

    pub(crate) fn words(&mut self, session: &Session, time: i64, user: usize) {
        self.rows.messages.push(Message {
            message_id: format!("m{}", self.record),
            element_id: format!("e{}", self.record),
            content_id: format!("words of {user}"),
            export_key: Arc::clone(&self.export),
            record_id: Some(self.record),
            time: Time(time),
            login: Arc::clone(&session.login),
            device: Arc::clone(&session.device),
            user_agent: Some(Arc::clone(&session.user_agent)),
            session_id: Arc::clone(&session.id),
            conversation_id: Arc::clone(&session.id),
            position: 0,
            part: 0,
            role: "user",
            kind: "text".into(),
            text: "a question that one model does not answer, and another may".to_owned(),
            bytes: 80,
            direction: "request",
            call_id: None,
            asked_id: None,
        });
    }
}
