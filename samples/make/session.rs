//! A conversation between one person's agent and a model: keeps the history that every request repeats, and logs one
//! record per exchange.

use super::agent::{Act, Agent, Call, Wire};
use super::log::{Label, Log};
use super::record::{self, Exchange, Grade};
use super::rng::Rng;
use super::time::SECOND;
use super::value::Val;
use super::world::{Model, Person};
use super::{body_anthropic, body_chat, body_gemini, body_responses};

/// One entry of a conversation.
#[derive(Debug, Clone)]
pub(crate) enum Turn {
    /// Something the person (or a parent agent) said.
    User(String),
    /// What the model said and the calls it asked for; their results follow in the next request.
    Model {
        /// Provider's id of the answer.
        id: String,
        /// Text.
        text: String,
        /// Calls, with their results.
        calls: Vec<Call>,
    },
}

/// Token counts of one exchange.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Tokens {
    /// All input tokens.
    pub(crate) input: i64,
    /// Those of them that came from the cache.
    pub(crate) cached: i64,
    /// Output tokens.
    pub(crate) output: i64,
}

/// How an exchange ended.
enum Ending {
    Answer(Turn),
    Error(i64),
    /// The connection broke after this text; whether even the stored JSON is incomplete.
    Cut(String, bool),
}

/// A conversation under way.
#[derive(Debug, Clone)]
pub(crate) struct Session {
    /// Whose it is.
    pub(crate) who: Person,
    /// The client.
    pub(crate) agent: Agent,
    /// The model asked.
    pub(crate) model: Model,
    /// The client's session id.
    pub(crate) id: String,
    /// Working directory.
    pub(crate) cwd: String,
    /// Integrations configured in the client.
    pub(crate) servers: Vec<&'static str>,
    /// System prompt.
    pub(crate) system: String,
    /// Everything said so far.
    pub(crate) history: Vec<Turn>,
    /// Time of the next step.
    pub(crate) at: i64,
    /// Id of the sub-agent, in a sub-agent's conversation.
    pub(crate) sub_agent: Option<String>,
    /// Whether the client adds a passing reminder to the newest message.
    pub(crate) reminds: bool,
    /// `Authorization` header, where it is not the gateway's placeholder.
    pub(crate) authorization: Option<String>,
    /// Whether the gateway also kept the raw bodies.
    pub(crate) raws: bool,
    /// This session's randomness.
    pub(crate) rng: Rng,
    cached: i64,
}

impl Session {
    /// Opens a conversation; `label` names its random stream.
    pub(crate) fn open(who: Person, agent: Agent, model: Model, label: &str, start: i64) -> Session {
        let mut rng = Rng::new(label);
        let id = rng.uuid();
        Session {
            who,
            agent,
            model,
            id,
            cwd: format!("/home/{}/src/app", who.login.split('@').next().unwrap_or("user").replace(':', "-")),
            servers: Vec::new(),
            system: super::world::system_prompt(agent).to_string(),
            history: Vec::new(),
            at: start + rng.between(0, SECOND),
            sub_agent: None,
            reminds: false,
            authorization: None,
            raws: false,
            rng,
            cached: 0,
        }
    }

    /// The person says something, after reading for a while.
    pub(crate) fn user(&mut self, text: impl Into<String>) {
        self.at += self.rng.between(8 * SECOND, 70 * SECOND);
        self.history.push(Turn::User(text.into()));
    }

    /// The model asks for these actions and they are carried out. Returns the record's position.
    pub(crate) fn act(&mut self, log: &mut Log, say: &str, acts: Vec<Act>) -> usize {
        let turn = self.turn(say, acts);
        self.exchange(log, Ending::Answer(turn), Grade::Full)
    }

    /// The model answers in words.
    pub(crate) fn answer(&mut self, log: &mut Log, text: impl AsRef<str>) -> usize {
        self.act(log, text.as_ref(), Vec::new())
    }

    /// Like [`Session::act`], but the gateway kept less than the whole exchange.
    pub(crate) fn act_purged(&mut self, log: &mut Log, say: &str, acts: Vec<Act>, grade: Grade) -> usize {
        let turn = self.turn(say, acts);
        self.exchange(log, Ending::Answer(turn), grade)
    }

    /// The request is refused or fails with this status.
    pub(crate) fn fail(&mut self, log: &mut Log, status: i64) -> usize {
        self.exchange(log, Ending::Error(status), Grade::Full)
    }

    /// The answer breaks off; with `broken`, in the middle of the stored JSON.
    pub(crate) fn cut(&mut self, log: &mut Log, text: &str, broken: bool) -> usize {
        self.exchange(log, Ending::Cut(text.to_string(), broken), Grade::Full)
    }

    /// A sub-agent's conversation, starting now with this prompt.
    pub(crate) fn sub_agent(&mut self, prompt: &str) -> Session {
        let mut sub = self.clone();
        sub.rng = Rng::new(&format!("{}/sub/{}", self.id, self.history.len()));
        sub.sub_agent = Some(sub.rng.hex(16));
        sub.system = "You are a sub-agent. Do the job you are given and return a report.".to_string();
        sub.history = vec![Turn::User(prompt.to_string())];
        sub.cached = 0;
        sub
    }

