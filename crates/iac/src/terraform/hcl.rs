//! HCL text into the syntax tree, through `hcl-edit`. Where it refuses a file, each block of the file's top
//! level is read by itself, so that one mistake loses one block.

use super::syntax::{Attribute, Block, Body, Expr, For, Kind, Operator, Part, Step};
use super::value::literal;
use hcl_edit::expr::{BinaryOperator, Expression, ObjectKey, TraversalOperator, UnaryOperator};
use hcl_edit::structure::{BlockLabel, Structure};
use hcl_edit::template::{Directive, Element, Strip, Template};
use hcl_edit::{Span, parser};
use std::ops::Range;
use std::sync::Arc;
use tieout_model::{Gap, Node, Place, Position, Reason, Value};
use tieout_source::LineIndex;

/// Reads a file: what could be read, and what could not.
pub(crate) fn parse(path: &Arc<str>, text: &str) -> (Body, Vec<(Gap, Place)>) {
    // A byte order mark becomes spaces, so that the offsets stay.
    let blanked;
    let text = match text.strip_prefix('\u{feff}') {
        Some(rest) => {
            blanked = format!("   {rest}");
            &*blanked
        }
        None => text,
    };
    let index = LineIndex::new(text);
    let mut gaps = Vec::new();
    if let Ok(body) = parser::parse_body(text) {
        return (Reader { path, index: &index, base: 0, text }.body(&body), gaps);
    }
    let mut body = Body::default();
    for part in top_level(text) {
        let Some(slice) = text.get(part.clone()) else { continue };
        let reader = Reader { path, index: &index, base: part.start, text: slice };
        match parser::parse_body(slice) {
            Ok(parsed) => {
                let read = reader.body(&parsed);
                body.attributes.extend(read.attributes);
                body.blocks.extend(read.blocks);
            }
            Err(error) => {
                gaps.push(refusal(path, &index, part.start + error.location().offset(), error.message()))
            }
        }
    }
    (body, gaps)
}

/// Reads a template that stands by itself: a template file, or a string of the JSON syntax.
pub(crate) fn parse_template(path: &Arc<str>, text: &str, at: Option<&Place>) -> Result<Vec<Part>, String> {
    let template = parser::parse_template(text).map_err(|error| error.message().to_owned())?;
    let index = LineIndex::new(text);
    let reader = Reader { path, index: &index, base: 0, text };
    let mut parts = reader.template(&template);
    if let Some(at) = at {
        parts.iter_mut().for_each(|part| move_part(part, at));
    }
    Ok(parts)
}

/// A literal that stands by itself; `None` where it is no expression or more than a literal.
pub(crate) fn parse_literal(text: &str) -> Option<Value> {
    let parsed = parser::parse_expr(text.trim()).ok()?;
    let index = LineIndex::new(text);
    let path: Arc<str> = "".into();
    let value = literal(&Reader { path: &path, index: &index, base: 0, text }.expr(&parsed));
    Node::new(value.clone(), Place::None).is_known().then_some(value)
}

fn refusal(path: &Arc<str>, index: &LineIndex, offset: usize, message: &str) -> (Gap, Place) {
    let position = index.position(offset);
    let what = format!("{path}:{}: not valid HCL: {}", position.line, message.replace('\n', " "));
    let gap =
        Gap::new(Reason::Unreadable, what, "mend the syntax (`terraform validate` shows the same place)");
    (gap, Place::text(path, position, Position { line: position.line, column: position.column + 1 }))
}

/// Where each structure of the top level begins and ends: from a line that starts with a letter at depth 0
/// to the next one.
fn top_level(text: &str) -> Vec<Range<usize>> {
    let mut starts = Vec::new();
    let mut depth = 0i32;
    let mut heredoc: Option<String> = None;
    let mut comment = false;
    let mut offset = 0;
    for line in text.split_inclusive('\n') {
        let start = offset;
        offset += line.len();
        if let Some(end) = &heredoc {
            if line.trim() == end {
                heredoc = None;
            }
            continue;
        }
        // A block that starts in the first column is a new one, whatever braces the broken one left open.
        let begins = !comment && line.starts_with(|c: char| c.is_alphabetic() || c == '_');
        if begins && (depth <= 0 || line.trim_end().ends_with('{') || line.contains("\" {")) {
            depth = 0;
            starts.push(start);
        }
        depth += line_depth(line, &mut comment, &mut heredoc);
    }
    let mut parts = Vec::with_capacity(starts.len());
    for (number, start) in starts.iter().enumerate() {
        parts.push(*start..starts.get(number + 1).copied().unwrap_or(text.len()));
    }
    parts
}

