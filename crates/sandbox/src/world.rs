//! The world as data: who takes part, how each behaves, and where their files differ.

use std::time::Duration;

use model::synthetic::PATIENTS;
use model::{Address, Hcid};
use time::macros::date;

use crate::Brake;
use crate::records::{Held, OnFile, Site, SiteKind, Specialty};

/// A network.
#[derive(Clone, Debug)]
pub struct World {
    /// Its QHINs.
    pub qhins: Vec<Qhin>,
    /// Seeds the records.
    pub seed: u64,
    /// Holds back the reading of records, for a test.
    pub brake: Brake,
}

/// A QHIN and its members.
#[derive(Clone, Debug)]
pub struct Qhin {
    /// Its name.
    pub name: String,
    /// Its Home Community Id.
    pub hcid: Hcid,
    /// Whether it keeps an index of its members' patients and answers for them (the SOP's central eMPI),
    /// or leaves each to answer for itself (fully federated).
    pub keeps_index: bool,
    /// The places below it.
    pub members: Vec<Member>,
}

/// A place that holds records.
#[derive(Clone, Debug)]
pub struct Member {
    /// Who it is and what it has on file.
    pub site: Site,
    /// How it answers.
    pub behaviour: Behaviour,
}

/// How a place answers a patient's question.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Behaviour {
    /// With the patient's records, if it has any.
    Answers,
    /// It has nobody's records.
    KnowsNobody,
    /// With two patients who could both be meant.
    Ambiguous,
    /// With somebody else's demographics.
    ReturnsAnother,
    /// "Found, but sign in here" (IAS response mode 1).
    AsksToSignIn,
    /// After this long.
    Slow(Duration),
    /// With an internal error.
    Fails,
}

impl World {
    /// The network of the demo: fourteen places under two QHINs, with everything that happens to patients
    /// in the field.
    pub fn standard() -> Self {
        let federated = [
            member(
                1,
                "Fernwood Family Medicine",
                SiteKind::PrimaryCare,
                ("Garland", "TX"),
                Behaviour::Answers,
            ),
            member(2, "Maple Hollow Hospital", SiteKind::Hospital, ("Madison", "WI"), Behaviour::Answers),
            member(
                3,
                "Cedar Bend Cardiology",
                SiteKind::Specialty(Specialty::Cardiology),
                ("Dallas", "TX"),
                Behaviour::Answers,
            )
            .with(moved_away),
            member(4, "Juniper Urgent Care", SiteKind::UrgentCare, ("Plano", "TX"), Behaviour::Answers)
                .with(other_phone),
            member(
                5,
                "Harborlight Clinic",
                SiteKind::PrimaryCare,
                ("Portland", "ME"),
                Behaviour::KnowsNobody,
            ),
            member(6, "Twin Pines Health", SiteKind::PrimaryCare, ("Tulsa", "OK"), Behaviour::Ambiguous),
            member(
                7,
                "Slow Water Medical Center",
                SiteKind::Hospital,
                ("Duluth", "MN"),
                Behaviour::Slow(Duration::from_secs(30)),
            ),
            member(8, "Broken Bridge Hospital", SiteKind::Hospital, ("Akron", "OH"), Behaviour::Fails),
            member(
                9,
                "Willow Gate Health System",
                SiteKind::Hospital,
                ("Verona", "WI"),
                Behaviour::AsksToSignIn,
            ),
            member(
                10,
                "Mirror Lake Medical Group",
                SiteKind::PrimaryCare,
                ("Boise", "ID"),
                Behaviour::ReturnsAnother,
            ),
        ];
        let indexed = [
            member(11, "Ridgeline Laboratories", SiteKind::Laboratory, ("Irving", "TX"), Behaviour::Answers),
            member(
                12,
                "Copperleaf Primary Care",
                SiteKind::PrimaryCare,
                ("Richardson", "TX"),
                Behaviour::Answers,
            )
            .with(nickname),
            member(
                13,
                "Silverbrook Endocrinology",
                SiteKind::Specialty(Specialty::Endocrinology),
                ("Mesquite", "TX"),
                Behaviour::Answers,
            ),
            member(14, "Lantern Street Clinic", SiteKind::UrgentCare, ("Reno", "NV"), Behaviour::KnowsNobody),
        ];
        Self {
            qhins: vec![
                qhin(1, "Northfield Exchange", false, federated.into()),
                qhin(2, "Lakeshore Index Network", true, indexed.into()),
            ],
            seed: 42,
            brake: Brake::default(),
        }
    }

    /// A network of a few places, all alike: for tests of one behaviour.
    pub fn of(behaviours: &[Behaviour]) -> Self {
        let members = (1..).zip(behaviours).map(|(number, behaviour)| {
            member(number, &format!("Place {number}"), SiteKind::UrgentCare, ("Garland", "TX"), *behaviour)
        });
        let qhins = vec![qhin(1, "Northfield Exchange", false, members.collect())];
        Self { qhins, seed: 42, brake: Brake::default() }
    }

    /// All places.
    pub fn members(&self) -> impl Iterator<Item = &Member> {
        self.qhins.iter().flat_map(|qhin| &qhin.members)
    }
}

impl Member {
    fn with(mut self, on_file: fn() -> Vec<OnFile>) -> Self {
        self.site.on_file = on_file();
        self
    }
}

fn member(
    number: u32,
    name: &str,
    kind: SiteKind,
    (city, state): (&str, &str),
    behaviour: Behaviour,
) -> Member {
    let site = Site {
        name: name.to_owned(),
        hcid: hcid(&format!("1.{number}")),
        npi: format!("{:010}", 1_999_000_000 + u64::from(number)),
        city: city.to_owned(),
        state: state.to_owned(),
        kind,
        on_file: Vec::new(),
    };
    Member { site, behaviour }
}

fn qhin(number: u32, name: &str, keeps_index: bool, members: Vec<Member>) -> Qhin {
    Qhin { name: name.to_owned(), hcid: hcid(&format!("2.{number}")), keeps_index, members }
}

/// An HCID below the arc that is set aside for examples (RFC 9371 names 2.999).
#[expect(clippy::expect_used, reason = "the arcs are written here, in digits")]
fn hcid(tail: &str) -> Hcid {
    Hcid::parse(&format!("2.999.7204.{tail}")).expect("an OID")
}

/// Files from before the patients moved: the phone still fits.
fn moved_away() -> Vec<OnFile> {
    every_patient(|file| {
        file.address = Held::Other(Address {
            street: "1200 Old Mill Road".to_owned(),
            city: "Lubbock".to_owned(),
            state: "TX".to_owned(),
            postal_code: "79401".to_owned(),
            country: "US".to_owned(),
        });
    })
}

/// Files with a phone number that is no longer the patients': the address fits.
fn other_phone() -> Vec<OnFile> {
    every_patient(|file| file.phone = Held::Other("(214) 555-0142".to_owned()))
}

/// Files without an e-mail address, one of them under a former last name.
fn nickname() -> Vec<OnFile> {
    every_patient(|file| {
        file.email = Held::Missing;
        file.former_family_name = Some("Fields".to_owned());
    })
}

fn every_patient(change: impl Fn(&mut OnFile)) -> Vec<OnFile> {
    PATIENTS
        .iter()
        .map(|patient| {
            let mut file = OnFile::of(patient.email);
            change(&mut file);
            file
        })
        .collect()
}

/// The twin of an ambiguous place: born on another day, and otherwise the same.
pub(crate) const TWIN_BIRTH_DATE: time::Date = date!(1950 - 01 - 01);
