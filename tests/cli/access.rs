//! Who may do what: identities, access policies, roles, and both stories of S6 through the program itself.

use serde_json::{Value, json};

use crate::desk::{Desk, Told, told};

const ACCESS_DENIED: &str = "Inner error: {\n    \"code\": \"AccessDenied\"\n}";
const FORBIDDEN_BY_RBAC: &str = "Inner error: {\n    \"code\": \"ForbiddenByRbac\"\n}";

/// What comes of a line with these variables in the environment.
fn with(desk: &Desk, variables: &[(&str, &str)], line: &str) -> Told {
    let mut command = desk.tresor(line.split(' '));
    told(command.envs(variables.iter().copied()).output().unwrap())
}

/// An identity made with these options; its object id.
pub(crate) fn made(desk: &Desk, options: &str) -> String {
    desk.picked(&format!("identity create {options} --as security-officer"), "id")
}

/// What was asked, by whom and what came of it, in order; only what was asked of a vault.
fn story(desk: &Desk) -> Vec<String> {
    let records = desk.json("activity list");
    let told = |record: &Value| {
        let text = |member: &str| record[member].as_str().unwrap_or("-").to_owned();
        let result =
            if record["resultType"] == "Success" { "Success".to_owned() } else { record["status"].to_string() };
        record["vault"].as_str().map(|_| format!("{} {} {result}", text("caller"), text("operationName")))
    };
    records.as_array().unwrap().iter().filter_map(told).collect()
}

#[test]
fn an_accident_is_undone_by_who_had_it() {
    // S6, the first story
    let desk = Desk::new();
    made(&desk, "--name Ana");
    let grant = "keyvault set-policy -n contoso --upn Ana --secret-permissions get list set delete recover";
    desk.done(&format!("{grant} --as security-officer"));
    let of = "--vault-name contoso -n db --as ana";
    desk.done(&format!("keyvault secret set {of} --value hush"));
    desk.done(&format!("keyvault secret delete {of}"));
    desk.run(&format!("keyvault secret show {of}")).refused(3, "(SecretNotFound)");
    assert_eq!(desk.picked("keyvault secret list-deleted --vault-name contoso --as ana", "[].name"), "db");
    desk.done(&format!("keyvault secret recover {of}"));
    assert_eq!(desk.picked(&format!("keyvault secret show {of}"), "value"), "hush");
    assert_eq!(
        story(&desk)[1..],
        [
            "Security officer VaultAccessPolicySet Success",
            "Ana SecretSet Success",
            "Ana SecretDelete Success",
            "Ana SecretGet 404",
            "Ana SecretListDeleted Success",
            "Ana SecretRecover Success",
            "Ana SecretGet Success",
        ]
    );
}

