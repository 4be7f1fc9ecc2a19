//! The demo: a company in memory, with a past.
//!
//! The past is played, not written down: `assets/demo.json` says who asked for what and when, seen from the moment at
//! which the demo is shown, and the service does it, or refuses it, at a clock that is moved along.

mod access;
mod moment;

use std::collections::BTreeMap;

use serde::Deserialize;
use zeroize::Zeroizing;

use self::moment::When;
use super::{NewKey, NewSecret, Purpose, Service, ServiceError, TimeSource};
use crate::{
    crypto::{
        KdfCost, Passphrase,
        key::{self, CancelFlag, KeyMaterial},
    },
    domain::{
        AccessModel, Caller, KeyKind, KeyOperations, ObjectName, PurgeProtection, Refusal, RegionName, RetentionDays,
        RotationPolicy, SecretValue, Sku, Timestamp, VaultName, VersionId, Zone,
        activity::Via,
        caller::SignedIn,
        key::{KeyDraft, KeyPatch},
        properties::{ContentType, Enabled, Tags, Validity},
        region::FailoverPlan,
        rotation::{Period, Trigger},
        secret::{SecretDraft, SecretPatch},
        soft_delete::Kind,
        vault::VaultDraft,
    },
    store::Place,
};

/// Makes the demo as it is at `moment`, in UTC, where time stands; `None`: as it is now, in local time, and time goes
/// on as `source` says.
pub fn build(moment: Option<Timestamp>, source: TimeSource) -> Result<Service, ServiceError> {
    let (end, zone, source) = match (moment, source) {
        (None, source) => (source.now(), Zone::Local, source),
        (Some(moment), TimeSource::Computer | TimeSource::Played(_)) => {
            (moment, Zone::Utc, TimeSource::held_at(moment))
        }
        (Some(moment), held @ TimeSource::Held(_)) => {
            held.hold_at(moment);
            (moment, Zone::Utc, held)
        }
    };
    let mut events = story();
    let mut ids = Numbers(0x7472_6573_6f72);
    for event in &mut events {
        event.when = event.when.some_seconds_later(&mut ids);
    }
    events.sort_by_key(|event| event.when.seen_from(end, zone));
    let begin = events.first().map_or(end, |event| event.when.seen_from(end, zone));

    let played = TimeSource::held_at(begin);
    let passphrase = Passphrase::new("demo".into());
    let service = Service::create(&Place::Memory, &passphrase, KdfCost::LEAST, Purpose::Simulation, played.clone())?;
    let service = service.asked_by_way_of(Via::Window);
    let mut past = Past { service, played, end, zone, ids, backups: BTreeMap::new() };
    for event in events {
        past.wait_until(event.when.seen_from(end, zone))?;
        match past.play(&event.by, event.what) {
            Err(ServiceError::Refused(_)) if event.refused => {}
            other => other?,
        }
    }
    past.wait_until(end)?;
    Ok(past.service.with_source(source))
}

fn story() -> Vec<Event> {
    serde_json::from_str(include_str!("../../assets/demo.json")).expect("a test of this module reads the same text")
}

/// Something that somebody asked for.
#[derive(Deserialize)]
struct Event {
    when: When,
    by: String,
    #[serde(flatten)]
    what: What,
    /// Whether it was refused.
    #[serde(default)]
    refused: bool,
}

#[derive(Deserialize)]
#[serde(tag = "do", rename_all = "kebab-case")]
enum What {
    CreateIdentity(access::NewIdentity),
    SetPolicy(access::Policy),
    AssignRole(access::Assignment),
    CreateVault(NewVault),
    DeleteVault { vault: String },
    RecoverVault { vault: String },
    PurgeVault { vault: String },
    Set(Setting),
    Update { vault: String, name: String, enabled: bool },
    CreateKey(KeyMaking),
    RotateKey { vault: String, name: String },
    SetRotationPolicy(PolicySetting),
    UpdateKey { vault: String, name: String, enabled: bool },
    DeleteKey { vault: String, name: String },
    Delete { vault: String, name: String },
    Recover { vault: String, name: String },
    Purge { vault: String, name: String },
    Get { vault: String, name: String },
    List { vault: String },
    BackUp { vault: String, name: String },
    Restore { vault: String, name: String },
    Outage { region: String },
    Return { region: String },
}

#[derive(Deserialize)]
struct NewVault {
    vault: String,
    location: String,
    #[serde(default)]
    sku: Option<String>,
    retention: i64,
    #[serde(default)]
    purge_protection: bool,
    /// It decides by roles who may do what.
    #[serde(default)]
    roles: bool,
    #[serde(default)]
    tags: BTreeMap<String, String>,
}

