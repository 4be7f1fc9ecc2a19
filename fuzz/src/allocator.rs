//! Counts what is in use, and ends the program where something asks for far more memory than any file of its kind needs.

use std::{
    alloc::{GlobalAlloc, Layout, System},
    sync::atomic::{AtomicUsize, Ordering::Relaxed},
};

/// The most that may be asked for at once, in bytes.
pub(crate) const MOST: usize = 256 << 20;

static IN_USE: AtomicUsize = AtomicUsize::new(0);

/// How many bytes are allocated now.
pub(crate) fn in_use() -> usize {
    IN_USE.load(Relaxed)
}

/// The system's allocator, counted.
pub(crate) struct Counting;

// SAFETY: all is left to the system's allocator; a number that wraps around does no harm.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        took(layout.size());
        // SAFETY: as promised by the caller.
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        took(layout.size());
        // SAFETY: as promised by the caller.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn dealloc(&self, memory: *mut u8, layout: Layout) {
        IN_USE.fetch_sub(layout.size(), Relaxed);
        // SAFETY: as promised by the caller.
        unsafe { System.dealloc(memory, layout) }
    }

    unsafe fn realloc(&self, memory: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        took(size);
        IN_USE.fetch_sub(layout.size(), Relaxed);
        // SAFETY: as promised by the caller.
        unsafe { System.realloc(memory, layout, size) }
    }
}

fn took(size: usize) {
    IN_USE.fetch_add(size, Relaxed);
    if MOST < size {
        // No panic: that would ask for memory itself.
        std::process::abort();
    }
}
