//! Cursors: which part of a long answer is asked for, and where the next one begins.

use vsphere_types::{CnsCursor, Fault};

use crate::fault;
use crate::managed::signed;

/// What a cursor says of an answer that has no limit, unless it holds even more.
const WIDEST: usize = 1_000;

/// A part of a long answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Page {
    offset: usize,
    limit: usize,
}

impl Page {
    /// The first part, of this many at most.
    pub const fn first(limit: usize) -> Self {
        Self { offset: 0, limit }
    }

    /// All of it, however much that is.
    pub const fn whole() -> Self {
        Self::first(usize::MAX)
    }

    /// The part that a cursor means. A part is never larger than the largest; it is as large when the client names no limit.
    ///
    /// # Errors
    /// A number is negative.
    pub fn of(cursor: &CnsCursor, largest: usize, place: &str) -> Result<Self, Fault> {
        let read = |number: i64, name: &str| usize::try_from(number).map_err(|_| fault::invalid_argument(&format!("{place}.{name}")));
        let (offset, limit) = (read(cursor.offset, "offset")?, read(cursor.limit, "limit")?);
        Ok(Self { offset, limit: if limit == 0 { largest } else { limit.min(largest) } })
    }

    /// This part of what was found, and the cursor that leads to the next one.
    pub fn cut<T>(self, found: Vec<T>) -> (Vec<T>, CnsCursor) {
        let (limit, total) = (signed(self.limit.min(WIDEST.max(found.len())) as u64), signed(found.len() as u64));
        let part: Vec<T> = found.into_iter().skip(self.offset).take(self.limit).collect();
        let offset = signed(self.offset.saturating_add(part.len()) as u64);
        (part, CnsCursor { offset, limit, total_records: Some(total) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cursor(offset: i64, limit: i64) -> CnsCursor {
        CnsCursor { offset, limit, total_records: None }
    }

    #[test]
    fn pages_that_follow_their_cursors_show_everything_once() {
        let (mut next, mut seen) = (cursor(0, 4), Vec::new());
        for _ in 0..3 {
            let (part, cursor) = Page::of(&next, 128, "cursor").unwrap_or(Page::first(0)).cut((0..10).collect());
            seen.extend(part);
            next = cursor;
        }
        assert_eq!(seen, (0..10).collect::<Vec<_>>());
        assert_eq!((next.offset, next.total_records), (10, Some(10)));
    }

    #[test]
    fn a_limit_is_clamped_and_a_negative_number_is_named() {
        assert_eq!(Page::of(&cursor(0, 5_000), 128, "cursor"), Ok(Page { offset: 0, limit: 128 }));
        assert_eq!(Page::of(&cursor(3, 0), 128, "cursor"), Ok(Page { offset: 3, limit: 128 }));
        let refused = Page::of(&cursor(-1, 1), 128, "filter.cursor").map_err(|fault| fault.message);
        assert_eq!(refused, Err("A specified parameter was not correct: filter.cursor.offset".to_owned()));
        let (part, next) = Page { offset: 9, limit: 2 }.cut(vec!['a']);
        assert_eq!((part, next.offset, next.total_records), (Vec::new(), 9, Some(1)));
    }
}
