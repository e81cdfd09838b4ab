//! Who works when and how much: users, their days, and the bursts that are planted.

use fastrand::Rng;

/// Size of the simulation.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Settings {
    /// Users, late joiners included.
    pub(crate) users: usize,
    /// Days, the warm-up included.
    pub(crate) days: i64,
    /// Whether bursts are planted.
    pub(crate) bursts: bool,
    /// Factor on everybody's number of calls.
    pub(crate) pace: f64,
}

/// What kind of burst.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A whole day of 5 to 15 times the user's usual work.
    Multiple,
    /// 400 to 1,500 calls more within one to three hours.
    Runaway,
    /// 80 to 400 calls that send data to many new hosts within an hour.
    Outgoing,
    /// 40 to 120 destructive calls within an hour.
    Destructive,
    /// 150 to 300 calls within two minutes.
    Minute,
    /// 12 to 40 requests that a guardrail stops.
    Blocked,
}

impl Kind {
    /// Name in the table.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Multiple => "5-15 times a usual day",
            Self::Runaway => "400-1500 calls in 1-3 hours",
            Self::Outgoing => "80-400 calls to new hosts",
            Self::Destructive => "40-120 destructive calls",
            Self::Minute => "150-300 calls in 2 minutes",
            Self::Blocked => "12-40 requests blocked",
        }
    }
}

/// The kinds of the bursts of a world of 100 users; half of them as in the published comparison of scores.
const PLAN: [Kind; 20] = [
    Kind::Multiple,
    Kind::Runaway,
    Kind::Multiple,
    Kind::Runaway,
    Kind::Multiple,
    Kind::Runaway,
    Kind::Multiple,
    Kind::Runaway,
    Kind::Multiple,
    Kind::Runaway,
    Kind::Multiple,
    Kind::Runaway,
    Kind::Outgoing,
    Kind::Destructive,
    Kind::Minute,
    Kind::Blocked,
    Kind::Outgoing,
    Kind::Destructive,
    Kind::Minute,
    Kind::Outgoing,
];

/// A planted burst.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Burst {
    /// Whose.
    pub(crate) user: usize,
    /// On which day, from 0.
    pub(crate) day: i64,
    /// What.
    pub(crate) kind: Kind,
    /// How many calls or requests more.
    pub(crate) calls: usize,
    /// Length in seconds.
    pub(crate) seconds: f64,
}

/// One user.
#[derive(Debug, Clone)]
pub(crate) struct User {
    /// Median calls of a working day.
    pub(crate) usual: f64,
    /// Spread from day to day, standard deviation of the logarithm.
    pub(crate) spread: f64,
    /// First day.
    pub(crate) joins: i64,
    /// Growth per day.
    pub(crate) growth: f64,
    /// Share of work days with any use.
    pub(crate) active: f64,
    /// Share of calls that send data out, before the user's own habits.
    pub(crate) outgoing: f64,
    /// Hours to add to the clock.
    pub(crate) shift: f64,
    /// Whether the user has the second agent.
    pub(crate) codex: bool,
    /// Integrations in use, as numbers.
    pub(crate) integrations: Vec<usize>,
    /// Day from which a rolled-out integration is in use.
    pub(crate) roll_out: Option<i64>,
}

/// A world: users, what each does on each day, and what was planted.
#[derive(Debug, Clone)]
pub(crate) struct World {
    /// Size.
    pub(crate) settings: Settings,
    /// Users.
    pub(crate) users: Vec<User>,
    /// Calls by user and day.
    pub(crate) calls: Vec<Vec<usize>>,
    /// Planted.
    pub(crate) bursts: Vec<Burst>,
    /// Where the rows take their chance from.
    pub(crate) seed: u64,
}

/// A normally distributed number.
pub(crate) fn normal(rng: &mut Rng) -> f64 {
    let radius = (-2.0 * (1.0 - rng.f64()).ln()).sqrt();
    radius * (std::f64::consts::TAU * rng.f64()).cos()
}

