//! Disks that are full, read-only or damaged, as a script meets them.

use std::fs;

use crate::desk::{Desk, lines, piped, told};

#[cfg(target_os = "linux")]
#[path = "../store/small_disk.rs"]
mod small_disk;

const SHOW: &str = "keyvault secret show --vault-name contoso -n db --query value -o tsv";

/// A desk whose store lies on `disk`, with a secret in it.
#[cfg(target_os = "linux")]
fn desk_on(disk: &small_disk::SmallDisk) -> Desk {
    let desk = Desk::with_store_in(disk.store());
    desk.done("keyvault secret set --vault-name contoso -n db --value hush");
    desk
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_told_and_nothing_is_half_done() {
    // T4, T5
    let Some(disk) = small_disk::SmallDisk::mount("full disk, command line") else { return };
    let desk = desk_on(&disk);
    let value = "x".repeat(20_000);
    let many = lines(400, |number| format!("{{\"name\": \"secret-{number}\", \"value\": \"{value}\"}}"));
    desk.write("many.jsonl", many);
    let ballast = disk.fill();
    desk.run("keyvault secret set --vault-name contoso --from-file many.jsonl")
        .refused(1, "ERROR: The disk is full. Nothing was changed");
    for number in 0..100 {
        // Small ones may still find room within the files; one that does not says so and leaves no trace.
        let set = desk.tresor(format!("keyvault secret set --vault-name contoso -n big-{number} -o none").split(' '));
        let told = piped(set, &value);
        if told.code != 0 {
            told.refused(1, "ERROR: The disk is full. Nothing was changed");
            let gone = format!("keyvault secret list-versions --vault-name contoso -n big-{number} --query length(@)");
            assert_eq!(desk.run(&gone).out.trim(), "0");
            break;
        }
        assert!(number < 99, "a disk of 6 MiB takes no 100 values");
    }
    assert_eq!(desk.run(SHOW).out, "hush\n", "what was done can still be read");
    fs::remove_file(ballast).unwrap();
    assert_eq!(desk.done(SHOW), "hush\n");
    assert_eq!(desk.json("store check")["whole"], true);
}

#[cfg(target_os = "linux")]
#[test]
fn a_read_only_disk_is_told() {
    // T5
    let Some(disk) = small_disk::SmallDisk::mount("read-only disk, command line") else { return };
    let desk = desk_on(&disk);
    disk.make_read_only();
    desk.run("keyvault secret set --vault-name contoso -n db --value new")
        .refused(1, "ERROR: This folder is read-only.");
    // It is read all the same, and that this could not be recorded is said.
    let shown = desk.run(SHOW);
    assert_eq!(shown.out, "hush\n", "{}", shown.err);
    let mut init = desk.tresor("store init".split(' '));
    told(init.env("TRESOR_STORE", disk.path.join("new")).output().unwrap())
        .refused(1, "ERROR: This folder is read-only.");
}

#[test]
fn a_damaged_store_is_told_and_never_shown_as_data() {
    // T3
    let desk = Desk::new();
    desk.done("keyvault secret set --vault-name contoso -n db --value hush");
    let header = desk.store().join("tresor.header");
    let whole = fs::read(&header).unwrap();
    fs::write(&header, &whole[..60]).unwrap();
    desk.run("keyvault list").refused(1, "ERROR: This store is damaged: ");
    fs::write(&header, whole).unwrap();
    assert_eq!(desk.done(SHOW), "hush\n");

    let cut = |file: &str| {
        let path = desk.store().join(file);
        let mut bytes = fs::read(&path).unwrap();
        bytes.truncate(bytes.len() / 2);
        fs::write(&path, bytes).unwrap();
    };
    cut("global/a.redb");
    assert_eq!(desk.run(SHOW).out, "hush\n", "there is another replica");
    cut("global/a.redb");
    cut("global/b.redb");
    desk.run(SHOW).refused(1, "damaged");
}
