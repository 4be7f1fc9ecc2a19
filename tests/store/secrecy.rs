//! T1: nothing readable is on the disk.

use tresor::crypto::KdfCost;
use tresor::store::{Batch, Key, Partition, Place, Store, Table};
use zeroize::Zeroizing;

use crate::world::{body, files, passphrase, west};

const VAULT: &str = "contoso-payments-prod";
const NAME: &str = "database-admin-password";
const OLD_VALUE: &str = "Tr0ub4dor&3-was-replaced";
const VALUE: &str = "correct-horse/battery+staple=Ünïcödé";
const REMOVED: &str = "this-one-was-purged-for-good";
const TAG: &str = "owner=margarethe.schmidt@contoso.example";
const PASSPHRASE: &str = "a passphrase nobody may read";
const PROFILE: &str = "subscription Contoso Production";
const CALLER: &str = "Security officer deleted it";

/// Every way in which `text` might be written down, without the ends that depend on what stands beside it.
fn spellings(text: &str) -> Vec<(&'static str, Vec<u8>)> {
    let bytes = text.as_bytes();
    let utf_16 = |to_bytes: fn(u16) -> [u8; 2]| text.encode_utf16().flat_map(to_bytes).collect::<Vec<u8>>();
    let hex = |upper: bool| {
        let digits = bytes.iter().map(|byte| if upper { format!("{byte:02X}") } else { format!("{byte:02x}") });
        digits.collect::<String>().into_bytes()
    };
    let mut all = vec![
        ("UTF-8", bytes.to_vec()),
        ("UTF-16 little-endian", utf_16(u16::to_le_bytes)),
        ("UTF-16 big-endian", utf_16(u16::to_be_bytes)),
        ("hex", hex(false)),
        ("upper-case hex", hex(true)),
        ("reversed", bytes.iter().rev().copied().collect()),
    ];
    for skip in 0..3 {
        // Base64 of the whole thirds, whatever the text begins at.
        let thirds = &bytes[skip..][..(bytes.len() - skip) / 3 * 3];
        all.push(("base64", base_64(thirds, *b"+/")));
        all.push(("base64url", base_64(thirds, *b"-_")));
    }
    all
}

fn base_64(bytes: &[u8], last_two: [u8; 2]) -> Vec<u8> {
    let alphabet: Vec<u8> = (b'A'..=b'Z').chain(b'a'..=b'z').chain(b'0'..=b'9').chain(last_two).collect();
    let digits = |third: &[u8]| {
        let number = u32::from_be_bytes([0, third[0], third[1], third[2]]);
        [18, 12, 6, 0].map(|shift| alphabet[(number >> shift & 63) as usize])
    };
    bytes.chunks_exact(3).flat_map(digits).collect()
}

fn holds(haystack: &[u8], needle: &[u8]) -> bool {
    haystack.windows(needle.len()).any(|window| window == needle)
}

#[test]
fn no_value_name_tag_or_passphrase_is_found_in_any_file_of_a_store() {
    // T1
    let home = tempfile::tempdir().unwrap();
    let place = Place::Folder(home.path().to_path_buf());
    let mut store = Store::create(&place, &passphrase(PASSPHRASE), KdfCost::LEAST, PROFILE.as_bytes()).unwrap();
    let key = |name: &str| Key::of(&[VAULT.as_bytes(), b"secret", name.as_bytes()]);
    let item = Zeroizing::new(format!("{VAULT}\0{NAME}\0{TAG}").into_bytes());
    for value in [OLD_VALUE, VALUE] {
        let mut batch = Batch::new();
        batch.put(Table::Items, key(NAME), item.clone()).put(Table::Values, key(NAME), body(value));
        store.commit(&west(), 1, batch).unwrap();
    }
    let mut batch = Batch::new();
    batch.put(Table::Values, key(REMOVED), body(REMOVED)).append_activity(body(CALLER));
    store.commit(&west(), 2, batch).unwrap();
    let mut batch = Batch::new();
    batch.remove(Table::Values, key(REMOVED));
    store.commit(&west(), 3, batch).unwrap();
    let mut batch = Batch::new();
    batch.put(Table::Items, key(VAULT), body(VAULT));
    store.commit(&Partition::GLOBAL, 3, batch).unwrap();

    let while_open = files(home.path());
    drop(store);
    let after = files(home.path());
    assert_eq!(after.len(), 7, "header, two partitions of two replicas each, and their marks");
    for text in [VAULT, NAME, OLD_VALUE, VALUE, REMOVED, TAG, PASSPHRASE, PROFILE, CALLER] {
        for (spelling, needle) in spellings(text) {
            for (file, content) in while_open.iter().chain(&after) {
                assert!(!holds(content, &needle), "{} holds {text:?} as {spelling}", file.display());
            }
        }
    }
}

#[test]
fn the_search_would_find_what_is_there() {
    // T1: the test above must be able to fail. This is the value, with something before and after it, in base64.
    let encoded = b"eDpjb3JyZWN0LWhvcnNlL2JhdHRlcnkrc3RhcGxlPcOcbsOvY8O2ZMOpIGVuZA==";
    assert!(spellings(VALUE).iter().any(|(_, needle)| holds(encoded, needle)));
    for (spelling, needle) in spellings(NAME) {
        assert!(holds(&[b"before", &*needle, b"after"].concat(), &needle), "{spelling}");
    }
}

#[test]
fn records_of_the_same_content_have_nothing_in_common_on_the_disk() {
    // T1: neither which secrets share a value nor which value belongs to which item.
    let home = tempfile::tempdir().unwrap();
    let place = Place::Folder(home.path().to_path_buf());
    let mut store = Store::create(&place, &passphrase(PASSPHRASE), KdfCost::LEAST, b"").unwrap();
    let key = |name: &str| Key::of(&[name.as_bytes()]);
    let mut batch = Batch::new();
    for name in ["one", "two"] {
        batch.put(Table::Items, key(name), body("same")).put(Table::Values, key(name), body("same"));
    }
    store.commit(&west(), 1, batch).unwrap();
    drop(store);
    let database = redb::Database::open(home.path().join("westeurope").join("a.redb")).unwrap();
    let mut blocks = Vec::new();
    for table in ["items", "values"] {
        use redb::{ReadableDatabase as _, ReadableTable as _};
        let definition = redb::TableDefinition::<&[u8; 32], &[u8]>::new(table);
        for record in database.begin_read().unwrap().open_table(definition).unwrap().iter().unwrap() {
            let (id, record) = record.unwrap();
            blocks.extend(id.value().chunks(16).map(<[u8]>::to_vec));
            blocks.extend(record.value().chunks(16).map(<[u8]>::to_vec));
        }
    }
    let all = blocks.len();
    assert_eq!(all, 4 * (2 + 6), "four records: an id of two blocks, and salt, four blocks and tag");
    blocks.sort();
    blocks.dedup();
    assert_eq!(blocks.len(), all, "no block of 16 bytes is there twice");
}
