//! Reading no more of a store than is asked for.
//!
//! A command that shows or sets one secret out of 100,000 needs its record, its vault's, and what stands outside of all
//! vaults. The store checks what is touched, and no more.

use std::{collections::BTreeSet, path::Path};

use super::{Service, ServiceError, TimeSource, loading};
use crate::{
    crypto::Passphrase,
    domain::{ObjectName, Shelf, Target, VaultName, World},
    store::{Expect, Holder, Opening, Store},
};

/// How much of the store is in memory.
pub(super) enum Extent {
    /// All of it but the values.
    Whole,
    /// What stands outside of all vaults, these vaults' properties, and what has these names.
    Touched { vaults: BTreeSet<VaultName>, objects: BTreeSet<(VaultName, ObjectName)> },
}

impl Extent {
    /// Nothing but what stands outside of all vaults.
    pub(super) const fn nothing() -> Self {
        Self::Touched { vaults: BTreeSet::new(), objects: BTreeSet::new() }
    }
}

impl Service {
    /// Opens the store in `folder` for a few operations on single objects: what they touch is read when they do, and an
    /// operation on anything else reads the rest first.
    ///
    /// Until then [`Service::world`] has only what was touched, and [`Service::may`], [`Service::view`] and
    /// [`Service::check_vault_name`], which need to know everything, may not be asked.
    pub fn open_lean(
        folder: &Path,
        passphrase: &Passphrase,
        expect: Expect,
        source: TimeSource,
    ) -> Result<Self, ServiceError> {
        Self::open_as(Self::hold(folder, Holder::Window)?, Opening::lean(passphrase, expect), source)
    }

    pub(super) fn load_lean(store: Store, source: TimeSource) -> Result<Self, ServiceError> {
        let mut service = Self::over(store, source, Extent::nothing())?;
        for partition in loading::regions_of(&service.store) {
            // A region that cannot be read is told of by what asks for it.
            drop(loading::load_due(&service.store, &partition, &mut service.dues));
        }
        Ok(service)
    }

    /// Reads what has not been read yet.
    pub fn read_rest(&mut self) -> Result<(), ServiceError> {
        if matches!(self.extent, Extent::Whole) {
            return Ok(());
        }
        // A region that cannot be read stands in the way of its own vaults only.
        drop(self.store.check_rest());
        self.extent = Extent::Whole;
        self.world.vaults = Shelf::default();
        self.log.read_back(&self.store)?;
        self.load_regions();
        Ok(())
    }

    /// Makes sure that all is known that an operation on `target` has to know.
    pub(super) fn reach(&mut self, target: &Target) -> Result<(), ServiceError> {
        match (&mut self.extent, target) {
            (Extent::Whole, _) => Ok(()),
            (Extent::Touched { vaults, objects }, Target::Object(vault, name)) => {
                if vaults.insert(vault.clone()) {
                    loading::load_vault(&self.store, vault, &mut self.world)?;
                }
                if objects.insert((vault.clone(), name.clone())) {
                    loading::load_object(&self.store, vault, name, &mut self.world)?;
                }
                Ok(())
            }
            (Extent::Touched { .. }, _) => self.read_rest(),
        }
    }

    /// The world, when all of it is there.
    pub(super) fn whole_world(&self) -> &World {
        assert!(matches!(self.extent, Extent::Whole), "a question about everything was asked of a part");
        &self.world
    }
}
