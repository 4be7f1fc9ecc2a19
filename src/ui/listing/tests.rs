//! Tables that are filtered and sorted.

use super::*;

#[test]
fn a_filter_finds_in_any_case() {
    assert!(contains("Db-Password", "db-p"));
    assert!(contains("Größe", "größ"));
    assert!(!contains("db", "dbx"));
    assert!(contains("anything", ""));
}

#[test]
fn a_bin_shows_first_what_ends_first_and_forgets_ticks_of_what_left() {
    use crate::domain::{Now, ObjectName, RetentionDays, SecretVersion, VersionId, secret::SecretDraft};
    let mut shelf = Shelf::default();
    for (name, deleted) in [("late", 20), ("early", 10), ("other", 15)] {
        let version =
            SecretVersion::new(VersionId::from_bytes([0; 16]), SecretDraft::default(), Timestamp::from_secs(0));
        let secret = Arc::new(Secret::new(ObjectName::parse(name).unwrap(), version));
        let deletion = Deletion::new(Now::by_clock(Timestamp::from_secs(deleted)), RetentionDays::LEAST, "Developer");
        shelf.put_deleted(secret, deletion);
    }
    let mut listing = BinListing::<VaultBin>::default();
    let names = |rows: &[DeletedObject]| rows.iter().map(|row| row.name.to_string()).collect::<Vec<_>>();
    let bin = |shelf: &Shelf<Secret>| VaultBin { secrets: shelf.clone(), ..VaultBin::default() };
    assert_eq!(names(listing.rows(&bin(&shelf))), ["early", "other", "late"]);
    listing.ticked.extend(["Secret/early".to_owned(), "Secret/late".to_owned()]);
    listing.filter = "LAT".into();
    assert_eq!(names(listing.rows(&bin(&shelf))), ["late"]);
    assert_eq!(listing.ticked_rows().len(), 1);
    shelf.remove(&ObjectName::parse("late").unwrap());
    listing.rows(&bin(&shelf));
    assert_eq!(listing.ticked.iter().collect::<Vec<_>>(), ["Secret/early"]);
}

#[test]
fn typing_on_finds_what_a_fresh_look_finds() {
    use crate::domain::{SecretVersion, VersionId, properties::Tags, secret::SecretDraft};
    let mut shelf = Shelf::default();
    for number in 0..60_u8 {
        let name = ObjectName::parse(&format!("Service-{number}-db")).unwrap();
        let tags = Tags::parse([("owner".into(), format!("team {}", number % 7))]).unwrap();
        let draft = SecretDraft { tags, ..SecretDraft::default() };
        let set = Timestamp::from_secs(i64::from(number % 5));
        shelf.put(Arc::new(Secret::new(name, SecretVersion::new(VersionId::from_bytes([number; 16]), draft, set))));
    }
    let now = Timestamp::from_secs(100);
    let mut typed = SecretListing::default();
    let mut seen = Vec::new();
    for (filter, column) in [
        ("", Column::Name),
        ("s", Column::Name),
        ("SE", Column::Name),
        ("service-1", Column::Name),
        ("service-1", Column::Updated),
        ("service-12", Column::Updated),
        ("1", Column::Updated),
        (" team 3 ", Column::Updated),
        ("team 3x", Column::Updated),
        ("", Column::Updated),
    ] {
        (typed.filter, typed.sort.column) = (filter.into(), column);
        let mut fresh = SecretListing { filter: filter.into(), sort: typed.sort, ..SecretListing::default() };
        assert_eq!(typed.rows(&shelf, now), fresh.rows(&shelf, now), "{filter}");
        seen.push(typed.shown().len());
    }
    assert_eq!(seen, [60, 60, 60, 11, 11, 1, 22, 9, 0, 60]);
}

#[test]
fn a_second_click_on_a_head_turns_the_order_round() {
    let sort = Sort::default().clicked(Column::Updated);
    assert_eq!(sort, Sort { column: Column::Updated, direction: Direction::Ascending });
    assert_eq!(sort.clicked(Column::Updated).direction, Direction::Descending);
    assert_eq!(sort.clicked(Column::Updated).clicked(Column::Name).direction, Direction::Ascending);
}
