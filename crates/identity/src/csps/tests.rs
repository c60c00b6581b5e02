use super::*;

fn persona() -> Csp {
    TrustedCsps::published().find("persona_csp").expect("listed").clone()
}

fn nobody_is_local(_: &str) -> bool {
    false
}

fn fault(csp: Csp) -> Option<Fault> {
    TrustedCsps::published().with(csp).check(nobody_is_local).err()
}

#[test]
fn the_seed_issuers_speak_for_their_mode_alone() {
    let persona = persona();
    let sandbox = "https://authenticate.withpersona.com/authenticate/oidc-sandbox";
    assert!(persona.speaks_for(sandbox, Mode::Test));
    assert!(!persona.speaks_for(sandbox, Mode::Live));
    assert!(!persona.speaks_for(&format!("{sandbox}/"), Mode::Test));
    assert!(TrustedCsps::published().find("other_csp").is_none());
}

#[test]
fn the_published_list_makes_sense() {
    assert_eq!(TrustedCsps::published().check(nobody_is_local), Ok(()));
    let csps = TrustedCsps::published();
    let known = csps.of_issuer("https://api.id.me/oidc").map(|csp| csp.idp.as_str());
    assert_eq!(known, Some("idme_csp"));
}

#[test]
fn an_entry_of_the_operator_replaces_a_published_one() {
    let csps = TrustedCsps::published().with(Csp { name: "Our own".into(), ..persona() });
    assert_eq!(csps.all().len(), 3);
    assert_eq!(csps.find("persona_csp").map(|csp| csp.name.as_str()), Some("Our own"));
}

#[test]
fn an_issuer_is_a_plain_https_url() {
    for url in [
        "https://csp.example/oidc/",
        "https://csp.example/oidc?x=1",
        "https://csp.example/oidc#x",
        "https://user@csp.example/oidc",
        "https://CSP.example/oidc",
        "https://csp.example:443/oidc",
        "https://csp.example/a/../oidc",
        "csp.example",
        "",
    ] {
        let mut csp = persona();
        csp.issuers[0].url = url.to_owned();
        let expected = Fault::Issuer { idp: "persona_csp".to_owned(), issuer: url.to_owned() };
        assert_eq!(fault(csp), Some(expected), "{url}");
    }
    let mut plain = persona();
    plain.issuers[0].url = "http://csp.example/oidc".to_owned();
    let said = fault(plain).map(|fault| fault.to_string()).unwrap_or_default();
    assert!(said.contains("http://csp.example/oidc is not https") && said.contains("egress.private_origins"));
    let mut own = persona();
    own.issuers[0].url = "http://localhost:8480/authenticate/oidc".to_owned();
    let csps = TrustedCsps::published().with(own);
    assert_eq!(csps.check(|issuer| issuer.starts_with("http://localhost:8480")), Ok(()));
}

#[test]
fn an_issuer_that_is_nearly_trusted_is_recognised() {
    let csps = TrustedCsps::published();
    for text in ["https://api.id.me/oidc/", "https://API.id.me/oidc", "https://api.id.me/OIDC//"] {
        let known = csps.nearly(text).map(|(csp, url)| (csp.idp.as_str(), url));
        assert_eq!(known, Some(("idme_csp", "https://api.id.me/oidc")), "{text}");
    }
    for text in ["https://api.id.me/oidc", "https://api.id.me", "", "/"] {
        assert!(csps.nearly(text).is_none(), "{text}");
    }
}

#[test]
fn what_makes_no_sense_is_named() {
    let idp = |idp: &str| Csp { idp: idp.to_owned(), ..persona() };
    assert_eq!(fault(idp("Example CSP")), Some(Fault::Idp("Example CSP".to_owned())));
    assert_eq!(
        fault(Csp { issuers: Vec::new(), ..persona() }),
        Some(Fault::NoIssuer("persona_csp".to_owned()))
    );
    assert_eq!(
        fault(Csp { algorithms: Vec::new(), ..persona() }),
        Some(Fault::NoAlgorithm("persona_csp".to_owned()))
    );
    let firm = Csp { quirks: vec![Rule::Filler, Rule::Expired], ..persona() };
    let expected = Fault::FirmQuirk { idp: "persona_csp".to_owned(), rule: Rule::Expired };
    assert_eq!(fault(firm), Some(expected));
    assert!(matches!(fault(idp("second_csp")), Some(Fault::SharedIssuer(..))));
}
