//! What is planted into a world, and which detections should tell it.

use fastrand::Rng;

use crate::world::World;

/// What kind of thing is planted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
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
    /// A user of a few days makes 2.5 to 5 times as many calls as nearly any day of anybody has.
    Newcomer,
    /// A session of 80 to 200 dollars.
    Costly,
    /// The same call 30 to 80 times in a row.
    Loop,
    /// An integration that nobody had.
    Integration,
    /// The first look at files of cloud credentials.
    Credentials,
    /// A refusal, and minutes later the same words to another provider.
    Hop,
    /// Calls to many new hosts, and a leaked secret among them.
    Risky,
    /// A steady user sends nothing more.
    Stopped,
    /// The bodies of a day are not recorded.
    Bare,
    /// 200 to 2,000 records are missing.
    Gap,
    /// Three busy hours without any traffic.
    Silent,
}

/// Volume bursts of a world of 100 users: how many of which kind. The first two as in published comparisons of scores.
const BURSTS: [(Kind, usize); 6] = [
    (Kind::Multiple, 6),
    (Kind::Runaway, 6),
    (Kind::Outgoing, 3),
    (Kind::Destructive, 2),
    (Kind::Minute, 2),
    (Kind::Blocked, 1),
];

/// Everything else that happens to one user.
const OTHERS: [(Kind, usize); 9] = [
    (Kind::Newcomer, 1),
    (Kind::Costly, 1),
    (Kind::Loop, 1),
    (Kind::Integration, 1),
    (Kind::Credentials, 1),
    (Kind::Hop, 1),
    (Kind::Risky, 1),
    (Kind::Stopped, 1),
    (Kind::Bare, 1),
];

impl Kind {
    /// Name in the table, and the detection that should tell it.
    fn facts(self) -> (&'static str, &'static str) {
        match self {
            Self::Multiple => ("5 to 15 times a usual day", "usage.volume-spike"),
            Self::Runaway => ("400 to 1500 calls more in 1 to 3 hours", "usage.volume-spike"),
            Self::Outgoing => ("80 to 400 calls to new hosts", "usage.volume-spike"),
            Self::Destructive => ("40 to 120 destructive calls", "usage.volume-spike"),
            Self::Minute => ("150 to 300 calls in 2 minutes", "usage.volume-spike"),
            Self::Blocked => ("12 to 40 requests stopped by a guardrail", "usage.volume-spike"),
            Self::Newcomer => ("newcomer far above the highest days of all", "usage.volume-spike"),
            Self::Costly => ("session of 80 to 200 dollars", "usage.runaway-session"),
            Self::Loop => ("the same call 30 to 80 times in a row", "usage.repeated-call"),
            Self::Integration => ("integration that nobody had", "usage.first-seen"),
            Self::Credentials => ("first look at cloud credentials", "usage.new-behaviour"),
            Self::Hop => ("refused, then asked of another provider", "usage.provider-hop"),
            Self::Risky => ("calls to new hosts with a leaked secret", "usage.anomaly-with-risk"),
            Self::Stopped => ("a steady user's traffic stops", "usage.traffic-stopped"),
            Self::Bare => ("bodies of a day are not recorded", "usage.bodies-missing"),
            Self::Gap => ("200 to 2000 records missing", "usage.record-gap"),
            Self::Silent => ("three busy hours are silent", "usage.silent-hours"),
        }
    }

    /// Name in the table.
    pub(crate) fn name(self) -> &'static str {
        self.facts().0
    }

    /// The detection that should tell it.
    pub(crate) fn told_by(self) -> &'static str {
        self.facts().1
    }

    /// Whether it is one of the volume bursts, over which recall is counted.
    pub(crate) fn is_burst(self) -> bool {
        BURSTS.iter().any(|(kind, _)| *kind == self)
    }
}

/// Something planted.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Plant {
    /// Whose; nobody's for what happens to all.
    pub(crate) user: Option<usize>,
    /// On which day, from 0.
    pub(crate) day: i64,
    /// What.
    pub(crate) kind: Kind,
    /// How many calls or requests more.
    pub(crate) calls: usize,
    /// Length in seconds.
    pub(crate) seconds: f64,
}

