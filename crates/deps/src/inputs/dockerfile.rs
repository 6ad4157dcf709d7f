//! Dockerfile and Containerfile: the images that stages start from, and the commands that install packages. What a command
//! asks for is in `install`, what an image holds in `image`.
//!
//! Facts: Docker's documentation, "Dockerfile reference".

use super::install::{self, Around};
use super::shell::{Variables, Word, commands, expand};
use super::{Cx, image, requirements};
use crate::{Group, Product, RuntimeDeclaration};
use std::collections::BTreeMap;
use std::sync::Arc;
use tieout_model::{Gap, Place, Reason};
use tieout_source::LineIndex;

/// `Dockerfile`, `Dockerfile.prod`, `api.Dockerfile`, `Containerfile`
pub(super) fn is_dockerfile(_path: &str, name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    const OTHER: [&str; 9] = [".dockerignore", ".py", ".md", ".rst", ".txt", ".json", ".yml", ".yaml", ".sh"];
    if OTHER.iter().any(|end| name.ends_with(end)) {
        return false;
    }
    name.split(['.', '-', '_']).any(|word| matches!(word, "dockerfile" | "containerfile"))
}

/// An instruction: its keyword and the rest, continued lines joined.
struct Instruction {
    keyword: String,
    body: Body,
    /// Here-documents behind it.
    documents: Vec<Body>,
}

/// A text put together from parts of the file, with the way back.
#[derive(Default, Clone)]
struct Body {
    text: String,
    /// Where in the text a part starts, and where it stands in the file.
    parts: Vec<(usize, usize)>,
}

impl Body {
    fn push(&mut self, text: &str, offset: usize) {
        self.parts.push((self.text.len(), offset));
        self.text.push_str(text);
    }

    /// The offset in the file of an offset in the text.
    fn offset(&self, at: usize) -> usize {
        let after = self.parts.partition_point(|(start, _)| *start <= at);
        let part = after.checked_sub(1).and_then(|index| self.parts.get(index));
        part.map_or(0, |(start, offset)| offset + (at - start))
    }
}

/// The instructions of a file.
fn instructions(text: &str) -> Vec<Instruction> {
    let escape = escape_character(text);
    let mut out = Vec::new();
    let mut lines = Vec::new();
    let mut offset = 0;
    for line in text.split_inclusive('\n') {
        lines.push((line.trim_end_matches(['\n', '\r']), offset));
        offset += line.len();
    }
    let mut lines = lines.into_iter();
    while let Some((line, offset)) = lines.next() {
        let trimmed = line.trim_start();
        if trimmed.is_empty() || trimmed.starts_with('#') {
            continue;
        }
        let mut body = Body::default();
        let mut next = Some((trimmed, offset + (line.len() - trimmed.len())));
        while let Some((line, offset)) = next.take() {
            match line.trim_end().strip_suffix(escape) {
                None => body.push(line, offset),
                Some(line) => {
                    body.push(line, offset);
                    // A comment, or an empty line, between continued ones does not count.
                    next = lines
                        .find(|(line, _)| !line.trim().is_empty() && !line.trim_start().starts_with('#'));
                }
            }
        }
        let end = body.text.find(char::is_whitespace).unwrap_or(body.text.len());
        let keyword = body.text.get(..end).unwrap_or_default().to_ascii_uppercase();
        let mut documents = Vec::new();
        if matches!(keyword.as_str(), "RUN" | "COPY" | "ADD") {
            for (word, tabs) in here_documents(&body.text) {
                let mut document = Body::default();
                for (line, offset) in lines.by_ref() {
                    let plain = if tabs { line.trim_start_matches('\t') } else { line };
                    if plain == word {
                        break;
                    }
                    document.push(line, offset);
                    document.push("\n", offset + line.len());
                }
                documents.push(document);
            }
        }
        out.push(Instruction { keyword, body, documents });
    }
    out
}

