//! What a container image's name and tag say of the runtimes in it. No registry is asked.
//!
//! Facts: the tags that Docker Hub and the ECR public gallery document for these images; code names of Debian
//! (debian.org/releases) and Ubuntu (releases.ubuntu.com).

use crate::Product;

/// A runtime of an image.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Runtime {
    /// What.
    pub(super) product: Product,
    /// The release; `None` where the tag leaves it open (`latest`, `3`, a variable).
    pub(super) release: Option<String>,
    /// The exact version.
    pub(super) exact: Option<String>,
}

const DEBIAN: [(&str, &str); 8] = [
    ("wheezy", "7"),
    ("jessie", "8"),
    ("stretch", "9"),
    ("buster", "10"),
    ("bullseye", "11"),
    ("bookworm", "12"),
    ("trixie", "13"),
    ("forky", "14"),
];

const UBUNTU: [(&str, &str); 12] = [
    ("trusty", "14.04"),
    ("xenial", "16.04"),
    ("bionic", "18.04"),
    ("focal", "20.04"),
    ("jammy", "22.04"),
    ("kinetic", "22.10"),
    ("lunar", "23.04"),
    ("mantic", "23.10"),
    ("noble", "24.04"),
    ("oracular", "24.10"),
    ("plucky", "25.04"),
    ("questing", "25.10"),
];

/// Name and tag of an image reference; the tag is empty where there is none. A digest says nothing.
fn take_apart(image: &str) -> (String, &str) {
    let image = image.split('@').next().unwrap_or_default();
    let slash = image.rfind('/').map_or(0, |at| at + 1);
    let colon = image.get(slash..).and_then(|last| last.find(':')).map(|at| slash + at);
    match colon.and_then(|at| image.split_at_checked(at)) {
        Some((name, tag)) => (name.to_ascii_lowercase(), tag.trim_start_matches(':')),
        None => (image.to_ascii_lowercase(), ""),
    }
}

/// The runtimes that an image tells of; none for one that is not known.
pub(super) fn runtimes(image: &str) -> Vec<Runtime> {
    let (name, tag) = take_apart(image);
    let last = name.rsplit('/').next().unwrap_or_default();
    let before = name.rsplit('/').nth(1).unwrap_or_default();
    let mut found = Vec::new();
    match (before, last) {
        ("lambda", "python") | (_, "aws-lambda-python") => found.push(lambda(tag)),
        ("lambda", "provided") | (_, "aws-lambda-provided") => found.push(provided(tag)),
        ("lambci", "lambda") => found.extend(lambda_tag(tag)),
        (_, last) if last.starts_with("build-python") => {
            found.push(lambda(last.trim_start_matches("build-python")))
        }
        (_, "aws-glue-libs") => found.push(glue(tag)),
        (_, "amazonlinux" | "amazon-linux") => found.push(amazon_linux(tag)),
        (_, "debian") => found.push(Runtime { product: Product::Debian, release: debian(tag), exact: None }),
        (_, "ubuntu") => found.push(Runtime { product: Product::Ubuntu, release: ubuntu(tag), exact: None }),
        (_, "alpine") => {
            found.push(Runtime { product: Product::Alpine, release: two_numbers(tag), exact: None })
        }
        (_, "python") => {
            found.push(python(tag));
            found.extend(system(tag));
        }
        (_, last) if last.starts_with("python3") || last.starts_with("python2") => {
            // distroless: `python3-debian12`, whose Python the tag does not say.
            found.push(Runtime { product: Product::Python, release: None, exact: None });
            found.extend(system(last));
        }
        _ => {
            // `tiangolo/uvicorn-gunicorn:python3.8`, `astral-sh/uv:0.5-python3.12-bookworm`
            let told = tag
                .split('-')
                .find_map(|piece| piece.strip_prefix("python").or_else(|| piece.strip_prefix("py")));
            if let Some(version) = told.filter(|version| version.contains('.')) {
                found.push(python(version));
                found.extend(system(tag));
            }
        }
    }
    found
}

