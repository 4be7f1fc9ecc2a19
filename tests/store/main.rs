//! What is promised of the store on the disk, by promise.
#![cfg(test)]

mod damage;
mod life;
mod world;
