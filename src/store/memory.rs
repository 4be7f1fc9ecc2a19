//! Records that are kept nowhere: a store in memory, and what the tests hold the file against.

use std::io;
use std::sync::Arc;

use imbl::OrdMap;

use super::engine::{Address, Changes, Each, Records, RegionStore, Work};
use super::shield::Fault;

/// Ends with the program.
#[derive(Default)]
pub(super) struct Memory(State);

#[derive(Clone, Default)]
struct State(OrdMap<Address, Arc<[u8]>>);

impl RegionStore for Memory {
    fn snapshot(&self) -> Result<Box<dyn Records + Send>, Fault> {
        Ok(Box::new(self.0.clone()))
    }

    fn commit(&mut self, work: Work<'_>) -> Result<(), Fault> {
        let mut state = self.0.clone();
        work(&mut state)?;
        self.0 = state;
        Ok(())
    }

    fn reopen(&mut self) -> Result<(), Fault> {
        Ok(())
    }

    fn compact(&mut self) -> Result<(), Fault> {
        Ok(())
    }

    fn len_bytes(&self) -> io::Result<u64> {
        Ok(0)
    }

    fn look(&mut self) -> Result<(), Fault> {
        Ok(())
    }

    fn look_through(&mut self) -> Result<(), Fault> {
        Ok(())
    }
}

impl Records for State {
    fn get(&self, at: Address) -> Result<Option<Vec<u8>>, Fault> {
        Ok(self.0.get(&at).map(|sealed| sealed.to_vec()))
    }

    fn range(&self, first: Address, last: Address, each: Each<'_>) -> Result<(), Fault> {
        for (at, sealed) in self.0.range(first..=last) {
            if each(*at, sealed)?.is_break() {
                break;
            }
        }
        Ok(())
    }
}

impl Changes for State {
    fn put(&mut self, at: Address, sealed: &[u8]) -> Result<Option<Vec<u8>>, Fault> {
        Ok(self.0.insert(at, sealed.into()).map(|replaced| replaced.to_vec()))
    }

    fn remove(&mut self, at: Address) -> Result<Option<Vec<u8>>, Fault> {
        Ok(self.0.remove(&at).map(|removed| removed.to_vec()))
    }
}
