//! Who may do what: the question, where the answer comes from, and the decisions that change it (S3, S17, §6).

use std::{collections::BTreeSet, sync::Arc};

use super::{
    Caller, Change, IdentityId, IdentityName, Operation, Permission, Purpose, Refusal, Rights, Role, Target, Timestamp,
    Vault, VaultName, World,
    action::{Action, Plane},
    caller::Asker,
    grant::{
        AccessModel, AssignmentId, GrantedBy, MOST_POLICIES, Need, ObjectKind, RoleAssignment, Scope, Source,
        VaultAccess,
    },
    identity::{Identity, IdentityDraft, IdentityKind, IdentityPatch, Proof},
    permission::Family,
};

/// The question.
impl World {
    /// Whether `caller` was granted what `operation` on `target` needs. What is not there grants and refuses nothing.
    pub fn permits(&self, caller: &Caller, operation: Operation, target: &Target) -> Result<(), Refusal> {
        let Some(id) = caller.id else { return Ok(()) };
        let Some(identity) = self.directory.get(id) else {
            return Err(Refusal::IdentityUnknown { name: caller.name.clone() });
        };
        if identity.proof == Proof::Passphrase && !caller.has_proven() {
            return Err(Refusal::NotSignedIn { name: identity.name.to_string() });
        }
        match operation.need() {
            Need::Nothing => Ok(()),
            Need::ControlUnlessSimulated(_) if self.purpose == Purpose::Simulation => Ok(()),
            Need::Control(action) | Need::ControlUnlessSimulated(action) => {
                if self.allows(id, action, target) {
                    return Ok(());
                }
                Err(self.action_missing(identity, action, target))
            }
            // In a deleted vault there is nothing to be found, whoever asks (S5).
            Need::Data(permission, action) => match target.vault().and_then(|name| self.vaults.get(name)) {
                None => Ok(()),
                Some(vault) => self.permits_inside(identity, vault, permission, action, target),
            },
        }
    }

    /// Whether a role allows an identity to do it, by itself or by a group; inside a vault that has access policies roles say
    /// nothing of its data.
    pub fn allows(&self, id: IdentityId, action: Action, target: &Target) -> bool {
        let principals = self.directory.principals_of(id);
        let object = object_of(action, target);
        let vault = || target.vault().and_then(|name| self.any_vault(name));
        self.directory.allows(principals, action)
            || vault().is_some_and(|vault| vault.access.allows(principals, action, object))
    }

    fn permits_inside(
        &self,
        identity: &Identity,
        vault: &Vault,
        permission: Permission,
        action: Action,
        target: &Target,
    ) -> Result<(), Refusal> {
        match vault.access.model {
            AccessModel::Policies => {
                let rights = vault.access.rights_of(self.directory.principals_of(identity.id));
                if rights.contains(permission) {
                    return Ok(());
                }
                Err(Refusal::PermissionMissing { permission, caller: Box::new(self.asker(identity)) })
            }
            AccessModel::Roles if self.allows(identity.id, action, target) => Ok(()),
            AccessModel::Roles => Err(self.action_missing(identity, action, target)),
        }
    }

    fn action_missing(&self, identity: &Identity, action: Action, target: &Target) -> Refusal {
        let object = object_of(action, target).map(|(kind, name)| format!("{}/{name}", kind.segment()));
        Refusal::ActionMissing { action, caller: Box::new(self.asker(identity)), object }
    }

    fn asker(&self, identity: &Identity) -> Asker {
        Asker {
            name: identity.name.to_string(),
            object: identity.id,
            client: identity.client(),
            groups: self.directory.principals_of(identity.id).len().saturating_sub(1),
        }
    }

    /// Whether somebody may destroy anything anywhere: deleted vaults, or what was deleted in one.
    pub fn can_purge(&self, caller: &Caller) -> bool {
        let Some(id) = caller.id else { return true };
        let is_granted = |vault: &Vault| {
            let kinds = [Operation::SecretPurge, Operation::KeyPurge];
            kinds.iter().any(|kind| self.permits(caller, *kind, &Target::Vault(vault.name().clone())).is_ok())
        };
        self.allows(id, Action::DeletedVaultsPurge, &Target::Subscription)
            || self.vaults.live().any(|vault| is_granted(vault))
    }
}

/// An access policy by which somebody may destroy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PurgePolicy {
    /// In which vault, live or deleted.
    pub vault: VaultName,
    /// Whose it is, be they there still or not.
    pub holder: IdentityId,
    /// What it lets them destroy.
    pub families: Vec<Family>,
}

