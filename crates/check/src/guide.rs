//! The guide of a check: one Markdown file that `explain`, the reports and SARIF's help show, and whose
//! fenced examples are the check's tests.

use tieout_model::Guide;

/// What an example must come out as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expect {
    /// Every subject passes (or the question does not arise).
    Passes,
    /// At least one subject fails; where lines are marked, exactly there.
    Fails,
    /// At least one subject could not be assessed, and none fails.
    NotAssessed,
}

/// A fenced example of a guide.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Example {
    /// The section it stands in.
    pub expect: Expect,
    /// The fence's language: `terraform`, `cloudformation`, `sam`, `aws`, …
    pub language: String,
    /// The text, marks included: they are comments.
    pub text: String,
    /// Line of the guide on which the text starts, from 1.
    pub line: usize,
    /// Lines of the text (from 1) marked with a comment `finding`.
    pub marked: Vec<u32>,
}

/// A guide file, read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct GuideFile {
    /// The first heading.
    pub title: String,
    /// The readable parts.
    pub guide: Guide,
    /// The examples.
    pub examples: Vec<Example>,
    /// What is wrong with the file.
    pub problems: Vec<GuideProblem>,
}

/// Something that a guide lacks or has too much of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GuideProblem {
    /// Line, from 1.
    pub line: usize,
    /// What is wrong.
    pub message: String,
}

/// The headings of a guide, in order. `Not assessed` may be left out.
pub const HEADINGS: [&str; 7] =
    ["What it checks", "Why it matters", "How to fix", "Passes", "Fails", "Not assessed", "References"];

/// Reads a guide; what is wrong with it is listed, never fatal.
pub fn parse_guide(text: &str) -> GuideFile {
    let mut file = GuideFile::default();
    let mut section = "";
    let mut body = String::new();
    let mut fence: Option<(String, usize, Vec<&str>)> = None;
    let mut seen: Vec<&str> = Vec::new();
    for (index, line) in text.lines().enumerate() {
        let number = index + 1;
        if let Some((language, start, lines)) = &mut fence {
            if line.trim_start() == "```" {
                close_fence(&mut file, section, language, *start, lines);
                fence = None;
            } else {
                lines.push(line);
            }
            if expectation(section).is_none() {
                push_line(&mut body, line);
            }
            continue;
        }
        if let Some(language) = line.trim_start().strip_prefix("```") {
            fence = Some((language.trim().to_owned(), number + 1, Vec::new()));
            if expectation(section).is_none() {
                push_line(&mut body, line);
            }
        } else if let Some(heading) = line.strip_prefix("## ") {
            finish_section(&mut file.guide, section, &body);
            body.clear();
            section = heading.trim();
            if !HEADINGS.contains(&section) {
                problem(
                    &mut file,
                    number,
                    format!("`{section}` is no heading of a guide; use {}", HEADINGS.join(", ")),
                );
            }
            if seen.contains(&section) {
                problem(&mut file, number, format!("the heading `{section}` stands twice"));
            }
            seen.push(section);
        } else if let Some(title) = line.strip_prefix("# ") {
            file.title = title.trim().to_owned();
        } else {
            push_line(&mut body, line);
        }
    }
    finish_section(&mut file.guide, section, &body);
    if fence.is_some() {
        problem(&mut file, text.lines().count(), "a fence is not closed".to_owned());
    }
    for heading in HEADINGS.iter().filter(|heading| **heading != "Not assessed") {
        if !seen.contains(heading) {
            problem(&mut file, 1, format!("the heading `## {heading}` is missing"));
        }
    }
    file
}

fn problem(file: &mut GuideFile, line: usize, message: String) {
    file.problems.push(GuideProblem { line, message });
}

fn push_line(body: &mut String, line: &str) {
    body.push_str(line);
    body.push('\n');
}

fn expectation(section: &str) -> Option<Expect> {
    match section {
        "Passes" => Some(Expect::Passes),
        "Fails" => Some(Expect::Fails),
        "Not assessed" => Some(Expect::NotAssessed),
        _ => None,
    }
}

fn close_fence(file: &mut GuideFile, section: &str, language: &str, start: usize, lines: &[&str]) {
    let Some(expect) = expectation(section) else { return };
    let marked = (1u32..).zip(lines).filter(|(_, line)| is_marked(line)).map(|(number, _)| number).collect();
    let mut text = lines.join("\n");
    text.push('\n');
    file.examples.push(Example { expect, language: language.to_owned(), text, line: start, marked });
}

/// A comment `finding` at the end of a line marks where the finding must point.
fn is_marked(line: &str) -> bool {
    ["# finding", "// finding"].iter().any(|mark| line.trim_end().ends_with(mark))
}

fn finish_section(guide: &mut Guide, section: &str, body: &str) {
    let text = body.trim();
    match section {
        "What it checks" => guide.what = text.to_owned(),
        "Why it matters" => guide.why = text.to_owned(),
        "How to fix" => guide.fix = text.to_owned(),
        "References" => {
            guide.references = text
                .lines()
                .map(|line| line.trim_start_matches(['-', '*', ' ']).trim().to_owned())
                .filter(|line| !line.is_empty())
                .collect();
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GUIDE: &str = "# Title\n\n## What it checks\n\nThis.\n\n## Why it matters\n\nThat.\n\n## How to fix\n\n```terraform\nx = 1\n```\n\n## Passes\n\n```terraform\na = 1\n```\n\n## Fails\n\n```terraform\nb = 1\nc = 2 # finding\n```\n\n## References\n\n- AWS: a title\n";

    #[test]
    fn fences_under_the_example_headings_are_examples_and_others_are_text() {
        let file = parse_guide(GUIDE);
        assert_eq!(file.problems, []);
        assert_eq!(file.examples.len(), 2);
        assert_eq!(file.examples[1].marked, [2]);
        assert_eq!(file.examples[1].line, 26);
        assert!(file.guide.fix.contains("x = 1"));
        assert_eq!(file.guide.references, ["AWS: a title"]);
    }

    #[test]
    fn a_missing_or_misspelt_heading_is_named() {
        let file = parse_guide(&GUIDE.replace("## Fails", "## Failures"));
        let messages: Vec<_> = file.problems.iter().map(|problem| problem.message.as_str()).collect();
        assert!(messages.iter().any(|message| message.starts_with("`Failures` is no heading")));
        assert!(messages.iter().any(|message| message.contains("`## Fails` is missing")));
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_read_without_a_panic(text in "(#{1,3} [A-Z a-z]{0,12}\n|```[a-z]{0,5}\n|[a-z #]{0,10}\n){0,20}") {
            parse_guide(&text);
        }
    }
}
