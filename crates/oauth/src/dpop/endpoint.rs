//! The address that a proof is for (`htu`, RFC 9449 section 4.3): compared without query and fragment, after the
//! normalisations of RFC 3986 sections 6.2.2 and 6.2.3.

use std::fmt::Write as _;

/// The longest address read, in bytes.
const MAX: usize = 2048;

/// An http or https address in normal form: scheme and host in lower case, no default port, no query and fragment,
/// percent-encoding in its one spelling.
///
/// Addresses with user names, with `.` or `..` as a segment, or with characters that RFC 3986 does not have are
/// none: readers disagree about them, and no endpoint of ours has one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endpoint(String);

impl Endpoint {
    /// Reads an address as it stands in `htu` or in our metadata.
    pub fn parse(text: &str) -> Option<Self> {
        if text.len() > MAX || !text.bytes().all(is_uri_character) {
            return None;
        }
        let (scheme, rest) = text.split_once("://")?;
        let default_port = match scheme.to_ascii_lowercase().as_str() {
            "https" => 443,
            "http" => 80,
            _ => return None,
        };
        let rest = rest.split(['?', '#']).next()?;
        let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
        let (host, port) = host_and_port(authority)?;
        let mut normal = format!("{scheme}://{host}").to_ascii_lowercase();
        if let Some(port) = port.filter(|port| *port != default_port) {
            // Writing to a string cannot fail.
            let _ = write!(normal, ":{port}");
        }
        push_path(&mut normal, if path.is_empty() { "/" } else { path })?;
        Some(Self(normal))
    }

    /// The address in normal form.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What RFC 3986 section 2 has.
fn is_uri_character(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-._~:/?#[]@!$&'()*+,;=%".contains(&byte)
}

fn host_and_port(authority: &str) -> Option<(&str, Option<u16>)> {
    let end = match authority.strip_prefix('[') {
        Some(literal) => literal.find(']')? + 2,
        None => authority.find(':').unwrap_or(authority.len()),
    };
    let (host, port) = authority.split_at_checked(end)?;
    let in_name = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_');
    let in_literal = |byte: u8| byte.is_ascii_hexdigit() || matches!(byte, b':' | b'.');
    let named = match host.strip_prefix('[').and_then(|host| host.strip_suffix(']')) {
        Some(literal) => !literal.is_empty() && literal.bytes().all(in_literal),
        None => !host.is_empty() && host.bytes().all(in_name),
    };
    let digits = match port.strip_prefix(':') {
        Some(digits) => digits,
        None if port.is_empty() => port,
        None => return None,
    };
    let port = match digits {
        "" => None,
        digits if digits.bytes().all(|byte| byte.is_ascii_digit()) => Some(digits.parse().ok()?),
        _ => return None,
    };
    named.then_some((host, port))
}

/// Writes a path with what need not be encoded decoded, and the rest encoded in upper case.
fn push_path(normal: &mut String, path: &str) -> Option<()> {
    let start = normal.len();
    let mut rest = path;
    while let Some((plain, encoded)) = rest.split_once('%') {
        normal.push_str(plain);
        let (digits, after) = encoded.split_at_checked(2)?;
        if !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return None;
        }
        match char::from(u8::from_str_radix(digits, 16).ok()?) {
            unreserved if unreserved.is_ascii_alphanumeric() || "-._~".contains(unreserved) => {
                normal.push(unreserved);
            }
            _ => {
                normal.push('%');
                normal.push_str(&digits.to_ascii_uppercase());
            }
        }
        rest = after;
    }
    normal.push_str(rest);
    let path = normal.get(start..)?;
    (!path.split('/').any(|segment| matches!(segment, "." | ".."))).then_some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn j14_addresses_that_are_one_have_one_form() {
        let token = "https://as.example/oauth2/token";
        for (text, normal) in [
            (token, token),
            ("HTTPS://AS.Example/oauth2/token", token),
            ("https://as.example:443/oauth2/token", token),
            ("https://as.example:/oauth2/token", token),
            ("https://as.example:0443/oauth2/token", token),
            ("https://as.example/oauth2/token?a=b/../c", token),
            ("https://as.example/oauth2/token#there", token),
            ("https://as.example/oauth2/token?a#b?c", token),
            ("https://as.example/oauth2/%74oken", token),
            ("https://as.example", "https://as.example/"),
            ("https://as.example?a", "https://as.example/"),
            ("http://127.0.0.1:80/", "http://127.0.0.1/"),
            ("http://127.0.0.1:443/", "http://127.0.0.1:443/"),
            ("https://as.example:8443/%2f%c3%A9", "https://as.example:8443/%2F%C3%A9"),
            ("https://[::1]:8443/a", "https://[::1]:8443/a"),
            ("https://[2001:DB8::1]/a", "https://[2001:db8::1]/a"),
            ("https://as.example/a@b:c", "https://as.example/a@b:c"),
        ] {
            let endpoint = Endpoint::parse(text).unwrap_or_else(|| panic!("{text}"));
            assert_eq!(endpoint.as_str(), normal, "{text}");
            assert_eq!(Endpoint::parse(normal), Some(endpoint), "{text}");
        }
    }

    #[test]
    fn j14_addresses_that_differ_stay_apart() {
        let token = Endpoint::parse("https://as.example/oauth2/token").expect("an address");
        for text in [
            "http://as.example/oauth2/token",
            "https://as.example:8443/oauth2/token",
            "https://as.example.attacker.example/oauth2/token",
            "https://as.example./oauth2/token",
            "https://as.example/oauth2/Token",
            "https://as.example/oauth2/token/",
            "https://as.example//oauth2/token",
            "https://as.example/oauth2%2Ftoken",
            "https://as.example/oauth2",
        ] {
            let other = Endpoint::parse(text).unwrap_or_else(|| panic!("{text}"));
            assert_ne!(other, token, "{text}");
        }
    }

    #[test]
    fn j14_what_readers_disagree_about_is_no_address() {
        let long = format!("https://as.example/{}", "a".repeat(MAX));
        for text in [
            "",
            "/oauth2/token",
            "as.example/oauth2/token",
            "https:/as.example/",
            "https:///oauth2/token",
            "https://:443/",
            "ftp://as.example/",
            "javascript://as.example/",
            "https://user@as.example/oauth2/token",
            "https://as.example@attacker.example/oauth2/token",
            "https://as.example\\@attacker.example/",
            "https://as.example/oauth2/./token",
            "https://as.example/oauth2/x/../token",
            "https://as.example/oauth2/x/%2e%2E/token",
            "https://as.example/..",
            "https://as.example/oauth2/token%",
            "https://as.example/oauth2/token%2",
            "https://as.example/oauth2/token%zz",
            "https://as.example/oauth2/token%+1",
            "https://as%2eexample/",
            "https://as.example:65536/",
            "https://as.example:+443/",
            "https://as.example:44a/",
            "https://[::1",
            "https://[::1]x/",
            "https://[]/",
            "https://[as.example]/",
            " https://as.example/",
            "https://as.example/ ",
            "https://as.example/\toauth2",
            "https://ás.example/",
            "https://as.example/é",
            "https://as.example/<a>",
            long.as_str(),
        ] {
            assert_eq!(Endpoint::parse(text), None, "{text:.60}");
        }
    }
}
