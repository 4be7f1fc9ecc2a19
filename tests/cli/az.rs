//! Lines as they stand in az's documentation and in people's scripts: understood, or refused by name.

use std::ffi::OsString;

use tresor::cli::Arguments;

/// The error that a line ends with, if it does; words are parted by spaces.
fn read(line: &str) -> Result<(), String> {
    let words = line.split(' ').map(|word| OsString::from(word.replace('_', " ")));
    Arguments::read(words).map(drop).map_err(|error| error.to_string())
}

#[track_caller]
fn understood(lines: &[&str]) {
    for line in lines {
        assert_eq!(read(&format!("tresor keyvault {line}")), Ok(()), "{line}");
    }
}

#[test]
fn vaults_are_asked_for_with_every_option_of_az() {
    // S4
    understood(&[
        "create --name contoso --resource-group rg --location westeurope",
        "create -n contoso -g rg -l westeurope --sku standard",
        "create -n contoso --sku Premium --retention-days 7 --enable-purge-protection",
        "create -n contoso --enable-purge-protection true --enable-rbac-authorization true --tags a=b c",
        "create -n contoso --enable-rbac-authorization false",
        "create -n contoso --enabled-for-deployment false --enabled-for-disk-encryption false",
        "create -n contoso --enabled-for-template-deployment false --public-network-access Enabled",
        "create -n contoso --default-action Allow --bypass AzureServices --no-wait",
        "list",
        "list -g rg --resource-type vault",
        "show --name contoso --resource-group rg",
        "show -n contoso -g rg",
        "update -n contoso -g rg --enable-purge-protection true --retention-days 90 --no-wait",
        "update --name contoso --enable-soft-delete true --set tags.a=b properties.enablePurgeProtection=true",
        "update -n contoso --remove tags.a --tags",
        "update -n contoso --default-action Allow --bypass AzureServices --enable-rbac-authorization",
        "delete -n contoso -g rg --no-wait",
        "list-deleted",
        "list-deleted --resource-type vault",
        "show-deleted -n contoso -l westeurope",
        "recover --name contoso --location westeurope --resource-group rg --no-wait",
        "purge --name contoso --location westeurope --no-wait",
        "purge -n contoso -l westeurope",
        "check-name --name contoso",
        "check-name -n contoso --resource-type vault",
    ]);
}

#[test]
fn access_is_granted_with_every_option_of_az() {
    // S4
    let id = "00000000-0000-4000-8000-000000000001";
    let scope = "/subscriptions/s/resourceGroups/rg/providers/Microsoft.KeyVault/vaults/contoso";
    understood(&[
        "set-policy --name contoso --resource-group rg --upn Ana --secret-permissions get list set delete",
        &format!("set-policy -n contoso -g rg --object-id {id} --key-permissions all --no-wait"),
        &format!("set-policy -n contoso --spn {id} --certificate-permissions get --storage-permissions getsas"),
        "set-policy -n contoso --upn Ana --secret-permissions",
        &format!("delete-policy -n contoso -g rg --object-id {id} --no-wait"),
        "delete-policy --name contoso --upn Ana",
        "delete-policy --name contoso --spn build-server",
    ]);
    for line in [
        format!("assignment create --assignee {id} --role Reader --scope {scope}"),
        format!("assignment create --assignee-object-id {id} --assignee-principal-type User --role Reader"),
        "assignment list".into(),
        "assignment list --all --include-groups --assignee Ana".into(),
        format!("assignment list --scope {scope}/secrets/db --include-inherited --role Owner"),
        format!("assignment delete --ids {id} {scope}/providers/Microsoft.Authorization/roleAssignments/{id}"),
        format!("assignment delete --assignee Ana --role Owner --scope {scope}"),
        "definition list".into(),
        "definition list --name Owner".into(),
    ] {
        assert_eq!(read(&format!("tresor role {line}")), Ok(()), "{line}");
    }
    for line in [
        "keyvault set-policy -n contoso --upn Ana --spn build-server --secret-permissions get",
        "role assignment create --role Owner",
        "role assignment list --all --scope contoso",
        "identity create -n Ana --kind robot",
    ] {
        assert!(read(&format!("tresor {line}")).is_err(), "{line}");
    }
}

