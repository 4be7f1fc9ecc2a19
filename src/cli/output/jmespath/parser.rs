//! From words to what they mean, by how strongly each sign binds.

use std::rc::Rc;

use super::{
    MOST_DEPTH, Problem,
    functions::Function,
    lexer::{self, Token, Word},
    node::{Comparison, Kind, Node},
    problem::Broken,
};

/// What binds less ends a projection.
const ENDS_PROJECTION: u8 = 10;

const PIPE: u8 = 1;
const OR: u8 = 2;
const AND: u8 = 3;
const COMPARISON: u8 = 5;
const FLATTEN: u8 = 9;
const STAR: u8 = 20;
const FILTER: u8 = 21;
const DOT: u8 = 40;
const NOT: u8 = 45;
const BRACE: u8 = 50;
const BRACKET: u8 = 55;
const CALL: u8 = 60;

/// Reads a query.
pub(super) fn parse(query: &str) -> Result<Node, Broken> {
    let words = lexer::words(query)?;
    let mut parser = Parser { words: &words, next: 0, depth: 0 };
    let whole = parser.expression(0).and_then(|node| match parser.token() {
        Token::End => Ok(node),
        other => Err(Problem::Unexpected(other.text())),
    });
    whole.map_err(|problem| match problem {
        Problem::TooDeep => Broken::whole(query, problem),
        other => Broken::at(query, parser.word().place, other),
    })
}

struct Parser<'a> {
    words: &'a [Word],
    next: usize,
    depth: u32,
}

