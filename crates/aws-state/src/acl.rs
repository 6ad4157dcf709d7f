//! Canned ACLs of S3: Terraform's words into CloudFormation's, and lists of grants into the canned ACL that
//! gives everyone as much, since CloudFormation has no grants.

use tieout_model::{Gap, Node, Value};

const ALL_USERS: &str = "http://acs.amazonaws.com/groups/global/AllUsers";
const AUTHENTICATED_USERS: &str = "http://acs.amazonaws.com/groups/global/AuthenticatedUsers";
const LOG_DELIVERY: &str = "http://acs.amazonaws.com/groups/s3/LogDelivery";

/// A canned ACL out of a word (`public-read`) or a list of grants. Open values stay open.
pub(crate) fn canned(node: &Node) -> Node {
    match &node.value {
        Value::Text(word) => Node::text(pascal(word), node.at.clone()),
        Value::List(grants) => of_grants(grants.iter(), node),
        Value::Map(_) => of_grants(std::iter::once(node), node),
        _ => node.clone(),
    }
}

/// `bucket-owner-full-control` → `BucketOwnerFullControl`.
fn pascal(word: &str) -> String {
    word.split('-')
        .map(|part| {
            let mut letters = part.chars();
            letters
                .next()
                .map_or_else(String::new, |first| first.to_uppercase().collect::<String>() + letters.as_str())
        })
        .collect()
}

fn of_grants<'a>(grants: impl Iterator<Item = &'a Node>, whole: &Node) -> Node {
    // From what gives least to what gives most; a list has the most that one of its grants has.
    const WORDS: [&str; 5] =
        ["Private", "LogDeliveryWrite", "AuthenticatedRead", "PublicRead", "PublicReadWrite"];
    let mut most = 0;
    let mut place = whole.at.clone();
    let mut gap = None;
    for grant in grants {
        match rank(grant) {
            Ok(rank) if rank > most => {
                most = rank;
                place = grant.at.clone();
            }
            Ok(_) => {}
            Err(open) => gap = gap.or(Some(open)),
        }
    }
    match gap {
        // What is known may be public already; then the rest does not matter.
        Some(gap) if most < 4 => Node::unknown(gap, whole.at.clone()),
        _ => Node::text(WORDS.get(most).copied().unwrap_or("Private"), place),
    }
}

fn rank(grant: &Node) -> Result<usize, Gap> {
    if let Some(gap) = grant.gap() {
        return Err(gap);
    }
    // `aws_s3_bucket` has the grantee's attributes in the grant, `aws_s3_bucket_acl` in a block.
    let grantee = grant.get("grantee").map_or(grant, |block| block.items().first().unwrap_or(block));
    let Some(uri) = grantee.get("uri").filter(|uri| !uri.is_null()) else { return Ok(0) };
    if let Some(gap) = uri.gap() {
        return Err(gap);
    }
    match uri.as_text() {
        Some(ALL_USERS) => Ok(if writes(grant)? { 4 } else { 3 }),
        Some(AUTHENTICATED_USERS) => Ok(2),
        Some(LOG_DELIVERY) => Ok(1),
        _ => Ok(0),
    }
}

fn writes(grant: &Node) -> Result<bool, Gap> {
    let permissions: Vec<&Node> = match (grant.get("permission"), grant.get("permissions")) {
        (Some(one), _) if !one.is_null() => vec![one],
        (_, Some(several)) => {
            if let Some(gap) = several.gap() {
                return Err(gap);
            }
            several.items().iter().collect()
        }
        _ => Vec::new(),
    };
    let mut found = false;
    for permission in permissions {
        if let Some(gap) = permission.gap() {
            return Err(gap);
        }
        found |= matches!(permission.as_text(), Some("WRITE" | "WRITE_ACP" | "FULL_CONTROL"));
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;
    use tieout_model::Place;

    fn canned_of(value: serde_json::Value) -> serde_json::Value {
        canned(&Node::from_json(&value, &Place::None)).to_json()
    }

    #[test]
    fn words_are_cloudformations() {
        assert_eq!(canned_of(json!("public-read-write")), "PublicReadWrite");
        assert_eq!(canned_of(json!("log-delivery-write")), "LogDeliveryWrite");
        assert_eq!(canned_of(json!("private")), "Private");
    }

    #[test]
    fn grants_to_everyone_are_as_public_as_the_canned_acl() {
        let in_bucket = json!([{"id": "abc", "permissions": ["FULL_CONTROL"]}, {"uri": ALL_USERS, "permissions": ["READ"]}]);
        assert_eq!(canned_of(in_bucket), "PublicRead");
        let in_acl = json!([{"grantee": [{"uri": ALL_USERS}], "permission": "WRITE_ACP"}]);
        assert_eq!(canned_of(in_acl), "PublicReadWrite");
        let authenticated = json!([{"grantee": [{"uri": AUTHENTICATED_USERS}], "permission": "READ"}]);
        assert_eq!(canned_of(authenticated), "AuthenticatedRead");
    }

    #[test]
    fn grants_to_accounts_are_private_and_an_open_grantee_is_unknown() {
        assert_eq!(canned_of(json!([{"id": "abc", "permissions": ["READ"]}])), "Private");
        assert_eq!(canned_of(json!([])), "Private");
        let mut grant = Node::map(Place::None);
        grant.set("uri", Place::None, Node::unknown(Gap::unresolved("var.who"), Place::None));
        let list = Node::new(Value::List(vec![grant]), Place::None);
        assert_eq!(canned(&list).gap(), Some(Gap::unresolved("var.who")));
    }
}
