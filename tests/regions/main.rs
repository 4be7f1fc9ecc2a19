//! The faults that regions must survive, each one really made, many times.
//!
//! A tenth of each is made unless `TRESOR_FAULTS=all` is set; `scripts/faults.sh` makes all of them and prints the counts.
#![cfg(test)]

mod clocks;
mod crashes;
mod cuts;
mod damage;
#[cfg(target_os = "linux")]
mod disks;
mod forks;
mod kills;
mod losses;
mod programs;
#[cfg(target_os = "linux")]
#[path = "../store/small_disk.rs"]
mod small_disk;
mod world;
mod yesterday;