/// Plants bursts and the rest, each with another user who has been at work for a while.
pub(crate) fn plant(world: &World, rng: &mut Rng) -> Vec<Plant> {
    let users = world.users.len();
    let mut free: Vec<usize> = (0..users).collect();
    rng.shuffle(&mut free);
    let mut kinds = Vec::new();
    for round in 0..users.div_ceil(100) {
        // Of the last hundred, only as much as there are users.
        let share = (users - round * 100).min(100);
        for list in [&OTHERS[..], &BURSTS[..]] {
            kinds.extend(list.iter().flat_map(|(kind, times)| vec![*kind; (times * share).div_ceil(100)]));
        }
    }
    let mut plants = Vec::new();
    for kind in kinds {
        for (place, &user) in free.iter().enumerate() {
            let day = rng.i64(25..world.settings.days);
            if let Some(plant) = for_user(world, rng, kind, user, day) {
                plants.push(plant);
                free.remove(place);
                break;
            }
        }
    }
    // What happens to all needs four weeks before it, and a busy day.
    let late = |rng: &mut Rng| loop {
        let day = rng.i64(29..world.settings.days.max(31) - 1);
        if day % 7 < 5 && !world.holidays.contains(&day) {
            return day;
        }
    };
    let (day, calls) = (late(rng), rng.usize(200..2001));
    plants.push(Plant { user: None, day, kind: Kind::Gap, calls, seconds: 0.0 });
    plants.push(Plant { user: None, day: late(rng), kind: Kind::Silent, calls: 0, seconds: 10_800.0 });
    plants
}

/// The plant, if this user's past allows it.
fn for_user(world: &World, rng: &mut Rng, kind: Kind, user: usize, day: i64) -> Option<Plant> {
    let who = &world.users[user];
    let of = |from: i64, to: i64| -> Vec<usize> {
        (from.max(0)..to).map(|d| world.calls[user][d as usize]).filter(|&calls| calls > 0).collect()
    };
    let mut past = of(day - 30, day);
    past.sort_unstable();
    let usual = past.get(past.len() / 2).copied().unwrap_or_default() as f64;
    let enough = match kind {
        Kind::Newcomer => (2..8).contains(&past.len()) && of(0, day - 30).is_empty(),
        Kind::Stopped => {
            who.active > 0.9 && !who.machine && day + 12 < world.settings.days && of(day - 13, day + 1).len() >= 9
        }
        Kind::Bare => past.len() >= 12 && usual >= 90.0,
        Kind::Costly | Kind::Credentials | Kind::Integration => past.len() >= 12 && of(0, day - 15).len() > 3,
        _ => past.len() >= 10,
    };
    if !enough {
        return None;
    }
    let between = |rng: &mut Rng, low: f64, high: f64| low + (high - low) * rng.f64();
    let (calls, seconds) = match kind {
        Kind::Multiple => ((usual * between(rng, 5.0, 15.0)) as usize, 32_000.0),
        Kind::Runaway => (rng.usize(400..1501), between(rng, 3_600.0, 10_800.0)),
        Kind::Outgoing | Kind::Risky => (rng.usize(80..401), 3_000.0),
        Kind::Destructive => (rng.usize(40..121), 3_000.0),
        Kind::Minute => (rng.usize(150..301), 110.0),
        Kind::Blocked => (rng.usize(12..41), 3_000.0),
        Kind::Newcomer => ((world.highest_days(day) * between(rng, 2.5, 5.0)) as usize, 32_000.0),
        Kind::Costly => (rng.usize(250..400), 14_000.0),
        Kind::Loop => (rng.usize(30..81), 1_200.0),
        Kind::Bare => (usual as usize, 20_000.0),
        _ => (3, 300.0),
    };
    Some(Plant { user: Some(user), day, kind, calls: calls.clamp(1, 8_000), seconds })
}
