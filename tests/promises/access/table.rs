//! Every operation against every kind of grant, held against a table that was written by hand from Key Vault's documentation.

use std::collections::BTreeSet;
use std::sync::Arc;

use tresor::domain::identity::{Identity, IdentityDraft, IdentityId, IdentityKind};
use tresor::domain::operation::Effect;
use tresor::domain::{
    AccessModel, Caller, Change, IdentityName, Operation, Permission, Purpose, Refusal, Rights, Role, RoleAssignment,
    Scope, Target, World,
    caller::SignedIn,
    grant::{AssignmentId, ObjectKind, VaultAccess},
};

use crate::desk::{START, draft, name, officer, vault};

/// Operation; the permission of an access policy that it needs (§5.3, §6.1); the roles that allow it (§6.3), by short names.
///
/// `*` for a permission: access policies have no say, roles decide in every vault. `everybody`: nothing is needed.
const TABLE: &str = "
    VaultPut                  *                       owner contributor operator
    VaultPatch                *                       owner contributor operator
    VaultGet                  *                       owner reader uaa admin kvreader so co cto contributor daa operator
    VaultList                 *                       owner reader uaa admin kvreader so co cto contributor daa operator
    VaultDelete               *                       owner contributor operator
    VaultListDeleted          *                       owner admin kvreader so co cto purger contributor operator
    VaultGetDeleted           *                       owner admin kvreader so co cto purger contributor operator
    VaultRecover              *                       owner contributor operator
    VaultPurge                *                       owner purger
    SubscriptionPatch         *                       owner
    ActivityRetentionSet      *                       owner
    IdentityPut               *                       owner
    IdentityDelete            *                       owner
    VaultAccessPolicySet      *                       owner contributor
    VaultAccessPolicyDelete   *                       owner contributor
    VaultAccessModelSet       *                       owner uaa
    RoleAssignmentPut         *                       owner uaa daa
    RoleAssignmentDelete      *                       owner uaa daa
    SecretSet                 secrets/set             admin so
    SecretGet                 secrets/get             admin so su cu
    SecretUpdate              secrets/set             admin so
    SecretDelete              secrets/delete          admin so
    SecretList                secrets/list            admin kvreader so su cu
    SecretListVersions        secrets/list            admin kvreader so su cu
    SecretGetDeleted          secrets/get             admin kvreader so su cu
    SecretListDeleted         secrets/list            admin kvreader so su cu
    SecretRecover             secrets/recover         admin so
    SecretPurge               secrets/purge           admin so
    SecretBackup              secrets/backup          admin so
    SecretRestore             secrets/restore         admin so
    KeyCreate                 keys/create             admin co
    KeyImport                 keys/import             admin co
    KeyGet                    keys/get                admin kvreader co cru cse cu
    KeyUpdate                 keys/update             admin co cru
    KeyDelete                 keys/delete             admin co
    KeyList                   keys/list               admin kvreader co cru cse cu
    KeyListVersions           keys/list               admin kvreader co cru cse cu
    KeyGetDeleted             keys/get                admin kvreader co cru cse cu
    KeyListDeleted            keys/list               admin kvreader co cru cse cu
    KeyRecover                keys/recover            admin co
    KeyPurge                  keys/purge              admin co
    KeyBackup                 keys/backup             admin co cru
    KeyRestore                keys/restore            admin co
    KeyRotate                 keys/rotate             admin co
    KeyRotateIfDue            keys/rotate             admin co
    KeyNearExpiryEventGridNotification  keys/rotate   admin co
    KeyRotationPolicyGet      keys/getrotationpolicy  admin co
    KeyRotationPolicySet      keys/setrotationpolicy  admin co
    KeyEncrypt                keys/encrypt            admin co cru
    KeyDecrypt                keys/decrypt            admin co cru
    KeyWrap                   keys/wrapKey            admin co cru cse
    KeyUnwrap                 keys/unwrapKey          admin co cru cse
    KeySign                   keys/sign               admin co cru
    KeyVerify                 keys/verify             admin co cru
    RegionOutage              *                       owner operator
    RegionReturn              *                       owner operator
    ReplicaOutage             *                       owner operator
    ReplicaReturn             *                       owner operator
    LinkOutage                *                       owner operator
    LinkReturn                *                       owner operator
    RegionMove                *                       owner operator
    RegionRebuild             *                       owner operator
    ClockAdvance              everybody
    ClockReset                everybody
    Authentication            everybody
    IdentityPassphraseSet     everybody
    ActivityRead              *                       owner operator
    ActivityExport            *                       owner operator
    ClockConfirm              *                       owner
    StoreRekey                everybody
    StoreAcceptOlder          everybody
    StorePassphraseSet        everybody
    StoreCheck                everybody
    StoreCompact              everybody
    StoreRecover              everybody
    RegionCheck               everybody
