//! What picks from an answer.

/// A list as `secret list` prints it.
const LIST: &str = r#"[
    {"attributes": {"enabled": true, "expires": "2026-12-15T00:00:00+00:00", "days": 7}, "name": "soon", "tags": {"env": "prod"}},
    {"attributes": {"enabled": false, "expires": null, "days": 90}, "name": "größe", "tags": {}}
]"#;

pub(crate) fn answer(data: &[u8]) {
    let Ok(query) = std::str::from_utf8(data) else { return };
    tresor::cli::fuzzing::query(query, LIST);
}