/// Who may destroy.
impl World {
    /// The access policies that contain purge, by vault and object id, those of deleted vaults among them. Before `all` was a word
    /// without purge (S3), it stood for everything: whoever keeps such a store is told once which policies were made so.
    pub fn policies_with_purge(&self) -> Vec<PurgePolicy> {
        let deleted = self.vaults.deleted().map(|deleted| &deleted.item);
        let policies = self.vaults.live().chain(deleted).flat_map(|vault| {
            let of_vault = vault.access.policies.iter();
            of_vault.map(move |(holder, rights)| PurgePolicy {
                vault: vault.name().clone(),
                holder: *holder,
                families: Family::ALL.into_iter().filter(|family| rights.within(*family).can_purge()).collect(),
            })
        });
        let mut found: Vec<_> = policies.filter(|policy| !policy.families.is_empty()).collect();
        found.sort_by(|one, other| (&one.vault, one.holder).cmp(&(&other.vault, other.holder)));
        found
    }
}

/// Where the answer comes from.
impl World {
    /// What grants an identity a permission in a vault that has access policies; nothing: it does not have it.
    pub fn sources_of_permission(&self, id: IdentityId, vault: &Vault, permission: Permission) -> Vec<Source> {
        let holders = self.directory.principals_of(id).iter().copied();
        let grants =
            |holder: &IdentityId| vault.access.policies.get(holder).is_some_and(|rights| rights.contains(permission));
        holders.filter(grants).map(|holder| Source { holder, by: GrantedBy::Policy }).collect()
    }

    /// Which role assignments allow an identity to do it in a vault, or to objects of it: those that hold for all of it first.
    pub fn sources_of_action(&self, id: IdentityId, vault: &Vault, action: Action) -> Vec<Source> {
        let mut sources = Vec::new();
        for holder in self.directory.principals_of(id) {
            let everywhere = self.directory.assignments_of(*holder);
            let here = vault.access.assignments.get(holder).into_iter().flatten();
            let allowing = everywhere.iter().chain(here).filter(|given| given.role.actions().contains(action));
            sources.extend(allowing.map(|given| Source { holder: *holder, by: GrantedBy::Role(given.clone()) }));
        }
        sources.sort_by_key(|source| match &source.by {
            GrantedBy::Policy => None,
            GrantedBy::Role(given) => Some(given.scope.clone()),
        });
        sources
    }
}

/// The decisions on identities. None changes the world.
impl World {
    /// A new identity; its name must be free.
    pub fn create_identity(&self, draft: IdentityDraft, id: IdentityId, now: Timestamp) -> Result<Change, Refusal> {
        let IdentityDraft { name, kind, in_new_vaults } = draft;
        self.admit_identity_name(&name, None)?;
        let kind = match kind {
            IdentityKind::Group { members } => IdentityKind::Group { members: self.admit_members(&members)? },
            kind => kind,
        };
        Ok(Change::IdentityPut(Arc::new(Identity { id, name, kind, in_new_vaults, proof: Proof::None, created: now })))
    }

    /// Another name, other members, other grants in new vaults.
    pub fn update_identity(&self, id: IdentityId, patch: IdentityPatch) -> Result<Change, Refusal> {
        let mut identity = Identity::clone(self.identity(id)?);
        let IdentityPatch { name, members, in_new_vaults } = patch;
        if let Some(name) = name {
            self.admit_identity_name(&name, Some(id))?;
            identity.name = name;
        }
        if let Some(new) = members {
            let IdentityKind::Group { members } = &mut identity.kind else {
                return Err(Refusal::NotAGroup { name: identity.name.to_string() });
            };
            *members = self.admit_members(&new)?;
        }
        identity.in_new_vaults = in_new_vaults.unwrap_or(identity.in_new_vaults);
        let change = Change::IdentityPut(Arc::new(identity));
        self.keeps_a_manager(std::slice::from_ref(&change))?;
        Ok(change)
    }

    /// Takes an identity away, with its roles and out of its groups. What vaults grant it stays there, and helps nobody: its object id
    /// is never given again.
    pub fn remove_identity(&self, id: IdentityId, by: &Caller) -> Result<Vec<Change>, Refusal> {
        let identity = self.identity(id)?;
        if by.id == Some(id) {
            return Err(Refusal::RemovesItself { name: identity.name.to_string() });
        }
        let mut changes: Vec<_> =
            self.directory.assignments_of(id).iter().map(|given| Change::AssignmentRemoved(given.id)).collect();
        for group in self.directory.groups_of(id) {
            let members = group.members().iter().copied().filter(|member| *member != id).collect();
            let kind = IdentityKind::Group { members };
            changes.push(Change::IdentityPut(Arc::new(Identity { kind, ..Identity::clone(group) })));
        }
        changes.push(Change::IdentityRemoved(id));
        self.keeps_a_manager(&changes)?;
        Ok(changes)
    }

