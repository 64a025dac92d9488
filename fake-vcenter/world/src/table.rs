//! Rows by key that remember how they were when the running transaction began.
//!
//! Every table of the state is one of these, so nothing can change without the transaction knowing: what changed is
//! read off the tables at its end, and a transaction that fails is undone by them.

use std::borrow::Borrow;
use std::cell::Cell;
use std::collections::BTreeMap;

/// An ordered table with the before-images of one transaction. Rows are boxed: a tree keeps room for more entries than it has.
#[derive(Clone, Debug)]
pub struct Table<K, V> {
    rows: BTreeMap<K, Box<V>>,
    before: BTreeMap<K, Option<Box<V>>>,
    /// Whether the rows show how it was, and the images how it is.
    swapped: bool,
    /// How many rows were ever looked at: what work costs, without a clock.
    looked: Cell<u64>,
}

impl<K, V> Default for Table<K, V> {
    fn default() -> Self {
        Self { rows: BTreeMap::new(), before: BTreeMap::new(), swapped: false, looked: Cell::new(0) }
    }
}

impl<K: Ord + Clone, V: Clone> Table<K, V> {
    /// The row of this key.
    pub fn get<Q: Ord + ?Sized>(&self, key: &Q) -> Option<&V>
    where
        K: Borrow<Q>,
    {
        self.look();
        self.rows.get(key).map(AsRef::as_ref)
    }

    fn look(&self) {
        self.looked.set(self.looked.get() + 1);
    }

    /// How many rows were ever looked at.
    pub fn looked(&self) -> u64 {
        self.looked.get()
    }

    /// Whether there is such a row.
    pub fn contains<Q: Ord + ?Sized>(&self, key: &Q) -> bool
    where
        K: Borrow<Q>,
    {
        self.rows.contains_key(key)
    }

    /// The rows from this key on, in the order of their keys.
    pub fn rows_from(&self, key: &K) -> impl Iterator<Item = (&K, &V)> + use<'_, K, V> {
        self.rows.range(key..).inspect(|_| self.look()).map(|(key, row)| (key, row.as_ref()))
    }

    /// The row, to be changed.
    pub fn get_mut(&mut self, key: &K) -> Option<&mut V> {
        self.look();
        let row = self.rows.get_mut(key)?;
        self.before.entry(key.clone()).or_insert_with(|| Some(row.clone()));
        Some(row.as_mut())
    }

    /// Adds or replaces a row.
    pub fn insert(&mut self, key: K, row: V) {
        let old = self.rows.insert(key.clone(), Box::new(row));
        self.before.entry(key).or_insert(old);
    }

    /// Takes a row out.
    pub fn remove(&mut self, key: &K) -> Option<V> {
        let old = self.rows.remove(key)?;
        self.before.entry(key.clone()).or_insert_with(|| Some(old.clone()));
        Some(*old)
    }

    /// All rows, in the order of their keys.
    pub fn iter(&self) -> impl Iterator<Item = (&K, &V)> {
        self.rows.iter().inspect(|_| self.look()).map(|(key, row)| (key, row.as_ref()))
    }

    /// All rows without their keys, in the order of the keys.
    pub fn values(&self) -> impl Iterator<Item = &V> {
        self.rows.values().inspect(|_| self.look()).map(AsRef::as_ref)
    }

    /// How many rows there are.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// The rows that the transaction touched: key, row before, row now.
    pub fn touched(&self) -> impl Iterator<Item = (&K, Option<&V>, Option<&V>)> {
        self.before.iter().map(|(key, before)| (key, before.as_deref(), self.rows.get(key).map(AsRef::as_ref)))
    }

    /// Whether the transaction touched anything here.
    pub fn is_touched(&self) -> bool {
        !self.before.is_empty()
    }

    /// Whether the transaction touched this row.
    pub fn touches(&self, key: &K) -> bool {
        self.before.contains_key(key)
    }

    /// The keys of rows that the transaction took out.
    pub fn gone(&self) -> impl Iterator<Item = &K> {
        self.touched().filter(|(_, _, now)| now.is_none()).map(|(key, _, _)| key)
    }

    /// The touched rows against those that the last transaction left: key, row as it was left, row as it is shown now. While the
    /// tables are swapped there is no difference.
    pub fn drift(&self) -> impl Iterator<Item = (&K, Option<&V>, Option<&V>)> {
        self.before.iter().map(|(key, image)| {
            let shown = self.rows.get(key).map(AsRef::as_ref);
            (key, if self.swapped { shown } else { image.as_deref() }, shown)
        })
    }

    /// Exchanges the touched rows with their before-images; twice is as if never.
    pub fn swap(&mut self) {
        self.swapped = !self.swapped;
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
        self.swapped = false;
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
