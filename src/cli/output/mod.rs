//! How an answer is printed: as JSON, as a table, …, or only what a query picks from it.

mod colour;
mod jmespath;
mod query;
mod table;
mod tsv;
mod yaml;

use std::{
    cell::RefCell,
    io::{self, IsTerminal as _, Write},
};

use serde::{Serialize, Serializer as _, ser::SerializeSeq as _};
use serde_json::{Serializer, ser::PrettyFormatter};

use self::{colour::ColourFormatter, jmespath::Value, query::Query};
use super::{args::Format, errors::Failure, terminal};
use crate::service::Spool;

/// The columns of a list's table: heading, and where in an item its text is found.
pub(super) type Columns = &'static [(&'static str, &'static [&'static str])];

/// Where answers go, and in which form. Nothing goes out before it is released, when the store is closed: whoever reads the
/// answer can have the store (T12).
pub(super) struct Output {
    format: Format,
    query: Option<Query>,
    waiting: RefCell<Waiting>,
}

/// What is done when the store is closed, in this order.
#[derive(Default)]
struct Waiting {
    files: Vec<Box<dyn FnOnce() -> Result<(), Failure>>>,
    answer: Spool,
    notices: Vec<String>,
}

impl Output {
    /// Reads the query, so that a broken one is told before anything is done.
    pub(super) fn new(format: Format, query: Option<&str>) -> Result<Self, Failure> {
        let is_plain = !io::stdout().is_terminal() || std::env::var_os("NO_COLOR").is_some_and(|set| !set.is_empty());
        let format = if format == Format::Jsonc && is_plain { Format::Json } else { format };
        Ok(Self { format, query: query.map(Query::parse).transpose()?, waiting: RefCell::default() })
    }

    /// Writes the files, prints the answers and says what else there is to say. Comes when the store is closed.
    pub(super) fn release(&self) -> Result<(), Failure> {
        let Waiting { files, answer, notices } = self.waiting.take();
        let written = files.into_iter().try_for_each(|write| write());
        let mut out = io::stdout().lock();
        let printed = answer.pour(&mut out).and_then(|()| out.flush());
        for notice in &notices {
            terminal::tell(notice);
        }
        written.and(Ok(printed?))
    }

    /// Writes a file when the store is closed: it can be a pipe, and whoever reads it may need the store.
    pub(super) fn write_after(&self, write: impl FnOnce() -> Result<(), Failure> + 'static) {
        self.waiting.borrow_mut().files.push(Box::new(write));
    }

    /// Says something after the answer.
    pub(super) fn tell_after(&self, notice: String) {
        self.waiting.borrow_mut().notices.push(notice);
    }

    /// Prints what `print` writes, as it is.
    pub(super) fn as_it_is(&self, print: impl FnOnce(&mut dyn Write) -> Result<(), Failure>) -> Result<(), Failure> {
        print(&mut self.waiting.borrow_mut().answer)
    }

    /// Prints one thing.
    pub(super) fn one(&self, thing: &impl Serialize) -> Result<(), Failure> {
        if self.format == Format::None {
            return Ok(());
        }
        let out = &mut self.waiting.borrow_mut().answer;
        match (&self.query, self.format) {
            (None, Format::Json | Format::Jsonc) => self.json(out, thing)?,
            (None, _) => self.value(out, &value_of(thing))?,
            (Some(query), _) => self.picked(out, &query.pick(thing)?)?,
        }
        Ok(())
    }

