//! Who may do what, asked for wrongly: each its own sentence, and nothing changed.

use std::{collections::BTreeMap, sync::Arc};

use tresor::domain::{Change, IdentityId, Refusal, Rights, VaultAccess, VaultName, Zone};

use crate::{access::made, desk::Desk};

#[test]
fn bad_input_is_told_in_a_sentence_of_its_own_and_changes_nothing() {
    // T5
    let desk = Desk::new();
    made(&desk, "--name Ana");
    made(&desk, "--name Payments --kind group --member Ana");
    let client = made(&desk, "--name Robot --kind service-principal --client-id 6f2a9d1c-3b0e-4c57-9e84-1d7c5a20b3e6");
    let removed = made(&desk, "--name Ben");
    let set = "keyvault set-policy -n contoso --as security-officer";
    desk.done(&format!("{set} --upn Ben --secret-permissions get"));
    desk.done("identity delete -n Ben --as security-officer");
    let snapshot = || {
        let lines = ["keyvault show -n contoso", "identity list", "role assignment list --all"];
        lines.map(|line| desk.json(line))
    };
    let before = snapshot();
    let (identity, role) = ("identity", "role assignment");
    for (line, code, words) in [
        (
            format!("{set} --upn Ana --secret-permissions get sett"),
            2,
            "argument --secret-permissions: there is no permission sett for secrets; there are all, get, list, set, delete, \
             recover, backup, restore, purge",
        ),
        (
            format!("{set} --upn Ana --secret-permissions get --key-permissions getsas"),
            2,
            "no permission getsas for keys",
        ),
        (format!("{set} --upn Ana"), 2, "Nothing to set was told; there are --secret-permissions, --key-permissions"),
        (
            format!("{set} --upn Anna --secret-permissions get"),
            3,
            "there is no identity Anna; the nearest names are Ana",
        ),
        (format!("{set} --spn Ana --secret-permissions get"), 2, "--spn: Ana is a person, which --upn names"),
        (
            format!("{set} --object-id {removed} --secret-permissions get"),
            3,
            "or it was removed; delete-policy takes away",
        ),
        (format!("{identity} create -n ANA --as security-officer"), 1, "There is an identity named Ana already"),
        (format!("{identity} create -n Eve"), 1, "(AuthorizationFailed)"),
        (format!("{identity} create -n Eve --member Ana"), 2, "argument --member: only a group has members"),
        (
            format!("{identity} create -n Eve --kind group --member Payments --as security-officer"),
            1,
            "Payments is a group, and groups are not members of groups",
        ),
        (
            format!("{identity} create -n Eve --kind service-principal --client-id nothing --as security-officer"),
            2,
            "argument --client-id: nothing is no id such as",
        ),
        (
            format!(
                "{identity} create -n Eve --kind service-principal --client-id 6f2a9d1c-3b0e-4c57-9e84-1d7c5a20b3e6 --as \
                 security-officer"
            ),
            1,
            "Robot has the client id 6f2a9d1c-3b0e-4c57-9e84-1d7c5a20b3e6 already; nothing was changed.",
        ),
        (format!("{identity} add-member -n Ana --member Robot --as security-officer"), 1, "Ana is no group"),
        (format!("{identity} remove-member -n Payments --member Robot"), 3, "Robot is not in Payments."),
        (
            format!("{identity} update -n Ana --new-name Robot --as security-officer"),
            1,
            "There is an identity named Robot",
        ),
        (
            format!("{identity} delete -n security-officer --as security-officer"),
            1,
            "You act as Security officer, which cannot remove itself; act as somebody else to do it",
        ),
        (format!("{identity} show -n developr"), 3, "There is no identity developr; the nearest names are Developer."),
        (
            format!("{role} delete --assignee security-officer --role Owner --as security-officer"),
            1,
            "Nobody would be left who can say who may do what",
        ),
        (format!("{role} create --assignee Ana --role Emperor --as security-officer"), 3, "there is no role Emperor"),
        (
            format!("{role} create --assignee Ana --role key-vault-secret-user --as security-officer"),
            3,
            "the nearest are Key Vault Secrets User",
        ),
        (
            format!("{role} create --assignee Ana --role Owner --scope nowhere --as security-officer"),
            3,
            "(ResourceNotFound) The Resource 'Microsoft.KeyVault/vaults/nowhere'",
        ),
        (
            format!(
                "{role} create --assignee Ana --role key-vault-reader --scope contoso/secrets/db --as security-officer"
            ),
            3,
            "(SecretNotFound)",
        ),
        (
            format!("{role} create --assignee Ana --role Owner --scope /subscriptions/other --as security-officer"),
            3,
            "There is no subscription other here; the store's is ",
        ),
        (
            format!("{role} create --assignee Ana --role Owner --scope contoso/db --as security-officer"),
            2,
            "argument --scope: contoso/db is no scope; one looks like",
        ),
        (
            format!("{role} create --assignee security-officer --role Owner --as security-officer"),
            1,
            "(RoleAssignmentExists) Security officer has the role Owner already for the subscription.",
        ),
        (format!("{role} delete --ids {client} --as security-officer"), 3, "There is no role assignment"),
        (format!("{role} delete --ids x --as security-officer"), 2, "argument --ids: x is no such id"),
        (format!("{role} delete --as security-officer"), 2, "one of the following arguments is required"),
        (format!("{role} delete --assignee Ana --as security-officer"), 3, "No role assignment is such"),
        ("keyvault list --as payments".into(), 1, "Payments is a group, and nobody acts as a group."),
        ("keyvault list --as Anna".into(), 2, "argument --as: there is no identity Anna; the nearest names are Ana"),
        ("keyvault list --as Ben".into(), 2, "argument --as: there is no identity Ben"),
    ] {
        desk.run(&line).refused(code, words);
        assert_eq!(snapshot(), before, "{line}");
    }
    // The one thing that may name who was removed.
    desk.done(&format!("keyvault delete-policy -n contoso --object-id {removed} --as security-officer"));
    assert_ne!(snapshot(), before);
}

#[test]
fn a_vault_has_at_most_1024_access_policies() {
    // T5, §6.2; at the floor below, where that many are quickly there
    let desk = Desk::new();
    let mut world = desk.service().world().clone();
    let vault = VaultName::parse("contoso").unwrap();
    let id = |number: u16| {
        let mut bytes = [0; 16];
        bytes[..2].copy_from_slice(&number.to_be_bytes());
        IdentityId::from_random(bytes)
    };
    let policies: BTreeMap<_, _> = (0..1_023).map(|number| (id(number), Rights::all_and_purge())).collect();
    world.apply(&Change::VaultAccess(vault.clone(), Arc::new(VaultAccess { policies, ..VaultAccess::default() })));
    let change = world.set_policy(&vault, IdentityId::DEVELOPER, Rights::all_and_purge()).unwrap();
    world.apply(&change);
    let refusal = world.set_policy(&vault, IdentityId::SECURITY_OFFICER, Rights::all_and_purge()).unwrap_err();
    assert_eq!(refusal, Refusal::TooManyPolicies { found: 1_025 });
    assert_eq!(refusal.sentence(Zone::Utc), "A vault has at most 1,024 access policies, not 1,025");
    // Those that are there can still be changed.
    assert!(world.set_policy(&vault, IdentityId::DEVELOPER, Rights::all()).is_ok());
}
