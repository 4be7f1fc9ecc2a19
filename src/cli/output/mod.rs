//! How an answer is printed: as JSON, as a table, …, or only what a query picks from it.

mod colour;
mod jmespath;
mod query;
mod table;
mod tsv;
mod yaml;

use std::io::{self, BufWriter, IsTerminal as _, StdoutLock, Write as _};

use serde::{Serialize, Serializer as _, ser::SerializeSeq as _};
use serde_json::{Serializer, ser::PrettyFormatter};

use self::{colour::ColourFormatter, jmespath::Value, query::Query};
use super::{args::Format, errors::Failure};

/// The columns of a list's table: heading, and where in an item its text is found.
pub(super) type Columns = &'static [(&'static str, &'static [&'static str])];

/// Where answers go, and in which form.
pub(super) struct Output {
    format: Format,
    query: Option<Query>,
}

impl Output {
    /// Reads the query, so that a broken one is told before anything is done.
    pub(super) fn new(format: Format, query: Option<&str>) -> Result<Self, Failure> {
        let is_plain = !io::stdout().is_terminal() || std::env::var_os("NO_COLOR").is_some_and(|set| !set.is_empty());
        let format = if format == Format::Jsonc && is_plain { Format::Json } else { format };
        Ok(Self { format, query: query.map(Query::parse).transpose()? })
    }

    /// Prints one thing.
    pub(super) fn one(&self, thing: &impl Serialize) -> Result<(), Failure> {
        if self.format == Format::None {
            return Ok(());
        }
        let mut out = writer();
        match (&self.query, self.format) {
            (None, Format::Json | Format::Jsonc) => self.json(&mut out, thing)?,
            (None, _) => self.value(&mut out, &value_of(thing))?,
            (Some(query), _) => self.picked(&mut out, &query.pick(thing)?)?,
        }
        Ok(out.flush()?)
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
        let mut out = writer();
        match (&self.query, self.format, columns) {
            (Some(query), ..) => self.picked(&mut out, &query.pick_from_list(items)?)?,
            (None, Format::Json, _) => {
                stream(&mut Serializer::with_formatter(&mut out, PrettyFormatter::new()), items)?;
                writeln!(out)?;
            }
            (None, Format::Jsonc, _) => {
                stream(&mut Serializer::with_formatter(&mut out, ColourFormatter::default()), items)?;
                writeln!(out)?;
            }
            (None, Format::Tsv, _) => {
                for item in items {
                    tsv::row(&mut out, &value_of(&item))?;
                }
            }
            (None, Format::Yaml, _) => {
                let mut is_empty = true;
                for item in items {
                    yaml::element(&mut out, &value_of(&item))?;
                    is_empty = false;
                }
                if is_empty {
                    writeln!(out, "[]")?;
                }
            }
            (None, Format::Table, Some(columns)) => {
                table::by_columns(&mut out, columns, items.map(|item| value_of(&item)))?;
            }
            (None, _, _) => {
                let items: Vec<Value> = items.map(|item| value_of(&item)).collect();
                self.value(&mut out, &Value::list(items))?;
            }
        }
        Ok(out.flush()?)
    }

    /// Prints one item of a list that goes on, on a line of its own.
    pub(super) fn line(&self, thing: &impl Serialize) -> Result<(), Failure> {
        let mut out = writer();
        match self.format {
            Format::None => {}
            Format::Json | Format::Jsonc => {
                serde_json::to_writer(&mut out, thing).map_err(io::Error::from)?;
                writeln!(out)?;
            }
            Format::Yaml => yaml::element(&mut out, &value_of(thing))?,
            Format::Table | Format::Tsv => tsv::row(&mut out, &value_of(thing))?,
        }
        Ok(out.flush()?)
    }

    /// What a query picked. As az: what is not there prints nothing, in any form.
    fn picked(&self, out: &mut Out, found: &Value) -> Result<(), Failure> {
        if found.is_null() { Ok(()) } else { self.value(out, found) }
    }

    /// Prints any value.
    fn value(&self, out: &mut Out, value: &Value) -> Result<(), Failure> {
        match self.format {
            Format::Json | Format::Jsonc => self.json(out, value)?,
            Format::Table => table::of_any(out, value)?,
            Format::Tsv => tsv::of_any(out, value)?,
            Format::Yaml => yaml::document(out, value)?,
            Format::None => {}
        }
        Ok(())
    }

    fn json(&self, out: &mut Out, thing: &impl Serialize) -> io::Result<()> {
        if self.format == Format::Jsonc {
            thing.serialize(&mut Serializer::with_formatter(&mut *out, ColourFormatter::default()))?;
        } else {
            thing.serialize(&mut Serializer::with_formatter(&mut *out, PrettyFormatter::new()))?;
        }
        writeln!(out)
    }
}

type Out = BufWriter<StdoutLock<'static>>;

fn writer() -> Out {
    BufWriter::with_capacity(64 * 1024, io::stdout().lock())
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
