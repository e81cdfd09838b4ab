//! What a user does on a day, session by session and call by call.

use std::sync::Arc;

use crate::plants::{Kind, Plant};
use crate::rows::{Act, DAY, Maker, START, Sent, Session};
use crate::world::{User, World, normal};

/// Calls of a session, on average.
const SESSION: f64 = 40.0;

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

/// A piece of work: calls, when it begins, seconds between the calls, and what is planted in it.
struct Work {
    start: i64,
    calls: usize,
    step: f64,
    kind: Option<Kind>,
}

impl Maker {
    /// The user's own work of the day, then what was planted.
    pub(crate) fn day(&mut self, world: &World, user: usize, day: i64) {
        let plants: Vec<Plant> =
            world.plants.iter().filter(|p| p.user == Some(user) && p.day == day).copied().collect();
        let shift = world.users[user].shift;
        let bare = plants.iter().any(|p| p.kind == Kind::Bare);
        let mut left = if bare { 0 } else { world.calls[user][day as usize] };
        while left > 0 {
            let share = (-(1.0 - self.rng.f64()).ln() * SESSION).ceil() as usize;
            let calls = share.clamp(1, left);
            left -= calls;
            let hour = (shift + 9.0 * self.rng.f64()).min(22.0);
            let pace = 7.0 * (0.5 * normal(&mut self.rng)).exp();
            let step = pace.min((23.9 - hour) * 3600.0 / calls as f64);
            let start = START + day * DAY + (hour * 3.6e9) as i64;
            self.work(world, user, day, &Work { start, calls, step, kind: None });
        }
        for plant in plants {
            let length = plant.seconds.min(40_000.0);
            let hour = shift.min((86_000.0 - length) / 3600.0);
            let start = START + day * DAY + (hour * 3.6e9) as i64;
            match plant.kind {
                Kind::Stopped => {}
                Kind::Hop => self.hop(world, user, start),
                kind => {
                    let step = length / plant.calls as f64;
                    self.work(world, user, day, &Work { start, calls: plant.calls, step, kind: Some(kind) });
                }
            }
        }
    }

    fn begin(&mut self, world: &World, user: usize) -> Session {
        let who = &world.users[user];
        let text = |a: &str, b: &str| Arc::<str>::from(if who.codex { a } else { b });
        Session {
            user,
            login: world.login(user).into(),
            device: format!("n{user:06}CNTRL").into(),
            tags: if who.machine { vec!["tag:ci".to_owned()] } else { Vec::new() },
            user_agent: text("codex_cli_rs/0.98.0", "claude-cli/2.1.63 (external, cli)"),
            product: text("codex_cli_rs", "claude-cli"),
            provider: text("openai", "anthropic"),
            model: text("gpt-5.1-codex", "claude-sonnet-4-6"),
            id: format!("s{:x}", self.rng.u64(..)).into(),
            position: 0,
        }
    }

    fn work(&mut self, world: &World, user: usize, day: i64, work: &Work) {
        let mut session = self.begin(world, user);
        let kind = work.kind;
        let every = matches!(kind, Some(Kind::Blocked | Kind::Costly | Kind::Loop | Kind::Bare));
        let silent = matches!(kind, Some(Kind::Blocked | Kind::Bare));
        let price = if kind == Some(Kind::Costly) { 0.4 } else { 0.03 } * (0.6 * normal(&mut self.rng)).exp().min(1.5);
        let mut time = work.start;
        for number in 0..work.calls {
            time += (work.step * 1e6 * -(1.0 - self.rng.f64()).ln()) as i64;
            time = time.min(START + (day + 1) * DAY - 1_000_000);
            if number % 3 == 0 || every {
                let blocked = kind == Some(Kind::Blocked) || self.rng.f64() < 0.0005;
                self.request(
                    &session,
                    &Sent {
                        time,
                        price,
                        outcome: if blocked { "guardrail" } else { "ok" },
                        stop_reason: None,
                        content_grade: if kind == Some(Kind::Bare) { "metrics_only" } else { "full" },
                    },
                );
            }
            if !silent {
                let act = self.act(&world.users[user], day, kind, number);
                self.call(&mut session, time, act);
            }
        }
    }

    /// What the next call of a piece of work does.
    fn act(&mut self, who: &User, day: i64, kind: Option<Kind>, number: usize) -> Act {
        match kind {
            Some(Kind::Risky) if number == 5 => return Act::of("mcp__planted__leak"),
            Some(Kind::Outgoing | Kind::Risky) => {
                return Act { sends: true, new_host: true, ..Act::of("mcp__slack__post_message") };
            }
            Some(Kind::Destructive) => return Act::of("mcp__github__delete_branch"),
            Some(Kind::Minute) => return Act::of("Read"),
            Some(Kind::Loop) => return Act { repeats: true, ..Act::of("Bash") },
            Some(Kind::Integration) => return Act::of("mcp__shadow-crm__export_contacts"),
            Some(Kind::Credentials) => return Act { reads: Some("~/.aws/credentials"), ..Act::of("Read") },
            _ => {}
        }
        let chance = self.rng.f64();
        if chance < who.outgoing {
            return Act { sends: true, ..Act::of("mcp__fetch__post_url") };
        }
        if chance < who.outgoing + 0.004 {
            return Act::of("mcp__github__delete_branch");
        }
        if chance < 0.3 {
            if who.roll_out.is_some_and(|from| day >= from) && self.rng.f64() < 0.5 {
                return Act::of(TOOLS[7]);
            }
            if let Some(&integration) = self.rng.choice(&who.integrations) {
                return Act::of(TOOLS[integration]);
            }
        }
        Act::of(self.rng.choice(["Bash", "Read", "Edit", "Grep"]).unwrap_or("Read"))
    }

    /// A refusal, and the same words to another provider four minutes later.
    fn hop(&mut self, world: &World, user: usize, start: i64) {
        for (minutes, stop_reason) in [(0, "refusal"), (4, "end_turn")] {
            let mut session = self.begin(world, user);
            if stop_reason == "end_turn" {
                session.provider = "google".into();
                session.model = "gemini-3-pro".into();
            }
            let time = start + minutes * 60_000_000;
            let sent = Sent { time, price: 0.03, outcome: "ok", stop_reason: Some(stop_reason), content_grade: "full" };
            self.request(&session, &sent);
            self.words(&session, time, user);
        }
    }
}
