//! What stands across a page while something is unusual.