#[test]
fn an_insider_who_may_delete_but_not_purge_needs_a_second_person_to_lose_data() {
    // S3, S6, the second story
    let desk = Desk::new();
    let ana = made(&desk, "--name Ana");
    let grant = "keyvault set-policy -n contoso --upn Ana --secret-permissions get list set delete recover";
    desk.done(&format!("{grant} --as security-officer"));
    let pin = [("TRESOR_NEW_IDENTITY_PASSPHRASE", "4711")];
    assert_eq!(with(&desk, &pin, "identity set-passphrase -n security-officer --as security-officer").code, 0);
    let (set, delete, purge) = ("keyvault secret set", "keyvault secret delete", "keyvault secret purge");
    let db = "--vault-name contoso -n db";
    desk.done(&format!("{set} {db} --value hush --as Ana"));
    desk.done(&format!("{delete} {db} --as Ana"));
    let refused = desk.run(&format!("{purge} {db} --as Ana"));
    let told = format!(
        "ERROR: (Forbidden) The user, group or application 'appid=2b6c1d0e-5472-4e65-a000-747265736f72;oid={ana};\
         iss=https://sts.windows.net/00000000-0000-0000-0000-000000000000/' does not have secrets purge permission on \
         key vault 'contoso;location=westeurope'."
    );
    refused.refused(1, &told);
    refused.refused(1, ACCESS_DENIED);
    refused.refused(1, "Tresor: Ana does not have the permission secrets/purge.");
    // Nor does she get at it by way of the vault, or by granting it to herself.
    desk.run(&format!("{} --as Ana", grant.replace("recover", "purge"))).refused(1, "(AuthorizationFailed)");
    desk.run("keyvault delete -n contoso --as Ana").refused(1, "(AuthorizationFailed)");
    desk.run("keyvault purge -n contoso --as Ana").refused(1, "(AuthorizationFailed)");
    // Nor as the officer.
    let as_officer = format!("{purge} {db} --as security-officer");
    with(&desk, &[("TRESOR_AS_PASSPHRASE", "0000")], &as_officer).refused(1, "(Unauthorized)");
    assert_eq!(with(&desk, &[("TRESOR_AS_PASSPHRASE", "4711")], &as_officer).code, 0);
    desk.run(&format!("keyvault secret recover {db} --as Ana")).refused(3, "(SecretNotFound)");
    let story = story(&desk);
    let lines = [
        "Ana SecretSet Success",
        "Ana SecretDelete Success",
        "Ana SecretPurge 403",
        "Ana VaultAccessPolicySet 403",
        "Ana VaultDelete 403",
        "Ana VaultPurge 403",
        "Security officer SecretPurge Success",
        "Ana SecretRecover 404",
    ];
    assert_eq!(story[story.len() - lines.len()..], lines);
    let signed_in = desk.picked("activity list --operation Authentication", "[].[caller,status]");
    assert!(signed_in.ends_with("Security officer\t401\nSecurity officer\t200\nAna\t200"), "{signed_in}");
}

#[test]
fn a_family_that_is_told_is_replaced_and_the_others_stay() {
    let desk = Desk::new();
    let id = made(&desk, "--name Build-server --kind service-principal");
    let rights = |desk: &Desk| {
        let vault = desk.json("keyvault show -n contoso");
        let policies = vault["properties"]["accessPolicies"].as_array().unwrap().clone();
        policies
            .into_iter()
            .find(|policy| policy["objectId"] == id.as_str())
            .map(|policy| policy["permissions"].clone())
    };
    let set = "keyvault set-policy -n contoso --as security-officer --spn build-server";
    assert_eq!(rights(&desk), None);
    let vault = desk.json(&format!("{set} --secret-permissions get LIST --key-permissions wrapkey"));
    assert_eq!(vault["name"], "contoso");
    let expected = json!({"certificates": [], "keys": ["wrapKey"], "secrets": ["get", "list"], "storage": []});
    assert_eq!(rights(&desk), Some(expected));
    desk.done(&format!("{set} --secret-permissions all --storage-permissions getsas"));
    let expected = json!({"certificates": [], "keys": ["wrapKey"], "secrets": ["all"], "storage": ["getsas"]});
    assert_eq!(rights(&desk), Some(expected));
    desk.done(&format!("{set} --secret-permissions purge GET All"));
    let expected = json!({"certificates": [], "keys": ["wrapKey"], "secrets": ["all", "purge"], "storage": ["getsas"]});
    assert_eq!(rights(&desk), Some(expected));
    desk.done(&format!("{set} --secret-permissions"));
    let expected = json!({"certificates": [], "keys": ["wrapKey"], "secrets": [], "storage": ["getsas"]});
    assert_eq!(rights(&desk), Some(expected));
    let client = desk.picked("identity show -n build-server", "appId");
    let delete = format!("keyvault delete-policy -n contoso --spn {client} --as security-officer");
    assert_eq!(desk.json(&delete)["name"], "contoso");
    assert_eq!(rights(&desk), None);
    desk.run(&delete).refused(3, "Build-server has no access policy in this vault");
}

