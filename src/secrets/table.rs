//! Tables: values below a column whose name says what they are.

use std::ops::Range;

/// Longest line that names columns, and longest line of values.
const MAX_LINE: usize = 8 << 10;
/// Longest name of a column.
const MAX_NAME: usize = 40;
/// Lines of a table that are read.
const MAX_ROWS: usize = 5_000;
/// Lines in a row that do not fit the table before it counts as ended.
const MAX_MISFITS: usize = 4;
/// Shortest value.
const SHORTEST: usize = 4;

/// The values in the column that is named at `name`: comma-, semicolon- or tab-separated lines, or a table drawn with
/// `|`; and where the table ends. None if the line does not name columns.
pub(super) fn values(text: &[u8], name: &Range<usize>) -> (Vec<Range<usize>>, usize) {
    let header = line_at(text, name.start);
    let mut found = Vec::new();
    let mut table_end = header.end;
    let Some(separator) = separator(text, &header, name) else { return (found, table_end) };
    let names = cells(text, &header, separator);
    let column = names.iter().position(|cell| cell.start <= name.start && name.end <= cell.end);
    let named = names.iter().enumerate().all(|(at, cell)| is_name(&text[cell.clone()], at == 0, separator));
    let Some(column) = column.filter(|_| named) else { return (found, table_end) };
    let mut misfits = 0;
    let mut line = header;
    for _ in 0..MAX_ROWS {
        if line.end >= text.len() || misfits > MAX_MISFITS {
            break;
        }
        line = line_at(text, line.end + 1);
        if text[line.clone()].trim_ascii().is_empty() {
            break;
        }
        if text[line.clone()].iter().all(|byte| b"-+|:= \r".contains(byte)) {
            continue;
        }
        let row = cells(text, &line, separator);
        if row.len() < names.len() {
            misfits += 1;
            continue;
        }
        misfits = 0;
        table_end = line.end;
        found.extend(Some(bare(text, &row[column])).filter(|cell| cell.len() >= SHORTEST));
    }
    (found, table_end)
}

/// Whether the name of a column can end before this.
pub(super) fn may_end_name(text: &[u8]) -> bool {
    let rest = text.strip_prefix(b"\"").or(text.strip_prefix(b"'")).or(text.strip_prefix(b"`")).unwrap_or(text);
    let blank = rest.iter().take(20).take_while(|byte| **byte == b' ').count();
    rest.get(blank).is_none_or(|byte| matches!(byte, b',' | b';' | b'|' | b'\t' | b'\r' | b'\n'))
}

/// The line that holds the place, cut where it is too long to be one of a table.
fn line_at(text: &[u8], at: usize) -> Range<usize> {
    let at = at.min(text.len());
    let start = memchr::memrchr(b'\n', &text[at.saturating_sub(MAX_LINE)..at])
        .map_or(at.saturating_sub(MAX_LINE), |end| at.saturating_sub(MAX_LINE) + end + 1);
    let most = text.len().min(at + MAX_LINE);
    let end = memchr::memchr(b'\n', &text[at..most]).map_or(most, |end| at + end);
    start..end
}

/// What stands between this name and the next, or the one before.
fn separator(text: &[u8], line: &Range<usize>, name: &Range<usize>) -> Option<u8> {
    let skips = |byte: &&u8| matches!(byte, b' ' | b'"' | b'\'' | b'`' | b'\r');
    let separates = |byte: &&u8| matches!(byte, b',' | b';' | b'\t' | b'|');
    let next = text[name.end..line.end].iter().find(|byte| !skips(byte));
    let before = || text[line.start..name.start].iter().rev().find(|byte| !skips(byte));
    match next {
        Some(byte) => Some(*byte).filter(|byte| separates(&byte)),
        None => before().filter(separates).copied(),
    }
}

/// The cells of a line; what stands between quotes is not looked into.
fn cells(text: &[u8], line: &Range<usize>, separator: u8) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut start = line.start;
    let mut quoted = false;
    for at in line.clone() {
        match text[at] {
            b'"' if quoted || at == start => quoted = !quoted,
            byte if byte == separator && !quoted => {
                found.push(start..at);
                start = at + 1;
            }
            _ => {}
        }
    }
    found.push(start..line.end);
    found
}

/// Whether a cell is the name of a column. The first one may follow the beginning of the text that holds the table, and
/// a drawn table has edges.
fn is_name(cell: &[u8], first: bool, separator: u8) -> bool {
    let cell = cell.trim_ascii();
    let cell = cell.strip_prefix(b"\"").and_then(|rest| rest.strip_suffix(b"\"")).unwrap_or(cell);
    let fits = |byte: &u8| byte.is_ascii_alphanumeric() || !byte.is_ascii() || b" _-./#`".contains(byte);
    first || cell.is_empty() && separator == b'|' || !cell.is_empty() && cell.len() <= MAX_NAME && cell.iter().all(fits)
}

/// A cell without blanks and quotes, and without what ends the text that holds the table.
fn bare(text: &[u8], cell: &Range<usize>) -> Range<usize> {
    let blank = |byte: &u8| byte.is_ascii_whitespace();
    let mut start = cell.start + text[cell.clone()].iter().take_while(|byte| blank(byte)).count();
    let mut end = cell.end - text[start..cell.end].iter().rev().take_while(|byte| blank(byte)).count();
    if let Some(quote) = text[start..end].first().copied().filter(|byte| matches!(byte, b'"' | b'\'' | b'`')) {
        start += 1;
        end = start + memchr::memchr(quote, &text[start..end]).unwrap_or(end - start);
    } else {
        let ends = |at: usize| match text[at] {
            b'"' => true,
            b'\'' => text.get(at + 1).is_none_or(u8::is_ascii_whitespace),
            _ => false,
        };
        end = (start..end).find(|&at| ends(at)).unwrap_or(end);
    }
    start..end
}

#[cfg(test)]
mod tests {
    use super::*;

    fn column<'t>(text: &'t str, name: &str) -> Vec<&'t str> {
        let at = text.find(name).unwrap();
        values(text.as_bytes(), &(at..at + name.len())).0.into_iter().map(|value| &text[value]).collect()
    }

    #[test]
    fn values_stand_below_the_name_of_their_column() {
        assert_eq!(column("name,password,port\na,one1,2\nb,\"two,2\",3\n", "password"), ["one1", "two,2"]);
        assert_eq!(column("host\tuser\tpassword\ndb\tapp\tone1\r\ndb\tapp\ttwo2", "password"), ["one1", "two2"]);
        assert_eq!(column("| id | token |\n|----|-----|\n| 1 | `abc1` |\n", "token"), ["abc1"]);
        assert_eq!(column(" id | token | x\n----+-----+---\n  1 | abc1 | y\n(1 row)\n\nz,z,zzzz", "token"), ["abc1"]);
        assert_eq!(column("x='id,token\n1,abc1' && y", "token"), ["abc1"]);
        assert_eq!(column("{\"out\":\"id,token\n1,abc1\n2,abc2\"}", "token"), ["abc1", "abc2"]);
    }

    #[test]
    fn lines_that_name_no_columns_have_no_values() {
        assert!(column("f(user, password, host)\na, one1, b\n", "password").is_empty());
        assert!(column("    password,\n    one1,\n", "password").is_empty());
        assert!(column("the password\none1\n", "password").is_empty());
        assert!(column("a = b, password, c = d\ne, one1, f\n", "password").is_empty());
        assert!(column("id,password", "password").is_empty());
    }
}