fn user(rng: &mut Rng, days: i64) -> User {
    let late = rng.f64() < 0.15;
    let drifts = rng.f64() < 0.05;
    let pace = (3.5 + 0.9 * normal(rng)).exp();
    User {
        usual: pace.clamp(5.0, 600.0),
        spread: 0.4 + 0.6 * rng.f64(),
        joins: if late { rng.i64(10..days.max(12) - 1) } else { 0 },
        // Four times as much within a month is a slow drift, not a burst.
        growth: if drifts { 0.046 } else { 0.004 * rng.f64() },
        active: 0.6 + 0.38 * rng.f64(),
        outgoing: 0.02 + 0.08 * rng.f64(),
        shift: 8.0 * rng.f64(),
        codex: rng.f64() < 0.3,
        integrations: (0..7).filter(|_| rng.f64() < 0.35).collect(),
        roll_out: None,
    }
}

impl World {
    /// The world of a seed.
    pub(crate) fn new(settings: Settings, seed: u64) -> Self {
        let mut rng = Rng::with_seed(seed);
        let days = settings.days;
        let mut users: Vec<User> = (0..settings.users).map(|_| user(&mut rng, days)).collect();
        let holidays: Vec<i64> = (0..days / 20).map(|_| rng.i64(0..days)).collect();
        // A new integration comes to a third of the users within two days; and one day, a migration of everything keeps
        // most users of one agent busy.
        let roll_out = rng.i64(20..days.max(22));
        for user in &mut users {
            if rng.f64() < 0.35 {
                user.roll_out = Some(roll_out + rng.i64(0..2));
            }
        }
        let migration = rng.i64(25..days.max(27));
        let calls = users
            .iter()
            .map(|user| {
                (0..days)
                    .map(|day| {
                        let weekend = day % 7 >= 5;
                        let free = holidays.contains(&day);
                        let chance = if weekend || free { 0.1 } else { user.active };
                        let noise = normal(&mut rng);
                        let busy = rng.f64() < chance && day >= user.joins;
                        let moved = day == migration && user.codex && rng.f64() < 0.7;
                        let grown = if user.growth > 0.01 {
                            (user.growth * (day % 45).min(30) as f64).exp()
                        } else {
                            (user.growth * day as f64).exp()
                        };
                        let mut level = user.usual * grown * settings.pace;
                        level *= if moved { 5.0 } else { 1.0 } * if weekend { 0.5 } else { 1.0 };
                        if busy { ((level * (user.spread * noise).exp()).round() as usize).clamp(1, 6000) } else { 0 }
                    })
                    .collect()
            })
            .collect();
        let mut world = Self { settings, users, calls, bursts: Vec::new(), seed };
        if settings.bursts {
            world.plant(&mut rng);
        }
        world
    }

    /// Plants the bursts, each with another user who has been at work for a while.
    fn plant(&mut self, rng: &mut Rng) {
        let mut free: Vec<usize> = (0..self.users.len()).collect();
        rng.shuffle(&mut free);
        let wanted = PLAN.len() * self.users.len() / 100;
        for user in free {
            if self.bursts.len() >= wanted {
                break;
            }
            let day = rng.i64(25..self.settings.days);
            let before = (day - 30).max(0)..day;
            let mut past: Vec<usize> = before.map(|d| self.calls[user][d as usize]).filter(|&c| c > 0).collect();
            if past.len() < 10 {
                continue;
            }
            past.sort_unstable();
            let usual = past[past.len() / 2] as f64;
            let kind = PLAN[self.bursts.len() % PLAN.len()];
            let between = |rng: &mut Rng, low: f64, high: f64| low + (high - low) * rng.f64();
            let (calls, seconds) = match kind {
                Kind::Multiple => ((usual * between(rng, 5.0, 15.0)) as usize, 32_000.0),
                Kind::Runaway => (rng.usize(400..1501), between(rng, 3_600.0, 10_800.0)),
                Kind::Outgoing => (rng.usize(80..401), 3_000.0),
                Kind::Destructive => (rng.usize(40..121), 3_000.0),
                Kind::Minute => (rng.usize(150..301), 110.0),
                Kind::Blocked => (rng.usize(12..41), 3_000.0),
            };
            self.bursts.push(Burst { user, day, kind, calls: calls.min(8_000), seconds });
        }
    }
}