/// The Python of a tag: the first piece that is a version of it. `3` and `latest` leave it open.
fn python(tag: &str) -> Runtime {
    let version = tag.split('-').find(|piece| numbers(piece).is_some_and(|numbers| numbers.len() > 1));
    let found = version.and_then(|version| numbers(version).map(|numbers| (version, numbers)));
    let (mut release, mut exact) = (None, None);
    if let Some((version, numbers)) = found
        && let [major @ (2 | 3), minor, rest @ ..] = numbers.as_slice()
    {
        release = Some(format!("{major}.{minor}"));
        // `3.13.0rc1` is one version too, `3.14-rc` is none.
        exact = (!rest.is_empty()).then(|| version.to_owned());
    }
    Runtime { product: Product::Python, release, exact }
}

/// The numbers at the start of each dotted part; `None` for what is no version.
fn numbers(piece: &str) -> Option<Vec<u64>> {
    if piece.contains('$') || piece.len() > 32 {
        return None;
    }
    piece
        .split('.')
        .map(|part| {
            let end = part.find(|c: char| !c.is_ascii_digit()).unwrap_or(part.len());
            part.get(..end)?.parse().ok()
        })
        .collect()
}

/// `3.8` of `3.8.1-x`; `None` where there are no two numbers.
fn two_numbers(tag: &str) -> Option<String> {
    match numbers(tag.split('-').next().unwrap_or_default())?.as_slice() {
        [major, minor, ..] => Some(format!("{major}.{minor}")),
        _ => None,
    }
}

/// The system of a Python image: `slim-bookworm`, `alpine3.15`.
fn system(tag: &str) -> Option<Runtime> {
    tag.split(['-', '_']).find_map(|piece| {
        if let Some(version) = piece.strip_prefix("alpine") {
            let release = two_numbers(version)?;
            return Some(Runtime { product: Product::Alpine, release: Some(release), exact: None });
        }
        if let Some(release) =
            code_name(&DEBIAN, piece).or_else(|| Some(piece.strip_prefix("debian")?.to_owned()))
        {
            let known = release.parse::<u32>().is_ok();
            return known.then_some(Runtime {
                product: Product::Debian,
                release: Some(release),
                exact: None,
            });
        }
        let release = code_name(&UBUNTU, piece)?;
        Some(Runtime { product: Product::Ubuntu, release: Some(release), exact: None })
    })
}

fn code_name(names: &[(&str, &str)], piece: &str) -> Option<String> {
    names.iter().find(|(name, _)| *name == piece).map(|(_, release)| (*release).to_owned())
}

/// `bookworm-slim`, `12.5`, `bookworm-20240110`.
fn debian(tag: &str) -> Option<String> {
    let first = tag.split('-').next().unwrap_or_default();
    code_name(&DEBIAN, first).or_else(|| numbers(first)?.first().map(u64::to_string))
}

/// `20.04`, `focal-20240110`.
fn ubuntu(tag: &str) -> Option<String> {
    let first = tag.split('-').next().unwrap_or_default();
    code_name(&UBUNTU, first).or_else(|| match first.split('.').collect::<Vec<_>>().as_slice() {
        [year, month, ..] if year.parse::<u8>().is_ok() && month.parse::<u8>().is_ok() => {
            Some(format!("{year}.{month}"))
        }
        _ => None,
    })
}

/// `2`, `2023`, `2.0.20230207.0`, `2018.03`; the first Amazon Linux is 2018.03.
fn amazon_linux(tag: &str) -> Runtime {
    let first = tag.split('-').next().unwrap_or_default();
    let release = match numbers(first).as_deref() {
        Some([1 | 2016 | 2017 | 2018, ..]) => Some("2018.03".to_owned()),
        Some([number @ (2 | 2022 | 2023), ..]) => Some(number.to_string()),
        _ => None,
    };
    Runtime { product: Product::AmazonLinux, release, exact: None }
}

/// `3.9`, `3.9-x86_64`, `3.9.2023.01.11`
fn lambda(tag: &str) -> Runtime {
    let release = two_numbers(tag).map(|version| format!("python{version}"));
    Runtime { product: Product::Lambda, release, exact: None }
}

/// `provided:al2`, `provided:al2023.2024…`; without a system the first Amazon Linux.
fn provided(tag: &str) -> Runtime {
    let system = tag.split(['-', '.']).next().unwrap_or_default();
    let release = match system {
        "al2" | "al2023" => Some(format!("provided.{system}")),
        "alami" => Some("provided".to_owned()),
        _ => None,
    };
    Runtime { product: Product::Lambda, release, exact: None }
}

