//! The details beside the table.
