//! The queries of a text that holds several.

use datafusion::sql::sqlparser::dialect::GenericDialect;
use datafusion::sql::sqlparser::tokenizer::{Location, Token, Tokenizer};

/// The queries of a text, which semicolons separate, as they were written; those of blanks and comments alone are left
/// out. A text that cannot be read as SQL, or holds none, is returned whole.
#[must_use]
pub fn statements(sql: &str) -> Vec<&str> {
    let Ok(tokens) = Tokenizer::new(&GenericDialect {}, sql).tokenize_with_location() else { return vec![sql] };
    let mut places = places(sql);
    let mut all = Vec::new();
    let (mut from, mut says) = (0, false);
    for token in tokens {
        match token.token {
            Token::SemiColon => {
                let Some((at, _)) = places.find(|(_, place)| *place == token.span.start) else { return vec![sql] };
                if says {
                    all.push(&sql[from..at]);
                }
                (from, says) = (at + 1, false);
            }
            Token::Whitespace(_) => {}
            _ => says = true,
        }
    }
    if says {
        all.push(&sql[from..]);
    }
    if all.is_empty() { vec![sql] } else { all }
}

/// Each character's place in bytes, and in lines and columns as the tokenizer counts them, from 1.
fn places(sql: &str) -> impl Iterator<Item = (usize, Location)> {
    sql.char_indices().scan(Location::new(1, 1), |next, (at, c)| {
        let place = *next;
        *next = match c {
            '\n' => Location::new(place.line + 1, 1),
            _ => Location::new(place.line, place.column + 1),
        };
        Some((at, place))
    })
}

#[cfg(test)]
mod tests {
    use super::statements;

    #[test]
    fn queries_are_cut_where_a_semicolon_ends_them() {
        for (text, wanted) in [
            ("SELECT 1", &["SELECT 1"][..]),
            ("SELECT 1;", &["SELECT 1"]),
            ("SELECT 1; SELECT 2", &["SELECT 1", " SELECT 2"]),
            (
                "SELECT ';' AS \"a;b\" -- not here;\n, 'ä;' /* ; */ ;\n\n ; SELECT 2;\n-- end;\n",
                &["SELECT ';' AS \"a;b\" -- not here;\n, 'ä;' /* ; */ ", " SELECT 2"],
            ),
            ("SELECT 'é\n' || 'x';\r\nSELECT 2", &["SELECT 'é\n' || 'x'", "\r\nSELECT 2"]),
            ("SELECT 'open; SELECT 2", &["SELECT 'open; SELECT 2"]),
            ("-- nothing;\n;", &["-- nothing;\n;"]),
            ("", &[""]),
        ] {
            assert_eq!(statements(text), wanted, "{text}");
        }
    }
}
