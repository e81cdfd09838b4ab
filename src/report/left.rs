//! What left in an incident: data that was sent, pushed, posted or published, and where to.

use super::redact::rows;
use crate::finding::Finding;
use crate::text;

/// Longest name of a file or place in a sentence, in characters.
const NAME: usize = 80;

/// Files named of one row, and rows named in one sentence.
const FILES: usize = 3;
const ROWS: usize = 4;

rows! {
    /// Calls that let the same out in the same way to the same place.
    pub struct LeftRow {
        /// What was done with it, as in `it was pushed`.
        pub says: String,
        /// Where to: a host, a remote, a channel, an address; null where nothing names it.
        pub place: Option<String>,
        /// Address of a remote, where the traffic tells it.
        pub url: Option<String>,
        /// What brings the tool; null for commands.
        pub integration: Option<String>,
        /// Tool; null for commands.
        pub tool: Option<String>,
        /// Files that left, as far as the calls name them: those that hold secrets, of a tool all.
        pub files: Vec<String>,
        /// Secrets in the arguments.
        pub secrets: u64,
        /// Whether secrets, or files that hold some, left.
        pub secret: bool,
        /// Personal data in the arguments: what it is, and the end of it.
        pub personal: Vec<String>,
        /// Whether it was made public.
        pub public: bool,
        /// Whether the user had named the place before.
        pub asked: bool,
        /// Whether no result was seen, so that it may not have happened.
        pub attempted: bool,
        /// Calls.
        pub calls: u64,
        /// Calls of which no result was seen.
        pub unanswered: u64,
        /// Time of the first call.
        pub first_time: i64,
        /// Time of the last call.
        pub last_time: i64,
        /// Records that show them; bounded.
        pub records: Vec<i64>,
    }
}

impl LeftRow {
    /// What left and where to, as the start of a sentence; every name through `name`, and what was
    /// done as `says` writes it.
    pub(super) fn phrase(&self, says: &str, name: &dyn Fn(&str) -> String) -> String {
        let shown = |value: &str| name(&text::one_line(value, NAME));
        let mut what: Vec<String> = self.files.iter().take(FILES).map(|file| shown(file)).collect();
        if self.files.len() > FILES {
            what.push(format!("{} more files", self.files.len() - FILES));
        }
        match self.secrets {
            0 => {}
            1 => what.push("a secret".to_owned()),
            n => what.push(format!("{n} secrets")),
        }
        let what = if what.is_empty() { "data".to_owned() } else { what.join(" and ") };
        let place = |place: &str| shown(&text::defang_place(place));
        let to = self.place.as_deref().map(|to| format!(" to {}", place(to))).unwrap_or_default();
        let url = self.url.as_deref().map(|url| format!(" ({})", place(url))).unwrap_or_default();
        let with = match (&self.integration, &self.tool) {
            (Some(integration), Some(tool)) => format!(" with {}", shown(&format!("{integration}/{tool}"))),
            _ => String::new(),
        };
        let personal: Vec<String> = self.personal.iter().take(FILES).map(|what| shown(what)).collect();
        let more = self.personal.len().saturating_sub(FILES);
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        let held = match personal.as_slice() {
            [] => String::new(),
            all => format!(", with {}{more} in it", all.join(" and ")),
        };
        let asked = if self.asked { ", a place that the user had named" } else { "" };
        format!("{what} {says}{to}{url}{with}{held}{asked}")
    }

    /// When it left, where that lies outside the time of the finding that it is told with.
    pub(super) fn when(&self, finding: &Finding) -> Option<String> {
        let (first, last) = (text::clock_time(self.first_time), text::clock_time(self.last_time));
        let span = if first == last { first } else { format!("{first} to {last}") };
        match () {
            () if self.last_time < finding.first_seen => Some(format!("before what was found: {span}")),
            () if self.first_time > finding.last_seen => Some(format!("after what was found: {span}")),
            () if self.first_time < finding.first_seen || self.last_time > finding.last_seen => {
                Some(format!("partly before or after what was found: {span}"))
            }
            () => None,
        }
    }
}

