//! A record as Key Vault logs it: category `AuditEvent` (§10), one JSON object a line.
//!
//! Nothing here comes over a network, so the address of the caller is that of this computer.

use serde::Serialize;

use super::{
    Operation, Timestamp,
    activity::{AllowedBy, OutcomeRef, RecordRef, Via, status_text, status_when_done},
    history::Asked,
    id::RESOURCE_GROUP,
};

/// The version of the data plane whose rules Tresor follows.
const DATA_PLANE: &str = "7.6";
/// The version of the management plane.
const MANAGEMENT_PLANE: &str = "2026-02-01";
/// This computer.
const HERE: &str = "127.0.0.1";

/// One line of the log.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct AuditEvent<'a> {
    time: String,
    resource_id: String,
    operation_name: &'static str,
    operation_version: &'static str,
    category: &'static str,
    result_type: &'static str,
    result_signature: String,
    result_description: String,
    duration_ms: String,
    caller_ip_address: &'static str,
    correlation_id: String,
    identity: Identity<'a>,
    properties: Properties<'a>,
}

#[derive(Debug, Serialize)]
struct Identity<'a> {
    claim: Claim<'a>,
}

/// The object id and the name of who asked; the service itself has neither and goes by its own name.
#[derive(Debug, Serialize)]
struct Claim<'a> {
    #[serde(rename = "http://schemas.microsoft.com/identity/claims/objectidentifier")]
    oid: Option<String>,
    #[serde(rename = "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/upn")]
    upn: Option<&'a str>,
    appid: Option<&'a str>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Properties<'a> {
    client_info: String,
    request_uri: Option<String>,
    id: Option<String>,
    http_status_code: u16,
    /// Tresor's own, where there is something to say: whom and what it was about, and by what it was allowed (T11).
    #[serde(skip_serializing_if = "Option::is_none")]
    subject: Option<AboutWhom<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    allowed_by: Option<&'static str>,
}

#[derive(Debug, Serialize)]
struct AboutWhom<'a> {
    id: String,
    name: &'a str,
}

impl<'a> AuditEvent<'a> {
    /// What was asked, in a subscription.
    pub fn of(asked: &'a Asked<'_>, subscription: &str) -> Self {
        let RecordRef { at, caller, identity, via, operation, vault, outcome, took_us, about, .. } = &asked.record;
        let (result_type, status, description) = match outcome {
            OutcomeRef::Done => ("Success", status_when_done(*operation), String::new()),
            OutcomeRef::Refused { status, code, inner: None } => ("Failure", *status, (*code).to_owned()),
            OutcomeRef::Refused { status, code, inner: Some(inner) } => {
                ("Failure", *status, format!("{code}: {inner}"))
            }
        };
        let is_service = *via == Via::Service && identity.is_none();
        let id = id_of(&asked.record);
        let version = version_of(*operation);
        Self {
            time: iso_ms(*at),
            resource_id: resource_id(subscription, *vault).to_uppercase(),
            operation_name: operation.audit_name(),
            operation_version: version,
            category: "AuditEvent",
            result_type,
            result_signature: status_text(status).into_owned(),
            result_description: description,
            duration_ms: duration(*took_us),
            caller_ip_address: HERE,
            correlation_id: asked.place.correlation_id(),
            identity: Identity {
                claim: Claim {
                    oid: identity.map(|id| id.to_string()),
                    upn: Some(*caller).filter(|name| !is_service && !name.is_empty()),
                    appid: is_service.then_some(caller),
                },
            },
            properties: Properties {
                client_info: client(*via).to_owned(),
                request_uri: id.as_ref().map(|id| format!("{id}?api-version={version}")),
                id,
                http_status_code: status,
                subject: about.subject.map(|subject| AboutWhom { id: subject.id.to_string(), name: subject.name }),
                detail: about.detail,
                allowed_by: (about.allowed_by == AllowedBy::StorePassphrase).then_some("StorePassphrase"),
            },
        }
    }
}

/// What a record is about, as an address: of the vault, or of the object with its version.
pub fn id_of(record: &RecordRef<'_>) -> Option<String> {
    let RecordRef { operation, vault, object, version, .. } = record;
    let vault = (*vault)?;
    let base = format!("https://{}.vault.azure.net", vault.to_ascii_lowercase());
    let kind = if operation.is_of_keys() { "keys" } else { "secrets" };
    Some(match (object, version) {
        (None, _) => base,
        (Some(object), None) => format!("{base}/{kind}/{object}"),
        (Some(object), Some(version)) => format!("{base}/{kind}/{object}/{version}"),
    })
}

/// The status of what came of it.
pub fn status_of(record: &RecordRef<'_>) -> u16 {
    match record.outcome {
        OutcomeRef::Done => status_when_done(record.operation),
        OutcomeRef::Refused { status, .. } => status,
    }
}

