//! Rows by key that remember how they were when the running transaction began.
//!
//! Every table of the state is one of these, so nothing can change without the transaction knowing: what changed is
//! read off the tables at its end, and a transaction that fails is undone by them.

use std::collections::BTreeMap;

/// An ordered table with the before-images of one transaction.
#[derive(Clone, Debug)]
pub struct Table<K, V> {
    rows: BTreeMap<K, V>,
    before: BTreeMap<K, Option<V>>,
}

impl<K, V> Default for Table<K, V> {
    fn default() -> Self {
        Self { rows: BTreeMap::new(), before: BTreeMap::new() }
    }
}

impl<K: Ord + Clone, V: Clone> Table<K, V> {
    /// The row of this key.
    pub fn get(&self, key: &K) -> Option<&V> {
        self.rows.get(key)
    }

    /// Whether there is such a row.
    pub fn contains(&self, key: &K) -> bool {
        self.rows.contains_key(key)
    }

    /// The row, to be changed.
    pub fn get_mut(&mut self, key: &K) -> Option<&mut V> {
        let row = self.rows.get_mut(key)?;
        self.before.entry(key.clone()).or_insert_with(|| Some(row.clone()));
        Some(row)
    }

    /// Adds or replaces a row.
    pub fn insert(&mut self, key: K, row: V) {
        let old = self.rows.insert(key.clone(), row);
        self.before.entry(key).or_insert(old);
    }

    /// Takes a row out.
    pub fn remove(&mut self, key: &K) -> Option<V> {
        let old = self.rows.remove(key)?;
        self.before.entry(key.clone()).or_insert_with(|| Some(old.clone()));
        Some(old)
    }

    /// All rows, in the order of their keys.
    pub fn iter(&self) -> impl Iterator<Item = (&K, &V)> {
        self.rows.iter()
    }

    /// All rows without their keys, in the order of the keys.
    pub fn values(&self) -> impl Iterator<Item = &V> {
        self.rows.values()
    }

    /// How many rows there are.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// The rows that the transaction touched: key, row before, row now.
    pub fn touched(&self) -> impl Iterator<Item = (&K, Option<&V>, Option<&V>)> {
        self.before.iter().map(|(key, before)| (key, before.as_ref(), self.rows.get(key)))
    }

    /// Exchanges the touched rows with their before-images; twice is as if never.
    pub fn swap(&mut self) {
        for (key, image) in &mut self.before {
            let now = match image.take() {
                Some(row) => self.rows.insert(key.clone(), row),
                None => self.rows.remove(key),
            };
            *image = now;
        }
    }

    /// Forgets the before-images: the next transaction begins.
    pub fn settle(&mut self) {
        self.before.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn swapping_shows_the_rows_as_they_were_and_swapping_again_as_they_are() {
        let mut table = Table::default();
        table.insert(1, "one");
        table.insert(2, "two");
        table.settle();
        table.insert(1, "changed");
        table.remove(&2);
        table.insert(3, "new");
        table.swap();
        assert_eq!(table.iter().collect::<Vec<_>>(), [(&1, &"one"), (&2, &"two")]);
        table.swap();
        assert_eq!(table.iter().collect::<Vec<_>>(), [(&1, &"changed"), (&3, &"new")]);
        assert_eq!(table.touched().count(), 3);
    }
}
