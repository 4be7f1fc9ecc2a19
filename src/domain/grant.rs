//! Who was granted what: access policies of a vault, and roles at a scope (§6.1–§6.3).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{
    IdentityId, ObjectName, Permission, Rights, Role, VaultName, action::Action, identity::Identity, soft_delete::Kind,
};

/// A vault has at most this many access policies (§6.2).
pub const MOST_POLICIES: usize = 1_024;

/// By what a vault decides who may do what with its secrets and keys: never by both.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum AccessModel {
    /// By its own access policies.
    #[default]
    Policies,
    /// By role assignments.
    Roles,
}

impl AccessModel {
    /// `Access policies`.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Policies => "Access policies",
            Self::Roles => "Roles",
        }
    }
}

/// Where a role holds, and for all that is below.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Scope {
    /// Everywhere.
    Subscription,
    /// In one vault.
    Vault(VaultName),
    /// For one object of a vault.
    Object(VaultName, ObjectKind, ObjectName),
}

/// A kind of object that a scope can name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the variants speak for themselves")]
pub enum ObjectKind {
    Secret,
    Key,
}

impl ObjectKind {
    /// The same as one kind of everything.
    pub const fn kind(self) -> Kind {
        match self {
            Self::Secret => Kind::Secret,
            Self::Key => Kind::Key,
        }
    }

    /// Its segment in an id: `secrets`.
    pub const fn segment(self) -> &'static str {
        match self {
            Self::Secret => "secrets",
            Self::Key => "keys",
        }
    }
}

impl Scope {
    /// The vault it is in; `None`: everywhere.
    pub const fn vault(&self) -> Option<&VaultName> {
        match self {
            Self::Subscription => None,
            Self::Vault(vault) | Self::Object(vault, ..) => Some(vault),
        }
    }

    /// For people: `subscription`, `vault contoso`, `secret db-password`.
    pub fn words(&self) -> String {
        match self {
            Self::Subscription => "subscription".into(),
            Self::Vault(vault) => format!("vault {vault}"),
            Self::Object(_, kind, name) => format!("{} {name}", kind.kind().noun()),
        }
    }

    /// Whether it covers an object; `None`: the vault as a whole.
    pub(super) fn covers(&self, object: Option<(ObjectKind, &ObjectName)>) -> bool {
        match (self, object) {
            (Self::Subscription | Self::Vault(_), _) => true,
            (Self::Object(_, kind, name), Some(object)) => (*kind, name) == object,
            (Self::Object(..), None) => false,
        }
    }
}

/// The name of a role assignment: a UUID.
pub type AssignmentId = IdentityId;

/// A role that was given to an identity.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoleAssignment {
    /// Its name.
    pub id: AssignmentId,
    /// Who has it.
    pub identity: IdentityId,
    /// What it allows.
    pub role: Role,
    /// Where.
    pub scope: Scope,
}

impl RoleAssignment {
    /// Those that every store begins with, for [`Identity::first`].
    pub fn first() -> [Self; 2] {
        let everywhere =
            |id, identity, role| Self { id: AssignmentId::from_bytes(id), identity, role, scope: Scope::Subscription };
        [
            everywhere(
                *b"\x2b\x6c\x1d\x0e\x54\x72\x4e\x65\xa1\x01\x00\x64\x65\x76\x65\x6c",
                IdentityId::DEVELOPER,
                Role::VaultOperator,
            ),
            everywhere(
                *b"\x2b\x6c\x1d\x0e\x54\x72\x4e\x65\xa1\x02\x00\x6f\x66\x66\x69\x63",
                IdentityId::SECURITY_OFFICER,
                Role::Owner,
            ),
        ]
    }
}

/// Who may do what in one vault. It goes to the bin with the vault and comes back with it, but for the role assignments (S19).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct VaultAccess {
    /// By what is decided.
    pub model: AccessModel,
    /// What each identity is granted by an access policy of its own.
    pub policies: BTreeMap<IdentityId, Rights>,
    /// The roles assigned in the vault and to its objects, by identity.
    pub assignments: BTreeMap<IdentityId, Vec<RoleAssignment>>,
    /// The role assignments that were lost when the vault was deleted, until they are set again or forgotten (S19).
    pub lost: Vec<RoleAssignment>,
}