    /// Whether something has to be proven to act as an identity from now on.
    pub fn set_proof(&self, id: IdentityId, proof: Proof) -> Result<Change, Refusal> {
        let identity = self.identity(id)?;
        if !identity.can_act() {
            return Err(Refusal::GroupCannotAct { name: identity.name.to_string() });
        }
        Ok(Change::IdentityPut(Arc::new(Identity { proof, ..Identity::clone(identity) })))
    }

    /// The identity with this object id.
    pub fn identity(&self, id: IdentityId) -> Result<&Arc<Identity>, Refusal> {
        self.directory.get(id).ok_or_else(|| Refusal::IdentityUnknown { name: id.to_string() })
    }

    /// Whether an identity may be called so; `whose`: the one that is called so already.
    pub fn admit_identity_name(&self, name: &IdentityName, whose: Option<IdentityId>) -> Result<(), Refusal> {
        match self.directory.find(name) {
            Some(found) if Some(found.id) != whose => Err(Refusal::IdentityExists { name: found.name.to_string() }),
            _ => Ok(()),
        }
    }

    fn admit_members(&self, members: &[IdentityId]) -> Result<Vec<IdentityId>, Refusal> {
        for member in members {
            let identity = self.identity(*member)?;
            if !identity.can_act() {
                return Err(Refusal::GroupInGroup { name: identity.name.to_string() });
            }
        }
        Ok(members.iter().copied().collect::<BTreeSet<_>>().into_iter().collect())
    }

    /// Somebody must be left who can say who may do what.
    fn keeps_a_manager(&self, changes: &[Change]) -> Result<(), Refusal> {
        if !self.directory.has_manager() {
            return Ok(());
        }
        let mut after = self.clone();
        for change in changes {
            after.apply(change);
        }
        if after.directory.has_manager() { Ok(()) } else { Err(Refusal::LastManager) }
    }
}

/// The decisions on grants. None changes the world.
impl World {
    /// An access policy in the place of the one that the identity has; without any right, none.
    pub fn set_policy(&self, vault: &VaultName, id: IdentityId, rights: Rights) -> Result<Change, Refusal> {
        let vault = self.vault_with_policies(vault)?;
        if !rights.is_empty() {
            self.identity(id)?;
        }
        let mut access = VaultAccess::clone(&vault.access);
        if rights.is_empty() {
            access.policies.remove(&id);
        } else {
            access.policies.insert(id, rights);
        }
        if MOST_POLICIES < access.policies.len() {
            return Err(Refusal::TooManyPolicies { found: access.policies.len() });
        }
        Ok(Change::VaultAccess(vault.name().clone(), Arc::new(access)))
    }

    /// Takes the access policy of an identity away, be it there still or not.
    pub fn delete_policy(&self, vault: &VaultName, id: IdentityId) -> Result<Change, Refusal> {
        if !self.vault_with_policies(vault)?.access.policies.contains_key(&id) {
            let name = self.directory.get(id).map_or_else(|| id.to_string(), |identity| identity.name.to_string());
            return Err(Refusal::NoPolicy { name });
        }
        self.set_policy(vault, id, Rights::NONE)
    }

    /// By what a vault decides from now on. What the other way had granted is kept, and does not count.
    pub fn set_access_model(&self, vault: &VaultName, model: AccessModel) -> Result<Change, Refusal> {
        let vault = self.vault(vault)?;
        let access = VaultAccess { model, ..VaultAccess::clone(&vault.access) };
        Ok(Change::VaultAccess(vault.name().clone(), Arc::new(access)))
    }

