//! What a table tells of the things a vault holds, whatever kind they are.

use super::{
    listing::{Listing, contains},
    scene::Page,
};
use crate::domain::{
    Key, KeyKind, Secret, Shelf, Timestamp, Vault, VaultObject,
    properties::{ContentType, Tags},
    secret::Standing,
};

/// Something that stands in a table of a vault's page.
pub trait Listed: VaultObject {
    /// Where a vault keeps it.
    fn shelf(vault: &Vault) -> &Shelf<Self>
    where
        Self: Sized;

    /// Its table on a page.
    fn listing(page: &mut Page) -> &mut Listing<Self>
    where
        Self: Sized;

    /// Whether its name, its tags or what else it says of itself contain `needle`, which is in lower case.
    fn matches(&self, needle: &str) -> bool;

    /// How its current version stands.
    fn standing(&self, now: Timestamp) -> Standing;

    /// Until when its current version is valid.
    fn expires(&self) -> Option<Timestamp>;

    /// From when on its current version is valid.
    fn not_before(&self) -> Option<Timestamp>;

    /// When its current version last changed.
    fn updated(&self) -> Timestamp;

    /// How many versions there are.
    fn version_count(&self) -> usize;

    /// What kind of key it is, if it is one.
    fn kind(&self) -> Option<KeyKind> {
        None
    }

    /// How many operations its current version is permitted.
    fn operations(&self) -> usize {
        0
    }

    /// When it rotates by itself next.
    fn rotates(&self) -> Option<Timestamp> {
        None
    }
}

impl Listed for Secret {
    fn shelf(vault: &Vault) -> &Shelf<Self> {
        &vault.secrets
    }

    fn listing(page: &mut Page) -> &mut Listing<Self> {
        &mut page.secrets
    }

    fn matches(&self, needle: &str) -> bool {
        if needle.is_empty() || contains(self.name().as_str(), needle) {
            return true;
        }
        let current = self.current();
        contains(current.content_type.as_ref().map_or("", ContentType::as_str), needle)
            || has_tag(&current.tags, needle)
    }

    fn standing(&self, now: Timestamp) -> Standing {
        self.current().standing(now)
    }

    fn expires(&self) -> Option<Timestamp> {
        self.current().validity.expires()
    }

    fn not_before(&self) -> Option<Timestamp> {
        self.current().validity.not_before()
    }

    fn updated(&self) -> Timestamp {
        self.current().updated
    }

    fn version_count(&self) -> usize {
        self.versions().len()
    }
}

impl Listed for Key {
    fn shelf(vault: &Vault) -> &Shelf<Self> {
        &vault.keys
    }

    fn listing(page: &mut Page) -> &mut Listing<Self> {
        &mut page.keys
    }

    fn matches(&self, needle: &str) -> bool {
        if needle.is_empty() || contains(self.name().as_str(), needle) {
            return true;
        }
        let current = self.current();
        contains(&current.kind.to_string(), needle)
            || contains(current.kind.protection().title(), needle)
            || has_tag(&current.tags, needle)
    }

    fn standing(&self, now: Timestamp) -> Standing {
        self.current().standing(now)
    }

    fn expires(&self) -> Option<Timestamp> {
        self.current().validity.expires()
    }

    fn not_before(&self) -> Option<Timestamp> {
        self.current().validity.not_before()
    }

    fn updated(&self) -> Timestamp {
        self.current().updated
    }

    fn version_count(&self) -> usize {
        self.versions().len()
    }

    fn kind(&self) -> Option<KeyKind> {
        Some(self.current().kind)
    }

    fn operations(&self) -> usize {
        self.current().operations.iter().len()
    }

    fn rotates(&self) -> Option<Timestamp> {
        self.next_rotation()
    }
}

fn has_tag(tags: &Tags, needle: &str) -> bool {
    tags.iter().any(|(name, value)| contains(name, needle) || contains(value, needle))
}
