//! What is promised of the store on the disk, by promise.
#![cfg(test)]

mod damage;
mod disk;
mod golden;
mod kills;
mod life;
mod model;
mod secrecy;
mod world;
