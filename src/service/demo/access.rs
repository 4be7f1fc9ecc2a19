//! Who there is in the demo, and what they were granted.

use serde::Deserialize;

use super::{object_name, vault_name};
use crate::{
    domain::{
        Caller, Identity, IdentityId, IdentityName, Permission, Refusal, Rights, Role, RoleAssignment, Scope,
        grant::ObjectKind,
        identity::{IdentityDraft, IdentityKind},
        permission::Family,
    },
    service::{Service, ServiceError},
};

/// An identity with an object id that is the same in every demo.
#[derive(Deserialize)]
pub(super) struct NewIdentity {
    name: String,
    id: String,
    /// The id of its application, which makes it a service principal.
    client: Option<String>,
    /// The names of who is in it, which make it a group.
    members: Option<Vec<String>>,
}

/// An access policy: permissions as `secrets/get`.
#[derive(Deserialize)]
pub(super) struct Policy {
    vault: String,
    who: String,
    rights: Vec<String>,
}

/// A role everywhere, in a vault, or for a secret in it, under an id that is the same in every demo.
#[derive(Deserialize)]
pub(super) struct Assignment {
    id: String,
    who: String,
    role: String,
    vault: Option<String>,
    secret: Option<String>,
}

impl NewIdentity {
    /// Makes it.
    pub(super) fn play(self, service: &mut Service, by: &Caller) -> Result<(), ServiceError> {
        let kind = match (self.client, self.members) {
            (Some(client), _) => IdentityKind::ServicePrincipal { client: id(&client) },
            (None, Some(members)) => {
                let members = members.iter().map(|name| called(service, name).map(|member| member.id));
                IdentityKind::Group { members: members.collect::<Result<_, _>>()? }
            }
            (None, None) => IdentityKind::Person,
        };
        let draft = IdentityDraft { name: identity_name(&self.name), kind, in_new_vaults: Rights::NONE };
        service.create_identity_as(by, draft, id(&self.id)).map(drop)
    }
}

impl Policy {
    /// Sets it.
    pub(super) fn play(self, service: &mut Service, by: &Caller) -> Result<(), ServiceError> {
        let permission = |text: &String| {
            let (family, name) = text.split_once('/')?;
            let family = Family::ALL.into_iter().find(|known| known.text() == family)?;
            Permission::parse(family, name)
        };
        let rights: Option<Rights> = self.rights.iter().map(permission).collect();
        let who = called(service, &self.who)?.id;
        let rights = rights.expect("a test of this module plays the same events");
        service.set_policy(by, &vault_name(&self.vault)?, who, rights)
    }
}

impl Assignment {
    /// Gives it.
    pub(super) fn play(self, service: &mut Service, by: &Caller) -> Result<(), ServiceError> {
        let vault = self.vault.as_deref().map(vault_name).transpose()?;
        let secret = self.secret.as_deref().map(object_name).transpose()?;
        let scope = match (vault, secret) {
            (None, _) => Scope::Subscription,
            (Some(vault), None) => Scope::Vault(vault),
            (Some(vault), Some(secret)) => Scope::Object(vault, ObjectKind::Secret, secret),
        };
        let role = Role::parse(&self.role).expect("a test of this module plays the same events");
        let identity = called(service, &self.who)?.id;
        service.assign_role_as(by, RoleAssignment { id: id(&self.id), identity, role, scope }).map(drop)
    }
}

/// Who is called so.
pub(super) fn called<'a>(service: &'a Service, name: &str) -> Result<&'a Identity, Refusal> {
    let found = service.world().directory.find(&identity_name(name));
    found.map(AsRef::as_ref).ok_or_else(|| Refusal::IdentityUnknown { name: name.into() })
}

fn identity_name(name: &str) -> IdentityName {
    IdentityName::parse(name).expect("a test of this module plays the same events")
}

fn id(text: &str) -> IdentityId {
    IdentityId::parse(text).expect("a test of this module plays the same events")
}
