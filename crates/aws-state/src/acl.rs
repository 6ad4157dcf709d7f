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
        Some(gap) if most < 2 => Node::unknown(gap, whole.at.clone()),
        _ => Node::text(WORDS.get(most).copied().unwrap_or("Private"), place),
    }
}

fn rank(grant: &Node) -> Result<usize, Gap> {
    if let Some(gap) = grant.gap() {
        return Err(gap);
    }
    // `aws_s3_bucket` has the grantee's attributes in the grant, `aws_s3_bucket_acl` in a block.
    let grantee = grant.get("grantee").map_or(grant, |block| block.items().first().unwrap_or(block));
    let Some(uri) = grantee.get("uri").filter(|uri| !uri.is_null()) else { return one_account(grantee) };
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

/// A grant to one account: nothing more than `Private` where it is the owner, as far as can be told before
/// deployment. CloudFormation has no word for any other.
fn one_account(grantee: &Node) -> Result<usize, Gap> {
    let told = |key: &str| grantee.get(key).filter(|node| !node.is_null());
    if let Some(email) = told("email_address") {
        let whom = email.as_text().unwrap_or("an address that is not known");
        return Err(Gap::unsupported(format_args!("a grant of the ACL to the account of {whom}")));
    }
    let Some(id) = told("id") else { return Ok(0) };
    match (id.gap(), id.as_text()) {
        // The provider's own account, which owns what it makes.
        (Some(gap), _) if gap.what.contains("aws_canonical_user_id") => Ok(0),
        (Some(gap), _) => Err(gap),
        (None, Some(id)) => Err(Gap::unsupported(format_args!(
            "a grant of the ACL to the canonical id {id}, which may be another account's"
        ))),
        (None, None) => Ok(0),
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
        let in_bucket = json!([{"uri": ALL_USERS, "permissions": ["READ"]}]);
        assert_eq!(canned_of(in_bucket), "PublicRead");
        let in_acl = json!([{"grantee": [{"uri": ALL_USERS}], "permission": "WRITE_ACP"}]);
        assert_eq!(canned_of(in_acl), "PublicReadWrite");
        let authenticated = json!([{"grantee": [{"uri": AUTHENTICATED_USERS}], "permission": "READ"}]);
        assert_eq!(canned_of(authenticated), "AuthenticatedRead");
    }

    #[test]
    fn a_grant_to_an_account_is_private_only_where_it_is_the_owner_s_own() {
        let of = |id: Node| {
            let mut grant = Node::map(Place::None);
            grant.set("id", Place::None, id);
            canned(&Node::new(Value::List(vec![grant]), Place::None))
        };
        let own = Node::unknown(Gap::unresolved("data.aws_canonical_user_id.current.id"), Place::None);
        assert_eq!(of(own).to_json(), "Private");
        assert!(of(Node::unknown(Gap::unresolved("var.partner"), Place::None)).gap().is_some());
        assert!(of(Node::text("abc", Place::None)).gap().is_some());
        let public =
            json!([{"id": "abc", "permissions": ["READ"]}, {"uri": ALL_USERS, "permissions": ["WRITE"]}]);
        assert_eq!(canned_of(public), "PublicReadWrite");
    }

    #[test]
    fn no_grant_is_private_and_an_open_grantee_is_unknown() {
        assert_eq!(canned_of(json!([])), "Private");
        let mut grant = Node::map(Place::None);
        grant.set("uri", Place::None, Node::unknown(Gap::unresolved("var.who"), Place::None));
        let list = Node::new(Value::List(vec![grant]), Place::None);
        assert_eq!(canned(&list).gap(), Some(Gap::unresolved("var.who")));
    }
}
