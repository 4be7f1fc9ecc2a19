//! Who may do what.

mod grants;
mod identities;
mod sign_in;
mod stories;
mod table;
