//! Widths of columns that fit a screen.

use std::borrow::Cow;

/// What a column wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wish {
    /// Characters of its longest cell.
    pub whole: usize,
    /// Characters that it can do with.
    pub least: usize,
}

/// The widths of columns that together take at most `total` characters, separators of `between` included: the widest
/// give way first. None when not even the least of all fits.
#[must_use]
pub fn fit(wishes: &[Wish], between: usize, total: usize) -> Option<Vec<usize>> {
    let total = total.checked_sub(between * wishes.len().saturating_sub(1))?;
    let least = |wish: &Wish| wish.least.min(wish.whole);
    if wishes.iter().map(least).sum::<usize>() > total {
        return None;
    }
    let at = |limit: usize| wishes.iter().map(|wish| wish.whole.min(limit.max(least(wish)))).collect::<Vec<_>>();
    // The largest limit that fits; widths only grow with it.
    let (mut low, mut high) = (0, total);
    while low < high {
        let middle = (low + high).div_ceil(2);
        if at(middle).iter().sum::<usize>() <= total {
            low = middle;
        } else {
            high = middle - 1;
        }
    }
    Some(at(low))
}

/// The start of a text that is too long for its column; narrow columns have no room to say how much is missing.
#[must_use]
pub fn shorten(text: &str, width: usize) -> Cow<'_, str> {
    if text.chars().count() <= width {
        return Cow::Borrowed(text);
    }
    let start: String = text.chars().take(width.saturating_sub(1)).collect();
    Cow::Owned(format!("{start}…"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_widest_columns_give_way_first() {
        let wish = |whole, least| Wish { whole, least };
        let wishes = [wish(5, 5), wish(100, 10), wish(30, 10)];
        assert_eq!(fit(&wishes, 2, 200), Some(vec![5, 100, 30]));
        assert_eq!(fit(&wishes, 2, 60), Some(vec![5, 25, 25]));
        assert_eq!(fit(&wishes, 2, 29), Some(vec![5, 10, 10]));
        assert_eq!(fit(&wishes, 2, 28), None);
        assert_eq!(fit(&[wish(40, 40), wish(100, 10)], 0, 60), Some(vec![40, 20]));
        assert_eq!(fit(&[], 2, 0), Some(vec![]));
    }
}
