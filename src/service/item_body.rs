//! The bodies of items: as they were when their form was fixed, and after that what was not known then.
//!
//! Programs that do not know what follows an item read nothing of it, and where nothing follows, it is as it was before.

use serde::{Deserialize, Serialize};

use super::{
    Body,
    due::Due,
    records::{Item, decode, encode, encode_after, unreadable},
};
use crate::{
    domain::{Age, Deletion, Key, age::Term},
    store::StoreError,
};

/// What stands after something that is kept for its time: the age of the store at a deletion, and when
/// each version of a key was made.
#[derive(Default, Serialize, Deserialize)]
struct Ages {
    deletion: Age,
    versions: Vec<Age>,
}

impl Item {
    /// As it is kept: the item, and after it what was not known of it when its form was fixed.
    pub(super) fn to_body(&self) -> Body {
        let body = encode(self);
        let of = |deletion: &Option<Deletion>| deletion.as_ref().map(|deletion| deletion.age).unwrap_or_default();
        let ages = match self {
            Self::Vault { deletion, .. } | Self::Secret { deletion, .. } => {
                Ages { deletion: of(deletion), versions: Vec::new() }
            }
            Self::Key { key, deletion, .. } => {
                let versions = key.versions().iter().map(|version| version.age).collect();
                Ages { deletion: of(deletion), versions }
            }
            Self::IdentityLock { lock } => return encode_after(body, &lock.last_wrong_up),
            Self::Subscription { .. }
            | Self::Outage { .. }
            | Self::Clock { .. }
            | Self::Due { .. }
            | Self::RegionOutage { .. }
            | Self::PartOutage { .. }
            | Self::Identity { .. }
            | Self::NoIdentity { .. }
            | Self::Assignment { .. }
            | Self::NoAssignment { .. }
            | Self::Access { .. }
            | Self::ActivityDays { .. } => return body,
        };
        let is_known = |age: &Age| *age != Age::ZERO;
        let has_any = is_known(&ages.deletion) || ages.versions.iter().any(is_known);
        if has_any { encode_after(body, &ages) } else { body }
    }

    /// The reverse of [`Item::to_body`]; what is not said is as it was before anything was proven.
    pub(super) fn read(body: &[u8]) -> Result<Self, StoreError> {
        let (mut item, rest) = postcard::take_from_bytes(body).map_err(|error| unreadable(&error))?;
        // What follows the ages is a later program's.
        match &mut item {
            _ if rest.is_empty() => {}
            Self::Vault { deletion, .. } | Self::Secret { deletion, .. } => {
                let ages: Ages = decode(rest)?;
                set_age(deletion, ages.deletion);
            }
            Self::Key { key, deletion, .. } => {
                let ages: Ages = decode(rest)?;
                set_age(deletion, ages.deletion);
                **key = Key::clone(key).with_ages(&ages.versions);
            }
            Self::IdentityLock { lock } => lock.last_wrong_up = decode(rest)?,
            Self::Subscription { .. }
            | Self::Outage { .. }
            | Self::Clock { .. }
            | Self::Due { .. }
            | Self::RegionOutage { .. }
            | Self::PartOutage { .. }
            | Self::Identity { .. }
            | Self::NoIdentity { .. }
            | Self::Assignment { .. }
            | Self::NoAssignment { .. }
            | Self::Access { .. }
            | Self::ActivityDays { .. } => {}
        }
        Ok(item)
    }
}

fn set_age(deletion: &mut Option<Deletion>, age: Age) {
    if let Some(deletion) = deletion {
        deletion.age = age;
    }
}

impl Due {
    /// As it is kept: as it was before the age of a store was known, and after it what takes more age.
    pub(super) fn to_body(self) -> Body {
        let body = encode(&Item::Due { at: self.at });
        match self.held {
            Some(Term { date, age }) => encode_after(body, &(date, age)),
            None => body,
        }
    }