";

const SHORT: [(&str, Role); 17] = [
    ("owner", Role::Owner),
    ("reader", Role::Reader),
    ("uaa", Role::UserAccessAdministrator),
    ("admin", Role::Administrator),
    ("kvreader", Role::KeyVaultReader),
    ("so", Role::SecretsOfficer),
    ("su", Role::SecretsUser),
    ("co", Role::CryptoOfficer),
    ("cru", Role::CryptoUser),
    ("cse", Role::CryptoServiceEncryptionUser),
    ("release", Role::CryptoServiceReleaseUser),
    ("cto", Role::CertificatesOfficer),
    ("cu", Role::CertificateUser),
    ("purger", Role::PurgeOperator),
    ("contributor", Role::Contributor),
    ("daa", Role::DataAccessAdministrator),
    ("operator", Role::VaultOperator),
];

struct Row {
    operation: Operation,
    permission: &'static str,
    roles: Vec<Role>,
}

fn table() -> Vec<Row> {
    let parse = |line: &'static str| {
        let mut words = line.split_whitespace();
        let audit_name = words.next().unwrap();
        let operation = *Operation::ALL.iter().find(|operation| operation.audit_name() == audit_name).unwrap();
        let permission = words.next().unwrap();
        let role = |short: &str| SHORT.iter().find(|(name, _)| *name == short).unwrap_or_else(|| panic!("{short}")).1;
        Row { operation, permission, roles: words.map(role).collect() }
    };
    TABLE.lines().filter(|line| !line.trim().is_empty()).map(parse).collect()
}

/// A world with a vault, and with somebody who was granted nothing yet.
fn world(model: AccessModel) -> (World, Caller) {
    let mut world = World::default();
    let identity = |called: &str, kind, id| {
        let draft = IdentityDraft { name: IdentityName::parse(called).unwrap(), kind, in_new_vaults: Rights::NONE };
        (draft, IdentityId::from_random([id; 16]))
    };
    let (person, id) = identity("Ana", IdentityKind::Person, 1);
    let change = world.create_identity(person, id, START).unwrap();
    world.apply(&change);
    let (group, group_id) = identity("Everyone at work", IdentityKind::Group { members: vec![id] }, 2);
    let change = world.create_identity(group, group_id, START).unwrap();
    world.apply(&change);
    let draft = tresor::domain::vault::VaultDraft { access: model, ..draft("prod") };
    for change in world.create_vault(draft, &officer(), START).unwrap() {
        world.apply(&change);
    }
    let caller = Caller::of(world.directory.get(id).unwrap(), SignedIn::Unproven);
    (world, caller)
}

fn granted(world: &World, access: VaultAccess) -> World {
    let mut world = world.clone();
    world.apply(&Change::VaultAccess(vault("prod"), Arc::new(access)));
    world
}

/// On what an operation is asked for: on an object where it can be, else on the vault.
fn target(operation: Operation) -> Target {
    let is_about_objects = ["Secret", "Key"].iter().any(|kind| operation.audit_name().starts_with(kind));
    let is_about_the_vault = ["ListDeleted", "Restore"].iter().any(|end| operation.audit_name().ends_with(end))
        || matches!(operation, Operation::SecretList | Operation::KeyList);
    match (is_about_objects, is_about_the_vault) {
        (true, false) => Target::Object(vault("prod"), name("thing")),
        _ => Target::Vault(vault("prod")),
    }
}

fn group() -> IdentityId {
    IdentityId::from_random([2; 16])
}

#[test]
fn every_operation_is_in_the_table_once() {
    let told: BTreeSet<_> = table().iter().map(|row| row.operation.audit_name()).collect();
    let there: BTreeSet<_> = Operation::ALL.iter().map(|operation| operation.audit_name()).collect();
    assert_eq!(told, there);
    assert_eq!(table().len(), there.len());
}

#[test]
fn each_permission_of_an_access_policy_allows_what_the_table_says_and_nothing_else() {
    // S17, §5.3, §6.1
    let (world, caller) = world(AccessModel::Policies);
    let mut asked = 0;
    for permission in Permission::ALL {
        for holder in [caller.id.unwrap(), group()] {
            let policies = [(holder, Rights::NONE.with(*permission))].into();
            let world = granted(&world, VaultAccess { policies, ..VaultAccess::default() });
            for Row { operation, permission: needed, .. } in table() {
                let answer = world.permits(&caller, operation, &target(operation));
                let is_right = needed == "everybody" || needed == permission.text();
                assert_eq!(answer.is_ok(), is_right, "{} with {}", operation.audit_name(), permission.text());
                asked += 1;
            }
        }
    }
    assert_eq!(asked, Permission::ALL.len() * 2 * Operation::ALL.len());
}