/// What to take back, as a part of a sentence: secrets, personal data, and what was made public, other than at the places
/// to block.
pub(super) fn grave(left: &[LeftRow], blocked: &[String]) -> Option<String> {
    let grave = |row: &&LeftRow| {
        (row.secret || row.public || !row.personal.is_empty())
            && !row.place.as_ref().is_some_and(|place| blocked.contains(place))
    };
    let told = |row: &LeftRow| {
        let phrase = row.phrase(&text::one_line(&row.says, NAME), &str::to_owned);
        match row.unanswered {
            0 => phrase,
            _ if row.attempted => format!("{phrase}, without a result"),
            some => format!("{phrase}, {some} of {} calls without a result", row.calls),
        }
    };
    let all: Vec<String> = left.iter().filter(grave).map(told).collect();
    let more = all.len().saturating_sub(ROWS);
    let named = all.iter().take(ROWS).cloned().collect::<Vec<_>>().join("; ");
    match (all.len(), more) {
        (0, _) => None,
        (_, 0) => Some(named),
        _ => Some(format!("{named}; and {more} more")),
    }
}

/// What was made public, as a part of a sentence.
pub(super) fn public(left: &[LeftRow]) -> Option<String> {
    let public: Vec<LeftRow> = left.iter().filter(|row| row.public).cloned().collect();
    grave(&public, &[])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_left_is_told_with_its_place_and_what_is_to_be_taken_back() {
        let text = |text: &str| Some(text.to_owned());
        let push = LeftRow {
            says: "pushed".to_owned(),
            place: text("origin"),
            url: text("https://git.example/x"),
            files: vec![".env".to_owned()],
            secret: true,
            calls: 2,
            unanswered: 1,
            ..LeftRow::default()
        };
        let post = LeftRow {
            says: "posted".to_owned(),
            place: text("#partners"),
            integration: text("slack"),
            tool: text("post"),
            secrets: 2,
            secret: true,
            ..LeftRow::default()
        };
        let host = LeftRow { says: "sent".to_owned(), place: text("evil.example"), secret: true, ..LeftRow::default() };
        let plain = LeftRow { says: "mailed".to_owned(), place: text("a@b.example"), ..LeftRow::default() };
        let card = LeftRow {
            personal: vec!["payment card …2574".to_owned()],
            asked: true,
            place: text("c@d.example"),
            ..plain.clone()
        };
        assert_eq!(
            grave(&[plain.clone(), card], &[]).unwrap(),
            "data mailed to c[@]d[.]example, with payment card …2574 in it, a place that the user had named"
        );
        let public = LeftRow {
            says: "published".to_owned(),
            public: true,
            attempted: true,
            unanswered: 1,
            ..LeftRow::default()
        };
        assert_eq!(plain.phrase("mailed", &|name| format!("`{name}`")), "data mailed to `a[@]b[.]example`");
        let blocked = ["evil.example".to_owned()];
        let wanted = ".env pushed to origin (https[:]//git[.]example/x), 1 of 2 calls without a result; 2 secrets posted to \
                      #partners with slack/post; data published, without a result";
        let all = [push, host.clone(), plain.clone(), post, public];
        assert_eq!(grave(&all, &blocked).unwrap(), wanted);
        assert_eq!(grave(&all[1..3], &blocked), None);
        assert_eq!(grave(&vec![host; 6], &[]).unwrap().matches("; and 2 more").count(), 1);
    }

    #[test]
    fn what_left_outside_the_time_of_the_finding_says_when() {
        let finding = Finding {
            first_seen: 10_000_000,
            last_seen: 20_000_000,
            ..crate::report::tests::example().incidents.remove(0)
        };
        let when = |first_time, last_time| LeftRow { first_time, last_time, ..LeftRow::default() }.when(&finding);
        assert_eq!(when(10_000_000, 20_000_000), None);
        assert_eq!(when(5_000_000, 5_000_000).unwrap(), "before what was found: 1970-01-01 00:00:05Z");
        assert_eq!(
            when(25_000_000, 26_000_000).unwrap(),
            "after what was found: 1970-01-01 00:00:25Z to 1970-01-01 00:00:26Z"
        );
        assert_eq!(
            when(5_000_000, 15_000_000).unwrap(),
            "partly before or after what was found: 1970-01-01 00:00:05Z to 1970-01-01 00:00:15Z"
        );
    }
}