    /// Gives a role. Whoever assigns roles that act inside vaults only may give no other.
    pub fn assign_role(&self, assignment: RoleAssignment, by: &Caller) -> Result<Change, Refusal> {
        let identity = self.identity(assignment.identity)?;
        self.admit_assigning(by, assignment.role, &assignment.scope)?;
        let is_it = |given: &&RoleAssignment| given.role == assignment.role && given.scope == assignment.scope;
        if self.assignments_in(&assignment.scope, assignment.identity)?.iter().any(|given| is_it(&given)) {
            let (name, role) = (identity.name.to_string(), assignment.role);
            return Err(Refusal::RoleAssignedAlready { name, role, scope: assignment.scope.words() });
        }
        Ok(match assignment.scope.vault() {
            None => Change::AssignmentPut(assignment),
            Some(name) => {
                let vault = self.vault(name)?;
                if let Scope::Object(_, kind, object) = &assignment.scope {
                    match kind {
                        ObjectKind::Secret => vault.secret(object).map(drop)?,
                        ObjectKind::Key => vault.key(object).map(drop)?,
                    }
                }
                let access = VaultAccess::clone(&vault.access).with_assignment(assignment);
                Change::VaultAccess(vault.name().clone(), Arc::new(access))
            }
        })
    }

    /// Takes a role away again; `vault`: it was given in that vault, or for something in it.
    pub fn remove_assignment(
        &self,
        vault: Option<&VaultName>,
        id: AssignmentId,
        by: &Caller,
    ) -> Result<Change, Refusal> {
        let unknown = || Refusal::NoAssignment { id };
        match vault {
            None => {
                let given = self.directory.assignment(id).ok_or_else(unknown)?;
                self.admit_assigning(by, given.role, &given.scope)?;
                let change = Change::AssignmentRemoved(id);
                self.keeps_a_manager(std::slice::from_ref(&change))?;
                Ok(change)
            }
            Some(name) => {
                let vault = self.vault(name)?;
                let given = vault.access.all_assignments().find(|given| given.id == id).ok_or_else(unknown)?;
                self.admit_assigning(by, given.role, &given.scope)?;
                let access = VaultAccess::clone(&vault.access).without_assignment(id);
                Ok(Change::VaultAccess(vault.name().clone(), Arc::new(access)))
            }
        }
    }

    /// Sets the role assignments again that were lost when the vault was deleted, of identities that are there still (S19).
    pub fn restore_assignments(&self, vault: &VaultName, by: &Caller) -> Result<Change, Refusal> {
        let vault = self.vault(vault)?;
        let mut access = VaultAccess::clone(&vault.access);
        for lost in std::mem::take(&mut access.lost) {
            self.admit_assigning(by, lost.role, &lost.scope)?;
            if self.directory.get(lost.identity).is_some() {
                access = access.with_assignment(lost);
            }
        }
        Ok(Change::VaultAccess(vault.name().clone(), Arc::new(access)))
    }

    /// Forgets which role assignments were lost (S19).
    pub fn forget_lost_assignments(&self, vault: &VaultName) -> Result<Change, Refusal> {
        let vault = self.vault(vault)?;
        let access = VaultAccess { lost: Vec::new(), ..VaultAccess::clone(&vault.access) };
        Ok(Change::VaultAccess(vault.name().clone(), Arc::new(access)))
    }

    fn vault_with_policies(&self, name: &VaultName) -> Result<&Arc<Vault>, Refusal> {
        let vault = self.vault(name)?;
        match vault.access.model {
            AccessModel::Policies => Ok(vault),
            AccessModel::Roles => Err(Refusal::PoliciesDoNotCount { name: name.to_string() }),
        }
    }

    fn admit_assigning(&self, by: &Caller, role: Role, scope: &Scope) -> Result<(), Refusal> {
        let Some(id) = by.id.filter(|_| !role.is_data_role()) else { return Ok(()) };
        let target = scope.vault().map_or(Target::Subscription, |vault| Target::Vault(vault.clone()));
        if self.allows(id, Action::RoleAssignmentsWrite, &target) {
            return Ok(());
        }
        Err(self.action_missing(self.identity(id)?, Action::RoleAssignmentsWrite, &target))
    }

    /// What an identity has at this scope or elsewhere in its vault.
    fn assignments_in(&self, scope: &Scope, id: IdentityId) -> Result<Vec<RoleAssignment>, Refusal> {
        Ok(match scope.vault() {
            None => self.directory.assignments_of(id).to_vec(),
            Some(vault) => self.vault(vault)?.access.assignments.get(&id).cloned().unwrap_or_default(),
        })
    }
}

/// The object an action is about; a role may be given for a single one.
fn object_of(action: Action, target: &Target) -> Option<(ObjectKind, &super::ObjectName)> {
    let kind = match action.plane() {
        Plane::Secrets => ObjectKind::Secret,
        Plane::Keys => ObjectKind::Key,
        Plane::Control | Plane::Certificates => return None,
    };
    target.object().map(|name| (kind, name))
}
