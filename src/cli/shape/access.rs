//! Who there is and what they were granted: az's shapes, and one of Tresor's own for identities.

use serde::Serialize;

use crate::{
    cli::scope,
    domain::{
        Directory, Identity, Role, RoleAssignment, VaultAccess, World,
        action::{Action, Plane},
        id,
        identity::{IdentityKind, Proof},
        permission::{Family, Rights},
    },
};

/// An identity as `list` and `show` print it.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::cli) struct IdentityItem<'a> {
    /// The client id of a service principal.
    app_id: Option<String>,
    created: String,
    groups: Vec<&'a str>,
    has_passphrase: bool,
    id: String,
    in_new_vaults: &'static str,
    kind: &'static str,
    members: Vec<&'a str>,
    name: &'a str,
}

/// A role assignment as az prints it.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::cli) struct AssignmentItem {
    id: String,
    name: String,
    principal_id: String,
    principal_name: Option<String>,
    principal_type: &'static str,
    role_definition_id: String,
    role_definition_name: &'static str,
    scope: String,
    #[serde(rename = "type")]
    kind: &'static str,
}

/// A role as az prints it.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::cli) struct DefinitionItem {
    assignable_scopes: [&'static str; 1],
    description: &'static str,
    id: String,
    name: &'static str,
    permissions: [Allowed; 1],
    role_name: &'static str,
    role_type: &'static str,
    #[serde(rename = "type")]
    kind: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Allowed {
    actions: Vec<&'static str>,
    data_actions: Vec<&'static str>,
    not_actions: [&'static str; 0],
    not_data_actions: [&'static str; 0],
}

/// An access policy as az prints it (§1.3).
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::cli) struct AccessPolicy {
    application_id: Option<()>,
    object_id: String,
    permissions: Permissions,
    tenant_id: &'static str,
}

#[derive(Serialize)]
struct Permissions {
    certificates: Vec<&'static str>,
    keys: Vec<&'static str>,
    secrets: Vec<&'static str>,
    storage: Vec<&'static str>,
}

/// An identity with its groups, or with who is in it.
pub(in crate::cli) fn identity<'a>(directory: &'a Directory, identity: &'a Identity) -> IdentityItem<'a> {
    let name = |id| directory.get(id).map(|identity| identity.name.as_str());
    IdentityItem {
        app_id: identity.client().map(|client| client.to_string()),
        created: identity.created.iso(),
        groups: directory.groups_of(identity.id).map(|group| group.name.as_str()).collect(),
        has_passphrase: identity.proof == Proof::Passphrase,
        id: identity.id.to_string(),
        in_new_vaults: match identity.in_new_vaults.in_words() {
            rights if rights.is_empty() => "none",
            rights if rights == Rights::all() => "all",
            rights if rights == Rights::all_and_purge() => "all-and-purge",
            _ => "some",
        },
        kind: match identity.kind {
            IdentityKind::Person => "person",
            IdentityKind::Group { .. } => "group",
            IdentityKind::ServicePrincipal { .. } => "service-principal",
        },
        members: identity.members().iter().filter_map(|id| name(*id)).collect(),
        name: identity.name.as_str(),
    }
}

/// A role assignment.
pub(in crate::cli) fn assignment(world: &World, given: &RoleAssignment) -> AssignmentItem {
    let subscription = &world.subscription;
    let scope = scope::id_of(subscription, &given.scope);
    let identity = world.directory.get(given.identity);
    AssignmentItem {
        id: format!("{scope}/providers/Microsoft.Authorization/roleAssignments/{}", given.id),
        name: given.id.to_string(),
        principal_id: given.identity.to_string(),
        principal_name: identity.map(|identity| identity.name.to_string()),
        principal_type: match identity.map(|identity| &identity.kind) {
            Some(IdentityKind::Person) => "User",
            Some(IdentityKind::Group { .. }) => "Group",
            Some(IdentityKind::ServicePrincipal { .. }) => "ServicePrincipal",
            None => "Unknown",
        },
        role_definition_id: definition_id(subscription, given.role),
        role_definition_name: given.role.title(),
        scope,
        kind: "Microsoft.Authorization/roleAssignments",
    }
}

/// A role with what it allows.
pub(in crate::cli) fn definition(subscription: &str, role: Role) -> DefinitionItem {
    let texts = |is_such: fn(Action) -> bool| {
        let mut texts: Vec<_> = role.actions().iter().filter(|action| is_such(*action)).map(Action::text).collect();
        texts.sort_unstable();
        // Two of ours are one of Azure's.
        texts.dedup();
        texts
    };
    DefinitionItem {
        assignable_scopes: ["/"],
        description: role.about(),
        id: definition_id(subscription, role),
        name: role.id(),
        permissions: [Allowed {
            actions: texts(|action| action.plane() == Plane::Control),
            data_actions: texts(|action| action.plane() != Plane::Control),
            not_actions: [],
            not_data_actions: [],
        }],
        role_name: role.title(),
        role_type: if role == Role::VaultOperator { "CustomRole" } else { "BuiltInRole" },
        kind: "Microsoft.Authorization/roleDefinitions",
    }
}

/// The access policies of a vault, by object id.
pub(in crate::cli) fn policies(access: &VaultAccess) -> Vec<AccessPolicy> {
    let policy = |(id, rights): (&crate::domain::IdentityId, &Rights)| AccessPolicy {
        application_id: None,
        object_id: id.to_string(),
        permissions: Permissions {
            certificates: rights.names(Family::Certificates),
            keys: rights.names(Family::Keys),
            secrets: rights.names(Family::Secrets),
            storage: rights.names(Family::Storage),
        },
        tenant_id: id::TENANT,
    };
    access.policies.iter().map(policy).collect()
}

fn definition_id(subscription: &str, role: Role) -> String {
    format!("/subscriptions/{subscription}/providers/Microsoft.Authorization/roleDefinitions/{}", role.id())
}
