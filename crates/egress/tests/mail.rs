//! Mail as a relay gets it, and what is said of a relay that does not take it.

use std::net::{Ipv4Addr, TcpListener};

use model::Letter;
use openias_egress::{MailFault, Mailer, Relay, RelaySecurity};
use testkit::Mailbox;

fn letter() -> Letter {
    let [to, subject, text] = ["patient@example.net", "Your code", "Your code: 5XN2QT"].map(str::to_owned);
    Letter { to, subject, text }
}

#[tokio::test]
async fn a_letter_says_what_it_is_written_in_and_which_it_is() {
    let mailbox = Mailbox::start().await;
    mailbox.mailer().send(&letter(), "0123abcd").await.expect("taken");
    let taken = mailbox.taken();
    let lines: Vec<_> = taken[0].lines().collect();
    for header in ["MIME-Version: 1.0", "Message-ID: <0123abcd@example.org>"] {
        assert_eq!(lines.iter().filter(|line| **line == header).count(), 1, "{header}: {lines:?}");
    }
}

#[tokio::test]
async fn a_relay_is_named_with_its_reason_and_without_the_patient() {
    let mailbox = Mailbox::start().await;
    let mut said = Vec::new();
    for status in [451, 550] {
        mailbox.refuses(Some(status));
        let fault = mailbox.mailer().send(&letter(), "1").await.expect_err("refused");
        assert_eq!(matches!(fault, MailFault::NotNow(..)), status == 451, "{fault}");
        assert!(fault.to_string().ends_with(&format!("it answers {status}")), "{fault}");
        said.push(fault.to_string());
    }
    let port =
        TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port").local_addr().expect("its number").port();
    let from = "Example Health <no-reply@example.org>";
    let relay = Relay { host: "127.0.0.1", port, security: RelaySecurity::None, from, credentials: None };
    let fault =
        Mailer::new(&relay).expect("a mailer").send(&letter(), "1").await.expect_err("nobody listens");
    let down = fault.to_string();
    assert!(down.contains(&format!("127.0.0.1:{port} ")) && down.contains("refused (os error"), "{down}");
    said.push(down);
    assert!(!said.iter().any(|text| text.contains("patient@")), "{said:?}");
}