/// Where a permission comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// Who was granted it: the identity itself, or a group that it is in.
    pub holder: IdentityId,
    /// By what.
    pub by: GrantedBy,
}

/// By what something was granted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum GrantedBy {
    /// An access policy of the vault.
    Policy,
    /// A role.
    Role(RoleAssignment),
}

impl VaultAccess {
    /// As a new vault begins: what each identity is granted in new vaults, and `all`, which is everything but purge, for whoever makes
    /// it (S3); with roles, nothing.
    pub fn of_new_vault<'a>(
        model: AccessModel,
        maker: Option<IdentityId>,
        identities: impl Iterator<Item = &'a Identity>,
    ) -> Self {
        if model == AccessModel::Roles {
            return Self { model, ..Self::default() };
        }
        let granted = identities.filter(|identity| !identity.in_new_vaults.is_empty());
        let mut policies: BTreeMap<_, _> =
            granted.map(|identity| (identity.id, identity.in_new_vaults.in_words())).collect();
        if let Some(maker) = maker {
            let standing = policies.entry(maker).or_default();
            *standing = standing.and(Rights::all());
        }
        Self { model, policies, ..Self::default() }
    }

    /// What a vault has that was made before there were grants: what the two it was made for could do.
    pub fn of_old_vault() -> Self {
        Self::of_new_vault(AccessModel::Policies, None, Identity::first().iter())
    }

    /// All role assignments.
    pub fn all_assignments(&self) -> impl Iterator<Item = &RoleAssignment> {
        self.assignments.values().flatten()
    }

    /// This with one more assignment, or another in the place of the one with its id.
    #[must_use]
    pub fn with_assignment(mut self, assignment: RoleAssignment) -> Self {
        self = self.without_assignment(assignment.id);
        self.lost.retain(|lost| lost.id != assignment.id);
        self.assignments.entry(assignment.identity).or_default().push(assignment);
        self
    }

    /// This without that assignment.
    #[must_use]
    pub fn without_assignment(mut self, id: AssignmentId) -> Self {
        for assignments in self.assignments.values_mut() {
            assignments.retain(|assignment| assignment.id != id);
        }
        self.assignments.retain(|_, assignments| !assignments.is_empty());
        self
    }

    /// This as it goes to the bin: what the resource manager keeps is lost (S19).
    #[must_use]
    pub fn deleted(mut self) -> Self {
        self.lost.extend(std::mem::take(&mut self.assignments).into_values().flatten());
        self
    }

    /// This without anything granted to an identity that is no more.
    #[must_use]
    pub fn without_identity(mut self, identity: IdentityId) -> Self {
        self.policies.remove(&identity);
        self.assignments.remove(&identity);
        self.lost.retain(|lost| lost.identity != identity);
        self
    }

    /// Whether anything here is granted to an identity.
    pub fn names(&self, identity: IdentityId) -> bool {
        self.policies.contains_key(&identity)
            || self.assignments.contains_key(&identity)
            || self.lost.iter().any(|lost| lost.identity == identity)
    }

    /// What the policies grant to any of these.
    pub(super) fn rights_of(&self, principals: &[IdentityId]) -> Rights {
        let granted = principals.iter().filter_map(|principal| self.policies.get(principal));
        granted.fold(Rights::NONE, |rights, more| rights.and(*more))
    }

    /// Whether a role assigned here allows any of these to do it with an object; `None`: with the vault as a whole.
    pub(super) fn allows(
        &self,
        principals: &[IdentityId],
        action: Action,
        object: Option<(ObjectKind, &ObjectName)>,
    ) -> bool {
        let mut assigned = principals.iter().filter_map(|principal| self.assignments.get(principal)).flatten();
        assigned.any(|assignment| assignment.role.actions().contains(action) && assignment.scope.covers(object))
    }
}

/// What an operation needs: of a vault with access policies the one, of a vault with roles the other (§5.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need {
    /// Nothing: everybody may.
    Nothing,
    /// An action on vaults as resources, or on the store itself, which roles alone allow.
    Control(Action),
    /// The same where the store keeps real secrets; nothing where it was made for simulation.
    ControlUnlessSimulated(Action),
    /// To act inside a vault.
    Data(Permission, Action),
}
