//! Expressions, operators and functions.

use super::support::{open, value, value_in};
use serde_json::json;

#[test]
fn operators_work_out_as_in_terraform() {
    for (expression, expected) in [
        ("1 + 2 * 3", json!(7)),
        ("(1 + 2) * 3", json!(9)),
        ("10 / 4", json!(2.5)),
        ("10 / 5", json!(2)),
        ("7 % 3", json!(1)),
        ("-3", json!(-3)),
        ("\"a\" == \"a\" && !false", json!(true)),
        ("\"1\" == 1", json!(false)),
        ("1 == 1.0", json!(true)),
        ("[1, 2] == [1, 2]", json!(true)),
        ("{a = 1} == {a = 2}", json!(false)),
        ("null == null", json!(true)),
        ("3 >= 3 ? \"yes\" : \"no\"", json!("yes")),
    ] {
        assert_eq!(value(expression), expected, "{expression}");
    }
}

#[test]
fn templates_join_texts_and_keep_the_type_of_a_single_hole() {
    for (expression, expected) in [
        (r#""${1 + 1}""#, json!(2)),
        (r#""n=${1 + 1}""#, json!("n=2")),
        (r#""$${literal}""#, json!("${literal}")),
        (r#""%{ if true }yes%{ else }no%{ endif }""#, json!("yes")),
        (r#""%{ for x in ["a", "b"] ~} ${x}; %{~ endfor }""#, json!("a;b;")),
        ("<<-EOT\n    one\n      two\n  EOT", json!("one\n  two\n")),
        ("<<EOT\n  one ${upper(\"x\")}\nEOT", json!("  one X\n")),
    ] {
        assert_eq!(value(expression), expected, "{expression}");
    }
}

#[test]
fn functions_of_texts_and_numbers() {
    for (expression, expected) in [
        (r#"format("%s-%03d-%t%%", "a", 7, true)"#, json!("a-007-true%")),
        (r#"format("%5.1f|%-4s|%q", 3.14159, "ab", "c")"#, json!("  3.1|ab  |\"c\"")),
        (r#"format("%[2]s %[1]s", "a", "b")"#, json!("b a")),
        (r#"formatlist("%s.%s", ["a", "b"], "x")"#, json!(["a.x", "b.x"])),
        (r#"join(",", ["a", 1, true])"#, json!("a,1,true")),
        (r#"split(",", "a,b,,c")"#, json!(["a", "b", "", "c"])),
        (r#"replace("a.b.c", ".", "-")"#, json!("a-b-c")),
        (r#"replace("hello", "/l(l)/", "[$1]")"#, json!("he[l]o")),
        (r#"regex("^([a-z]+)-(\\d+)$", "web-12")"#, json!(["web", "12"])),
        (r#"regex("(?P<name>[a-z]+)", "web-12")"#, json!({"name": "web"})),
        (r#"regexall("[0-9]+", "1 22 333")"#, json!(["1", "22", "333"])),
        (r#"title("hello world")"#, json!("Hello World")),
        (r#"trimprefix(trimsuffix("xxayy", "yy"), "xx")"#, json!("a")),
        (r#"trim("?!hello?!", "!?")"#, json!("hello")),
        (r#"substr("hello", 1, 3)"#, json!("ell")),
        (r#"substr("hello", -3, -1)"#, json!("llo")),
        (r#"startswith("hello", "he") && endswith("hello", "lo")"#, json!(true)),
        (r#"base64decode(base64encode("hé"))"#, json!("hé")),
        (r#"urlencode("a b&c")"#, json!("a+b%26c")),
        (r#"parseint("ff", 16)"#, json!(255)),
        ("max(1, 5, 3) - min([4, 2]...)", json!(3)),
        ("ceil(1.2) + floor(1.8) + abs(-3)", json!(6)),
        ("sum([1, 2, 3.5])", json!(6.5)),
        (r#"cidrsubnet("10.0.0.0/16", 8, 2)"#, json!("10.0.2.0/24")),
        (r#"cidrsubnet("fd00:fd12:3456:7890::/56", 16, 162)"#, json!("fd00:fd12:3456:7800:a200::/72")),
        (
            r#"cidrsubnets("10.1.0.0/16", 4, 4, 8, 4)"#,
            json!(["10.1.0.0/20", "10.1.16.0/20", "10.1.32.0/24", "10.1.48.0/20"]),
        ),
        (r#"cidrhost("10.12.112.0/20", 268)"#, json!("10.12.113.12")),
        (r#"cidrhost("10.0.0.0/24", -2)"#, json!("10.0.0.254")),
        (r#"cidrnetmask("172.16.0.0/12")"#, json!("255.240.0.0")),
    ] {
        assert_eq!(value(expression), expected, "{expression}");
    }
}

#[test]
fn functions_of_collections() {
    for (expression, expected) in [
        (r#"merge({a = 1, b = 1}, {b = 2})"#, json!({"a": 1, "b": 2})),
        (r#"lookup({a = 1}, "a", 0) + lookup({a = 1}, "b", 5)"#, json!(6)),
        (r#"element(["a", "b", "c"], 4)"#, json!("b")),
        (r#"flatten([["a", ["b"]], [], ["c"]])"#, json!(["a", "b", "c"])),
        (r#"distinct(["a", "b", "a"])"#, json!(["a", "b"])),
        (r#"toset(["b", "a", "b"])"#, json!(["a", "b"])),
        (r#"keys({b = 1, a = 2})"#, json!(["a", "b"])),
        (r#"values({b = 1, a = 2})"#, json!([2, 1])),
        (r#"zipmap(["a", "b"], [1, 2])"#, json!({"a": 1, "b": 2})),
        (r#"contains(["a"], "a") && !contains(["a"], "b")"#, json!(true)),
        (r#"coalesce("", null, "x")"#, json!("x")),
        (r#"coalescelist([], ["x"])"#, json!(["x"])),
        (r#"compact(["a", "", null, "b"])"#, json!(["a", "b"])),
        (r#"concat([1], [2, 3])"#, json!([1, 2, 3])),
        (r#"length({a = 1}) + length([1, 2]) + length("abc")"#, json!(6)),
        (r#"range(3)"#, json!([0, 1, 2])),
        (r#"range(1, 8, 3)"#, json!([1, 4, 7])),
        (r#"range(3, 0)"#, json!([3, 2, 1])),
        (r#"slice(["a", "b", "c"], 1, 3)"#, json!(["b", "c"])),
        (r#"sort(["c", "a"])"#, json!(["a", "c"])),
        (r#"reverse([1, 2])"#, json!([2, 1])),
        (r#"setproduct(["a", "b"], [1, 2])"#, json!([["a", 1], ["a", 2], ["b", 1], ["b", 2]])),
        (r#"setunion(["a"], ["b"])"#, json!(["a", "b"])),
        (r#"setintersection(["a", "b"], ["b"])"#, json!(["b"])),
        (r#"setsubtract(["a", "b"], ["b"])"#, json!(["a"])),
        (r#"chunklist([1, 2, 3], 2)"#, json!([[1, 2], [3]])),
        (r#"one([])"#, json!(null)),
        (r#"one(["x"])"#, json!("x")),
        (r#"transpose({a = ["x", "y"], b = ["x"]})"#, json!({"x": ["a", "b"], "y": ["a"]})),
        (r#"tostring(5) == "5" && tonumber("5") == 5 && tobool("true")"#, json!(true)),
        (r#"yamldecode("a: [1, two]")"#, json!({"a": [1, "two"]})),
        (r#"jsondecode("{\"a\": [1]}").a[0]"#, json!(1)),
        (r#"csvdecode("a,b\n1,2\n")[0].b"#, json!("2")),
        (r#"alltrue([true, false]) || anytrue([false, true])"#, json!(true)),
        (r#"index(["a", "b"], "b")"#, json!(1)),
        (r#"matchkeys([1, 2, 3], ["a", "b", "a"], ["a"])"#, json!([1, 3])),
    ] {
        assert_eq!(value(expression), expected, "{expression}");
    }
}

#[test]
fn for_expressions_and_splats() {
    for (expression, expected) in [
        (r#"[for x in ["a", "b"] : upper(x)]"#, json!(["A", "B"])),
        (r#"[for i, x in ["a", "b"] : "${i}${x}" if i > 0]"#, json!(["1b"])),
        (r#"{for k, v in {a = 1, b = 2} : upper(k) => v * 2}"#, json!({"A": 2, "B": 4})),
        (r#"{for x in ["aa", "ab", "b"] : substr(x, 0, 1) => x...}"#, json!({"a": ["aa", "ab"], "b": ["b"]})),
        (r#"[{n = 1}, {n = 2}][*].n"#, json!([1, 2])),
        (r#"[{n = [1]}, {n = [2]}].*.n[0]"#, json!([1])),
        (r#"[{n = [1]}, {n = [2]}][*].n[0]"#, json!([1, 2])),
        (r#"{n = 1}[*].n"#, json!([1])),
        (r#"length(null[*])"#, json!(0)),
    ] {
        assert_eq!(value(expression), expected, "{expression}");
    }
}

#[test]
fn try_takes_the_first_value_without_an_error() {
    for (expression, expected) in [
        (r#"try({a = 1}.b, "fallback")"#, json!("fallback")),
        (r#"try({a = 1}.a, "fallback")"#, json!(1)),
        (r#"try(["x"][3], ["x"][0])"#, json!("x")),
        (r#"try(tonumber("no"), 0)"#, json!(0)),
        (r#"can(regex("^a", "b"))"#, json!(false)),
        (r#"can(regex("^a", "a"))"#, json!(true)),
        (r#"lookup({a = null}, "b", "d")"#, json!("d")),
    ] {
        assert_eq!(value(expression), expected, "{expression}");
    }
}

#[test]
fn what_is_not_known_stays_as_precise_as_it_can() {
    let context = "variable \"x\" {}\nvariable \"on\" { type = bool }\n";
    for (expression, expected) in [
        ("var.x", open("var.x")),
        (r#""${var.x}-logs""#, open("${var.x}-logs")),
        (r#"merge({a = 1}, var.x)"#, open("merge({a = 1}, var.x)")),
        (r#"["a", var.x, "c"]"#, json!(["a", open("var.x"), "c"])),
        (r#"length(["a", var.x])"#, json!(2)),
        (r#"upper(var.x)"#, open("upper(var.x)")),
        (r#"format("%s-%s", "a", var.x)"#, open("a-${var.x}")),
        (r#"join("/", ["a", var.x])"#, open("a/${var.x}")),
        (r#"contains(["a", var.x], "a")"#, json!(true)),
        (r#"contains(["b", var.x], "a")"#, open("contains([\"b\", var.x], \"a\")")),
        (r#"var.on ? "a" : "b""#, open("var.on ? \"a\" : \"b\"")),
        (r#"var.on ? "a" : "a""#, json!("a")),
        (r#"upper(var.on ? "a" : "A")"#, json!("A")),
        (r#"(var.on ? 1 : 2) > 0"#, json!(true)),
        (r#"false && var.on"#, json!(false)),
        (r#"var.on || true"#, json!(true)),
        (r#"!var.on ? "a" : "b""#, open("var.on ? \"b\" : \"a\"")),
        (r#"var.on && (var.on ? true : false) ? 1 : 2"#, open("var.on ? 1 : 2")),
        (r#""${var.x}-logs" == "other""#, json!(false)),
        (r#"startswith("arn:aws:iam::${var.x}", "arn:aws:s3")"#, json!(false)),
        (r#"try(var.x.y, "d")"#, open("var.x.y")),
        (r#"[for v in var.x : v]"#, open("a value for each of var.x")),
        (r#"no_such_function(1)"#, open("no_such_function(1)")),
        (r#"uuid()"#, open("uuid()")),
        (r#"md5("a")"#, open("md5(…)")),
    ] {
        assert_eq!(value_in(context, expression), expected, "{expression}");
    }
}

#[test]
fn variables_have_defaults_types_and_values_of_files() {
    let context = r#"
variable "text" {
  default = 80
  type    = string
}
variable "list" {
  type    = "list"
  default = ["a"]
}
variable "object" {
  type = object({ name = string, size = optional(number, 3), deep = optional(object({ on = optional(bool, true) }), {}) })
  default = { name = "n", extra = 1 }
}
variable "set" {
  type    = set(string)
  default = ["b", "a", "b"]
}
"#;
    assert_eq!(value_in(context, "var.text"), json!("80"));
    assert_eq!(value_in(context, "var.list[0]"), json!("a"));
    assert_eq!(value_in(context, "var.object"), json!({"name": "n", "size": 3, "deep": {"on": true}}));
    assert_eq!(value_in(context, "var.set"), json!(["a", "b"]));
}

#[test]
fn locals_stand_in_any_order_and_a_ring_of_them_is_unknown() {
    let context =
        "locals {\n  a = local.b\n  b = \"${local.c}!\"\n  c = \"x\"\n  p = local.q\n  q = [local.p]\n}\n";
    assert_eq!(value_in(context, "local.a"), json!("x!"));
    let ring = value_in(context, "local.p").to_string();
    assert!(ring.contains("needs its own value"), "{ring}");
}