#[test]
fn each_role_allows_what_the_table_says_at_every_scope_and_nothing_else() {
    // S17, §6.3
    for model in [AccessModel::Roles, AccessModel::Policies] {
        let (world, caller) = world(model);
        for role in Role::ALL {
            for holder in [caller.id.unwrap(), group()] {
                for scope in [
                    Scope::Subscription,
                    Scope::Vault(vault("prod")),
                    Scope::Object(vault("prod"), ObjectKind::Secret, name("thing")),
                    Scope::Object(vault("prod"), ObjectKind::Key, name("thing")),
                    Scope::Object(vault("prod"), ObjectKind::Secret, name("other")),
                ] {
                    let id = AssignmentId::from_random([9; 16]);
                    let given = RoleAssignment { id, identity: holder, role: *role, scope: scope.clone() };
                    let mut world = granted(&world, VaultAccess { model, ..VaultAccess::default() });
                    if scope == Scope::Subscription {
                        world.apply(&Change::AssignmentPut(given));
                    } else {
                        let access = VaultAccess { model, ..VaultAccess::default() }.with_assignment(given);
                        world = granted(&world, access);
                    }
                    for Row { operation, permission, roles } in table() {
                        let target = target(operation);
                        let is_data = !matches!(permission, "*" | "everybody");
                        let covers = match &scope {
                            Scope::Subscription | Scope::Vault(_) => true,
                            Scope::Object(_, kind, object) => {
                                let is_kind = permission.starts_with(kind.segment());
                                is_kind && target.object() == Some(object)
                            }
                        };
                        let counts = !is_data || model == AccessModel::Roles;
                        let is_right = permission == "everybody" || (counts && covers && roles.contains(role));
                        let answer = world.permits(&caller, operation, &target);
                        let (audit_name, title, words) = (operation.audit_name(), role.title(), scope.words());
                        assert_eq!(answer.is_ok(), is_right, "{audit_name} with {title} for the {words}, {model:?}");
                    }
                }
            }
        }
    }
}

#[test]
fn failures_that_are_only_simulated_need_nothing() {
    // T11: in a store made for simulation, and there only.
    let (mut world, caller) = world(AccessModel::Policies);
    let region = Target::Region(tresor::domain::RegionName::parse("westeurope").unwrap());
    let simulated = [
        Operation::RegionOutage,
        Operation::RegionReturn,
        Operation::ReplicaOutage,
        Operation::ReplicaReturn,
        Operation::LinkOutage,
        Operation::LinkReturn,
    ];
    for purpose in [Purpose::Real, Purpose::Simulation] {
        world.purpose = purpose;
        for operation in simulated {
            let is_right = purpose == Purpose::Simulation;
            assert_eq!(world.permits(&caller, operation, &region).is_ok(), is_right, "{}", operation.audit_name());
        }
        for operation in [Operation::RegionMove, Operation::RegionRebuild, Operation::ActivityRead] {
            assert!(world.permits(&caller, operation, &region).is_err(), "{}", operation.audit_name());
        }
    }
}

#[test]
fn refusals_tell_apart_what_is_missing() {
    // §6.4
    for (model, inner) in [(AccessModel::Policies, Some("AccessDenied")), (AccessModel::Roles, Some("ForbiddenByRbac"))]
    {
        let (world, caller) = world(model);
        for Row { operation, permission, .. } in table() {
            let Err(refusal) = world.permits(&caller, operation, &target(operation)) else {
                assert_eq!(permission, "everybody");
                continue;
            };
            let code = refusal.code();
            let is_control = permission == "*";
            assert_eq!(code.inner, if is_control { None } else { inner }, "{}", operation.audit_name());
            assert_eq!(code.code, if is_control { "AuthorizationFailed" } else { "Forbidden" });
            assert_eq!(code.status, 403);
        }
    }
}

#[test]
fn nobody_else_is_asked_for_anything_and_the_service_itself_may_do_all() {
    // S14
    let (world, caller) = world(AccessModel::Policies);
    for operation in Operation::ALL {
        assert_eq!(world.permits(&Caller::key_vault(), *operation, &target(*operation)), Ok(()));
    }
    let stranger = IdentityId::from_random([7; 16]);
    let stranger = Identity { id: stranger, ..Identity::clone(world.directory.get(caller.id.unwrap()).unwrap()) };
    let stranger = Caller::of(&stranger, SignedIn::Proven);
    for operation in Operation::ALL.iter().filter(|operation| operation.effect() != Effect::Simulates) {
        let answer = world.permits(&stranger, *operation, &target(*operation));
        assert!(matches!(answer, Err(Refusal::IdentityUnknown { .. })), "{}", operation.audit_name());
    }
}
