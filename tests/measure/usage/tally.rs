//! Compares findings with what was planted, and adds up over worlds.

use std::collections::{BTreeMap, BTreeSet};

use lightmeter::finding::Finding;

use crate::plants::{Kind, Plant};
use crate::rows;
use crate::world::World;

/// Days at the start in which nothing may be reported.
pub(crate) const WARM_UP: i64 = 14;

/// Findings of one detection.
#[derive(Default, Clone, Copy)]
pub(crate) struct Fires {
    /// Those about something planted.
    right: u64,
    /// The others.
    wrong: u64,
    /// Those that end within the warm-up.
    warm_up: u64,
}

/// What the runs of one setting add up to.
#[derive(Default)]
pub(crate) struct Tally {
    planted: BTreeMap<Kind, u64>,
    found: BTreeMap<Kind, u64>,
    /// Bursts and others that any finding of their detection, and of any incident, tells.
    incidents: BTreeMap<String, Fires>,
    signals: BTreeMap<String, Fires>,
    /// User weeks after the warm-up, in units of 100 users.
    weeks: f64,
    worlds: u64,
}

fn day(time: i64) -> i64 {
    (time - rows::START).div_euclid(rows::DAY)
}

/// Whether a finding is about a planted thing: the same user and an overlap in days. What stopped is told at the last
/// activity before, and what happened to all names nobody.
fn is_about(world: &World, plant: &Plant, finding: &Finding) -> bool {
    let days = day(finding.first_seen)..=day(finding.last_seen);
    let login = finding.scope.login.as_deref();
    match (plant.user, plant.kind) {
        (None, kind) => login.is_none() && finding.detection.id == kind.told_by() && days.contains(&plant.day),
        (Some(user), Kind::Stopped) => {
            login == Some(world.login(user).as_str()) && (plant.day - 6..=plant.day).contains(days.start())
        }
        (Some(user), _) => login == Some(world.login(user).as_str()) && days.contains(&plant.day),
    }
}

impl Tally {
    /// Adds the findings of a world. Lists each with what it is about, and then what was missed.
    pub(crate) fn add(&mut self, world: &World, incidents: &[Finding], signals: &[Finding]) -> String {
        let mut list = String::new();
        let mut hit = BTreeSet::new();
        for (findings, fires) in [(incidents, &mut self.incidents), (signals, &mut self.signals)] {
            for finding in findings {
                let fire = fires.entry(finding.detection.id.clone()).or_default();
                let about: Vec<usize> =
                    (0..world.plants.len()).filter(|n| is_about(world, &world.plants[*n], finding)).collect();
                let told = |n: &usize| finding.detection.id == world.plants[*n].kind.told_by();
                hit.extend(about.iter().copied().filter(told));
                *if about.is_empty() { &mut fire.wrong } else { &mut fire.right } += 1;
                fire.warm_up += u64::from(day(finding.last_seen) < WARM_UP);
                let what = about.first().map_or("not planted", |n| world.plants[*n].kind.name());
                let score = finding.details.get("lowered_score").map(|s| format!(" (score {s})")).unwrap_or_default();
                let (id, on) = (&finding.detection.id, day(finding.first_seen));
                list += &format!("  {what}: {id} day {on}: {}{score}\n", finding.reason);
            }
        }
        for (number, plant) in world.plants.iter().enumerate() {
            let found = hit.contains(&number);
            *self.planted.entry(plant.kind).or_default() += 1;
            *self.found.entry(plant.kind).or_default() += u64::from(found);
            if !found {
                let who = plant.user.map(|user| world.login(user)).unwrap_or_default();
                list += &format!("  missed: {} {who} day {} {} calls\n", plant.kind.name(), plant.day, plant.calls);
            }
        }
        self.weeks += (world.settings.days - WARM_UP) as f64 / 7.0 * world.settings.users as f64 / 100.0;
        self.worlds += 1;
        list
    }

    /// Found and planted of the kinds that pass.
    fn recall(&self, pass: impl Fn(Kind) -> bool) -> (u64, u64) {
        let sum = |of: &BTreeMap<Kind, u64>| of.iter().filter(|(kind, _)| pass(**kind)).map(|(_, n)| n).sum();
        (sum(&self.found), sum(&self.planted))
    }

    /// The recall as a table of Markdown.
    pub(crate) fn recall_table(&self) -> String {
        let share = |found: u64, planted: u64| found as f64 / planted.max(1) as f64;
        let mut text = "| planted | told by | found | recall |\n|---|---|---:|---:|\n".to_owned();
        let (found, planted) = self.recall(Kind::is_burst);
        text += &format!(
            "| **all bursts of volume** | `usage.volume-spike` | **{found} of {planted}** | **{:.2}** |\n",
            share(found, planted)
        );
        for &kind in self.planted.keys() {
            let (found, planted) = self.recall(|k| k == kind);
            let share = share(found, planted);
            text += &format!("| {} | `{}` | {found} of {planted} | {share:.2} |\n", kind.name(), kind.told_by());
        }
        text
    }

    /// How often each detection fires, as a table of Markdown.
    pub(crate) fn fires_table(&self, ran: &[String]) -> String {
        let mut text = "| detection | tier | about planted | others | others per week and 100 users | in the warm-up |\n|---|---|---:|---:|---:|---:|\n".to_owned();
        let mut all = Fires::default();
        for (tier, fires) in [("incident", &self.incidents), ("signal", &self.signals)] {
            for (id, fire) in fires {
                text += &self.line(&format!("`{id}`"), tier, *fire);
                if tier == "incident" {
                    all = Fires {
                        right: all.right + fire.right,
                        wrong: all.wrong + fire.wrong,
                        warm_up: all.warm_up + fire.warm_up,
                    };
                }
            }
        }
        let quiet: Vec<String> = ran
            .iter()
            .filter(|id| !self.incidents.contains_key(*id) && !self.signals.contains_key(*id))
            .map(|id| format!("`{id}`"))
            .collect();
        text += &self.line("**all incidents**", "incident", all);
        if !quiet.is_empty() {
            text += &format!("\nNever: {}.\n", quiet.join(", "));
        }
        text
    }

    fn line(&self, name: &str, tier: &str, fire: Fires) -> String {
        let rate = fire.wrong as f64 / self.weeks;
        format!("| {name} | {tier} | {} | {} | {rate:.2} | {} |\n", fire.right, fire.wrong, fire.warm_up)
    }

    /// Where the measurement stands, in one line.
    pub(crate) fn so_far(&self) -> String {
        let (found, planted) = self.recall(Kind::is_burst);
        let sum = |of: fn(&Fires) -> u64| self.incidents.values().map(of).sum::<u64>();
        let rate = sum(|fires| fires.wrong) as f64 / self.weeks;
        let bursts = if planted > 0 { format!("{found} of {planted} bursts found, ") } else { String::new() };
        format!(
            "{bursts}{rate:.2} other incidents per week and 100 users, {} in the warm-up",
            sum(|fires| fires.warm_up)
        )
    }

    /// How much was simulated.
    pub(crate) fn size(&self) -> String {
        format!("{} worlds, {:.0} weeks of 100 users after the warm-up", self.worlds, self.weeks)
    }
}
