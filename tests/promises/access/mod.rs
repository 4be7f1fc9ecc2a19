//! Who may do what.

mod grants;
mod identities;
mod recorded;
mod sign_in;
mod stories;
mod table;
