//! What is promised of the store on the disk, by promise.
#![cfg(test)]

mod damage;
mod disk;
mod golden;
mod kills;
mod lean;
mod life;
mod model;
mod older;
mod purged;
mod renewal;
mod secrecy;
#[cfg(target_os = "linux")]
mod small_disk;
mod world;