/// `# escape=` in the comments that open the file.
fn escape_character(text: &str) -> char {
    for line in text.lines() {
        let Some(comment) = line.trim().strip_prefix('#') else { break };
        let Some((name, value)) = comment.split_once('=') else { break };
        if name.trim().eq_ignore_ascii_case("escape") && value.trim() == "`" {
            return '`';
        }
    }
    '\\'
}

/// The ends of here-documents that a line opens, and whether leading tabs do not count.
fn here_documents(text: &str) -> Vec<(String, bool)> {
    let mut found = Vec::new();
    for (at, _) in text.match_indices("<<") {
        let after = text.get(at + 2..).unwrap_or_default();
        let before = text.get(..at).unwrap_or_default();
        if after.starts_with('<') || before.ends_with('<') {
            continue;
        }
        let (after, tabs) = match after.strip_prefix('-') {
            Some(after) => (after, true),
            None => (after, false),
        };
        let word: String = after
            .trim_start_matches(['"', '\''])
            .chars()
            .take_while(|c| c.is_ascii_alphanumeric() || *c == '_')
            .collect();
        if word.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_') {
            found.push((word, tabs));
        }
    }
    found
}

/// A stage of the build.
#[derive(Default)]
struct Stage {
    name: String,
    variables: Variables,
    /// True where the image that it comes down to says its runtime.
    known: bool,
    image: String,
    at: Place,
    /// True once it installs packages.
    installs: bool,
}

/// The parser.
pub(super) fn parse(cx: &mut Cx<'_>) {
    let text = cx.text.clone();
    let index = LineIndex::new(&text);
    let mut file = Dockerfile {
        index,
        group: requirements::group_of(&cx.path),
        global: Variables::new(),
        stages: Vec::new(),
        copied: Vec::new(),
        built: false,
    };
    for instruction in instructions(&text) {
        let end = instruction.keyword.len().min(instruction.body.text.len());
        let body = instruction.body.text.get(end..).unwrap_or_default();
        match instruction.keyword.as_str() {
            "FROM" => file.from(cx, body, &instruction),
            "ARG" => file.argument(cx, body, end, &instruction),
            "ENV" => file.environment(cx, body, end, &instruction),
            "COPY" | "ADD" => file.copy(body),
            "RUN" => file.run(cx, body, end, &instruction),
            _ => {}
        }
    }
    file.unknown_bases(cx);
}

struct Dockerfile<'t> {
    index: LineIndex<'t>,
    group: Group,
    /// `ARG`s before the first `FROM`.
    global: Variables,
    stages: Vec<Stage>,
    copied: Vec<String>,
    built: bool,
}

