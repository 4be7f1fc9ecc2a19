//! Whole stories, word for word. `TRYCMD=overwrite` writes down what is said now; moments, ids and versions in it are then to be
//! put back to `[..]` by hand.

use crate::desk::{PASSPHRASE, program};

#[test]
fn the_stories_are_told_as_they_are_written_down() {
    let settings = tempfile::tempdir().unwrap();
    trycmd::TestCases::new()
        .register_bin("tresor", program().to_path_buf())
        .env("TRESOR_STORE", "store")
        .env("TRESOR_PASSPHRASE", PASSPHRASE)
        .env("XDG_CONFIG_HOME", settings.path().display().to_string())
        .env("XDG_STATE_HOME", settings.path().display().to_string())
        .env("TZ", "UTC")
        .env("NO_COLOR", "1")
        .env("COLUMNS", "110")
        .case("tests/cli/transcripts/*.trycmd")
        .run();
}