/// How much deeper a line leaves us; notes an open comment and the start of a heredoc.
fn line_depth(line: &str, comment: &mut bool, heredoc: &mut Option<String>) -> i32 {
    let mut depth = 0;
    let mut quoted = false;
    let mut rest = line.chars().peekable();
    while let Some(c) = rest.next() {
        match c {
            '*' if *comment && rest.peek() == Some(&'/') => *comment = false,
            _ if *comment => {}
            '\\' if quoted => drop(rest.next()),
            '"' => quoted = !quoted,
            _ if quoted => {}
            '#' => break,
            '/' if rest.peek() == Some(&'/') => break,
            '/' if rest.peek() == Some(&'*') => *comment = true,
            '<' if rest.peek() == Some(&'<') => {
                rest.next();
                let word: String = rest.clone().collect();
                let word = word.trim().trim_start_matches('-');
                if word.starts_with(|c: char| c.is_alphabetic() || c == '_') {
                    *heredoc = Some(word.to_owned());
                    break;
                }
            }
            '{' | '[' | '(' => depth += 1,
            '}' | ']' | ')' => depth -= 1,
            _ => {}
        }
    }
    depth
}

struct Reader<'a> {
    path: &'a Arc<str>,
    index: &'a LineIndex<'a>,
    /// Offset of the parsed slice in the file.
    base: usize,
    /// The parsed slice.
    text: &'a str,
}