    /// Prints a list, item by item where the form allows it.
    pub(super) fn list<T: Serialize>(
        &self,
        items: impl Iterator<Item = T>,
        columns: Option<Columns>,
    ) -> Result<(), Failure> {
        if self.format == Format::None {
            return Ok(());
        }
        let out = &mut self.waiting.borrow_mut().answer;
        match (&self.query, self.format, columns) {
            (Some(query), ..) => self.picked(out, &query.pick_from_list(items)?)?,
            (None, Format::Json, _) => {
                stream(&mut Serializer::with_formatter(&mut *out, PrettyFormatter::new()), items)?;
                writeln!(out)?;
            }
            (None, Format::Jsonc, _) => {
                stream(&mut Serializer::with_formatter(&mut *out, ColourFormatter::default()), items)?;
                writeln!(out)?;
            }
            (None, Format::Tsv, _) => {
                for item in items {
                    tsv::row(out, &value_of(&item))?;
                }
            }
            (None, Format::Yaml, _) => {
                let mut is_empty = true;
                for item in items {
                    yaml::element(out, &value_of(&item))?;
                    is_empty = false;
                }
                if is_empty {
                    writeln!(out, "[]")?;
                }
            }
            (None, Format::Table, Some(columns)) => {
                table::by_columns(out, columns, items.map(|item| value_of(&item)))?;
            }
            (None, _, _) => {
                let items: Vec<Value> = items.map(|item| value_of(&item)).collect();
                self.value(out, &Value::list(items))?;
            }
        }
        Ok(())
    }

    /// Prints one item of a list that goes on, on a line of its own.
    pub(super) fn line(&self, thing: &impl Serialize) -> Result<(), Failure> {
        let out = &mut self.waiting.borrow_mut().answer;
        match self.format {
            Format::None => {}
            Format::Json | Format::Jsonc => {
                serde_json::to_writer(&mut *out, thing).map_err(io::Error::from)?;
                writeln!(out)?;
            }
            Format::Yaml => yaml::element(out, &value_of(thing))?,
            Format::Table | Format::Tsv => tsv::row(out, &value_of(thing))?,
        }
        Ok(())
    }

    /// What a query picked. As az: what is not there prints nothing, in any form.
    fn picked(&self, out: &mut Spool, found: &Value) -> Result<(), Failure> {
        if found.is_null() { Ok(()) } else { self.value(out, found) }
    }

    /// Prints any value.
    fn value(&self, out: &mut Spool, value: &Value) -> Result<(), Failure> {
        match self.format {
            Format::Json | Format::Jsonc => self.json(out, value)?,
            Format::Table => table::of_any(out, value)?,
            Format::Tsv => tsv::of_any(out, value)?,
            Format::Yaml => yaml::document(out, value)?,
            Format::None => {}
        }
        Ok(())
    }

    fn json(&self, out: &mut Spool, thing: &impl Serialize) -> io::Result<()> {
        if self.format == Format::Jsonc {
            thing.serialize(&mut Serializer::with_formatter(&mut *out, ColourFormatter::default()))?;
        } else {
            thing.serialize(&mut Serializer::with_formatter(&mut *out, PrettyFormatter::new()))?;
        }
        writeln!(out)
    }
}

fn stream<T: Serialize, W: io::Write, F: serde_json::ser::Formatter>(
    serializer: &mut Serializer<W, F>,
    items: impl Iterator<Item = T>,
) -> io::Result<()> {
    let mut list = serializer.serialize_seq(None)?;
    for item in items {
        list.serialize_element(&item)?;
    }
    Ok(list.end()?)
}

fn value_of(thing: &impl Serialize) -> Value {
    Value::from(&json_of(thing))
}

fn json_of(thing: &impl Serialize) -> serde_json::Value {
    serde_json::to_value(thing).expect("what is printed has texts for keys and finite numbers")
}

/// What a query answers for a list at once, and what for its items one by one; each is the JSON or why there is none.
#[cfg(feature = "fuzzing")]
pub(super) fn answer_both_ways(query: &str, list: &[serde_json::Value]) -> Result<[String; 2], Failure> {
    let query = Query::parse(query)?;
    let text = |found: Result<Value, Failure>| match found {
        // An answer can name one list again and again, and be as long as no memory is when it is written out.
        Ok(found) if found.is_short() => json_of(&found).to_string(),
        Ok(_) => String::new(),
        Err(failure) => format!("{failure:?}"),
    };
    Ok([text(query.pick(&list)), text(query.pick_from_list(list.iter()))])
}
