//! All identities, and the roles they have everywhere.

use std::sync::Arc;

use imbl::OrdMap;

use super::{
    IdentityId, IdentityName,
    action::Action,
    grant::{AssignmentId, RoleAssignment},
    identity::Identity,
};

/// The identities of a store, with the role assignments of its subscription. Cloning costs a few pointers.
#[derive(Clone, Debug)]
pub struct Directory {
    identities: OrdMap<IdentityId, Arc<Identity>>,
    /// As whom else each is treated: itself, and every group it is in.
    principals: OrdMap<IdentityId, Arc<[IdentityId]>>,
    assignments: OrdMap<IdentityId, Vec<RoleAssignment>>,
}

impl Default for Directory {
    /// As every store begins: [`Identity::first`] with [`RoleAssignment::first`].
    fn default() -> Self {
        let mut directory = Self { identities: OrdMap::new(), principals: OrdMap::new(), assignments: OrdMap::new() };
        for identity in Identity::first() {
            directory.put(Arc::new(identity));
        }
        for assignment in RoleAssignment::first() {
            directory.assign(assignment);
        }
        directory
    }
}

impl Directory {
    /// The identity with this object id.
    pub fn get(&self, id: IdentityId) -> Option<&Arc<Identity>> {
        self.identities.get(&id)
    }

    /// The identity of this name, whatever its case.
    pub fn find(&self, name: &IdentityName) -> Option<&Arc<Identity>> {
        let folded = name.folded();
        self.identities.values().find(|identity| identity.name.folded() == folded)
    }

    /// All identities, by name.
    pub fn all(&self) -> Vec<&Arc<Identity>> {
        let mut all: Vec<_> = self.identities.values().collect();
        all.sort_by_cached_key(|identity| identity.name.folded());
        all
    }

    /// As whom an identity is treated: itself first, then the groups it is in.
    pub fn principals_of(&self, id: IdentityId) -> &[IdentityId] {
        self.principals.get(&id).map_or(&[], |principals| principals)
    }

    /// The groups that an identity is in.
    pub fn groups_of(&self, id: IdentityId) -> impl Iterator<Item = &Arc<Identity>> {
        self.principals_of(id).iter().skip(1).filter_map(|group| self.get(*group))
    }

    /// The roles that hold everywhere.
    pub fn assignments(&self) -> impl Iterator<Item = &RoleAssignment> {
        self.assignments.values().flatten()
    }

    /// The roles that one identity has everywhere, without those of its groups.
    pub fn assignments_of(&self, id: IdentityId) -> &[RoleAssignment] {
        self.assignments.get(&id).map_or(&[], Vec::as_slice)
    }

    /// The assignment of this name.
    pub fn assignment(&self, id: AssignmentId) -> Option<&RoleAssignment> {
        self.assignments().find(|assignment| assignment.id == id)
    }

    /// Whether a role that holds everywhere allows any of these to do it.
    pub fn allows(&self, principals: &[IdentityId], action: Action) -> bool {
        let mut assigned = principals.iter().flat_map(|principal| self.assignments_of(*principal));
        assigned.any(|assignment| assignment.role.actions().contains(action))
    }

    /// Whether anybody who can act may assign any role everywhere.
    pub fn has_manager(&self) -> bool {
        let manages = |identity: &&Arc<Identity>| {
            identity.can_act() && self.allows(self.principals_of(identity.id), Action::RoleAssignmentsWrite)
        };
        self.identities.values().any(|identity| manages(&identity))
    }
}

/// Applied by [`super::World::apply`] alone.
impl Directory {
    pub(super) fn put(&mut self, identity: Arc<Identity>) {
        self.identities.insert(identity.id, identity);
        self.gather_principals();
    }

    pub(super) fn remove(&mut self, id: IdentityId) {
        self.identities.remove(&id);
        self.gather_principals();
    }

    pub(super) fn assign(&mut self, assignment: RoleAssignment) {
        self.unassign(assignment.id);
        self.assignments.entry(assignment.identity).or_default().push(assignment);
    }

    pub(super) fn unassign(&mut self, id: AssignmentId) {
        let Some(identity) = self.assignment(id).map(|assignment| assignment.identity) else { return };
        let mut left = self.assignments_of(identity).to_vec();
        left.retain(|assignment| assignment.id != id);
        if left.is_empty() {
            self.assignments.remove(&identity);
        } else {
            self.assignments.insert(identity, left);
        }
    }

    fn gather_principals(&mut self) {
        let groups: Vec<&Arc<Identity>> = self.identities.values().filter(|identity| !identity.can_act()).collect();
        let principals_of = |id: IdentityId| {
            let groups = groups.iter().filter(|group| group.members().contains(&id)).map(|group| group.id);
            std::iter::once(id).chain(groups).collect::<Arc<[IdentityId]>>()
        };
        self.principals = self.identities.keys().map(|id| (*id, principals_of(*id))).collect();
    }
}
