//! Things by name, live and deleted: one soft delete for vaults and for objects.

use std::sync::Arc;

use imbl::OrdMap;

use super::{Deleted, Deletion, Now, ObjectName, Refusal, age::Term, soft_delete::Kind};

/// Something that stands on a [`Shelf`] under its name.
pub trait Named {
    /// What it is called by.
    type Name: Ord + Clone;

    /// Its name.
    fn name(&self) -> &Self::Name;
}

/// Something that is kept in a vault.
pub trait VaultObject: Named<Name = ObjectName> {
    /// What kind of thing it is.
    const KIND: Kind;
}

/// Live things and deleted things of one kind. A name is on at most one side (S9, S16). Cloning costs one pointer.
#[derive(Debug)]
pub struct Shelf<T: Named> {
    live: OrdMap<T::Name, Arc<T>>,
    deleted: OrdMap<T::Name, Arc<Deleted<T>>>,
}

impl<T: Named> Default for Shelf<T> {
    fn default() -> Self {
        Self { live: OrdMap::new(), deleted: OrdMap::new() }
    }
}

impl<T: Named> Clone for Shelf<T> {
    fn clone(&self) -> Self {
        Self { live: self.live.clone(), deleted: self.deleted.clone() }
    }
}

impl<T: Named> Shelf<T> {
    /// The live thing of that name.
    pub fn get(&self, name: &T::Name) -> Option<&Arc<T>> {
        self.live.get(name)
    }

    /// The deleted thing of that name.
    pub fn get_deleted(&self, name: &T::Name) -> Option<&Arc<Deleted<T>>> {
        self.deleted.get(name)
    }

    /// All live things, by name.
    pub fn live(&self) -> impl DoubleEndedIterator<Item = &Arc<T>> {
        self.live.values()
    }

    /// All deleted things, by name.
    pub fn deleted(&self) -> impl DoubleEndedIterator<Item = &Arc<Deleted<T>>> {
        self.deleted.values()
    }

    /// How many live things.
    pub fn live_count(&self) -> usize {
        self.live.len()
    }

    /// How many deleted things.
    pub fn deleted_count(&self) -> usize {
        self.deleted.len()
    }

    /// Deleted things whose retention has ended (S14).
    pub fn due(&self, now: Now) -> impl Iterator<Item = &Arc<Deleted<T>>> {
        self.deleted().filter(move |deleted| deleted.deletion.is_due(now))
    }

    /// When each retention ends.
    pub fn terms(&self) -> impl Iterator<Item = Term> {
        self.deleted().map(|deleted| deleted.deletion.term())
    }

    /// Puts a live thing in place of what carried its name.
    pub fn put(&mut self, item: Arc<T>) {
        let name = item.name().clone();
        self.deleted.remove(&name);
        self.live.insert(name, item);
    }

    /// Puts a thing into the bin.
    pub fn put_deleted(&mut self, item: Arc<T>, deletion: Deletion) {
        let name = item.name().clone();
        self.live.remove(&name);
        self.deleted.insert(name, Arc::new(Deleted { item, deletion }));
    }

    /// Changes the thing of that name where it stands, live or deleted. Copies no more of it than others hold.
    pub fn edit(&mut self, name: &T::Name, edit: impl FnOnce(&mut T))
    where
        T: Clone,
    {
        if let Some(item) = self.live.get_mut(name) {
            edit(Arc::make_mut(item));
        } else if let Some(deleted) = self.deleted.get_mut(name) {
            edit(Arc::make_mut(&mut Arc::make_mut(deleted).item));
        }
    }

    /// Forgets a name on both sides.
    pub fn remove(&mut self, name: &T::Name) {
        self.live.remove(name);
        self.deleted.remove(name);
    }

    /// Whether both hold the very same things without looking at them.
    pub fn is_same(&self, other: &Self) -> bool {
        self.live.ptr_eq(&other.live) && self.deleted.ptr_eq(&other.deleted)
    }
}

/// The one soft delete of everything in a vault.
impl<T: VaultObject> Shelf<T> {
    /// The live thing of that name (S5: a deleted one is not found).
    pub fn find(&self, name: &ObjectName) -> Result<&Arc<T>, Refusal> {
        self.get(name).ok_or_else(|| Refusal::NotFound { kind: T::KIND, name: name.to_string() })
    }

    /// A deleted thing whose retention has not ended.
    pub fn find_deleted(&self, name: &ObjectName, now: Now) -> Result<&Arc<Deleted<T>>, Refusal> {
        match self.get_deleted(name) {
            // Retention that has ended cannot be undone by being faster than the scheduled purge (S14).
            Some(deleted) if !deleted.deletion.is_due(now) => Ok(deleted),
            _ => Err(Refusal::DeletedNotFound { kind: T::KIND, name: name.to_string() }),
        }
    }

    /// Whether a name is not held by a deleted thing (S16).
    pub fn admit_name(&self, name: &ObjectName) -> Result<(), Refusal> {
        match self.get_deleted(name) {
            None => Ok(()),
            Some(deleted) => Err(Refusal::NameHeld {
                kind: T::KIND,
                name: name.to_string(),
                until: deleted.deletion.scheduled_purge,
            }),
        }
    }

    /// Whether nothing live or deleted has this name, as restoring needs it (§2.7).
    pub fn admit_new_name(&self, name: &ObjectName) -> Result<(), Refusal> {
        self.admit_name(name)?;
        match self.get(name) {
            None => Ok(()),
            Some(_) => Err(Refusal::NameTaken { kind: T::KIND, name: name.to_string() }),
        }
    }
}