impl Dockerfile<'_> {
    fn place(&self, cx: &Cx<'_>, body: &Body, start: usize, end: usize) -> Place {
        let from = body.offset(start);
        let to = body.offset(end.saturating_sub(1).max(start)) + usize::from(end > start);
        self.index.place(&cx.path, from..to.max(from))
    }

    fn variables(&mut self) -> &mut Variables {
        match self.stages.last_mut() {
            Some(stage) => &mut stage.variables,
            None => &mut self.global,
        }
    }

    fn from(&mut self, cx: &mut Cx<'_>, body: &str, instruction: &Instruction) {
        let words: Vec<&str> = body.split_whitespace().filter(|word| !word.starts_with("--")).collect();
        let at = self.place(cx, &instruction.body, 0, instruction.body.text.trim_end().len());
        let Some(written) = words.first() else {
            return cx.unreadable("FROM", "the image is missing", at);
        };
        let name = match words.get(1..) {
            Some([word, name, ..]) if word.eq_ignore_ascii_case("as") => name.to_ascii_lowercase(),
            _ => String::new(),
        };
        let image = expand(written.trim_matches(['"', '\'']), &self.global);
        let earlier = self
            .stages
            .iter()
            .find(|stage| !stage.name.is_empty() && stage.name.eq_ignore_ascii_case(&image));
        let stage = match earlier {
            Some(base) => Stage {
                name,
                variables: base.variables.clone(),
                known: base.known,
                image: base.image.clone(),
                at,
                installs: false,
            },
            None => {
                let known = declare(cx, &image, written, &at);
                Stage { name, variables: Variables::new(), known, image, at, installs: false }
            }
        };
        self.stages.push(stage);
    }

    /// `ARG NAME=default`; within a stage `ARG NAME` takes over the global one.
    fn argument(&mut self, cx: &mut Cx<'_>, body: &str, start: usize, instruction: &Instruction) {
        let variables = self.variables().clone();
        for word in commands(body, &variables).into_iter().flatten() {
            match install::assignment(&word.text) {
                Some((name, value)) => {
                    let at = self.place(cx, &instruction.body, start + word.at, start + word.end);
                    install::setting(cx, name, value, at);
                    self.variables().insert(name.to_owned(), value.to_owned());
                }
                None => {
                    if let Some(value) = self.global.get(&word.text).cloned() {
                        self.variables().insert(word.text.clone(), value);
                    }
                }
            }
        }
    }

    /// `ENV A=1 B=2`, and the older `ENV A 1`.
    fn environment(&mut self, cx: &mut Cx<'_>, body: &str, start: usize, instruction: &Instruction) {
        let variables = self.variables().clone();
        let words: Vec<Word> = commands(body, &variables).into_iter().flatten().collect();
        let pairs: Vec<(String, String, Word)> = match words.as_slice() {
            [name, value, ..] if !name.text.contains('=') => {
                vec![(name.text.clone(), value.text.clone(), value.clone())]
            }
            words => words
                .iter()
                .filter_map(|word| {
                    let (name, value) = install::assignment(&word.text)?;
                    Some((name.to_owned(), value.to_owned(), word.clone()))
                })
                .collect(),
        };
        for (name, value, word) in pairs {
            let at = self.place(cx, &instruction.body, start + word.at, start + word.end);
            install::setting(cx, &name, &value, at);
            self.variables().insert(name, value);
        }
    }

    /// The sources of `COPY`, but not those of another stage.
    fn copy(&mut self, body: &str) {
        let list = serde_json::from_str::<Vec<String>>(body.trim()).ok();
        let words = list.unwrap_or_else(|| body.split_whitespace().map(str::to_owned).collect());
        if words.iter().any(|word| word.starts_with("--from")) {
            return;
        }
        let mut sources: Vec<String> = words.into_iter().filter(|word| !word.starts_with("--")).collect();
        sources.pop();
        self.copied.extend(sources);
    }

    fn run(&mut self, cx: &mut Cx<'_>, body: &str, start: usize, instruction: &Instruction) {
        let variables = self.variables().clone();
        let line = self.index.position(instruction.body.offset(0)).line;
        let from: Arc<str> = format!("{}:{line}", cx.path).into();
        // Flags of RUN itself.
        let mut skipped = body.len() - body.trim_start().len();
        while let Some(flag) = body.get(skipped..).filter(|rest| rest.starts_with("--")) {
            let length = flag.find(char::is_whitespace).unwrap_or(flag.len());
            let rest = flag.get(length..).unwrap_or_default();
            skipped += length + (rest.len() - rest.trim_start().len());
        }
        let (body, start) = (body.get(skipped..).unwrap_or_default(), start + skipped);
        if let Ok(words) = serde_json::from_str::<Vec<String>>(body.trim()) {
            let end = body.trim_end().len();
            let words = words.into_iter().map(|text| Word { text, at: 0, end }).collect();
            self.commands(cx, vec![words], &instruction.body, start, &from, 0);
            return;
        }
        let split = commands(body, &variables);
        let shell = split.first().and_then(|words| words.first()).is_none_or(|word| is_shell(&word.text));
        self.commands(cx, split, &instruction.body, start, &from, 0);
        // A here-document is a script of the shell, unless another program reads it.
        for document in instruction.documents.iter().filter(|_| shell) {
            let script = joined(&document.text);
            let split = commands(&script, &variables);
            self.commands(cx, split, document, 0, &from, 0);
        }
    }

    fn commands(
        &mut self,
        cx: &mut Cx<'_>,
        commands_: Vec<Vec<Word>>,
        body: &Body,
        start: usize,
        from: &Arc<str>,
        depth: usize,
    ) {
        for words in commands_ {
            // `sh -c "…"`
            let script = match words.as_slice() {
                [shell, option, script, ..]
                    if is_shell(&shell.text) && option.text.starts_with('-') && option.text.contains('c') =>
                {
                    Some(script.clone())
                }
                _ => None,
            };
            if let Some(script) = script.filter(|_| depth < 4) {
                let inner = commands(&script.text, &Variables::new());
                // Its words stand somewhere within the quotes: the place is theirs as a whole.
                let inner = inner
                    .into_iter()
                    .map(|words| {
                        words
                            .into_iter()
                            .map(|word| Word { at: script.at, end: script.end, ..word })
                            .collect()
                    })
                    .collect();
                self.commands(cx, inner, body, start, from, depth + 1);
                continue;
            }
            let mut built = self.built;
            let path = cx.path.clone();
            let index = &self.index;
            let place = |at: usize, end: usize| {
                let first = body.offset(start + at);
                let last =
                    body.offset((start + end).saturating_sub(1).max(start + at)) + usize::from(end > at);
                index.place(&path, first..last.max(first))
            };
            let mut around = Around {
                place: &place,
                from: from.clone(),
                group: self.group.clone(),
                copied: &self.copied,
                built: &mut built,
            };
            let installs = install::command(cx, &words, &mut around);
            self.built = built;
            if let Some(stage) = self.stages.last_mut() {
                stage.installs |= installs;
            }
        }
    }

    /// A stage that installs packages on an image of which nothing is known.
    fn unknown_bases(&self, cx: &mut Cx<'_>) {
        let mut told: BTreeMap<&str, &Stage> = BTreeMap::new();
        for stage in
            self.stages.iter().filter(|stage| stage.installs && !stage.known && stage.image != "scratch")
        {
            told.entry(&stage.image).or_insert(stage);
        }
        for (image, stage) in told {
            let gap = Gap::new(
                Reason::Unresolved,
                format!("image {image}: which Python and which system it holds is not known"),
                "declare the Python version (.python-version, requires-python), or audit that image's own Dockerfile",
            );
            cx.unaudited(image, gap, stage.at.clone());
        }
    }
}

