//! The usual ways to name and read a file beside setup.py: `open(…).read()`, `Path(…).read_text()`, `os.path.join(here, …)`,
//! and what is done to its lines without changing what they say.

use ruff_python_ast::{CmpOp, Expr, ExprCall, UnaryOp};

/// The name or attribute that is called: `open` of `io.open(…)`.
pub(super) fn called(call: &ExprCall) -> &str {
    match &*call.func {
        Expr::Name(name) => name.id.as_str(),
        Expr::Attribute(attribute) => attribute.attr.as_str(),
        _ => "",
    }
}

/// True for functions that open a file by its path and yield its text.
pub(super) fn opens(call: &ExprCall) -> bool {
    match &*call.func {
        Expr::Name(name) => matches!(name.id.as_str(), "open" | "file"),
        Expr::Attribute(attribute) => {
            attribute.attr.as_str() == "open"
                && matches!(&*attribute.value, Expr::Name(name) if matches!(name.id.as_str(), "io" | "codecs" | "builtins"))
        }
        _ => false,
    }
}

/// Methods that hand a file, its text or its lines on as they are, but for white space.
pub(super) fn keeps_text(method: &str) -> bool {
    matches!(
        method,
        "read"
            | "readlines"
            | "read_text"
            | "open"
            | "splitlines"
            | "strip"
            | "rstrip"
            | "lstrip"
            | "decode"
            | "copy"
    )
}

/// True where a path is the folder of the file itself, or leads there: `__file__`, `os.path.dirname(…)`, `os.getcwd()`.
pub(super) fn is_here(expr: &Expr) -> bool {
    match expr {
        Expr::Name(name) => name.id.as_str() == "__file__",
        Expr::Attribute(attribute) => attribute.attr.as_str() == "parent" && is_here(&attribute.value),
        Expr::Call(call) => match called(call) {
            "getcwd" | "cwd" => call.arguments.is_empty(),
            "dirname" | "abspath" | "realpath" | "Path" => call.arguments.args.first().is_some_and(is_here),
            "resolve" | "absolute" => {
                matches!(&*call.func, Expr::Attribute(attribute) if is_here(&attribute.value))
            }
            _ => false,
        },
        _ => false,
    }
}

/// True for an element of a comprehension that is its line, but for white space, a comment at its end, or the option
/// `.strip()`, `.split("#")[0]`, `str(line)`, `str(line.req)`.
pub(super) fn is_the_line(expr: &Expr, line: &str) -> bool {
    match expr {
        Expr::Name(name) => name.id.as_str() == line,
        Expr::Attribute(attribute) => {
            matches!(attribute.attr.as_str(), "req" | "requirement") && is_the_line(&attribute.value, line)
        }
        Expr::Subscript(subscript) => {
            is_number_zero(&subscript.slice)
                && matches!(&*subscript.value, Expr::Call(call)
                    if matches!(called(call), "split" | "partition") && cuts_a_comment(call))
                && is_the_line_of_call(&subscript.value, line)
        }
        Expr::Call(call) => match &*call.func {
            Expr::Name(name) => {
                name.id.as_str() == "str"
                    && call.arguments.args.first().is_some_and(|arg| is_the_line(arg, line))
            }
            Expr::Attribute(attribute) => {
                let harmless = match attribute.attr.as_str() {
                    "strip" | "rstrip" | "lstrip" => true,
                    "replace" => call.arguments.args.iter().all(is_white_space),
                    _ => false,
                };
                harmless && is_the_line(&attribute.value, line)
            }
            _ => false,
        },
        _ => false,
    }
}

fn is_the_line_of_call(expr: &Expr, line: &str) -> bool {
    matches!(expr, Expr::Call(call)
        if matches!(&*call.func, Expr::Attribute(attribute) if is_the_line(&attribute.value, line)))
}

fn cuts_a_comment(call: &ExprCall) -> bool {
    matches!(call.arguments.args.first(), Some(Expr::StringLiteral(text)) if text.value.to_str().trim() == "#")
}

fn is_white_space(expr: &Expr) -> bool {
    matches!(expr, Expr::StringLiteral(text) if text.value.to_str().trim().is_empty())
}

fn is_number_zero(expr: &Expr) -> bool {
    matches!(expr, Expr::NumberLiteral(number)
        if matches!(&number.value, ruff_python_ast::Number::Int(int) if int.as_u8() == Some(0)))
}

/// True for a filter that leaves out blank lines, comments and options (`-e`, `--hash`) only.
pub(super) fn filters_comments(test: &Expr, line: &str) -> bool {
    match test {
        Expr::BoolOp(op) => op.values.iter().all(|value| filters_comments(value, line)),
        Expr::UnaryOp(op) => matches!(op.op, UnaryOp::Not) && filters_comments(&op.operand, line),
        Expr::Call(call) if called(call) == "startswith" => {
            is_the_line_of_call(test, line) && call.arguments.args.first().is_some_and(is_comment_start)
        }
        Expr::Call(call) if called(call) == "len" => {
            call.arguments.args.first().is_some_and(|argument| is_the_line(argument, line))
        }
        Expr::Compare(compare) => {
            let [op] = &*compare.ops else { return false };
            let [right] = &*compare.comparators else { return false };
            match op {
                CmpOp::NotIn => is_comment_start(&compare.left) && is_the_line(right, line),
                CmpOp::NotEq => {
                    (is_the_line(&compare.left, line) || is_first_character(&compare.left, line))
                        && (is_white_space(right) || is_comment_start(right))
                }
                CmpOp::Gt => is_number_zero(right) && filters_comments(&compare.left, line),
                _ => false,
            }
        }
        other => is_the_line(other, line),
    }
}

fn is_first_character(expr: &Expr, line: &str) -> bool {
    matches!(expr, Expr::Subscript(subscript)
        if is_number_zero(&subscript.slice) && is_the_line(&subscript.value, line))
}

fn is_comment_start(expr: &Expr) -> bool {
    match expr {
        Expr::StringLiteral(text) => {
            let text = text.value.to_str().trim();
            text.is_empty() || text.starts_with(['#', '-'])
        }
        Expr::Tuple(tuple) => tuple.elts.iter().all(is_comment_start),
        _ => false,
    }
}