/// `lambci/lambda:build-python3.8`
fn lambda_tag(tag: &str) -> Option<Runtime> {
    let version = tag.split('-').find_map(|piece| piece.strip_prefix("python"))?;
    Some(lambda(version))
}

/// `glue_libs_4.0.0_image_01`, `5`, `5.0.1`
fn glue(tag: &str) -> Runtime {
    let version = tag.split(['_', '-']).find_map(numbers);
    let release = match version.as_deref() {
        Some([major, minor, ..]) => Some(format!("{major}.{minor}")),
        Some([major]) => Some(format!("{major}.0")),
        _ => None,
    };
    Runtime { product: Product::Glue, release, exact: None }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(image: &str) -> String {
        let all: Vec<String> = runtimes(image)
            .into_iter()
            .map(|one| {
                let exact = one.exact.map(|exact| format!("={exact}")).unwrap_or_default();
                format!("{} {}{exact}", one.product.as_str(), one.release.unwrap_or_else(|| "?".into()))
            })
            .collect();
        all.join(", ")
    }

    #[test]
    fn images_tell_their_runtimes() {
        for (image, expected) in [
            ("python:3.8", "python 3.8"),
            ("python:3.8.10-slim-buster", "python 3.8=3.8.10, debian 10"),
            ("python:3.8-slim-bookworm@sha256:aa", "python 3.8, debian 12"),
            ("python:3.11-alpine3.18", "python 3.11, alpine 3.18"),
            ("python:3.11-alpine", "python 3.11"),
            ("python:3.13.0rc1-slim", "python 3.13=3.13.0rc1"),
            ("python", "python ?"),
            ("python:latest", "python ?"),
            ("python:3-slim", "python ?"),
            ("python:slim-bullseye", "python ?, debian 11"),
            ("python@sha256:aa", "python ?"),
            ("python:${V}-slim", "python ?"),
            ("docker.io/library/python:2.7", "python 2.7"),
            ("localhost:5000/python:3.9", "python 3.9"),
            ("public.ecr.aws/docker/library/python:3.9-slim", "python 3.9"),
            ("mcr.microsoft.com/devcontainers/python:1-3.11-bullseye", "python 3.11, debian 11"),
            ("public.ecr.aws/lambda/python:3.9", "aws-lambda python3.9"),
            ("public.ecr.aws/lambda/python:3.12.2024.01.05-arm64", "aws-lambda python3.12"),
            ("amazon/aws-lambda-python:3.7", "aws-lambda python3.7"),
            ("public.ecr.aws/lambda/python", "aws-lambda ?"),
            ("public.ecr.aws/sam/build-python3.8:latest", "aws-lambda python3.8"),
            ("lambci/lambda:build-python3.6", "aws-lambda python3.6"),
            ("public.ecr.aws/lambda/provided:al2", "aws-lambda provided.al2"),
            ("amazonlinux:2", "amazon-linux 2"),
            ("amazonlinux:2.0.20230207.0", "amazon-linux 2"),
            ("public.ecr.aws/amazonlinux/amazonlinux:2023-minimal", "amazon-linux 2023"),
            ("amazonlinux:1", "amazon-linux 2018.03"),
            ("amazonlinux", "amazon-linux ?"),
            ("debian:bookworm-slim", "debian 12"),
            ("debian:11.6", "debian 11"),
            ("debian:stable", "debian ?"),
            ("ubuntu:20.04", "ubuntu 20.04"),
            ("ubuntu:focal-20240110", "ubuntu 20.04"),
            ("alpine:3.15.4", "alpine 3.15"),
            ("alpine", "alpine ?"),
            ("amazon/aws-glue-libs:glue_libs_4.0.0_image_01", "aws-glue 4.0"),
            ("tiangolo/uvicorn-gunicorn-fastapi:python3.8-slim", "python 3.8"),
            ("ghcr.io/astral-sh/uv:0.5-python3.12-bookworm-slim", "python 3.12, debian 12"),
            ("gcr.io/distroless/python3-debian12", "python ?, debian 12"),
            ("nginx:1.25", ""),
            ("scratch", ""),
            ("", ""),
        ] {
            assert_eq!(told(image), expected, "{image}");
        }
    }
}