/// By way of what somebody asked, as a program's name.
pub const fn client(via: Via) -> &'static str {
    match via {
        Via::Service => "Tresor",
        Via::Window => "Tresor (window)",
        Via::CommandLine => "Tresor (command line)",
    }
}

/// The version of the plane that an operation belongs to.
pub fn version_of(operation: Operation) -> &'static str {
    let name = operation.audit_name();
    if name.starts_with("Secret") || name.starts_with("Key") { DATA_PLANE } else { MANAGEMENT_PLANE }
}

/// `2026-11-20T14:02:11.480Z`.
pub fn iso_ms(at: Timestamp) -> String {
    at.utc().format("%Y-%m-%dT%H:%M:%S%.3fZ").to_string()
}

/// Milliseconds without needless digits: `0.04`, `3.2`, `412`.
pub fn duration(took_us: u32) -> String {
    let ms = f64::from(took_us) / 1_000.0;
    match took_us {
        0..1_000 => format!("{ms:.2}"),
        1_000..10_000 => format!("{ms:.1}"),
        _ => format!("{ms:.0}"),
    }
}

fn resource_id(subscription: &str, vault: Option<&str>) -> String {
    let group = format!("/subscriptions/{subscription}/resourceGroups/{RESOURCE_GROUP}");
    match vault {
        Some(vault) => format!("{group}/providers/Microsoft.KeyVault/vaults/{vault}"),
        None => format!("/subscriptions/{subscription}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{
        IdentityId, ObjectName, RegionName, VaultName, VersionId,
        activity::{About, Outcome, Record},
        history::HistoryBuilder,
    };

    fn event(record: &Record) -> serde_json::Value {
        let history = HistoryBuilder::of([record]);
        let asked = history.oldest_first().next().unwrap();
        serde_json::to_value(AuditEvent::of(&asked, "0f1e2d3c-0000-4000-8000-000000000000")).unwrap()
    }

    fn record() -> Record {
        Record {
            at: Timestamp::from_ms(1_797_672_600_480),
            caller: "Developer".into(),
            identity: Some(IdentityId::DEVELOPER),
            via: Via::CommandLine,
            operation: Operation::SecretGet,
            vault: VaultName::parse("Contoso-prod").ok(),
            object: ObjectName::parse("db-password").ok(),
            version: Some(VersionId::from_bytes([0xab; 16])),
            key: None,
            region: RegionName::parse("westeurope").ok(),
            outcome: Outcome::Done,
            took_us: 212,
            about: About::default(),
        }
    }

    #[test]
    fn an_event_has_the_fields_of_key_vaults_own_log() {
        // §10
        let found = event(&record());
        let expected = serde_json::json!({
            "time": "2026-12-19T09:30:00.480Z",
            "resourceId": "/SUBSCRIPTIONS/0F1E2D3C-0000-4000-8000-000000000000/RESOURCEGROUPS/TRESOR/PROVIDERS/MICROSOFT.KEYVAULT/VAULTS/CONTOSO-PROD",
            "operationName": "SecretGet",
            "operationVersion": "7.6",
            "category": "AuditEvent",
            "resultType": "Success",
            "resultSignature": "OK",
            "resultDescription": "",
            "durationMs": "0.21",
            "callerIpAddress": "127.0.0.1",
            "correlationId": found["correlationId"],
            "identity": {"claim": {
                "http://schemas.microsoft.com/identity/claims/objectidentifier": "2b6c1d0e-5472-4e65-a001-00646576656c",
                "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/upn": "Developer",
                "appid": null
            }},
            "properties": {
                "clientInfo": "Tresor (command line)",
                "requestUri": "https://contoso-prod.vault.azure.net/secrets/db-password/abababababababababababababababab?api-version=7.6",
                "id": "https://contoso-prod.vault.azure.net/secrets/db-password/abababababababababababababababab",
                "httpStatusCode": 200
            }
        });
        assert_eq!(found, expected);
    }

    #[test]
    fn a_refusal_says_its_codes_and_the_service_goes_by_its_own_name() {
        let inner = Some("AccessDenied".into());
        let refused = Record {
            outcome: Outcome::Refused { status: 403, code: "Forbidden".into(), inner },
            identity: None,
            via: Via::Service,
            caller: "Key Vault".into(),
            operation: Operation::VaultPurge,
            object: None,
            version: None,
            took_us: 412_300,
            ..record()
        };
        let found = event(&refused);
        assert_eq!((&found["resultType"], &found["resultSignature"]), (&"Failure".into(), &"Forbidden".into()));
        assert_eq!(found["resultDescription"], "Forbidden: AccessDenied");
        assert_eq!(found["identity"]["claim"]["appid"], "Key Vault");
        assert_eq!((&found["durationMs"], &found["operationVersion"]), (&"412".into(), &MANAGEMENT_PLANE.into()));
        assert_eq!(found["properties"]["id"], "https://contoso-prod.vault.azure.net");
    }
}