#[test]
fn all_is_everything_but_purge_until_purge_is_named() {
    // S3, §6.1
    let desk = Desk::new();
    made(&desk, "--name Ana");
    let grant = "keyvault set-policy -n contoso --upn Ana --as security-officer";
    let given =
        "--secret-permissions all --key-permissions all --certificate-permissions all --storage-permissions all";
    desk.done(&format!("{grant} {given}"));
    let of = "--vault-name contoso -n x --as Ana";
    for (made, kind) in [("secret set --value 1", "secrets"), ("key create --kty EC", "keys")] {
        let group = made.split(' ').next().unwrap();
        desk.done(&format!("keyvault {made} {of}"));
        desk.done(&format!("keyvault {group} delete {of}"));
        desk.run(&format!("keyvault {group} purge {of}")).refused(1, &format!("does not have {kind} purge permission"));
        desk.done(&format!("{grant} --{group}-permissions all purge"));
        desk.done(&format!("keyvault {group} purge {of}"));
    }
    made(&desk, "--name Bo --in-new-vaults all");
    made(&desk, "--name Cy --in-new-vaults all-but-purge");
    made(&desk, "--name Di --in-new-vaults all-and-purge");
    let kept = "[?name!='Ana'].[name,inNewVaults]";
    let kept = desk.picked("identity list", kept);
    for line in ["Developer\tall", "Security officer\tall-and-purge", "Bo\tall", "Cy\tall", "Di\tall-and-purge"] {
        assert!(kept.lines().any(|found| found == line), "{line} in {kept}");
    }
    desk.done("keyvault create -n fabrikam -l westeurope");
    let granted = desk.picked(
        "keyvault show -n fabrikam",
        "properties.accessPolicies[].permissions.secrets | sort_by(@, &length(@))[]",
    );
    assert_eq!(granted.split_whitespace().collect::<Vec<_>>(), ["all", "all", "all", "all", "purge", "all", "purge"]);
}

#[test]
fn the_activity_is_for_who_was_granted_to_read_it() {
    // T11
    let desk = Desk::new();
    made(&desk, "--name Guest");
    for line in ["activity list", "activity export --file -", "region rebuild -l westeurope --yes"] {
        desk.run(&format!("{line} --as Guest")).refused(1, "(AuthorizationFailed)");
    }
    desk.done("role assignment create --assignee Guest --role Owner --as security-officer");
    desk.done("activity list --as Guest");
    let asked = "activity list --operation ActivityRead --operation ActivityExport --operation RoleAssignmentPut";
    let told = desk.picked(asked, "[].[operationName,caller,subject,detail,status]");
    assert_eq!(
        told.lines().collect::<Vec<_>>(),
        [
            "ActivityRead\tGuest\tNone\tNone\t403",
            "ActivityExport\tGuest\tNone\tNone\t403",
            "RoleAssignmentPut\tSecurity officer\tGuest\tOwner (subscription)\t200",
            "ActivityRead\tGuest\tNone\tNone\t200",
        ]
    );
}

#[test]
fn a_group_grants_its_members_what_it_was_granted() {
    let desk = Desk::new();
    made(&desk, "--name Ana");
    let group = made(&desk, "--name Payments --kind group --member Ana");
    let set = "keyvault set-policy -n contoso --as security-officer";
    desk.done(&format!("{set} --object-id {group} --secret-permissions set get"));
    desk.done("keyvault secret set --vault-name contoso -n db --value x --as ana");
    let shown = desk.json("identity show -n ana");
    assert_eq!((&shown["groups"], &shown["kind"]), (&json!(["Payments"]), &json!("person")));
    desk.done("identity remove-member -n payments --member ana --as security-officer");
    let refused = desk.run("keyvault secret show --vault-name contoso -n db --as ana");
    refused.refused(1, "Tresor: Ana does not have the permission secrets/get.");
    desk.done("identity add-member -n payments --member ana --as security-officer");
    desk.done("keyvault secret show --vault-name contoso -n db --as ana");
    desk.run(&format!("{set} --upn payments --secret-permissions get"))
        .refused(2, "argument --upn: Payments is a group, which --object-id names");
}

