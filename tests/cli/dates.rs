//! Dates that nobody means, where they are typed, in files, and in stores that were written when they were still taken.

use std::path::Path;

use crate::desk::{Desk, copy, told};

const FAR: [&str; 4] = ["+262142-12-31T23:59Z", "-262143-01-01", "1969-12-31", "+10000-01-01"];

#[test]
fn years_before_1970_and_after_9999_are_refused_wherever_a_date_is_typed() {
    // T5
    let desk = Desk::new();
    let range = "expected a date in the years 1970 to 9999";
    for far in FAR {
        for line in [
            format!("keyvault secret set --vault-name contoso -n db --value x --expires={far}"),
            format!("keyvault secret set --vault-name contoso -n db --value x --not-before={far}"),
            format!("keyvault key create --vault-name contoso -n k --kty EC --expires={far}"),
            format!("activity list --from={far}"),
            format!("clock advance --to={far}"),
        ] {
            desk.run(&line).refused(2, range);
        }
    }
    // Seven times a thousand years from now are taken, the eighth is beyond.
    for _ in 0..7 {
        desk.done("clock advance --by 365000d");
    }
    desk.run("clock advance --by 365000d").refused(1, "A date has to be in the years 1970 to 9999");
    assert_eq!(desk.picked("keyvault secret list --vault-name contoso", "length(@)"), "0");
}

#[test]
fn years_before_1970_and_after_9999_are_refused_in_files() {
    // T5
    let desk = Desk::new();
    for date in FAR.map(|far| format!("\"{far}\"")).into_iter().chain(["-1".into(), "253402300800".into()]) {
        desk.write("far.json", format!(r#"[{{"name":"db","value":"x","expires":{date}}}]"#));
        let set = desk.run("keyvault secret set --vault-name contoso --from-file far.json");
        set.refused(1, "“expires” is not in the years 1970 to 9999.");
    }
}

#[test]
fn what_an_earlier_version_kept_is_told_east_and_west_of_greenwich() {
    // T5: such a date ended the program.
    let desk = Desk::empty();
    copy(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden/v1-grants")), &desk.store());
    let digest = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
    for zone in ["Asia/Tokyo", "America/New_York", "UTC"] {
        let run = |line: &str| {
            let mut command = desk.tresor(line.split(' '));
            command.env("TRESOR_PASSPHRASE", "golden passphrase of the first grants").env("TZ", zone);
            told(command.output().unwrap())
        };
        run(&format!("keyvault key sign --vault-name prod -n sign -a ES256 --digest {digest}"))
            .refused(1, "Operation sign is not allowed on this key before");
        let listed = run("keyvault secret list --vault-name prod --query length(@)");
        assert_eq!((listed.code, listed.out.trim()), (0, "3"), "{}", listed.err);
    }
}