#[derive(Deserialize)]
struct Setting {
    vault: String,
    name: String,
    value: String,
    #[serde(default)]
    content_type: String,
    #[serde(default)]
    tags: BTreeMap<String, String>,
    not_before: Option<When>,
    expires: Option<When>,
    /// The version's id, where a picture shows it.
    id: Option<String>,
}

#[derive(Deserialize)]
struct KeyMaking {
    vault: String,
    name: String,
    kty: String,
    size: Option<usize>,
    crv: Option<String>,
    /// What it is permitted; everything it can do when nothing is said.
    operations: Option<Vec<String>>,
    #[serde(default)]
    tags: BTreeMap<String, String>,
    not_before: Option<When>,
    expires: Option<When>,
}

/// Lengths of time as ISO 8601.
#[derive(Deserialize)]
struct PolicySetting {
    vault: String,
    name: String,
    rotate_after: Option<String>,
    rotate_before: Option<String>,
    notify_before: Option<String>,
    expiry: Option<String>,
}

/// `SplitMix64`: the same numbers for every demo, so that two pictures of it can be compared. They name versions and
/// guard nothing.
struct Numbers(u64);

impl Numbers {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }
}

/// A service whose time is moved along.
struct Past {
    service: Service,
    played: TimeSource,
    end: Timestamp,
    zone: Zone,
    ids: Numbers,
    backups: BTreeMap<String, Vec<u8>>,
}

impl Past {
    /// Lets time pass, and the service purge what falls due on the way.
    fn wait_until(&mut self, moment: Timestamp) -> Result<(), ServiceError> {
        while let Some(due) =
            self.service.world().next_scheduled(self.service.clock.moment()).filter(|due| *due <= moment)
        {
            self.played.hold_at(due.max(self.service.now()));
            self.service.tick()?;
        }
        self.played.hold_at(moment);
        Ok(())
    }

    fn play(&mut self, by: &str, what: What) -> Result<(), ServiceError> {
        let by = &match by {
            "developer" => Caller::developer(),
            "officer" => Caller::security_officer(),
            name => Caller::of(access::called(&self.service, name)?, SignedIn::Unproven),
        };
        let service = &mut self.service;
        match what {
            What::CreateIdentity(new) => new.play(service, by),
            What::SetPolicy(policy) => policy.play(service, by),
            What::AssignRole(assignment) => assignment.play(service, by),
            What::CreateVault(new) => service.create_vault(by, new.draft()?),
            What::DeleteVault { vault } => service.delete_vault(by, &vault_name(&vault)?),
            What::RecoverVault { vault } => service.recover_vault(by, &vault_name(&vault)?),
            What::PurgeVault { vault } => service.purge_vault(by, &vault_name(&vault)?),
            What::Set(setting) => self.set(by, setting),
            What::Update { vault, name, enabled } => {
                let enabled = Some(if enabled { Enabled::Yes } else { Enabled::No });
                let patch = SecretPatch { enabled, ..SecretPatch::default() };
                service.update_secret(by, &vault_name(&vault)?, &object_name(&name)?, None, &patch).map(drop)
            }
            What::CreateKey(making) => self.create_key(by, making),
            What::RotateKey { vault, name } => {
                let (vault, name) = (vault_name(&vault)?, object_name(&name)?);
                let material = generate(service.admit_rotation(by, &vault, &name)?)?;
                service.rotate_key(by, &vault, &name, &material).map(drop)
            }
            What::SetRotationPolicy(setting) => {
                let policy = setting.policy()?;
                let (vault, name) = (vault_name(&setting.vault)?, object_name(&setting.name)?);
                service.set_rotation_policy(by, &vault, &name, policy).map(drop)
            }
            What::UpdateKey { vault, name, enabled } => {
                let enabled = Some(if enabled { Enabled::Yes } else { Enabled::No });
                let patch = KeyPatch { enabled, ..KeyPatch::default() };
                service.update_key(by, &vault_name(&vault)?, &object_name(&name)?, None, &patch).map(drop)
            }
            What::DeleteKey { vault, name } => {
                service.delete_key(by, &vault_name(&vault)?, &object_name(&name)?).map(drop)
            }
            What::Delete { vault, name } => {
                service.delete_secret(by, &vault_name(&vault)?, &object_name(&name)?).map(drop)
            }
            What::Recover { vault, name } => {
                service.recover_secret(by, &vault_name(&vault)?, &object_name(&name)?).map(drop)
            }
            What::Purge { vault, name } => service.purge_secret(by, &vault_name(&vault)?, &object_name(&name)?),
            What::Get { vault, name } => {
                service.get_secret(by, &vault_name(&vault)?, &object_name(&name)?, None).map(drop)
            }
            What::List { vault } => service.list_secrets(by, &vault_name(&vault)?).map(drop),
            What::BackUp { vault, name } => {
                let backup = service.back_up_secret(by, &vault_name(&vault)?, &object_name(&name)?)?;
                self.backups.insert(name, backup);
                Ok(())
            }
            What::Restore { vault, name } => {
                let backup = self.backups.get(&name).map(Vec::as_slice).unwrap_or_default();
                service.restore_secret(by, &vault_name(&vault)?, backup).map(drop)
            }
            What::Outage { region } => service.begin_outage(by, region_name(&region), FailoverPlan::USUAL),
            What::Return { region } => service.end_outage(by, region_name(&region)),
        }
    }

