//! Who works when and how much: users and their days.

use fastrand::Rng;

use crate::plants::{self, Kind, Plant};

/// Size of the simulation.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Settings {
    /// Users, late joiners and machines included.
    pub(crate) users: usize,
    /// Days, the warm-up included.
    pub(crate) days: i64,
    /// Whether anything is planted.
    pub(crate) plants: bool,
    /// Factor on everybody's number of calls.
    pub(crate) pace: f64,
}

/// One user, or one machine of a tag.
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
    /// Whether it is a machine of the tag `tag:ci`, which works on all days.
    pub(crate) machine: bool,
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
    /// Days on which hardly anybody works.
    pub(crate) holidays: Vec<i64>,
    /// Planted.
    pub(crate) plants: Vec<Plant>,
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
    let machine = rng.f64() < 0.06;
    let pace = (3.5 + 0.9 * normal(rng)).exp();
    User {
        usual: pace.clamp(5.0, 600.0),
        spread: 0.4 + 0.6 * rng.f64(),
        joins: if late { rng.i64(10..days.max(12) - 1) } else { 0 },
        // Four times as much within a month is a slow drift, not a burst.
        growth: if drifts { 0.046 } else { 0.004 * rng.f64() },
        active: if machine { 1.0 } else { 0.6 + 0.38 * rng.f64() },
        outgoing: 0.02 + 0.08 * rng.f64(),
        shift: 8.0 * rng.f64(),
        codex: rng.f64() < 0.3,
        machine,
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
        let calls = users.iter().map(|user| diary(user, &mut rng, &settings, &holidays, migration)).collect();
        let mut world = Self { settings, users, calls, holidays, plants: Vec::new(), seed };
        if settings.plants {
            world.plants = plants::plant(&world, &mut rng);
            for stop in world.plants.iter().filter(|p| p.kind == Kind::Stopped) {
                if let Some(user) = stop.user {
                    world.calls[user][stop.day as usize + 1..].fill(0);
                }
            }
        }
        world
    }

    /// The name that the gateway knows the user by.
    pub(crate) fn login(&self, user: usize) -> String {
        if self.users[user].machine { "tag:ci".to_owned() } else { format!("user{user:04}@example.com") }
    }

    /// What 995 of 1000 days of all users in the month before stay below.
    pub(crate) fn highest_days(&self, day: i64) -> f64 {
        let month = (day - 30).max(0) as usize..day as usize;
        let mut days: Vec<usize> = self
            .calls
            .iter()
            .flat_map(|calls| calls[month.clone()].iter().copied())
            .filter(|&calls| calls > 0)
            .collect();
        days.sort_unstable();
        days.get(days.len() * 995 / 1000).copied().unwrap_or_default() as f64
    }
}

/// Calls of a user on every day.
fn diary(user: &User, rng: &mut Rng, settings: &Settings, holidays: &[i64], migration: i64) -> Vec<usize> {
    (0..settings.days)
        .map(|day| {
            let weekend = day % 7 >= 5;
            let free = (weekend || holidays.contains(&day)) && !user.machine;
            let chance = if free { 0.1 } else { user.active };
            let noise = normal(rng);
            let busy = rng.f64() < chance && day >= user.joins;
            let moved = day == migration && user.codex && rng.f64() < 0.7;
            let grown = if user.growth > 0.01 {
                (user.growth * (day % 45).min(30) as f64).exp()
            } else {
                (user.growth * day as f64).exp()
            };
            let mut level = user.usual * grown * settings.pace;
            level *= if moved { 5.0 } else { 1.0 } * if weekend && !user.machine { 0.5 } else { 1.0 };
            if busy { ((level * (user.spread * noise).exp()).round() as usize).clamp(1, 6000) } else { 0 }
        })
        .collect()
}