    /// The reverse of [`Due::to_body`]; `None`: this is something else.
    pub(super) fn read(body: &[u8]) -> Result<Option<Self>, StoreError> {
        match postcard::take_from_bytes(body).map_err(|error| unreadable(&error))? {
            (Item::Due { at }, []) => Ok(Some(Due { at, held: None })),
            (Item::Due { at }, held) => {
                let (date, age) = decode(held)?;
                Ok(Some(Due { at, held: Some(Term { date, age }) }))
            }
            _ => Ok(None),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{
        Now, ObjectName, RetentionDays, Secret, SecretVersion, Timestamp, VaultName, VersionId, age::Proof,
        secret::SecretDraft,
    };

    fn deleted(now: Now) -> Item {
        let name = ObjectName::parse("token").unwrap();
        let version = SecretVersion::new(VersionId::from_bytes([7; 16]), SecretDraft::default(), now.clock);
        let deletion = Some(Deletion::new(now, RetentionDays::LEAST, "Developer"));
        Item::Secret { vault: VaultName::parse("prod").unwrap(), secret: Secret::new(name, version), deletion }
    }

    fn age_of(item: &Item) -> Age {
        let Item::Secret { deletion: Some(deletion), .. } = item else { panic!("a deleted secret") };
        deletion.age
    }

    #[test]
    fn an_age_follows_the_item_where_it_is_known_and_nothing_changes_where_it_is_not() {
        // T6
        let clock = Timestamp::from_secs(1_790_000_000);
        let (old, new) = (deleted(Now::by_clock(clock)), deleted(Now { clock, proof: Proof::Age(Age::from_ms(77)) }));
        let (old, new) = (old.to_body(), new.to_body());
        assert_eq!(age_of(&Item::read(&new).unwrap()), Age::from_ms(77));
        assert_eq!(age_of(&Item::read(&old).unwrap()), Age::ZERO);
        assert!(new.starts_with(&old) && old.len() < new.len());
        // As an earlier program reads it, and as this one reads what a later one writes.
        assert_eq!(age_of(&decode::<Item>(&new).unwrap()), Age::ZERO);
        let later = [&new[..], b"and more"].concat();
        assert_eq!(age_of(&Item::read(&later).unwrap()), Age::from_ms(77));
        for len in 0..old.len() {
            assert!(Item::read(&new[..len]).is_err(), "cut to {len} bytes");
        }
    }

    #[test]
    fn the_ages_of_a_keys_versions_come_back_in_their_order() {
        // T6
        use crate::domain::{Curve, KeyKind, KeyProtection, KeyVersion, key::KeyDraft};
        let made = |number, ms| {
            let now = Now { clock: Timestamp::from_secs(1_790_000_000), proof: Proof::Age(Age::from_ms(ms)) };
            let kind = KeyKind::Ec(Curve::P256, KeyProtection::Software);
            KeyVersion::new(VersionId::from_bytes([number; 16]), kind, None, KeyDraft::default(), now).unwrap()
        };
        let key = Key::new(ObjectName::parse("sign").unwrap(), made(1, 5)).with_version(made(2, 9));
        let item = Item::Key { vault: VaultName::parse("prod").unwrap(), key: Box::new(key.clone()), deletion: None };
        let Item::Key { key: found, .. } = Item::read(&item.to_body()).unwrap() else { panic!("a key") };
        assert_eq!(*found, key);
    }

    #[test]
    fn what_is_due_comes_back_with_what_it_takes() {
        // T6
        let at = Timestamp::from_secs(1_790_000_000);
        for held in [None, Some(Term { date: at.plus_days(-1), age: Age::from_ms(9) })] {
            let due = Due { at, held };
            assert_eq!(Due::read(&due.to_body()).unwrap(), Some(due));
            let Item::Due { at: found } = decode(&due.to_body()).unwrap() else { panic!("what is due") };
            assert_eq!(found, at);
        }
        assert_eq!(Due::read(&deleted(Now::by_clock(at)).to_body()).unwrap(), None);
    }
}
