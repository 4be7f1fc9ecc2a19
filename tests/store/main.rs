//! What is promised of the store on the disk, by promise.

mod life;
mod world;