#[test]
fn under_roles_a_secrets_user_gets_and_does_not_set() {
    // §6.3, §6.4
    let desk = Desk::new();
    let ana = made(&desk, "--name Ana");
    desk.done("keyvault create -n roles --enable-rbac-authorization true");
    assert_eq!(desk.picked("keyvault show -n roles", "properties.enableRbacAuthorization"), "true");
    let officer = "--as security-officer";
    let create = format!("role assignment create {officer} --assignee");
    desk.done(&format!("{create} developer --role key-vault-secrets-officer --scope roles"));
    let given = desk.json(&format!("{create} Ana --role key-vault-secrets-user --scope roles"));
    let id = given["id"].as_str().unwrap();
    let vault = desk.picked("keyvault show -n roles", "id");
    assert_eq!(given["scope"], vault.as_str());
    assert_eq!(
        id,
        format!("{vault}/providers/Microsoft.Authorization/roleAssignments/{}", given["name"].as_str().unwrap())
    );
    assert_eq!((&given["principalName"], &given["principalType"]), (&json!("Ana"), &json!("User")));
    assert_eq!(
        (&given["principalId"], &given["type"]),
        (&json!(ana), &json!("Microsoft.Authorization/roleAssignments"))
    );
    assert_eq!(given["roleDefinitionName"], "Key Vault Secrets User");
    assert!(
        given["roleDefinitionId"].as_str().unwrap().ends_with("/roleDefinitions/4633458b-17de-408a-b874-0445c86b69e6")
    );

    let of = "--vault-name roles -n db";
    desk.done(&format!("keyvault secret set {of} --value hush"));
    assert_eq!(desk.picked(&format!("keyvault secret show {of} --as Ana"), "value"), "hush");
    let refused = desk.run(&format!("keyvault secret set {of} --value mine --as Ana"));
    refused.refused(1, "(Forbidden) Caller is not authorized to perform action on resource.");
    refused.refused(1, "Action: 'Microsoft.KeyVault/vaults/secrets/setSecret/action'");
    refused.refused(1, FORBIDDEN_BY_RBAC);
    // What a policy would say does not count here, and says so.
    desk.run(&format!("keyvault set-policy -n roles --upn Ana --secret-permissions set {officer}"))
        .refused(1, "roles decides by roles, so access policies do not count");

    desk.done(&format!("role assignment delete --ids {id} {officer}"));
    desk.run(&format!("keyvault secret show {of} --as Ana")).refused(1, FORBIDDEN_BY_RBAC);
    // For one secret only.
    desk.done(&format!("keyvault secret set {of}2 --value hush"));
    desk.done(&format!("{create} {ana} --role 4633458b-17de-408a-b874-0445c86b69e6 --scope {vault}/secrets/db"));
    assert_eq!(desk.picked(&format!("keyvault secret show {of} --as Ana"), "value"), "hush");
    desk.run(&format!("keyvault secret show {of}2 --as Ana")).refused(1, FORBIDDEN_BY_RBAC);
    let list = |options: &str| desk.picked(format!("role assignment list {options}").trim(), "[].principalName");
    assert_eq!(list(""), "Developer\nSecurity officer");
    assert_eq!(list("--scope roles"), "Developer");
    assert_eq!(list("--scope roles/secrets/db"), "Ana");
    assert_eq!(list("--scope roles/secrets/db --include-inherited --role key-vault-secrets-officer"), "Developer");
    assert_eq!(list("--all --assignee ana"), "Ana");
    desk.done(&format!("role assignment delete --assignee Ana --scope roles/secrets/db {officer}"));
    assert_eq!(list("--all --assignee ana"), "");
    // Back to policies: what they granted counts again.
    desk.done(&format!("keyvault update -n contoso --enable-rbac-authorization {officer}"));
    desk.run("keyvault secret list --vault-name contoso").refused(1, FORBIDDEN_BY_RBAC);
    desk.done(&format!("keyvault update -n contoso --set properties.enableRbacAuthorization=false {officer}"));
    desk.done("keyvault secret list --vault-name contoso");
}