    fn set(&mut self, by: &Caller, setting: Setting) -> Result<(), ServiceError> {
        let Setting { vault, name, value, content_type, tags, not_before, expires, id } = setting;
        let moment = |when: Option<When>| when.map(|when| when.seen_from(self.end, self.zone));
        let draft = SecretDraft {
            content_type: ContentType::parse(&content_type)?,
            tags: Tags::parse(tags)?,
            enabled: Enabled::Yes,
            validity: Validity::parse(moment(not_before), moment(expires))?,
        };
        let value = SecretValue::parse(Zeroizing::new(value))?;
        let next = u128::from(self.ids.next()) << 64 | u128::from(self.ids.next());
        let id = id.and_then(|id| VersionId::parse(&id)).unwrap_or(VersionId::from_bytes(next.to_be_bytes()));
        let new = NewSecret { name: object_name(&name)?, value, draft };
        self.service.set_secret_as(by, &vault_name(&vault)?, new, id).map(drop)
    }
}

impl Past {
    /// Keys are made anew for every demo: unlike names and dates, no two demos have the same.
    fn create_key(&mut self, by: &Caller, making: KeyMaking) -> Result<(), ServiceError> {
        let KeyMaking { vault, name, kty, size, crv, operations, tags, not_before, expires } = making;
        let moment = |when: Option<When>| when.map(|when| when.seen_from(self.end, self.zone));
        let operations = operations.map(|all| KeyOperations::parse(all.iter().map(String::as_str))).transpose()?;
        let draft = KeyDraft {
            operations,
            tags: Tags::parse(tags)?,
            enabled: Enabled::Yes,
            validity: Validity::parse(moment(not_before), moment(expires))?,
        };
        let material = generate(KeyKind::parse(&kty, size, crv.as_deref())?)?;
        let new = NewKey { name: object_name(&name)?, draft, material };
        self.service.create_key(by, &vault_name(&vault)?, new).map(drop)
    }
}

fn generate(kind: KeyKind) -> Result<KeyMaterial, Refusal> {
    key::generate(kind, &CancelFlag::default()).ok().ok_or(Refusal::CryptographyFailed)
}

impl PolicySetting {
    fn policy(&self) -> Result<RotationPolicy, Refusal> {
        let period = |text: &Option<String>| text.as_deref().map(Period::parse).transpose();
        let after = period(&self.rotate_after)?.map(Trigger::AfterCreate);
        let before = period(&self.rotate_before)?.map(Trigger::BeforeExpiry);
        let notify = period(&self.notify_before)?.map(Trigger::BeforeExpiry);
        Ok(RotationPolicy { rotate: after.or(before), notify, expiry: period(&self.expiry)? })
    }
}

impl NewVault {
    fn draft(self) -> Result<VaultDraft, Refusal> {
        Ok(VaultDraft {
            name: vault_name(&self.vault)?,
            location: region_name(&self.location),
            sku: if self.sku.as_deref() == Some("premium") { Sku::Premium } else { Sku::Standard },
            retention: RetentionDays::parse(self.retention)?,
            purge_protection: self.purge_protection.then_some(PurgeProtection::On),
            tags: Tags::parse(self.tags)?,
            access: if self.roles { AccessModel::Roles } else { AccessModel::Policies },
        })
    }
}

fn vault_name(name: &str) -> Result<VaultName, Refusal> {
    VaultName::parse(name).map_err(|problem| Refusal::BadName { kind: Kind::Vault, name: name.into(), problem })
}

fn object_name(name: &str) -> Result<ObjectName, Refusal> {
    ObjectName::parse(name).map_err(|problem| Refusal::BadName { kind: Kind::Secret, name: name.into(), problem })
}

fn region_name(region: &str) -> RegionName {
    RegionName::parse(region).expect("a test of this module plays the same events")
}

#[cfg(test)]
mod tests;