impl Parser<'_> {
    fn word(&self) -> &Word {
        &self.words[self.next.min(self.words.len() - 1)]
    }

    fn token(&self) -> &Token {
        &self.word().token
    }

    fn is(&self, sign: &str) -> bool {
        matches!(self.token(), Token::Sign(found) if *found == sign)
    }

    /// Whether the word after the next one is this sign.
    fn is_then(&self, sign: &str) -> bool {
        matches!(self.words.get(self.next + 1), Some(Word { token: Token::Sign(found), .. }) if *found == sign)
    }

    fn takes(&mut self, sign: &str) -> bool {
        let is_it = self.is(sign);
        self.next += usize::from(is_it);
        is_it
    }

    fn expect(&mut self, sign: &'static str) -> Result<(), Problem> {
        if self.takes(sign) { Ok(()) } else { Err(self.expected(sign)) }
    }

    fn expected(&self, expected: &'static str) -> Problem {
        match self.token() {
            Token::End => Problem::Incomplete,
            other => Problem::Expected { expected, found: other.text() },
        }
    }

    fn unexpected(&self) -> Problem {
        match self.token() {
            Token::End => Problem::Incomplete,
            other => Problem::Unexpected(other.text()),
        }
    }

    /// How strongly the next word binds what stands before it.
    fn binds(&self) -> u8 {
        let Token::Sign(sign) = self.token() else { return 0 };
        match *sign {
            "|" => PIPE,
            "||" => OR,
            "&&" => AND,
            "==" | "!=" | "<" | "<=" | ">" | ">=" => COMPARISON,
            "[]" => FLATTEN,
            "*" => STAR,
            "[?" => FILTER,
            "." => DOT,
            "!" => NOT,
            "{" => BRACE,
            "[" => BRACKET,
            "(" => CALL,
            _ => 0,
        }
    }

    /// Everything that binds more than `least`.
    fn expression(&mut self, least: u8) -> Result<Node, Problem> {
        self.depth += 1;
        if self.depth > MOST_DEPTH {
            return Err(Problem::TooDeep);
        }
        let mut left = self.first()?;
        while least < self.binds() {
            left = self.after(left)?;
        }
        self.depth -= 1;
        Ok(left)
    }

    /// What an expression can begin with.
    fn first(&mut self) -> Result<Node, Problem> {
        let token = self.token().clone();
        let sign = match token {
            Token::Literal(value) => {
                self.next += 1;
                return Node::new(Kind::Literal(value));
            }
            Token::Name(name) => {
                self.next += 1;
                return Node::new(Kind::Field(name.into()));
            }
            Token::QuotedName(name) => {
                self.next += 1;
                if self.is("(") {
                    return Err(Problem::QuotedFunction);
                }
                return Node::new(Kind::Field(name.into()));
            }
            Token::Sign(sign) => sign,
            Token::Number(_) | Token::End => return Err(self.unexpected()),
        };
        match sign {
            "@" => {
                self.next += 1;
                Ok(Node::current())
            }
            "*" => {
                self.next += 1;
                let each = if self.is("]") { Node::current() } else { self.projected(STAR)? };
                Node::new(Kind::ProjectMembers { base: Box::new(Node::current()), each: Box::new(each) })
            }
            "[?" => {
                self.next += 1;
                self.filter(Node::current())
            }
            "{" => {
                self.next += 1;
                self.object()
            }
            "(" => {
                self.next += 1;
                let inner = self.expression(0)?;
                self.expect(")")?;
                Ok(inner)
            }
            "[]" => {
                self.next += 1;
                self.flattened(Node::current())
            }
            "!" => {
                self.next += 1;
                let inner = self.expression(NOT)?;
                Node::new(Kind::Not(Box::new(inner)))
            }
            "&" => {
                self.next += 1;
                let inner = self.expression(0)?;
                Node::new(Kind::Reference(Box::new(inner)))
            }
            "[" => {
                self.next += 1;
                if matches!(self.token(), Token::Number(_)) || self.is(":") {
                    self.index(Node::current())
                } else if self.is("*") && self.is_then("]") {
                    self.next += 2;
                    self.project(Node::current())
                } else {
                    self.list()
                }
            }
            _ => Err(self.unexpected()),
        }
    }

    /// What can follow `left`.
    fn after(&mut self, left: Node) -> Result<Node, Problem> {
        let Token::Sign(sign) = *self.token() else { return Err(self.unexpected()) };
        let both = |left: Node, right: Node| (Box::new(left), Box::new(right));
        match sign {
            "." => {
                self.next += 1;
                if self.takes("*") {
                    let each = self.projected(DOT)?;
                    return Node::new(Kind::ProjectMembers { base: Box::new(left), each: Box::new(each) });
                }
                let right = self.after_dot(DOT)?;
                left.then(right)
            }
            "|" => {
                self.next += 1;
                let right = self.expression(PIPE)?;
                left.then(right)
            }
            "||" => {
                self.next += 1;
                let (left, right) = both(left, self.expression(OR)?);
                Node::new(Kind::Or(left, right))
            }
            "&&" => {
                self.next += 1;
                let (left, right) = both(left, self.expression(AND)?);
                Node::new(Kind::And(left, right))
            }
            "==" | "!=" | "<" | "<=" | ">" | ">=" => {
                self.next += 1;
                let (left, right) = both(left, self.expression(COMPARISON)?);
                let comparison = match sign {
                    "==" => Comparison::Equal,
                    "!=" => Comparison::NotEqual,
                    "<" => Comparison::Less,
                    "<=" => Comparison::LessOrEqual,
                    ">" => Comparison::Greater,
                    _ => Comparison::GreaterOrEqual,
                };
                Node::new(Kind::Compare(comparison, left, right))
            }
            "(" => self.call(left),
            "[?" => {
                self.next += 1;
                self.filter(left)
            }
            "[]" => {
                self.next += 1;
                self.flattened(left)
            }
            "[" => {
                self.next += 1;
                if matches!(self.token(), Token::Number(_)) || self.is(":") {
                    return self.index(left);
                }
                self.expect("*")?;
                self.expect("]")?;
                self.project(left)
            }
            _ => Err(self.unexpected()),
        }
    }

    /// A function that exists, with as many arguments as it takes. As in az, commas between them can be left out.
    fn call(&mut self, left: Node) -> Result<Node, Problem> {
        let Kind::Field(name) = left.kind else { return Err(self.unexpected()) };
        let function = Function::named(&name).ok_or_else(|| Problem::UnknownFunction(name.to_string()))?;
        self.next += 1;
        let mut arguments = Vec::new();
        while !self.takes(")") {
            arguments.push(self.expression(0)?);
            self.takes(",");
        }
        function.admit(arguments.len())?;
        Node::new(Kind::Call(function, arguments))
    }

    fn filter(&mut self, base: Node) -> Result<Node, Problem> {
        let condition = self.expression(0)?;
        self.expect("]")?;
        let each = if self.is("[]") { Node::current() } else { self.projected(FILTER)? };
        let (base, each, condition) = (Box::new(base), Box::new(each), Box::new(condition));
        Node::new(Kind::Filter { base, each, condition })
    }

    fn flattened(&mut self, left: Node) -> Result<Node, Problem> {
        let base = Box::new(Node::new(Kind::Flatten(Box::new(left)))?);
        let each = Box::new(self.projected(FLATTEN)?);
        Node::new(Kind::Project { base, each })
    }

    fn project(&mut self, left: Node) -> Result<Node, Problem> {
        let each = Box::new(self.projected(STAR)?);
        Node::new(Kind::Project { base: Box::new(left), each })
    }

    /// `[1]` or `[1:2:3]`, of which the bracket is read.
    fn index(&mut self, left: Node) -> Result<Node, Problem> {
        if let Token::Number(number) = *self.token()
            && !self.is_then(":")
        {
            self.next += 1;
            self.expect("]")?;
            return left.then(Node::new(Kind::Index(number))?);
        }
        let mut parts = [None; 3];
        let mut part = 0;
        while !self.is("]") {
            if self.is(":") && part < 2 {
                part += 1;
            } else if let Token::Number(number) = *self.token() {
                parts[part] = Some(number);
            } else {
                return Err(self.unexpected());
            }
            self.next += 1;
        }
        self.expect("]")?;
        let [start, stop, step] = parts;
        let slice = Node::new(Kind::Slice { start, stop, step: step.unwrap_or(1) })?;
        // As in az: after an index, a slice is one more index and no projection.
        let is_indexed = left.is_indexed();
        let base = left.then(slice)?;
        if is_indexed { Ok(base) } else { self.project(base) }
    }

    fn list(&mut self) -> Result<Node, Problem> {
        let mut items = Vec::new();
        loop {
            items.push(self.expression(0)?);
            if self.takes("]") {
                return Node::new(Kind::List(items));
            }
            self.expect(",")?;
        }
    }

    fn object(&mut self) -> Result<Node, Problem> {
        let mut members: Vec<(Rc<str>, Node)> = Vec::new();
        loop {
            let (Token::Name(name) | Token::QuotedName(name)) = self.token() else {
                return Err(self.expected("a name"));
            };
            let name = name.as_str().into();
            self.next += 1;
            self.expect(":")?;
            members.push((name, self.expression(0)?));
            if !self.takes(",") && self.takes("}") {
                return Node::new(Kind::Object(members));
            }
        }
    }

    /// What is done with each item of a projection.
    fn projected(&mut self, least: u8) -> Result<Node, Problem> {
        if self.binds() < ENDS_PROJECTION {
            Ok(Node::current())
        } else if self.is("[") || self.is("[?") {
            self.expression(least)
        } else if self.takes(".") {
            self.after_dot(least)
        } else {
            Err(self.unexpected())
        }
    }

    fn after_dot(&mut self, least: u8) -> Result<Node, Problem> {
        match self.token() {
            Token::Name(_) | Token::QuotedName(_) | Token::Sign("*") => self.expression(least),
            Token::Sign("[") => {
                self.next += 1;
                self.list()
            }
            Token::Sign("{") => {
                self.next += 1;
                self.object()
            }
            _ => Err(self.expected("a name, * or a bracket")),
        }
    }
}