impl Reader<'_> {
    fn at(&self, span: Option<Range<usize>>) -> Place {
        match span {
            Some(span) => {
                let end = span.end.min(self.text.len());
                self.index.place(self.path, self.base + span.start..self.base + end)
            }
            None => Place::None,
        }
    }

    fn body(&self, body: &hcl_edit::structure::Body) -> Body {
        let mut out = Body::default();
        for structure in body.iter() {
            match structure {
                Structure::Attribute(attribute) => out.attributes.push(self.attribute(attribute)),
                Structure::Block(block) => out.blocks.push(self.block(block)),
            }
        }
        out
    }

    fn attribute(&self, attribute: &hcl_edit::structure::Attribute) -> Attribute {
        let key = attribute.key.as_str();
        let span = attribute.key.span().or_else(|| self.key_before(key, attribute.value.span()));
        Attribute { key: key.into(), at: self.at(span), value: self.expr(&attribute.value) }
    }

    /// Where a key stands that the parser gives no span for: the last such word before its value.
    fn key_before(&self, key: &str, value: Option<Range<usize>>) -> Option<Range<usize>> {
        let end = value?.start;
        let start = self.text.get(..end)?.rfind(key)?;
        Some(start..start + key.len())
    }

    fn block(&self, block: &hcl_edit::structure::Block) -> Block {
        let at = self.at(block.span());
        let first = self.at(block.ident.span());
        let last = block.labels.last().map(|label| match label {
            BlockLabel::Ident(ident) => self.at(ident.span()),
            BlockLabel::String(text) => self.at(text.span()),
        });
        let head = match last {
            Some(last) if first != Place::None => first.to(&last),
            _ => first,
        };
        Block {
            kind: block.ident.as_str().into(),
            labels: block.labels.iter().map(|label| label.as_str().into()).collect(),
            body: self.body(&block.body),
            head,
            at,
        }
    }

    fn expr(&self, expression: &Expression) -> Expr {
        let kind = match expression {
            Expression::Null(_) => Kind::Null,
            Expression::Bool(flag) => Kind::Bool(*flag.value()),
            Expression::Number(number) => {
                let number = number.value();
                match number.as_i64() {
                    Some(int) => Kind::Int(int),
                    None => Kind::Float(number.as_f64().unwrap_or_default()),
                }
            }
            Expression::String(text) => Kind::Text(text.value().as_str().into()),
            Expression::Array(array) => Kind::List(array.iter().map(|item| self.expr(item)).collect()),
            Expression::Object(object) => Kind::Object(
                object
                    .iter()
                    .map(|(key, value)| (self.object_key(key, value.expr().span()), self.expr(value.expr())))
                    .collect(),
            ),
            Expression::StringTemplate(template) => template_kind(self.template(template)),
            Expression::HeredocTemplate(heredoc) => match self.template(&heredoc.template) {
                parts if parts.is_empty() => Kind::Text("".into()),
                parts => template_kind(parts),
            },
            Expression::Parenthesis(inner) => return self.expr(inner.inner()),
            Expression::Variable(name) => Kind::Variable(name.as_str().into()),
            Expression::Conditional(conditional) => Kind::Conditional(Box::new([
                self.expr(&conditional.cond_expr),
                self.expr(&conditional.true_expr),
                self.expr(&conditional.false_expr),
            ])),
            Expression::FuncCall(call) => {
                let mut name = String::new();
                for part in &call.name.namespace {
                    name.push_str(part.as_str());
                    name.push_str("::");
                }
                name.push_str(call.name.name.as_str());
                Kind::Call {
                    name: name.into(),
                    arguments: call.args.iter().map(|argument| self.expr(argument)).collect(),
                    expand: call.args.expand_final(),
                }
            }
            Expression::Traversal(traversal) => Kind::Traversal(
                Box::new(self.expr(&traversal.expr)),
                traversal.operators.iter().map(|operator| self.step(operator.value())).collect(),
            ),
            Expression::UnaryOp(unary) => {
                let inner = Box::new(self.expr(&unary.expr));
                match unary.operator.value() {
                    UnaryOperator::Neg => Kind::Negative(inner),
                    UnaryOperator::Not => Kind::Not(inner),
                }
            }
            Expression::BinaryOp(binary) => Kind::Binary(
                operator(*binary.operator.value()),
                Box::new([self.expr(&binary.lhs_expr), self.expr(&binary.rhs_expr)]),
            ),
            Expression::ForExpr(inner) => Kind::For(Box::new(For {
                key_name: inner.intro.key_var.as_ref().map(|name| name.as_str().into()),
                value_name: inner.intro.value_var.as_str().into(),
                collection: self.expr(&inner.intro.collection_expr),
                key: inner.key_expr.as_ref().map(|key| self.expr(key)),
                value: self.expr(&inner.value_expr),
                grouping: inner.grouping,
                condition: inner.cond.as_ref().map(|condition| self.expr(&condition.expr)),
            })),
        };
        Expr::new(kind, self.at(expression.span()))
    }

    fn object_key(&self, key: &ObjectKey, value: Option<Range<usize>>) -> Expr {
        match key {
            ObjectKey::Ident(ident) => {
                let span = ident.span().or_else(|| self.key_before(ident.as_str(), value));
                Expr::new(Kind::Text(ident.as_str().into()), self.at(span))
            }
            ObjectKey::Expression(expression) => self.expr(expression),
        }
    }

    fn step(&self, operator: &TraversalOperator) -> Step {
        match operator {
            TraversalOperator::AttrSplat(_) => Step::AttributeSplat,
            TraversalOperator::FullSplat(_) => Step::Splat,
            TraversalOperator::GetAttr(name) => Step::Attribute(name.as_str().into()),
            TraversalOperator::Index(index) => Step::Index(self.expr(index)),
            TraversalOperator::LegacyIndex(number) => {
                let number = i64::try_from(*number.value()).unwrap_or(i64::MAX);
                Step::Index(Expr::new(Kind::Int(number), self.at(operator.span())))
            }
        }
    }

    fn template(&self, template: &Template) -> Vec<Part> {
        let mut parts = Vec::new();
        let mut strip_next = false;
        for element in template.iter() {
            match element {
                Element::Literal(text) => {
                    let text = text.value().as_str();
                    let text = if strip_next { text.trim_start() } else { text };
                    strip_next = false;
                    parts.push(Part::Text(text.into()));
                }
                Element::Interpolation(hole) => {
                    strip_before(&mut parts, hole.strip);
                    parts.push(Part::Hole(self.expr(&hole.expr)));
                    strip_next = hole.strip.strip_end();
                }
                Element::Directive(directive) => {
                    let (part, before, after) = self.directive(directive);
                    strip_before(&mut parts, before);
                    parts.push(part);
                    strip_next = after.strip_end();
                }
            }
        }
        parts
    }

    fn directive(&self, directive: &Directive) -> (Part, Strip, Strip) {
        match directive {
            Directive::If(inner) => {
                let (first, last) = (inner.if_expr.strip, inner.endif_expr.strip);
                let middle = inner.else_expr.as_ref().map_or(last, |otherwise| otherwise.strip);
                let part = Part::If {
                    condition: self.expr(&inner.if_expr.cond_expr),
                    then: self.inside(&inner.if_expr.template, first, middle),
                    otherwise: inner
                        .else_expr
                        .as_ref()
                        .map(|otherwise| self.inside(&otherwise.template, otherwise.strip, last))
                        .unwrap_or_default(),
                };
                (part, first, last)
            }
            Directive::For(inner) => {
                let (first, last) = (inner.for_expr.strip, inner.endfor_expr.strip);
                let part = Part::For {
                    key: inner.for_expr.key_var.as_ref().map(|name| name.as_str().into()),
                    value: inner.for_expr.value_var.as_str().into(),
                    collection: self.expr(&inner.for_expr.collection_expr),
                    body: self.inside(&inner.for_expr.template, first, last),
                };
                (part, first, last)
            }
        }
    }

    /// The template between two directives, of which each may strip the space next to it.
    fn inside(&self, template: &Template, before: Strip, after: Strip) -> Vec<Part> {
        let mut parts = self.template(template);
        if before.strip_end()
            && let Some(Part::Text(text)) = parts.first_mut()
        {
            *text = text.trim_start().into();
        }
        strip_before(&mut parts, after);
        parts
    }
}