#[test]
fn secrets_are_asked_for_with_every_option_of_az() {
    // S4
    let id = "https://contoso.vault.azure.net/secrets/db";
    let version = format!("{id}/0123456789abcdef0123456789abcdef");
    understood(&[
        "secret set --vault-name contoso --name db --value x",
        "secret set --vault-name contoso -n db --file f --encoding base64",
        "secret set --vault-name contoso -n db -f f -e hex",
        "secret set --vault-name contoso -n db -f f -e utf-16le --disabled",
        "secret set --vault-name contoso -n db --value x --disabled true --expires 2027-01-01T00:00:00Z",
        "secret set --vault-name contoso -n db --value x --not-before 2027-01-01T00:00Z --tags a=b c=d",
        "secret set --vault-name contoso -n db --value x --description text",
        "secret set --vault-name contoso -n db --value x --content-type text/plain",
        &format!("secret set --id {id} --value x"),
        "secret show --vault-name contoso --name db --version 0123456789abcdef0123456789abcdef",
        "secret show --vault-name contoso -n db -v 0123456789abcdef0123456789abcdef",
        &format!("secret show --id {version}"),
        "secret list --vault-name contoso --maxresults 25 --include-managed",
        "secret list --vault-name contoso --include-managed false",
        "secret list --id https://contoso.vault.azure.net/",
        "secret list-versions --vault-name contoso -n db --maxresults 1",
        &format!("secret list-versions --id {id}"),
        "secret set-attributes --vault-name contoso -n db --enabled false -v 0123456789abcdef0123456789abcdef",
        "secret set-attributes --vault-name contoso -n db --enabled --tags a=b",
        &format!("secret set-attributes --id {version} --expires 2027-01-01 --not-before 2026-01-01"),
        &format!("secret set-attributes --id {id} --content-type text/plain"),
        "secret delete --vault-name contoso --name db",
        &format!("secret delete --id {id}"),
        "secret list-deleted --vault-name contoso --maxresults 10",
        "secret list-deleted --id https://contoso.vault.azure.net",
        "secret show-deleted --vault-name contoso -n db",
        "secret show-deleted --id https://contoso.vault.azure.net/deletedsecrets/db",
        "secret recover --vault-name contoso -n db",
        "secret recover --id https://contoso.vault.azure.net/deletedsecrets/db",
        "secret purge --vault-name contoso -n db",
        "secret purge --id https://contoso.vault.azure.net/deletedsecrets/db",
        "secret backup --vault-name contoso -n db --file f",
        &format!("secret backup --id {id} -f f"),
        "secret restore --vault-name contoso --file f",
        "secret restore --id https://contoso.vault.azure.net -f f",
        "secret download --vault-name contoso -n db --file f --encoding utf-8 --overwrite true",
        "secret download --vault-name contoso -n db -f f -e ascii -v 0123456789abcdef0123456789abcdef",
        &format!("secret download --id {version} -f f --overwrite"),
    ]);
}

#[test]
fn keys_are_asked_for_with_every_option_of_az() {
    // S4
    let id = "https://contoso.vault.azure.net/keys/k";
    let version = format!("{id}/0123456789abcdef0123456789abcdef");
    let of = "--vault-name contoso -n k";
    understood(&[
        "key create --vault-name contoso --name k",
        &format!("key create {of} --kty RSA --size 3072 --protection software --disabled"),
        &format!("key create {of} --kty rsa-hsm -p hsm --disabled false"),
        &format!("key create {of} --kty EC --curve P-256K --ops sign verify --tags a=b c"),
        &format!("key create {of} --kty oct-HSM --size 256 --expires 2027-01-01T00:00:00Z"),
        &format!("key create --id {id} --not-before 2027-01-01T00:00Z --ops import export"),
        &format!("key import {of} --pem-file f --pem-password x -p software --ops sign"),
        &format!("key import {of} --pem-string x --disabled true --expires 2027-01-01 --tags a=b"),
        "key list --vault-name contoso --maxresults 25 --include-managed",
        "key list --id https://contoso.vault.azure.net/",
        &format!("key list-versions {of} --maxresults 1"),
        &format!("key list-versions --id {id}"),
        &format!("key show {of} --version 0123456789abcdef0123456789abcdef"),
        &format!("key show {of} -v 0123456789abcdef0123456789abcdef"),
        &format!("key show --id {version}"),
        &format!("key set-attributes {of} --enabled --ops encrypt decrypt wrapKey unwrapKey --tags a=b"),
        &format!("key set-attributes --id {version} --enabled false --expires 2027-01-01 --not-before 2026-01-01"),
        &format!("key rotate {of}"),
        &format!("key rotation-policy show {of}"),
        &format!("key rotation-policy show --id {id}"),
        &format!("key rotation-policy update {of} --value path/to/policy.json"),
        &format!("key download {of} --file f --encoding PEM"),
        &format!("key download --id {version} -f f -e der"),
        &format!("key encrypt {of} --algorithm RSA-OAEP --value x --data-type plaintext"),
        &format!("key encrypt {of} -a a256gcm --value x --aad 00 --iv 00 -v 0123456789abcdef0123456789abcdef"),
        &format!("key decrypt {of} -a A128CBCPAD --value x --iv 00 --data-type base64"),
        &format!("key decrypt {of} -a A192GCM --value x --iv 00 --tag 00 --aad 00"),
        &format!("key sign {of} --algorithm ES256 --digest x"),
        &format!("key sign {of} -a PS512 --digest x -v 0123456789abcdef0123456789abcdef"),
        &format!("key verify {of} -a RS256 --digest x --signature y"),
        &format!("key verify --id {version} -a ES256K --digest x --signature y"),
        &format!("key delete {of}"),
        "key list-deleted --vault-name contoso --maxresults 10",
        &format!("key show-deleted {of}"),
        "key recover --id https://contoso.vault.azure.net/deletedkeys/k",
        &format!("key purge {of}"),
        &format!("key backup {of} --file f"),
        "key restore --vault-name contoso --file f",
    ]);
}

