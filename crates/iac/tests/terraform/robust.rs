//! Nothing that a file holds may panic, hang or eat the memory.

use super::support::{evaluated, files};
use proptest::prelude::*;
use tieout_iac::Options;
use tieout_iac::terraform::evaluate;

const SAMPLE: &str = r#"
variable "x" { type = map(object({ a = optional(string, "d") })) }
locals {
  a = { for k, v in var.x : k => v.a if v != null }
  b = [for i in range(3) : "${i}-${local.a["k"]}"]
}
data "aws_iam_policy_document" "d" {
  dynamic "statement" {
    for_each = local.b
    content {
      actions = [statement.value]
      principals {
        type = "*"
        identifiers = ["*"]
      }
    }
  }
}
resource "aws_s3_bucket" "b" {
  count  = length(local.b) > 2 ? 2 : 1
  bucket = format("%s-%03d", join("", local.b[*]), count.index)
  policy = <<-EOF
    {"Statement": [%{ for s in local.b ~}"${s}"%{ endfor ~}], "x": "${aws_s3_bucket.b[0].arn}"}
  EOF
  tags   = merge(try(var.x["q"], {}), { cidr = cidrsubnet("10.0.0.0/8", 8, 1) })
}
module "m" {
  source   = "./m"
  for_each = toset(["a"])
  v        = data.aws_iam_policy_document.d.json
}
"#;

fn run(text: &str) {
    let given =
        files(&[("main.tf", text), ("m/main.tf", "variable \"v\" {}\noutput \"o\" { value = var.v }\n")]);
    evaluate(&given, &Options::default(), &|_| None);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, ..ProptestConfig::default() })]

    #[test]
    fn no_text_makes_it_panic(text in "\\PC{0,200}") {
        run(&text);
    }

    #[test]
    fn no_mutation_makes_it_panic(at in 0usize..1500, length in 0usize..30, insert in "[\\PC\\n\"{}\\[\\]$%.*=(),]{0,6}") {
        let chars: Vec<char> = SAMPLE.chars().collect();
        let start = at.min(chars.len());
        let end = (start + length).min(chars.len());
        let text: String = chars[..start].iter().copied().chain(insert.chars()).chain(chars[end..].iter().copied()).collect();
        run(&text);
    }

    #[test]
    fn no_call_makes_it_panic(name in "(format|formatlist|substr|slice|range|element|cidrsubnet|cidrsubnets|cidrhost|cidrnetmask|chunklist|setproduct|regex|replace|indent|parseint|zipmap|lookup|join|pow|log|transpose|flatten|base64decode|jsondecode|yamldecode|csvdecode|map|one|sum|max)",
                              arguments in prop::collection::vec(prop::sample::select(vec![
        "0", "1", "-1", "9223372036854775807", "-9223372036854775808", "1e308", "0.5", "\"\"", "\"%s%d%99999999d%[0]s%\"", "\"10.0.0.0/8\"", "\"::/0\"", "\"0.0.0.0/33\"",
        "\"é🦀\"", "[]", "[null]", "[[], [1]]", "{}", "{a = []}", "null", "true", "var.x", "[var.x]", "\"(\"", "\"/(a)|b/\"", "\"$9${x\"",
    ]), 0..4)) {
        let arguments = arguments.join(", ").replace("${", "$${");
        run(&format!("variable \"x\" {{}}\nresource \"aws_x\" \"y\" {{\n  v = {name}({arguments})\n}}\n"));
    }

    #[test]
    fn no_json_makes_it_panic(text in "[\\PC{}\\[\\]\":,]{0,120}") {
        let given = files(&[("main.tf.json", &text), ("terraform.tfvars.json", &text)]);
        evaluate(&given, &Options::default(), &|_| None);
    }
}

#[test]
fn deep_nesting_does_not_overflow_the_stack() {
    for (open, close) in [
        ("[", "]"),
        ("(", ")"),
        ("{ a = ", "}"),
        ("\"${", "}\""),
        ("upper(", ")"),
        ("-", ""),
        ("!", ""),
        ("true ? 1 : ", ""),
        ("1 + ", ""),
    ] {
        for depth in [50, 500, 20_000] {
            let text = format!(
                "locals {{\n  v = {}1{}\n}}\nresource \"aws_x\" \"y\" {{\n  v = local.v\n}}\n",
                open.repeat(depth),
                close.repeat(depth)
            );
            run(&text);
        }
    }
    run(&format!("a {{\n{}", "b {\n".repeat(20_000)));
}

#[test]
fn values_that_double_at_every_step_are_given_up() {
    let mut text = String::from("locals {\n  v0 = [\"x\"]\n  t0 = \"xxxxxxxx\"\n");
    for n in 1..200 {
        text.push_str(&format!(
            "  v{n} = [local.v{0}, local.v{0}]\n  t{n} = \"${{local.t{0}}}${{local.t{0}}}\"\n",
            n - 1
        ));
    }
    text.push_str("}\nresource \"aws_x\" \"y\" {\n  v = local.v199\n  t = local.t199\n  r = setproduct(range(9999), range(9999))\n}\n");
    let out = evaluated(&[("main.tf", &text)]);
    assert_eq!(out.instances.len(), 1);
    assert!(out.instances[0].body.to_json().to_string().len() < 8 << 20);
}

#[test]
fn a_long_chain_of_locals_is_worked_out_or_given_up() {
    let mut text = String::from("locals {\n  v0 = \"x\"\n");
    for n in 1..5_000 {
        text.push_str(&format!("  v{n} = [local.v{}]\n", n - 1));
    }
    text.push_str("}\nresource \"aws_x\" \"y\" {\n  near = local.v20\n  far = local.v4999\n}\n");
    let out = evaluated(&[("main.tf", &text)]);
    let body = out.instances[0].body.to_json().to_string();
    assert!(body.contains("[[[[[[[[[[[[[[[[[[[[\"x\"]"), "{body}");
}

#[test]
fn modules_that_multiply_are_cut_off() {
    let mut given =
        vec![("main.tf".to_owned(), "module \"m\" {\n  source = \"./m0\"\n  count = 50\n}\n".to_owned())];
    for n in 0..6 {
        given.push((
            format!("m{n}/main.tf"),
            format!(
                "module \"m\" {{\n  source = \"../m{}\"\n  count = 50\n}}\nresource \"aws_x\" \"y\" {{}}\n",
                n + 1
            ),
        ));
    }
    given.push(("m6/main.tf".to_owned(), "resource \"aws_x\" \"y\" {}\n".to_owned()));
    let given: Vec<(&str, &str)> = given.iter().map(|(path, text)| (&**path, &**text)).collect();
    let out = evaluated(&given);
    assert!(out.instances.len() <= 50_000);
    assert!(!out.gaps.is_empty());
}
