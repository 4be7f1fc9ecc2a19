//! The members of what is printed, held against the published shapes of Key Vault and of az, section by section.

use serde_json::Value;

use crate::desk::Desk;

/// §2.2, where the wire says `nbf` and `exp`.
const ATTRIBUTES: [&str; 7] =
    ["created", "enabled", "expires", "notBefore", "recoverableDays", "recoveryLevel", "updated"];
/// §2.3, `SecretItem`; az adds the name.
const ITEM: [&str; 6] = ["attributes", "contentType", "id", "managed", "name", "tags"];
/// §2.3, what `SecretBundle` has beyond an item.
const BUNDLE: [&str; 2] = ["kid", "value"];
/// §2.3, what a deleted secret has beyond one that is not.
const DELETED: [&str; 3] = ["deletedDate", "recoveryId", "scheduledPurgeDate"];
/// §1.3, the resource; az adds its group.
const VAULT: [&str; 8] = ["id", "location", "name", "properties", "resourceGroup", "systemData", "tags", "type"];
/// §1.3, the table of properties, and `vaultUri` and `tenantId` of §1.2.
const PROPERTIES: [&str; 17] = [
    "accessPolicies",
    "createMode",
    "enablePurgeProtection",
    "enableRbacAuthorization",
    "enableSoftDelete",
    "enabledForDeployment",
    "enabledForDiskEncryption",
    "enabledForTemplateDeployment",
    "hsmPoolResourceId",
    "networkAcls",
    "privateEndpointConnections",
    "provisioningState",
    "publicNetworkAccess",
    "sku",
    "softDeleteRetentionInDays",
    "tenantId",
    "vaultUri",
];
/// §1.5.
const DELETED_PROPERTIES: [&str; 6] =
    ["deletionDate", "location", "purgeProtectionEnabled", "scheduledPurgeDate", "tags", "vaultId"];

#[track_caller]
fn has(value: &Value, members: &[&[&str]]) {
    let mut expected: Vec<&str> = members.concat();
    expected.sort_unstable();
    let found: Vec<&str> = value.as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(found, expected);
}

#[test]
fn secrets_are_printed_with_the_members_az_prints() {
    let desk = Desk::new();
    let of = "--vault-name contoso -n db";
    desk.done(&format!("keyvault secret set {of} --value one"));
    for line in [
        format!("keyvault secret set {of} --value two"),
        format!("keyvault secret show {of}"),
        format!("keyvault secret set-attributes {of} --content-type text/plain"),
    ] {
        let bundle = desk.json(&line);
        has(&bundle, &[&ITEM, &BUNDLE]);
        has(&bundle["attributes"], &[&ATTRIBUTES]);
    }
    for line in ["keyvault secret list --vault-name contoso", &format!("keyvault secret list-versions {of}")] {
        let items = desk.json(line);
        for item in items.as_array().unwrap() {
            has(item, &[&ITEM]);
            has(&item["attributes"], &[&ATTRIBUTES]);
        }
    }
    let deleted = desk.json(&format!("keyvault secret delete {of}"));
    has(&deleted, &[&ITEM, &BUNDLE, &DELETED]);
    assert_eq!(deleted["value"], Value::Null, "a deleted secret shows no value");
    has(&desk.json(&format!("keyvault secret show-deleted {of}")), &[&ITEM, &BUNDLE, &DELETED]);
    has(&desk.json("keyvault secret list-deleted --vault-name contoso")[0], &[&ITEM, &DELETED]);
    has(&desk.json(&format!("keyvault secret recover {of}")), &[&ITEM, &BUNDLE]);
}

