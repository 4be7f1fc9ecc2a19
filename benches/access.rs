//! What it costs to ask who may do what, with a thousand grants: `cargo bench --bench access`.
#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a measurement tells, and fails by panicking")]

use std::{hint::black_box, sync::Arc, time::Instant};

use tresor::domain::{
    AccessModel, Caller, Change, IdentityName, ObjectName, Operation, RegionName, RetentionDays, Rights, Role,
    RoleAssignment, Scope, Sku, Target, Timestamp, VaultName, World,
    caller::SignedIn,
    grant::{ObjectKind, VaultAccess},
    identity::{IdentityDraft, IdentityId, IdentityKind},
    properties::Tags,
    vault::VaultDraft,
};

const GRANTS: u128 = 1_000;
const ROUNDS: u32 = 200_000;

fn main() {
    println!("{GRANTS} grants; nanoseconds for a question, the best of 5 rounds; wanted: at most 1,000");
    tell("access policies of 1,000 identities", AccessModel::Policies, |access, id, _| {
        access.policies.insert(id, Rights::all());
    });
    tell("roles of 1,000 identities in the vault", AccessModel::Roles, |access, id, _| {
        let given = assignment(id, id, Scope::Vault(vault()));
        access.assignments.entry(id).or_default().push(given);
    });
    tell("1,000 roles of one identity, each for one secret", AccessModel::Roles, |access, id, at| {
        let scope = Scope::Object(vault(), ObjectKind::Secret, secret(at));
        access.assignments.entry(identity(0)).or_default().push(assignment(id, identity(0), scope));
    });
}

fn tell(what: &str, model: AccessModel, grant: impl Fn(&mut VaultAccess, IdentityId, u128)) {
    let mut world = World::default();
    for at in 0..GRANTS {
        add(&mut world, &format!("identity {at}"), IdentityKind::Person, identity(at));
    }
    for at in 0..5 {
        let kind = IdentityKind::Group { members: vec![identity(0)] };
        add(&mut world, &format!("group {at}"), kind, identity(GRANTS + at));
    }
    let draft = VaultDraft {
        name: vault(),
        location: RegionName::parse("westeurope").unwrap(),
        sku: Sku::Standard,
        retention: RetentionDays::default(),
        purge_protection: None,
        tags: Tags::default(),
        access: model,
    };
    let now = Timestamp::from_ms(0);
    for change in world.create_vault(draft, &Caller::security_officer(), now).unwrap() {
        world.apply(&change);
    }
    let mut access = VaultAccess { model, ..VaultAccess::default() };
    (0..GRANTS).for_each(|at| grant(&mut access, identity(at), at));
    world.apply(&Change::VaultAccess(vault(), Arc::new(access)));

    let caller = Caller::of(world.directory.get(identity(0)).unwrap(), SignedIn::Unproven);
    let target = Target::Object(vault(), secret(GRANTS - 1));
    assert!(world.permits(&caller, Operation::SecretGet, &target).is_ok());
    let round = || {
        let started = Instant::now();
        for _ in 0..ROUNDS {
            black_box(world.permits(black_box(&caller), Operation::SecretGet, black_box(&target)).is_ok());
        }
        started.elapsed() / ROUNDS
    };
    let best = (0..5).map(|_| round()).min().unwrap();
    println!("{:>8}  {what}", best.as_nanos());
}

fn add(world: &mut World, name: &str, kind: IdentityKind, id: IdentityId) {
    let draft = IdentityDraft { name: IdentityName::parse(name).unwrap(), kind, in_new_vaults: Rights::NONE };
    let change = world.create_identity(draft, id, Timestamp::from_ms(0)).unwrap();
    world.apply(&change);
}

fn identity(at: u128) -> IdentityId {
    IdentityId::from_bytes(at.to_be_bytes())
}

fn assignment(id: IdentityId, identity: IdentityId, scope: Scope) -> RoleAssignment {
    RoleAssignment { id, identity, role: Role::SecretsUser, scope }
}

fn vault() -> VaultName {
    VaultName::parse("contoso").unwrap()
}

fn secret(at: u128) -> ObjectName {
    ObjectName::parse(&format!("secret-{at}")).unwrap()
}
