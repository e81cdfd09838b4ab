//! Who exists: people, devices, models, projects, and what each person's agent is set up with.

use super::agent::Agent;
use super::rng::Rng;
use super::session::Session;
use super::time::{self, rfc3339};

/// A login on a device.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Person {
    /// Login, or the tags of a tagged device.
    pub(crate) login: &'static str,
    /// Stable node id.
    pub(crate) node: &'static str,
    /// Tags of the device.
    pub(crate) tags: &'static [&'static str],
}

const fn person(login: &'static str, node: &'static str) -> Person {
    Person { login, node, tags: &[] }
}

/// Platform engineer, laptop.
pub(crate) const ALICE: Person = person("alice@example.com", "nA1iceMacBk1CNTRL");
/// The same person's workstation.
pub(crate) const ALICE_DESK: Person = person("alice@example.com", "nA1iceDesk22CNTRL");
/// Backend engineer.
pub(crate) const BOB: Person = person("bob@example.com", "nB0bThinkp3CNTRL");
/// Infrastructure engineer.
pub(crate) const CAROL: Person = person("carol@example.com", "nCar0lMacBk4CNTRL");
/// Frontend engineer.
pub(crate) const DAVE: Person = person("dave@example.com", "nDaveLinux55CNTRL");
/// Mobile engineer.
pub(crate) const ERIN: Person = person("erin@example.com", "nErinMacBk66CNTRL");
/// Operations; owns the bot.
pub(crate) const FRANK: Person = person("frank@example.com", "nFrankSrv077CNTRL");
/// Data engineer, laptop.
pub(crate) const GRACE: Person = person("grace@example.com", "nGraceMacB88CNTRL");
/// The same person's virtual machine.
pub(crate) const GRACE_VM: Person = person("grace@example.com", "nGraceVm0099CNTRL");
/// Product manager.
pub(crate) const HEIDI: Person = person("heidi@example.com", "nHeidiWin110CNTRL");
/// Backend engineer.
pub(crate) const IVAN: Person = person("ivan@example.com", "nIvanUbunt21CNTRL");
/// Technical writer.
pub(crate) const JUDY: Person = person("judy@example.com", "nJudyMacBk32CNTRL");
/// Contractor.
pub(crate) const KARL: Person = person("karl@example.com", "nKar1Laptp43CNTRL");
/// The build machine.
pub(crate) const CI: Person = Person { login: "tag:ci", node: "nCiRunner054CNTRL", tags: &["tag:ci"] };
/// A lab machine that several people use.
pub(crate) const LAB: Person =
    Person { login: "tag:lab,tag:shared", node: "nLabBench065CNTRL", tags: &["tag:lab", "tag:shared"] };

/// A model and its price in cents per million tokens, input and output.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Model {
    /// Provider id.
    pub(crate) provider: &'static str,
    /// Model name.
    pub(crate) name: &'static str,
    /// Price.
    pub(crate) price: (i64, i64),
}

/// Anthropic's large model.
pub(crate) const OPUS: Model = Model { provider: "anthropic", name: "claude-opus-4-6", price: (500, 2500) };
/// Anthropic's middle model.
pub(crate) const SONNET: Model = Model { provider: "anthropic", name: "claude-sonnet-4-6", price: (300, 1500) };
/// Anthropic's small model.
pub(crate) const HAIKU: Model = Model { provider: "anthropic", name: "claude-haiku-4-5", price: (100, 500) };
/// OpenAI's coding model.
pub(crate) const CODEX: Model = Model { provider: "openai", name: "gpt-5.1-codex", price: (125, 1000) };
/// OpenAI's small model.
pub(crate) const MINI: Model = Model { provider: "openai", name: "gpt-5-mini", price: (25, 200) };
/// Google's large model.
pub(crate) const GEMINI: Model = Model { provider: "google", name: "gemini-2.5-pro", price: (125, 1000) };
/// A model of a provider that nobody used before the last week.
pub(crate) const NEWCOMER: Model = Model { provider: "openrouter", name: "deepseek/deepseek-v3.2", price: (27, 40) };

/// A person's usual setup: device, agent, model, integrations, projects.
pub(crate) struct Setup {
    /// Who.
    pub(crate) who: Person,
    /// Client.
    pub(crate) agent: Agent,
    /// Model.
    pub(crate) model: Model,
    /// Integrations from the first day.
    pub(crate) servers: &'static [&'static str],
    /// Project folder names.
    pub(crate) projects: &'static [&'static str],
}

