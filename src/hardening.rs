//! What the whole process does to keep to itself what it holds: it leaves no core dump, nobody can look into it with a debugger,
//! and all memory that it gives back is wiped first.

#[cfg(not(feature = "fuzzing"))]
use std::alloc::System;

#[cfg(not(feature = "fuzzing"))]
use zeroizing_alloc::ZeroAlloc;

/// Other libraries copy what they are given: fonts the text they lay out, the desktop what is pasted, a string that grows its old
/// self. So whatever is given back is overwritten with zeros, by whomever it was taken.
/// The fuzzer brings one of its own, which counts.
#[cfg(not(feature = "fuzzing"))]
#[global_allocator]
static WIPING: ZeroAlloc<System> = ZeroAlloc(System);

/// Switches core dumps and tracing off, for this process and those it starts. To be called before anything secret is read. Programs of
/// the same person can then neither attach to this process nor read its memory through `/proc`; the administrator still can.
#[cfg(target_os = "linux")]
pub fn keep_to_oneself() -> std::io::Result<()> {
    use rustix::process::{DumpableBehavior, Resource, Rlimit, set_dumpable_behavior, setrlimit};
    // Both bounds, so that nothing in this process can raise it again.
    setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) })?;
    set_dumpable_behavior(DumpableBehavior::NotDumpable)?;
    Ok(())
}

/// Elsewhere the system has no such switch that is within reach here.
#[cfg(not(target_os = "linux"))]
pub fn keep_to_oneself() -> std::io::Result<()> {
    Ok(())
}