/// §3.3; az names what the wire calls `exp` and `nbf`.
const KEY_ATTRIBUTES: [&str; 9] = [
    "created",
    "enabled",
    "expires",
    "exportable",
    "hsmPlatform",
    "notBefore",
    "recoverableDays",
    "recoveryLevel",
    "updated",
];
/// §3.3, the bundle.
const KEY_BUNDLE: [&str; 5] = ["attributes", "key", "managed", "releasePolicy", "tags"];
/// az's members of a JSON Web Key.
const JWK: [&str; 16] = ["crv", "d", "dp", "dq", "e", "k", "keyOps", "kid", "kty", "n", "p", "q", "qi", "t", "x", "y"];
/// §3.2, an item of a list; az adds the name.
const KEY_ITEM: [&str; 6] = ["attributes", "kid", "managed", "name", "releasePolicy", "tags"];

#[test]
fn keys_are_printed_with_the_members_az_prints() {
    let desk = Desk::new();
    let of = "--vault-name contoso -n k";
    for line in [
        format!("keyvault key create {of} --kty EC"),
        format!("keyvault key rotate {of}"),
        format!("keyvault key show {of}"),
        format!("keyvault key set-attributes {of} --tags a=b"),
    ] {
        let bundle = desk.json(&line);
        has(&bundle, &[&KEY_BUNDLE]);
        has(&bundle["attributes"], &[&KEY_ATTRIBUTES]);
        has(&bundle["key"], &[&JWK]);
        for private in ["d", "dp", "dq", "k", "p", "q", "qi", "t"] {
            assert_eq!(bundle["key"][private], Value::Null, "{line} tells {private}");
        }
    }
    for line in ["keyvault key list --vault-name contoso", &format!("keyvault key list-versions {of}")] {
        for item in desk.json(line).as_array().unwrap() {
            has(item, &[&KEY_ITEM]);
            has(&item["attributes"], &[&KEY_ATTRIBUTES]);
        }
    }
    let digest = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
    let signed = desk.json(&format!("keyvault key sign {of} -a ES256 --digest {digest}"));
    has(&signed, &[&["algorithm", "keyId", "signature"]]);
    let signature = signed["signature"].as_str().unwrap();
    let verify = format!("keyvault key verify {of} -a ES256 --digest {digest} --signature {signature}");
    has(&desk.json(&verify), &[&["algorithm", "isValid", "keyId"]]);
    let policy = desk.json(&format!("keyvault key rotation-policy show {of}"));
    has(&policy, &[&["createdOn", "expiresIn", "id", "lifetimeActions", "updatedOn"]]);
    has(&policy["lifetimeActions"][0], &[&["action", "timeAfterCreate", "timeBeforeExpiry"]]);

    desk.done("keyvault create -n vip --sku premium");
    desk.done("keyvault key create --vault-name vip -n aes --kty oct-HSM --size 128");
    let encrypted = desk.json("keyvault key encrypt --vault-name vip -n aes -a A128GCM --value aGVsbG8=");
    has(&encrypted, &[&["aad", "algorithm", "iv", "kid", "result", "tag"]]);
    let text = |member: &str| encrypted[member].as_str().unwrap().to_owned();
    let (value, iv, tag) = (text("result"), text("iv"), text("tag"));
    let decrypt =
        format!("keyvault key decrypt --vault-name vip -n aes -a A128GCM --value {value} --iv {iv} --tag {tag}");
    has(&desk.json(&decrypt), &[&["algorithm", "kid", "result"]]);
    assert_eq!(desk.json(&decrypt)["result"], "aGVsbG8=");

    for line in [format!("keyvault key delete {of}"), format!("keyvault key show-deleted {of}")] {
        has(&desk.json(&line), &[&KEY_BUNDLE, &DELETED]);
    }
    has(&desk.json("keyvault key list-deleted --vault-name contoso")[0], &[&KEY_ITEM, &DELETED]);
    has(&desk.json(&format!("keyvault key recover {of}")), &[&KEY_BUNDLE]);
}

