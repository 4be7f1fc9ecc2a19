//! What az has and Tresor has not: refused by name, with the reason.

use std::ffi::OsString;

use clap::error::{ContextKind, ContextValue, ErrorKind};

const NO_NETWORK: &str = "a vault here is on no network";
const NO_HSM: &str = "there are no managed HSMs here";
const NO_BYOK: &str = "such a file opens in an HSM only; import the key in PEM";
const NO_EXPORT: &str = "keys never leave their vault";
const NO_STORAGE: &str = "a backup is a file; see --file";

/// Commands and groups of `az keyvault` that Tresor has not.
const COMMANDS: [(&str, &str); 17] = [
    ("backup", NO_HSM),
    ("certificate", "Tresor keeps no certificates yet"),
    ("get-attestation", NO_HSM),
    ("get-policy-template", NO_EXPORT),
    ("network-rule", NO_NETWORK),
    ("private-endpoint-connection", NO_NETWORK),
    ("private-link-resource", NO_NETWORK),
    ("random", "a vault offers no random bytes, only a managed HSM does"),
    ("region", NO_HSM),
    ("restore", NO_HSM),
    ("role", "it is about managed HSMs; see `tresor role`"),
    ("security-domain", NO_HSM),
    ("setting", NO_HSM),
    ("storage", "there are no storage accounts here"),
    ("update-hsm", NO_HSM),
    ("wait", "every command has finished when it returns"),
    ("wait-hsm", NO_HSM),
];

/// Options of `az keyvault` that Tresor has not, in any command.
const OPTIONS: [(&str, &str); 25] = [
    ("--add", "use --set or --tags"),
    ("--administrators", NO_HSM),
    ("--application-id", "name the service principal with --spn"),
    ("--backup-folder", NO_STORAGE),
    ("--blob-container-name", NO_STORAGE),
    ("--byok-file", NO_BYOK),
    ("--byok-string", NO_BYOK),
    ("--default-cvm-policy", NO_EXPORT),
    ("--default-data-disk-policy", NO_EXPORT),
    ("--default-dd-policy", NO_EXPORT),
    ("--exportable", NO_EXPORT),
    ("--force-string", "--set takes texts as they are"),
    ("--hsm-name", NO_HSM),
    ("--ids", "name the vault with --name"),
    ("--immutable", NO_EXPORT),
    ("--mi-user-assigned", NO_HSM),
    ("--network-acls", NO_NETWORK),
    ("--network-acls-ips", NO_NETWORK),
    ("--network-acls-vnets", NO_NETWORK),
    ("--no-self-perms", "take the policy away with `tresor keyvault delete-policy`"),
    ("--policy", NO_EXPORT),
    ("--secondary-locations", NO_HSM),
    ("--storage-account-name", NO_STORAGE),
    ("--storage-container-SAS-token", NO_STORAGE),
    ("--storage-resource-uri", NO_STORAGE),
];

/// Puts the reason in place of clap's answer where what was typed is az's and not Tresor's.
pub(super) fn explain(error: clap::Error, definition: &clap::Command, typed: &[OsString]) -> clap::Error {
    let (kind, table): (_, &[(&str, &str)]) = match error.kind() {
        ErrorKind::InvalidSubcommand => (ContextKind::InvalidSubcommand, &COMMANDS),
        ErrorKind::UnknownArgument => (ContextKind::InvalidArg, &OPTIONS),
        _ => return error,
    };
    let Some(ContextValue::String(unknown)) = error.get(kind) else { return error };
    let unknown = unknown.split('=').next().unwrap_or_default();
    let Some((name, reason)) = table.iter().find(|(name, _)| *name == unknown) else { return error };
    let mut definition = definition.clone();
    definition.build();
    meant(&mut definition, typed).error(error.kind(), format!("az has '{name}' and Tresor has not: {reason}"))
}

/// The command that was typed, as far as there is one.
fn meant<'a>(definition: &'a mut clap::Command, typed: &[OsString]) -> &'a mut clap::Command {
    let mut command = definition;
    for word in typed {
        if command.find_subcommand(word).is_some() {
            command = command.find_subcommand_mut(word).expect("it was just found");
        }
    }
    command
}

#[cfg(test)]
mod tests {
    use super::super::Arguments;

    fn refusal(line: &str) -> String {
        let typed = line.split(' ').map(Into::into);
        Arguments::read(typed).err().map(|error| error.to_string()).expect("the line is refused")
    }

    #[test]
    fn what_az_has_and_tresor_has_not_is_refused_by_name() {
        for (line, reason) in [
            ("tresor keyvault network-rule list", "'network-rule' and Tresor has not: a vault here is on no network"),
            ("tresor keyvault create -n contoso --no-self-perms", "delete-policy"),
            ("tresor keyvault create -n contoso --hsm-name hsm", "'--hsm-name' and Tresor has not"),
            ("tresor keyvault create -n contoso --network-acls-ips=1.2.3.4", "on no network"),
        ] {
            assert!(refusal(line).contains(reason), "{line}: {}", refusal(line));
        }
    }

    #[test]
    fn what_nobody_has_is_answered_with_what_there_is() {
        assert!(refusal("tresor keyvault lst").contains("list"));
        assert!(refusal("tresor keyvault list --nme x").contains("unexpected argument '--nme'"));
    }
}
