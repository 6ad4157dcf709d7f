//! YAML into trees with places, as PyYAML's safe loader reads it (YAML 1.1 scalars, merge keys, the last of
//! two equal keys wins), on the events of `granit-parser`. Tags of a dialect are the caller's business.

mod scalar;

use crate::{Interner, LineIndex, MAX_DEPTH, Problem};
use granit_parser::{Event, Marker, Options, Parser, ScalarStyle, Span, StructureStyle, Tag};
use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use tieout_model::tree::Entry;
use tieout_model::{Gap, Node, Place, Position, Value};

/// How many values aliases may copy in one file, so that a "billion laughs" stays small.
const MAX_COPIED: usize = 50_000;

/// Reads all documents of a text. Tags that YAML itself does not define are dropped, their values kept.
/// What cannot be read is a problem with its place; documents before and after it are still given.
pub fn parse(file: &Arc<str>, text: &str) -> (Vec<Node>, Vec<Problem>) {
    parse_tagged(file, text, &|_, node| node)
}

/// Like [`parse`], with a say in what a tagged value becomes: `tag` is given the tag's name without the
/// leading `!` (`Sub`) and the value, whose place starts at the tag.
pub fn parse_tagged(
    file: &Arc<str>,
    text: &str,
    tag: &dyn Fn(&str, Node) -> Node,
) -> (Vec<Node>, Vec<Problem>) {
    let mut options = Options::default();
    options.set_emit_comments(false);
    options.block_scalar_eof_without_line_feed = true;
    let mut parser = Parser::new_from_str_with_options(text, options);
    let mut builder = Builder::new(file, text, tag);
    loop {
        match parser.next_event() {
            None => break,
            Some(Ok((Event::StreamEnd, _))) => break,
            Some(Ok((event, span))) => builder.event(event, &span),
            Some(Err(error)) => {
                builder.abandon();
                let at = position(error.marker());
                builder.problem(error.info(), Place::text(file, at, at));
                if !matches!(parser.proceed_next_document(), Ok(true)) {
                    break;
                }
            }
        }
    }
    (builder.documents, builder.problems)
}

/// A collection whose end has not been read yet.
struct Frame {
    kind: Kind,
    start: Position,
    /// The end of the last part read.
    end: Position,
    flow: bool,
    anchor: usize,
    tag: Option<String>,
    /// Values in it, aliases' copies included.
    size: usize,
}

enum Kind {
    List(Vec<Node>),
    Map { entries: Vec<Entry>, key: Option<Key>, seen: HashSet<Arc<str>>, merges: Vec<Node> },
}

/// A key whose value has not been read yet.
struct Key {
    text: Arc<str>,
    at: Place,
    end: Position,
    merge: bool,
    /// True where the map has this key already.
    again: bool,
}

struct Builder<'a> {
    file: &'a Arc<str>,
    text: &'a str,
    index: LineIndex<'a>,
    tag: &'a dyn Fn(&str, Node) -> Node,
    frames: Vec<Frame>,
    anchors: HashMap<usize, (Node, usize)>,
    copied: usize,
    /// Collections being skipped because they are nested too deeply.
    skipping: usize,
    documents: Vec<Node>,
    problems: Vec<Problem>,
    names: Interner,
}