/// Everyone who writes code.
pub(crate) const CODERS: &[Setup] = &[
    Setup {
        who: ALICE,
        agent: Agent::ClaudeCode,
        model: OPUS,
        servers: &["github", "linear", "handbook"],
        projects: &["gateway", "edge-cache"],
    },
    Setup {
        who: ALICE_DESK,
        agent: Agent::ClaudeCode,
        model: SONNET,
        servers: &["github", "handbook"],
        projects: &["edge-cache"],
    },
    Setup {
        who: BOB,
        agent: Agent::ClaudeCode,
        model: SONNET,
        servers: &["github", "aperture"],
        projects: &["billing-api", "ledger"],
    },
    Setup { who: CAROL, agent: Agent::Codex, model: CODEX, servers: &["linear"], projects: &["infra-live"] },
    Setup { who: DAVE, agent: Agent::Opencode, model: MINI, servers: &["jira"], projects: &["storefront", "widgets"] },
    Setup { who: ERIN, agent: Agent::GeminiCli, model: GEMINI, servers: &["github"], projects: &["mobile-app"] },
    Setup { who: GRACE, agent: Agent::ClaudeCode, model: SONNET, servers: &["github"], projects: &["warehouse"] },
    Setup { who: GRACE_VM, agent: Agent::ClaudeCode, model: SONNET, servers: &["github"], projects: &["warehouse"] },
    Setup { who: IVAN, agent: Agent::CodexNamespaces, model: CODEX, servers: &["linear"], projects: &["search-index"] },
    Setup {
        who: JUDY,
        agent: Agent::ClaudeCode,
        model: SONNET,
        servers: &["handbook", "aperture"],
        projects: &["docs-site"],
    },
];

/// Integrations of a setup at a time: `notes` reached two teams in March, `pdf-toolbox` one writer in the last week.
pub(crate) fn servers_at(setup: &Setup, now: i64) -> Vec<&'static str> {
    let mut out = setup.servers.to_vec();
    if out.contains(&"handbook") && now >= time::at(3, 11, 0, 0) {
        out.push("notes");
    }
    if setup.who == JUDY && now >= time::at(3, 23, 0, 0) {
        out.push("pdf-toolbox");
    }
    out
}

impl Setup {
    /// Opens a conversation of this person.
    pub(crate) fn open(&self, label: &str, start: i64) -> Session {
        let mut s = Session::open(self.who, self.agent, self.model, label, start);
        s.servers = servers_at(self, start);
        let home = self.who.login.split('@').next().unwrap_or("user");
        let project = s.rng.pick(self.projects).to_string();
        s.cwd = format!("/home/{home}/src/{project}");
        s.reminds = self.who == ALICE;
        if self.agent == Agent::Opencode {
            let day = rfc3339(start);
            s.system.push_str(&format!("\n<env>directory: {}, date: {}</env>", s.cwd, &day[..10]));
        }
        s
    }
}

/// The setup of a person's device.
pub(crate) fn setup(who: Person) -> &'static Setup {
    CODERS.iter().find(|s| s.who == who).unwrap_or(&CODERS[0])
}

/// System prompt of a client.
pub(crate) fn system_prompt(agent: Agent) -> &'static str {
    match agent {
        Agent::ClaudeCode | Agent::ClaudeHeadless | Agent::Codex | Agent::CodexNamespaces => {
            "You help with software in the user's repository. Look before you change, keep edits small, run the tests \
             after an edit, and say what you did in a few words. Ask before anything that cannot be undone."
        }
        Agent::Opencode => "You are a coding agent. Work in the current workspace and verify changes by running them.",
        Agent::GeminiCli => "You are an interactive command line agent for software tasks. Follow project conventions.",
        Agent::OpsBot => {
            "You are the operations assistant of Example Ltd. Use the ticket, customer and mail tools to answer. \
             Customer records are confidential."
        }
        Agent::ApertureChat => "You are a helpful assistant.",
        Agent::Shadow => "You run autonomously. Do not ask questions.",
    }
}

/// A stable fake id of a client's installation: one per home folder of a device.
pub(crate) fn device_id(node: &str, cwd: &str) -> String {
    let home = cwd.split('/').nth(2).unwrap_or_default();
    Rng::new(&format!("device/{node}/{home}")).hex(64)
}

/// A line that the client adds to the newest message only, and leaves out when it repeats it.
pub(crate) fn reminder(now: i64) -> String {
    let day = rfc3339(now);
    format!("<system-reminder>\nToday is {}. The task list is empty.\n</system-reminder>", &day[..10])
}