#[test]
fn ids_are_spelled_as_in_the_cloud() {
    let desk = Desk::new();
    let of = "--vault-name contoso -n Db";
    let set = desk.json(&format!("keyvault secret set {of} --value one"));
    let base = "https://contoso.vault.azure.net/secrets/Db";
    let id = set["id"].as_str().unwrap();
    let version = id.strip_prefix(base).and_then(|rest| rest.strip_prefix('/')).unwrap();
    assert!(version.len() == 32 && version.bytes().all(|byte| byte.is_ascii_hexdigit()), "{id}");
    assert_eq!(desk.picked("keyvault secret list --vault-name contoso", "[0].id"), base);
    assert_eq!(desk.picked(&format!("keyvault secret list-versions {of}"), "[0].id"), id);
    let deleted = desk.json(&format!("keyvault secret delete --id {id}"));
    assert_eq!(deleted["id"], set["id"], "with its last version");
    assert_eq!(deleted["recoveryId"], "https://contoso.vault.azure.net/deletedsecrets/Db");
    assert_eq!(desk.picked("keyvault secret list-deleted --vault-name contoso", "[0].id"), base);
    let recovered = desk.json("keyvault secret recover --id https://contoso.vault.azure.net/deletedsecrets/Db");
    assert_eq!(recovered["id"], set["id"]);
}

#[test]
fn vaults_are_printed_with_the_members_az_prints() {
    let desk = Desk::new();
    for line in ["keyvault create -n other", "keyvault show -n other", "keyvault update -n other --tags a=b"] {
        let vault = desk.json(line);
        has(&vault, &[&VAULT]);
        has(&vault["properties"], &[&PROPERTIES]);
        has(&vault["properties"]["sku"], &[&["family", "name"]]);
        assert_eq!(vault["properties"]["vaultUri"], "https://other.vault.azure.net/");
    }
    has(&desk.json("keyvault list")[0], &[&["id", "location", "name", "resourceGroup", "tags", "type"]]);
    desk.done("keyvault delete -n other");
    let deleted = desk.json("keyvault show-deleted -n other");
    has(&deleted, &[&["id", "name", "properties", "type"]]);
    has(&deleted["properties"], &[&DELETED_PROPERTIES]);
    assert_eq!(desk.json("keyvault list-deleted")[0], deleted);
    assert_eq!(desk.json("keyvault recover -n other")["name"], "other");
    // §1.7
    has(&desk.json("keyvault check-name -n free-name"), &[&["message", "nameAvailable", "reason"]]);
    let taken = desk.json("keyvault check-name -n contoso");
    assert_eq!((&taken["nameAvailable"], &taken["reason"]), (&false.into(), &"AlreadyExists".into()));
    assert_eq!(desk.json("keyvault check-name -n my_vault")["reason"], "AccountNameInvalid");
}

#[test]
fn who_may_do_what_is_printed_with_the_members_az_prints() {
    let desk = Desk::new();
    let policy = &desk.json("keyvault show -n contoso")["properties"]["accessPolicies"][0];
    // §1.3
    has(policy, &[&["applicationId", "objectId", "permissions", "tenantId"]]);
    has(&policy["permissions"], &[&["certificates", "keys", "secrets", "storage"]]);
    let assignment = [
        "id",
        "name",
        "principalId",
        "principalName",
        "principalType",
        "roleDefinitionId",
        "roleDefinitionName",
        "scope",
        "type",
    ];
    has(&desk.json("role assignment list")[0], &[&assignment]);
    let definition = &desk.json("role definition list")[0];
    let members = ["assignableScopes", "description", "id", "name", "permissions", "roleName", "roleType", "type"];
    has(definition, &[&members]);
    has(&definition["permissions"][0], &[&["actions", "dataActions", "notActions", "notDataActions"]]);
    let identity = ["appId", "created", "groups", "hasPassphrase", "id", "inNewVaults", "kind", "members", "name"];
    has(&desk.json("identity list")[0], &[&identity]);
    has(&desk.json("identity show -n developer"), &[&identity]);
}