fn strip_before(parts: &mut [Part], strip: Strip) {
    if strip.strip_start()
        && let Some(Part::Text(text)) = parts.last_mut()
    {
        *text = text.trim_end().into();
    }
}

fn template_kind(mut parts: Vec<Part>) -> Kind {
    match parts.as_mut_slice() {
        [Part::Text(text)] => Kind::Text(text.clone()),
        _ => Kind::Template(parts),
    }
}

fn operator(operator: BinaryOperator) -> Operator {
    match operator {
        BinaryOperator::Eq => Operator::Equal,
        BinaryOperator::NotEq => Operator::NotEqual,
        BinaryOperator::LessEq => Operator::LessOrEqual,
        BinaryOperator::GreaterEq => Operator::GreaterOrEqual,
        BinaryOperator::Less => Operator::Less,
        BinaryOperator::Greater => Operator::Greater,
        BinaryOperator::Plus => Operator::Plus,
        BinaryOperator::Minus => Operator::Minus,
        BinaryOperator::Mul => Operator::Times,
        BinaryOperator::Div => Operator::Divide,
        BinaryOperator::Mod => Operator::Modulo,
        BinaryOperator::And => Operator::And,
        BinaryOperator::Or => Operator::Or,
    }
}

/// Puts every expression of a part at one place.
fn move_part(part: &mut Part, at: &Place) {
    match part {
        Part::Text(_) => {}
        Part::Hole(expr) => move_expr(expr, at),
        Part::If { condition, then, otherwise } => {
            move_expr(condition, at);
            then.iter_mut().chain(otherwise).for_each(|part| move_part(part, at));
        }
        Part::For { collection, body, .. } => {
            move_expr(collection, at);
            body.iter_mut().for_each(|part| move_part(part, at));
        }
    }
}

fn move_expr(expr: &mut Expr, at: &Place) {
    expr.at = at.clone();
    match &mut expr.kind {
        Kind::List(items) => items.iter_mut().for_each(|item| move_expr(item, at)),
        Kind::Object(entries) => entries.iter_mut().for_each(|(key, value)| {
            move_expr(key, at);
            move_expr(value, at);
        }),
        Kind::Template(parts) => parts.iter_mut().for_each(|part| move_part(part, at)),
        Kind::Conditional(three) => three.iter_mut().for_each(|expr| move_expr(expr, at)),
        Kind::Call { arguments, .. } => arguments.iter_mut().for_each(|argument| move_expr(argument, at)),
        Kind::Traversal(root, steps) => {
            move_expr(root, at);
            for step in steps {
                if let Step::Index(index) = step {
                    move_expr(index, at);
                }
            }
        }
        Kind::Not(inner) | Kind::Negative(inner) => move_expr(inner, at),
        Kind::Binary(_, two) => two.iter_mut().for_each(|expr| move_expr(expr, at)),
        Kind::For(inner) => {
            move_expr(&mut inner.collection, at);
            move_expr(&mut inner.value, at);
            inner.key.iter_mut().chain(&mut inner.condition).for_each(|expr| move_expr(expr, at));
        }
        Kind::Null | Kind::Bool(_) | Kind::Int(_) | Kind::Float(_) | Kind::Text(_) | Kind::Variable(_) => {}
    }
}