impl<'a> Builder<'a> {
    fn new(file: &'a Arc<str>, text: &'a str, tag: &'a dyn Fn(&str, Node) -> Node) -> Builder<'a> {
        Builder {
            file,
            text,
            index: LineIndex::new(text),
            tag,
            frames: Vec::new(),
            anchors: HashMap::new(),
            copied: 0,
            skipping: 0,
            documents: Vec::new(),
            problems: Vec::new(),
            names: Interner::default(),
        }
    }

    fn problem(&mut self, message: impl Into<String>, at: Place) {
        self.problems.push(Problem { message: message.into(), at });
    }

    fn abandon(&mut self) {
        self.frames.clear();
        self.anchors.clear();
        self.skipping = 0;
    }

    fn event(&mut self, event: Event<'_>, span: &Span) {
        match event {
            Event::DocumentStart(..) => self.abandon(),
            Event::SequenceStart(style, anchor, tag) => {
                self.open(Kind::List(Vec::new()), style, anchor, tag.as_deref(), span);
            }
            Event::MappingStart(style, anchor, tag) => {
                let kind =
                    Kind::Map { entries: Vec::new(), key: None, seen: HashSet::new(), merges: Vec::new() };
                self.open(kind, style, anchor, tag.as_deref(), span);
            }
            Event::SequenceEnd | Event::MappingEnd => self.close(span),
            _ if self.skipping > 0 => {}
            Event::Scalar(text, style, anchor, tag) => {
                self.scalar(&text, style, anchor, tag.as_deref(), span);
            }
            Event::Alias(id) => self.alias(id, span),
            _ => {}
        }
    }

    fn open(&mut self, kind: Kind, style: StructureStyle, anchor: usize, tag: Option<&Tag>, span: &Span) {
        if self.skipping > 0 {
            self.skipping += 1;
            return;
        }
        let start = position(&span.tag_start().unwrap_or(span.start));
        if self.frames.len() >= MAX_DEPTH {
            self.skipping = 1;
            let at = Place::text(self.file, start, start);
            let message = format!("nested more than {MAX_DEPTH} levels deep; what is deeper was not read");
            self.problem(message.clone(), at.clone());
            let end = start;
            self.complete(Node::unknown(Gap::unsupported(message), at), end, 1);
            return;
        }
        let flow = style == StructureStyle::Flow;
        let tag = tag.and_then(custom_tag);
        self.frames.push(Frame { kind, start, end: start, flow, anchor, tag, size: 1 });
    }

    fn close(&mut self, span: &Span) {
        if self.skipping > 0 {
            self.skipping -= 1;
            return;
        }
        let Some(frame) = self.frames.pop() else { return };
        let end = if frame.flow { position(&span.end) } else { frame.end };
        let at = Place::text(self.file, frame.start, end);
        let value = match frame.kind {
            Kind::List(items) => Value::List(items),
            Kind::Map { entries, merges, .. } => Value::Map(merge(merges, entries)),
        };
        let mut node = Node::new(value, at);
        if let Some(tag) = &frame.tag {
            node = (self.tag)(tag, node);
        }
        if frame.anchor != 0 {
            self.anchors.insert(frame.anchor, (node.clone(), frame.size));
        }
        self.complete(node, end, frame.size);
    }

    fn scalar(&mut self, text: &str, style: ScalarStyle, anchor: usize, tag: Option<&Tag>, span: &Span) {
        let (start, end) = self.scalar_span(style, span);
        let at = Place::text(self.file, start, end);
        let empty = span.start == span.end && style == ScalarStyle::Plain;
        let custom = tag.and_then(custom_tag);
        let value = match (tag, &custom) {
            (_, Some(_)) if empty => Value::Text("".into()),
            (_, Some(_)) => Value::Text(self.names.intern(text)),
            (Some(tag), None) => match tag.core_suffix() {
                Some("int" | "float" | "bool" | "null") => scalar::plain(text, &mut self.names),
                _ if empty => Value::Text("".into()),
                _ => Value::Text(self.names.intern(text)),
            },
            (None, None) if style == ScalarStyle::Plain => scalar::plain(text, &mut self.names),
            (None, None) => Value::Text(self.names.intern(text)),
        };
        if self.wants_key() && custom.is_none() {
            let merge = style == ScalarStyle::Plain && tag.is_none() && text == "<<";
            if anchor != 0 {
                self.anchors.insert(anchor, (Node::new(value, at.clone()), 1));
            }
            let text = if empty { self.names.intern("") } else { self.names.intern(text) };
            self.key(Key { text, at, end, merge, again: false });
            return;
        }
        let mut node = Node::new(value, at);
        if let Some(tag) = &custom {
            node = (self.tag)(tag, node);
        }
        if anchor != 0 {
            self.anchors.insert(anchor, (node.clone(), 1));
        }
        let end = if empty && custom.is_none() { self.last_end(end) } else { end };
        if empty && custom.is_none() {
            node.at = Place::text(self.file, end, end);
        }
        self.complete(node, end, 1);
    }

    fn alias(&mut self, id: usize, span: &Span) {
        let (start, end) = (position(&span.start), position(&span.end));
        let at = Place::text(self.file, start, end);
        let (mut node, size) = match self.anchors.get(&id) {
            Some((_, size)) if self.copied + size > MAX_COPIED => {
                let message = format!("aliases repeat more than {MAX_COPIED} values; the rest was not read");
                self.problem(message.clone(), at.clone());
                (Node::unknown(Gap::unsupported(message), at.clone()), 1)
            }
            Some((node, size)) => {
                self.copied += size;
                (node.clone(), *size)
            }
            None => {
                let message = "an alias stands inside the value that it names, so it has no end";
                self.problem(message, at.clone());
                (Node::unknown(Gap::unsupported(message), at.clone()), 1)
            }
        };
        if depth(&node) + self.frames.len() > MAX_DEPTH {
            let message = format!("nested more than {MAX_DEPTH} levels deep; what is deeper was not read");
            self.problem(message.clone(), at.clone());
            node = Node::unknown(Gap::unsupported(message), at.clone());
        }
        node.at = at;
        self.complete(node, end, size);
    }

    /// Start and end of a scalar; trailing blank lines of a block scalar are not part of it.
    fn scalar_span(&self, style: ScalarStyle, span: &Span) -> (Position, Position) {
        let start = position(&span.tag_start().unwrap_or(span.start));
        let block = matches!(style, ScalarStyle::Literal | ScalarStyle::Folded);
        let end = match (block, span.byte_range()) {
            (true, Some(range)) => {
                let read = self.text.get(range.clone()).unwrap_or_default();
                self.index.position(range.start + read.trim_end().len())
            }
            _ => position(&span.end),
        };
        (start, end.max(start))
    }

    fn wants_key(&self) -> bool {
        matches!(self.frames.last(), Some(Frame { kind: Kind::Map { key: None, .. }, .. }))
    }

    /// Where the part before an empty value ended.
    fn last_end(&self, otherwise: Position) -> Position {
        match self.frames.last() {
            Some(Frame { kind: Kind::Map { key: Some(key), .. }, .. }) => key.end,
            _ => otherwise,
        }
    }

    fn key(&mut self, new: Key) {
        let mut duplicate = false;
        if let Some(frame) = self.frames.last_mut() {
            frame.end = frame.end.max(new.end);
            frame.size += 1;
            if let Kind::Map { key, seen, .. } = &mut frame.kind {
                duplicate = !new.merge && !seen.insert(new.text.clone());
                *key = Some(Key { again: duplicate, ..new });
            }
        }
        if duplicate && let Some(Frame { kind: Kind::Map { key: Some(key), .. }, .. }) = self.frames.last() {
            let (message, at) =
                (format!("the key `{}` stands here twice; the last one counts", key.text), key.at.clone());
            self.problem(message, at);
        }
    }

    /// Puts a finished value where it belongs: the document, a list, a key or the value of one.
    fn complete(&mut self, node: Node, end: Position, size: usize) {
        if self.wants_key() {
            let text = match node.scalar_text() {
                Some(text) => text,
                None => {
                    self.problem("a key that is a list or a map is not a name", node.at.clone());
                    node.to_json().to_string().into()
                }
            };
            let at = node.at;
            self.key(Key { text, at, end, merge: false, again: false });
            return;
        }
        let Some(frame) = self.frames.last_mut() else {
            self.documents.push(node);
            return;
        };
        frame.end = frame.end.max(end);
        frame.size += size;
        let mut bad_merge = None;
        match &mut frame.kind {
            Kind::List(items) => items.push(node),
            Kind::Map { entries, key, merges, .. } => match key.take() {
                Some(key) if key.merge => match node.value {
                    Value::Map(_) => merges.push(node),
                    Value::List(items) if items.iter().all(|item| matches!(item.value, Value::Map(_))) => {
                        merges.extend(items);
                    }
                    _ => bad_merge = Some(key.at),
                },
                Some(key) if key.again => replace(entries, Entry { key: key.text, at: key.at, node }),
                Some(key) => entries.push(Entry { key: key.text, at: key.at, node }),
                None => {}
            },
        }
        if let Some(at) = bad_merge {
            self.problem("`<<` needs a map, or a list of maps, to merge", at);
        }
    }
}

/// The last of two equal keys counts, in the place of the first.
fn replace(entries: &mut Vec<Entry>, new: Entry) {
    match entries.iter_mut().find(|entry| entry.key == new.key) {
        Some(entry) => *entry = new,
        None => entries.push(new),
    }
}

/// Merged maps come first and yield to the map's own keys; of several, the earlier wins.
fn merge(merges: Vec<Node>, own: Vec<Entry>) -> Vec<Entry> {
    if merges.is_empty() {
        return own;
    }
    let mut entries: Vec<Entry> = Vec::new();
    let mut places: HashMap<Arc<str>, usize> = HashMap::new();
    let merged = merges.into_iter().flat_map(|node| match node.value {
        Value::Map(entries) => entries,
        _ => Vec::new(),
    });
    for entry in merged {
        if !places.contains_key(&entry.key) {
            places.insert(entry.key.clone(), entries.len());
            entries.push(entry);
        }
    }
    for entry in own {
        match places.get(&entry.key).and_then(|place| entries.get_mut(*place)) {
            Some(earlier) => *earlier = entry,
            None => entries.push(entry),
        }
    }
    entries
}

/// The name of a tag that YAML itself does not define: `Sub` of `!Sub`.
fn custom_tag(tag: &Tag) -> Option<String> {
    if tag.is_yaml_core_schema() || tag.suffix_in_namespace("tag:yaml.org,2002:").is_some() {
        return None;
    }
    let name = tag.original();
    let name = name.trim_start_matches('!');
    (!name.is_empty()).then(|| name.to_owned())
}

fn depth(node: &Node) -> usize {
    match &node.value {
        Value::List(items) => 1 + items.iter().map(depth).max().unwrap_or(0),
        Value::Map(entries) => 1 + entries.iter().map(|entry| depth(&entry.node)).max().unwrap_or(0),
        _ => 0,
    }
}

fn position(marker: &Marker) -> Position {
    let narrow = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
    Position { line: narrow(marker.line()).max(1), column: narrow(marker.col()).saturating_add(1) }
}

#[cfg(test)]
mod tests;