/// A region; what it keeps stands in members of its own.
const REGION: [&str; 18] = [
    "copy",
    "displayName",
    "folder",
    "geography",
    "hasFailover",
    "latitude",
    "longitude",
    "name",
    "nextChange",
    "note",
    "outage",
    "pair",
    "pairDistanceKm",
    "replicas",
    "restricted",
    "revision",
    "servedBy",
    "state",
];
const REPLICA: [&str; 5] = ["name", "reason", "revision", "sizeBytes", "state"];
const COPY: [&str; 4] = ["behindSince", "changesBehind", "cutSince", "folder"];
const OUTAGE: [&str; 6] = ["began", "cause", "lastChanges", "notReplicated", "returned", "servedUpTo"];

#[test]
fn regions_are_printed_with_the_same_members_wherever_they_are() {
    let desk = Desk::new();
    let of = "-l westeurope";
    for line in [
        format!("region show {of}"),
        format!("region fail-replica {of} --replica A"),
        format!("region fail-replica {of} --replica a --restore"),
        format!("region fail-link {of}"),
        format!("region fail-link {of} --restore"),
        format!("region outage {of}"),
        format!("region restore {of}"),
    ] {
        let region = desk.json(&line);
        has(&region, &[&REGION]);
        let names: Vec<&Value> = region["replicas"].as_array().unwrap().iter().map(|one| &one["name"]).collect();
        assert_eq!(names, ["A", "B"], "{line}");
        has(&region["replicas"][0], &[&REPLICA]);
        has(&region["copy"], &[&COPY, &["region"], &REPLICA[1..]]);
        assert_eq!(region["copy"]["region"], "northeurope");
    }
    has(&desk.json("region show -l westeurope")["outage"], &[&OUTAGE]);
    let all = desk.json("region list");
    for region in all.as_array().unwrap() {
        has(region, &[&REGION]);
    }
    let unused = desk.json("region show -l westus3");
    for member in ["copy", "folder", "outage", "revision"] {
        assert_eq!(unused[member], Value::Null, "{member}");
    }
    assert_eq!(unused["replicas"], Value::Array(Vec::new()));
}

#[test]
fn members_stand_in_the_order_of_their_names() {
    // As az prints them; programs do not care, people who compare do.
    let desk = Desk::new();
    desk.done("keyvault secret set --vault-name contoso -n db --value one");
    desk.done("keyvault secret set --vault-name contoso -n old --value one");
    desk.done("keyvault secret delete --vault-name contoso -n old");
    desk.done("keyvault key create --vault-name contoso -n k --kty EC");
    desk.done("keyvault key create --vault-name contoso -n gone --kty EC");
    desk.done("keyvault key delete --vault-name contoso -n gone");
    desk.done("keyvault create -n other");
    desk.done("keyvault delete -n other");
    desk.done("region outage -l westeurope");
    desk.done("region restore -l westeurope");
    for line in [
        "keyvault key list --vault-name contoso",
        "keyvault key show --vault-name contoso -n k",
        "keyvault key rotation-policy show --vault-name contoso -n k",
        "keyvault key list-deleted --vault-name contoso",
        "keyvault key show-deleted --vault-name contoso -n gone",
        "keyvault list",
        "keyvault show -n contoso",
        "keyvault list-deleted",
        "keyvault secret list --vault-name contoso",
        "keyvault secret show --vault-name contoso -n db",
        "keyvault secret list-deleted --vault-name contoso",
        "keyvault secret show-deleted --vault-name contoso -n old",
        "keyvault check-name -n free",
        "store info",
        "store check",
        "clock show",
        "region show -l westus3",
        "region show -l westeurope",
        "region list --used",
        "region check",
        "activity list",
    ] {
        let out = desk.done(line);
        let value: Value = serde_json::from_str(&out).unwrap();
        // Reading sorts the members.
        assert_eq!(out, format!("{}\n", serde_json::to_string_pretty(&value).unwrap()), "{line}");
    }
}