    /// The same conversation taken up again after its first `turns` entries.
    pub(crate) fn fork(&self, turns: usize) -> Session {
        let mut fork = self.clone();
        fork.rng = Rng::new(&format!("{}/fork", self.id));
        fork.history.truncate(turns);
        fork.at += 90 * SECOND;
        fork
    }

    /// Replaces the history by a summary of it.
    pub(crate) fn compact(&mut self, summary: &str) {
        let text =
            format!("This session continues an earlier conversation that ran out of context. Summary: {summary}");
        self.history = vec![Turn::User(text)];
        self.cached = 0;
    }

    /// Notes that these records show something planted.
    pub(crate) fn label(
        &self,
        log: &mut Log,
        (id, family, expected): (&'static str, &'static str, &'static str),
        what: &'static str,
        shots: Vec<usize>,
    ) {
        let own_id = self.agent != Agent::GeminiCli && self.agent.wire() != Wire::Chat || self.agent == Agent::Opencode;
        log.labels.push(Label {
            id,
            family,
            expected,
            what,
            login: self.who.login,
            device: self.who.node,
            agent: self.agent.label(),
            session: own_id.then(|| self.id.clone()),
            shots,
        });
    }

    fn turn(&mut self, say: &str, acts: Vec<Act>) -> Turn {
        let cwd = self.cwd.clone();
        let agent = self.agent;
        let calls = acts.into_iter().map(|a| agent.spell(a, &cwd, &mut self.rng)).collect();
        let id = match agent.wire() {
            Wire::Anthropic => format!("msg_01{}", self.rng.id(22)),
            Wire::Chat => format!("chatcmpl-{}", self.rng.id(24)),
            Wire::Responses => self.rng.hex(32),
            Wire::Gemini => self.rng.id(18),
        };
        Turn::Model { id, text: say.to_string(), calls }
    }

    fn exchange(&mut self, log: &mut Log, ending: Ending, grade: Grade) -> usize {
        let start = self.at;
        let request = self.request(start).json();
        let size = |text: &str| i64::try_from(text.len() / 4).unwrap_or(0);
        let mut tokens = Tokens { input: size(&request), cached: self.cached, output: 0 };
        tokens.cached = tokens.cached.min(tokens.input);
        let mut kept = None;
        let mut partial = false;
        let (status, response) = match ending {
            Ending::Answer(turn) => {
                tokens.output = size(&Val::from(spoken(&turn)).json()) + 6;
                let body = self.response(&turn, tokens, true).json();
                kept = Some(turn);
                (200, body)
            }
            Ending::Error(status) => (status, record::error_body(self.agent.wire(), status).json()),
            Ending::Cut(text, broken) => {
                let turn = self.turn(&text, Vec::new());
                let mut body = self.response(&turn, tokens, false).json();
                if broken {
                    body.truncate(body.find(text.as_str()).unwrap_or(0) + text.len());
                }
                partial = true;
                (200, body)
            }
        };
        let duration = if status == 200 {
            self.rng.between(1_200_000_000, 4_000_000_000) + tokens.output * 9_000_000
        } else {
            self.rng.between(40_000_000, 400_000_000)
        };
        let end = start + duration / 1000 * 1000 + self.rng.between(0, 999);
        let calls = match &kept {
            Some(Turn::Model { calls, .. }) => calls.clone(),
            _ => Vec::new(),
        };
        let exchange = Exchange { start, end, status, request, response, tokens, partial, calls, grade };
        let draft = record::draft(self, exchange);
        log.drafts.push((end, draft));
        self.at = end + self.rng.between(SECOND / 2, 6 * SECOND);
        if let Some(turn) = kept {
            self.history.push(turn);
            self.cached = tokens.input;
        }
        log.drafts.len() - 1
    }

    fn request(&mut self, now: i64) -> Val {
        match self.agent.wire() {
            Wire::Anthropic => body_anthropic::request(self, now),
            Wire::Chat => body_chat::request(self, now),
            Wire::Responses => body_responses::request(self, now),
            Wire::Gemini => body_gemini::request(self, now),
        }
    }

    fn response(&self, turn: &Turn, tokens: Tokens, complete: bool) -> Val {
        match self.agent.wire() {
            Wire::Anthropic => body_anthropic::response(self, turn, tokens, complete),
            Wire::Chat => body_chat::response(self, turn, tokens, complete),
            Wire::Responses => body_responses::response(self, turn, tokens, complete),
            Wire::Gemini => body_gemini::response(self, turn, tokens, complete),
        }
    }
}

/// The words and arguments of an answer, to count.
fn spoken(turn: &Turn) -> Vec<Val> {
    match turn {
        Turn::User(text) => vec![text.into()],
        Turn::Model { text, calls, .. } => {
            let mut all = vec![Val::from(text)];
            all.extend(calls.iter().map(|c| c.args.clone()));
            all
        }
    }
}
