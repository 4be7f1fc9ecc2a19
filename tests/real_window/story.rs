//! The main job, from nothing, with keys alone.