#[test]
fn what_az_takes_everywhere_is_taken_everywhere() {
    for command in
        ["list", "purge -n contoso", "secret list --vault-name contoso", "secret backup --vault-name c -n d -f f"]
    {
        for option in [
            "--output json",
            "-o jsonc",
            "-o table",
            "-o tsv",
            "-o yaml",
            "-o yamlc",
            "-o none",
            "-o JSON",
            "--query [].name",
            "--only-show-errors",
            "--verbose",
            "--debug",
            "--subscription 00000000-0000-0000-0000-000000000000",
        ] {
            understood(&[&format!("{command} {option}")]);
        }
    }
}

#[test]
fn an_option_may_be_cut_short_as_long_as_it_is_clear() {
    understood(&["secret show --vault contoso --na db --out tsv", "create -n contoso --loc westeurope --enable-purge"]);
    // `--ver` could be --version and --verbose.
    assert!(read("tresor keyvault secret show --vault-name contoso -n db --ver 1").is_err());
}

#[test]
fn what_az_has_and_tresor_has_not_is_refused_by_name() {
    for (line, words) in [
        ("network-rule add -n contoso --ip-address 1.2.3.4", "network-rule"),
        ("private-endpoint-connection list --vault-name contoso", "private-endpoint-connection"),
        ("private-link-resource list --vault-name contoso", "private-link-resource"),
        ("set-policy -n contoso --spn p --application-id i --secret-permissions get", "--application-id"),
        ("key random --hsm-name hsm --count 4", "random"),
        ("key get-policy-template", "get-policy-template"),
        ("key get-attestation --vault-name contoso -n k", "get-attestation"),
        ("key create --vault-name contoso -n k --exportable true --policy p.json", "--exportable"),
        ("key create --vault-name contoso -n k --default-cvm-policy", "--default-cvm-policy"),
        ("key create --vault-name contoso -n k --default-data-disk-policy", "--default-data-disk-policy"),
        ("key set-attributes --vault-name contoso -n k --immutable", "--immutable"),
        ("key set-attributes --vault-name contoso -n k --policy p.json", "--policy"),
        ("key import --vault-name contoso -n k --byok-file f", "--byok-file"),
        ("key import --vault-name contoso -n k --byok-string x", "--byok-string"),
        ("key restore --hsm-name hsm -f f", "--hsm-name"),
        ("key restore --vault-name contoso --storage-account-name a -f f", "--storage-account-name"),
        ("certificate list --vault-name contoso", "certificates"),
        ("storage list --vault-name contoso", "storage"),
        ("security-domain download --hsm-name hsm", "security-domain"),
        ("role assignment list --hsm-name hsm", "role"),
        ("setting list --hsm-name hsm", "setting"),
        ("backup start --hsm-name hsm", "backup"),
        ("restore start --hsm-name hsm", "restore"),
        ("update-hsm --hsm-name hsm", "update-hsm"),
        ("wait -n contoso --created", "wait"),
        ("wait-hsm --hsm-name hsm --created", "wait-hsm"),
        ("region list --hsm-name hsm", "region"),
        ("create --hsm-name hsm -g rg --administrators me", "--hsm-name"),
        ("show --hsm-name hsm", "--hsm-name"),
        ("create -n contoso --administrators me", "--administrators"),
        ("create -n contoso --no-self-perms", "--no-self-perms"),
        ("create -n contoso --network-acls {}", "--network-acls"),
        ("create -n contoso --network-acls-ips 1.2.3.4", "--network-acls-ips"),
        ("create -n contoso --network-acls-vnets v/s", "--network-acls-vnets"),
        ("update -n contoso --add tags.a b", "--add"),
        ("update -n contoso --force-string", "--force-string"),
    ] {
        let refusal = read(&format!("tresor keyvault {line}")).expect_err(line);
        assert!(refusal.contains(&format!("az has '{words}")) || refusal.contains(words), "{line}: {refusal}");
        assert!(refusal.contains("Tresor has not") || refusal.contains("Tresor keeps no"), "{line}: {refusal}");
    }
    for (line, words) in [
        ("create -n contoso --public-network-access Disabled", "--public-network-access"),
        ("create -n contoso --default-action Deny", "--default-action"),
        ("create -n contoso --bypass None", "--bypass"),
        ("create -n contoso --enable-soft-delete false", "--enable-soft-delete"),
        ("create -n contoso --enabled-for-deployment true", "--enabled-for-deployment"),
        ("create -n contoso --enabled-for-deployment", "--enabled-for-deployment"),
        ("list --resource-type hsm", "--resource-type"),
    ] {
        let refusal = read(&format!("tresor keyvault {line}")).expect_err(line);
        assert!(refusal.contains(words) && refusal.contains("possible values"), "{line}: {refusal}");
    }
}