#[test]
fn the_roles_are_those_of_azure() {
    // §6.3
    let desk = Desk::new();
    let role = &desk.json("role definition list --name key-vault-secrets-user")[0];
    assert_eq!(role["name"], "4633458b-17de-408a-b874-0445c86b69e6");
    assert_eq!(
        role["permissions"][0]["dataActions"],
        json!([
            "Microsoft.KeyVault/vaults/secrets/getSecret/action",
            "Microsoft.KeyVault/vaults/secrets/readMetadata/action"
        ])
    );
    let operator = &desk.json("role definition list --name a68e7c17-0ab2-4c09-9a58-125dae29748c")[0];
    assert_eq!(operator["roleName"], "Key Vault Purge Operator");
    assert_eq!(desk.json("role definition list").as_array().unwrap().len(), tresor::domain::Role::ALL.len());
}

#[test]
fn a_recovered_vault_tells_what_did_not_come_back_and_takes_it_again() {
    // S19
    let desk = Desk::new();
    made(&desk, "--name Ana");
    made(&desk, "--name Ben");
    // Nothing lost, nothing told.
    desk.done("keyvault delete -n contoso");
    desk.done("keyvault recover -n contoso");
    let create = "role assignment create --as security-officer --scope contoso --role key-vault-reader --assignee";
    desk.done(&format!("{create} Ana"));
    desk.done(&format!("{create} Ben"));
    desk.done("keyvault delete -n contoso");
    desk.done("identity delete -n Ben --as security-officer");
    let told = desk.run("keyvault recover -n contoso");
    for words in [
        "WARNING: These did not come back with contoso: event subscriptions, and the role assignments below",
        "`tresor role assignment restore --vault-name contoso`",
        "\n  Key Vault Reader for Ana (vault contoso)",
    ] {
        assert!(told.code == 0 && told.err.contains(words), "{}", told.err);
    }
    assert_eq!(desk.json("role assignment list --scope contoso"), json!([]));
    desk.run("role assignment restore --vault-name contoso --as Ana").refused(1, "(AuthorizationFailed)");
    let restore = "role assignment restore --vault-name contoso --as security-officer";
    let restored = desk.run(&format!("{restore} --query [].principalName -o tsv"));
    assert_eq!((restored.code, restored.out.as_str()), (0, "Ana\n"), "{}", restored.err);
    assert_eq!(desk.picked("role assignment list --scope contoso", "[].principalName"), "Ana");
    assert_eq!(desk.json(restore), json!([]));
}

#[test]
fn an_undeletable_subscription_lets_nobody_purge() {
    // S11
    let desk = Desk::new();
    desk.done("keyvault secret set --vault-name contoso -n db --value x");
    desk.done("keyvault secret delete --vault-name contoso -n db");
    desk.run("store protect").refused(1, "(AuthorizationFailed)");
    assert_eq!(desk.picked("store info", "undeletable"), "false");
    desk.done("store protect --as security-officer");
    assert_eq!(desk.picked("store info", "undeletable"), "true");
    let purge = "keyvault secret purge --vault-name contoso -n db --as security-officer";
    desk.run(purge).refused(1, "The subscription is marked undeletable.");
    desk.done("store unprotect --as security-officer");
    desk.done(purge);
}

#[test]
fn who_asks_can_be_told_in_every_way_and_by_the_environment() {
    let desk = Desk::new();
    made(&desk, "--name Build-server --kind service-principal --in-new-vaults all");
    let shown = desk.json("identity show -n build-server");
    assert_eq!((&shown["inNewVaults"], &shown["hasPassphrase"]), (&json!("all"), &json!(false)));
    let role = "role assignment create --assignee build-server --role reader --as security-officer";
    assert_eq!(desk.json(role)["principalType"], "ServicePrincipal");
    for who in ["BUILD-SERVER", shown["id"].as_str().unwrap(), shown["appId"].as_str().unwrap()] {
        desk.done(&format!("keyvault list --as {who}"));
        let told = with(&desk, &[("TRESOR_AS", who)], "keyvault delete -n contoso");
        told.refused(1, "Tresor: Build-server has no role that allows: delete vaults.");
    }
    // An empty variable says nothing, and what is typed counts before it.
    assert_eq!(with(&desk, &[("TRESOR_AS", "")], "keyvault list").code, 0);
    assert_eq!(with(&desk, &[("TRESOR_AS", "nobody")], "keyvault list --as developer").code, 0);
}
