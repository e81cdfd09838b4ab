//! Where a text may hold a random value: the cheap look that spares most of it the expensive rules.

use std::ops::Range;

/// Shortest run that counts.
const SHORTEST: usize = 12;
/// Letters alone count as random from this length on, if their case changes so often.
const LETTERS: usize = 20;
const CASE_CHANGES: usize = 6;
/// Bytes before a run that a rule may need to see: the name of the value and what stands between.
const BEFORE: usize = 260;
/// Bytes after a run that a rule may need to see.
const AFTER: usize = 8;

/// What a byte is: 0 ends a run, 1 is a digit, 2 upper case, 3 lower case, 4 another byte of a value.
const CLASS: [u8; 256] = {
    let mut table = [0; 256];
    let others = b"_+/=.~!@%^&*:#?$-|";
    let mut at = 0;
    while at < others.len() {
        table[others[at] as usize] = 4;
        at += 1;
    }
    at = 0;
    while at < 26 {
        table[b'A' as usize + at] = 2;
        table[b'a' as usize + at] = 3;
        at += 1;
    }
    at = 0;
    while at < 10 {
        table[b'0' as usize + at] = 1;
        at += 1;
    }
    table
};

/// Runs of at least twelve bytes without a space or quote that mix digits and letters, or upper and lower case again and
/// again, as far as they touch one of `places`, which are in order. No value of a rule that is marked `dense` stands
/// elsewhere.
pub(super) fn runs(text: &[u8], places: &[Range<usize>]) -> Vec<Range<usize>> {
    let ends = |at: usize| CLASS[usize::from(text[at])] == 0;
    let mut found = Vec::new();
    let mut at = 0;
    for place in places {
        let mut from = place.start.max(at);
        while from > at && !ends(from - 1) {
            from -= 1;
        }
        at = from;
        while at < place.end
            && let Some(ahead) = text[at..].first_chunk::<SHORTEST>()
        {
            // Most stretches end before they are long enough: look at the far end first.
            if let Some(gap) = ahead.iter().rposition(|&byte| CLASS[usize::from(byte)] == 0) {
                at += gap + 1;
                continue;
            }
            let mut end = at + SHORTEST;
            while end < text.len() && !ends(end) {
                end += 1;
            }
            if mixed(&text[at..end]) {
                found.push(at..end);
            }
            at = (end + 1).min(text.len());
        }
    }
    found
}

fn mixed(run: &[u8]) -> bool {
    let (mut digit, mut letter, mut changes, mut before) = (false, false, 0, 0);
    for &byte in run {
        let class = CLASS[usize::from(byte)];
        digit |= class == 1;
        letter |= class == 2 || class == 3;
        if digit && letter {
            return true;
        }
        changes += usize::from(before == 3 && class == 2);
        before = class;
    }
    run.len() >= LETTERS && changes >= CASE_CHANGES
}

/// The parts of a rule's `windows` that lie around `runs`; both by position.
pub(super) fn around(windows: &[(usize, Range<usize>)], runs: &[Range<usize>]) -> Vec<(usize, Range<usize>)> {
    let mut parts: Vec<(usize, Range<usize>)> = Vec::new();
    let mut first = 0;
    for (rule, window) in windows {
        while runs.get(first).is_some_and(|run| run.end <= window.start) {
            first += 1;
        }
        for run in runs[first..].iter().take_while(|run| run.start < window.end) {
            let part = window.start.max(run.start.saturating_sub(BEFORE))..window.end.min(run.end + AFTER);
            match parts.last_mut() {
                Some((_, last)) if part.start <= last.end => last.end = last.end.max(part.end),
                _ => parts.push((*rule, part)),
            }
        }
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_are_what_may_be_random() {
        let text = b"let key = getPrivateKeyOfTheAccount(x); token=a1b2c3d4e5f6g7 abcdefghijklmnopqrstuvwx aBcDeFgHiJkLmNoPqRsTuV";
        let found: Vec<&[u8]> =
            runs(text, std::slice::from_ref(&(0..text.len()))).into_iter().map(|run| &text[run]).collect();
        assert_eq!(found, [&b"token=a1b2c3d4e5f6g7"[..], b"aBcDeFgHiJkLmNoPqRsTuV"]);
    }

    #[test]
    fn runs_are_whole_where_a_place_cuts_them() {
        let text = b"one a1b2c3d4e5f6g7h8 two i1j2k3l4m5n6 three o1p2q3r4s5t6";
        assert_eq!(runs(text, &[10..12, 12..14, 26..27]), [4..20, 25..37]);
        assert!(runs(text, &[0..2, 21..24]).is_empty());
        assert_eq!(runs(text, &[5..6, 18..60]), [4..20, 25..37, 44..56]);
    }

    #[test]
    fn windows_shrink_to_what_lies_around_runs() {
        let parts = |windows: &[(usize, usize)], runs: &[(usize, usize)]| {
            let windows: Vec<_> = windows.iter().map(|&(from, to)| (7, from..to)).collect();
            let runs: Vec<_> = runs.iter().map(|&(from, to)| from..to).collect();
            around(&windows, &runs).into_iter().map(|(_, part)| (part.start, part.end)).collect::<Vec<_>>()
        };
        assert_eq!(parts(&[(0, 2_000)], &[(1_000, 1_020)]), [(740, 1_028)]);
        assert_eq!(parts(&[(0, 700), (1_010, 2_000)], &[(1_000, 1_020)]), [(1_010, 1_028)]);
        assert!(parts(&[(0, 700)], &[(1_000, 1_020)]).is_empty());
        assert_eq!(parts(&[(0, 3_000)], &[(100, 120), (300, 320)]), [(0, 328)]);
    }
}
