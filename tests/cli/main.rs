//! The command line as a person or a script meets it: the program itself, its output and its exit codes.

mod bulk;
mod desk;
mod passphrases;
mod shapes;
mod together;
mod transcripts;
mod values;