/// Continued lines of a here-document joined, every offset kept.
fn joined(script: &str) -> String {
    script.replace("\\\n", "  ")
}

fn is_shell(word: &str) -> bool {
    matches!(word.rsplit('/').next().unwrap_or_default(), "sh" | "bash" | "ash" | "dash" | "zsh")
}

/// Declares what an image holds; false where nothing is known of it.
fn declare(cx: &mut Cx<'_>, image: &str, written: &str, at: &Place) -> bool {
    let by = cx.path.rsplit('/').next().unwrap_or_default().to_owned();
    let runtimes = image::runtimes(image);
    let open = image.contains("${");
    let gap = |product: Product| {
        let what = if open {
            format!("image {written}: a variable without default decides it")
        } else {
            format!("image {written}: the tag does not say which release of {} it is", product.as_str())
        };
        Gap::new(Reason::Unresolved, what, "write the release into the tag, or give the ARG a default")
    };
    if runtimes.is_empty() && open {
        cx.out.runtimes.push(RuntimeDeclaration {
            product: Product::Python,
            release: Err(gap(Product::Python)),
            exact: None,
            at_least: false,
            written: image.to_owned(),
            by,
            at: at.clone(),
        });
        return true;
    }
    let known = !runtimes.is_empty();
    for runtime in runtimes {
        cx.out.runtimes.push(RuntimeDeclaration {
            product: runtime.product,
            release: runtime.release.ok_or_else(|| gap(runtime.product)),
            exact: runtime.exact,
            at_least: false,
            written: image.to_owned(),
            by: by.clone(),
            at: at.clone(),
        });
    }
    known
}

#[cfg(test)]
#[path = "dockerfile_tests.rs"]
mod tests;
