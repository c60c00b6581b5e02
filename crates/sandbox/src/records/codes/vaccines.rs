//! Vaccines.

use super::{Code, cvx};

pub(in crate::records) static INFLUENZA_TRIVALENT: Code =
    cvx("140", "Influenza, seasonal, injectable, preservative free");
pub(in crate::records) static INFLUENZA_QUADRIVALENT: Code =
    cvx("150", "Influenza, injectable, quadrivalent, preservative free");
pub(in crate::records) static TDAP: Code = cvx("115", "Tdap");
pub(in crate::records) static TD: Code =
    cvx("113", "Td (adult), 5 Lf tetanus toxoid, preservative free, adsorbed");
pub(in crate::records) static PNEUMOCOCCAL_CONJUGATE: Code = cvx("133", "Pneumococcal conjugate PCV 13");
pub(in crate::records) static PNEUMOCOCCAL_POLYSACCHARIDE: Code =
    cvx("33", "pneumococcal polysaccharide vaccine, 23 valent");
pub(in crate::records) static ZOSTER: Code = cvx("187", "zoster vaccine recombinant");
pub(in crate::records) static COVID_19: Code = cvx("208", "COVID-19, mRNA, LNP-S, PF, 30 mcg/0.3 mL dose");
