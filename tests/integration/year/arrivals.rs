//! How the exports of the year reach the bucket: most at the end of their hour, some late, some twice, some first cut or
//! damaged.

use crate::common::Random;

use super::world::{DAY, Hour, Hours};

/// How many came, and how.
#[derive(Debug, Default)]
pub(super) struct Come {
    pub(super) exports: usize,
    pub(super) late: usize,
    pub(super) damaged: usize,
    pub(super) copies: usize,
    pub(super) beginnings: usize,
}

/// When an object comes, what it is called, and what it holds.
pub(super) struct Arrival {
    pub(super) at: i64,
    pub(super) key: String,
    pub(super) bytes: Vec<u8>,
}

/// Everything that will come, in the order in which it comes.
pub(super) fn arrivals(hours: Hours, days: i64, random: &mut Random, come: &mut Come) -> Vec<Arrival> {
    let mut all = Vec::new();
    for hour in hours.of_days(days) {
        come.exports += 1;
        let export = hours.export(hour);
        let whole = export.compressed;
        let key = format!("aperture/{}", export.name);
        let mut add = |at: i64, key: &str, bytes: &[u8]| {
            all.push(Arrival { at, key: key.to_owned(), bytes: bytes.to_vec() });
        };
        let Hour { end, .. } = hour;
        let later = end + DAY * (1 + i64::try_from(random.below(20)).unwrap());
        match random.below(40) {
            0 | 1 => {
                come.late += 1;
                add(later, &key, &whole);
                continue;
            }
            2 => {
                come.damaged += 1;
                add(end, &key, &whole[..whole.len() * 2 / 3]);
                add(later, &key, &whole);
                continue;
            }
            3 => {
                come.damaged += 1;
                let mut bytes = whole.clone();
                let at = bytes.len() / 2;
                bytes[at] ^= 0x40;
                add(end, &key, &bytes);
                add(later, &key, &whole);
                continue;
            }
            4 => {
                come.copies += 1;
                add(later, &format!("aperture/copies/copy-of-{}", export.name), &whole);
            }
            5 => {
                come.beginnings += 1;
                add(later, &format!("aperture/old/{}", export.name), &whole[..whole.len() - 1 - whole.len() / 4]);
            }
            _ => {}
        }
        add(end, &key, &whole);
    }
    all.sort_by(|a, b| (a.at, &a.key).cmp(&(b.at, &b.key)));
    all
}
