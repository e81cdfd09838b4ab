//! Check digits of national identity numbers.

use super::checks::{digits, varied};

/// A national number with a check digit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Id {
    /// Brazil, CPF.
    Cpf,
    /// Switzerland, AHV.
    Ahv,
    /// Germany, tax identification number.
    GermanTax,
    /// Netherlands, BSN.
    Bsn,
    /// France, NIR.
    Nir,
    /// Spain, DNI and NIE.
    Dni,
    /// Italy, codice fiscale.
    CodiceFiscale,
    /// Poland, PESEL.
    Pesel,
    /// Sweden, personnummer.
    Personnummer,
    /// Finland, henkilötunnus.
    Hetu,
    /// United Kingdom, NHS number.
    Nhs,
    /// Australia, TFN.
    Tfn,
    /// India, Aadhaar.
    Aadhaar,
}

impl Id {
    /// The number called `name` in rule files.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Some(match name {
            "cpf" => Self::Cpf,
            "ahv" => Self::Ahv,
            "de-tax" => Self::GermanTax,
            "bsn" => Self::Bsn,
            "nir" => Self::Nir,
            "dni" => Self::Dni,
            "codice-fiscale" => Self::CodiceFiscale,
            "pesel" => Self::Pesel,
            "personnummer" => Self::Personnummer,
            "hetu" => Self::Hetu,
            "nhs" => Self::Nhs,
            "tfn" => Self::Tfn,
            "verhoeff" => Self::Aadhaar,
            _ => return None,
        })
    }

    /// Whether length and check digits are right.
    #[must_use]
    pub fn accepts(self, text: &str) -> bool {
        let d: Vec<u32> = digits(text).iter().map(|&b| u32::from(b - b'0')).collect();
        if !varied(text.as_bytes()) {
            return false;
        }
        match self {
            Self::Cpf => d.len() == 11 && cpf(&d),
            Self::Ahv => d.len() == 13 && weighted(&d, &[1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1]).is_multiple_of(10),
            Self::GermanTax => d.len() == 11 && german_tax(&d),
            Self::Bsn => d.len() == 9 && weighted(&d, &[9, 8, 7, 6, 5, 4, 3, 2]) % 11 == d[8],
            Self::Nir => nir(text),
            Self::Dni => dni(text),
            Self::CodiceFiscale => codice_fiscale(text),
            Self::Pesel => {
                d.len() == 11
                    && weighted(&d, &[1, 3, 7, 9, 1, 3, 7, 9, 1, 3, 1]).is_multiple_of(10)
                    && date(d[2] % 2 * 10 + d[3], d[4] * 10 + d[5])
            }
            Self::Personnummer => {
                let short: Vec<u8> = digits(text).into_iter().rev().take(10).rev().collect();
                short.len() == 10 && super::checks::luhn(&short) && {
                    let n = |at: usize| u32::from(short[at] - b'0');
                    date(n(2) * 10 + n(3), n(4) * 10 + n(5))
                }
            }
            Self::Hetu => hetu(text),
            Self::Nhs => d.len() == 10 && (weighted(&d, &[10, 9, 8, 7, 6, 5, 4, 3, 2]) + d[9]).is_multiple_of(11),
            Self::Tfn => d.len() == 9 && weighted(&d, &[1, 4, 3, 7, 5, 8, 6, 9, 10]).is_multiple_of(11),
            Self::Aadhaar => d.len() == 12 && verhoeff(&d),
        }
    }
}

fn weighted(digits: &[u32], weights: &[u32]) -> u32 {
    digits.iter().zip(weights).map(|(d, w)| d * w).sum()
}

fn date(month: u32, day: u32) -> bool {
    (1..=12).contains(&month) && (1..=31).contains(&day)
}

fn cpf(d: &[u32]) -> bool {
    let check = |count: usize| {
        let sum: u32 = d[..count].iter().enumerate().map(|(at, digit)| digit * (count + 1 - at) as u32).sum();
        sum * 10 % 11 % 10 == d[count]
    };
    check(9) && check(10)
}

fn german_tax(d: &[u32]) -> bool {
    let product = d[..10].iter().fold(10, |product, digit| {
        let sum = (digit + product) % 10;
        (if sum == 0 { 10 } else { sum }) * 2 % 11
    });
    d[0] != 0 && (11 - product) % 10 == d[10]
}

fn nir(text: &str) -> bool {
    let plain: String = text.chars().filter(char::is_ascii_alphanumeric).collect();
    let plain = plain.to_ascii_uppercase().replacen("2A", "19", 1).replacen("2B", "18", 1);
    let plain = if text.to_ascii_uppercase().contains(['A', 'B']) {
        plain
    } else {
        text.chars().filter(char::is_ascii_digit).collect()
    };
    let (Some(body), Some(key)) = (plain.get(..13), plain.get(13..)) else { return false };
    let (Ok(body), Ok(key)) = (body.parse::<u64>(), key.parse::<u64>()) else { return false };
    plain.len() == 15 && key == 97 - body % 97
}

fn dni(text: &str) -> bool {
    const LETTERS: &[u8] = b"TRWAGMYFPDXBNJZSQVHLCKE";
    let plain: String = text.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_uppercase();
    let Some((body, letter)) = plain.len().checked_sub(1).and_then(|at| plain.split_at_checked(at)) else {
        return false;
    };
    let body = body.replacen('X', "0", 1).replacen('Y', "1", 1).replacen('Z', "2", 1);
    let number = body.parse::<usize>().ok().filter(|_| body.len() == 8);
    number.is_some_and(|number| letter.as_bytes().first() == Some(&LETTERS[number % 23]))
}

fn codice_fiscale(text: &str) -> bool {
    const ODD: [u32; 26] =
        [1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23];
    let text = text.to_ascii_uppercase().into_bytes();
    if text.len() != 16 || !text.iter().all(u8::is_ascii_alphanumeric) {
        return false;
    }
    let sum: u32 = text[..15]
        .iter()
        .enumerate()
        .map(|(at, &b)| {
            let value = u32::from(if b.is_ascii_digit() { b - b'0' } else { b - b'A' });
            if at % 2 == 0 { ODD[value as usize] } else { value }
        })
        .sum();
    u32::from(text[15].wrapping_sub(b'A')) == sum % 26
}

fn hetu(text: &str) -> bool {
    const LETTERS: &[u8] = b"0123456789ABCDEFHJKLMNPRSTUVWXY";
    let bytes = text.as_bytes();
    let (Some(birth), Some(serial), Some(check)) = (text.get(..6), text.get(7..10), bytes.get(10)) else {
        return false;
    };
    let (Ok(day), Ok(month)) = (birth[..2].parse::<u32>(), birth[2..4].parse::<u32>()) else { return false };
    let number = format!("{birth}{serial}").parse::<usize>();
    date(month, day) && number.is_ok_and(|number| LETTERS[number % 31] == check.to_ascii_uppercase())
}

fn verhoeff(d: &[u32]) -> bool {
    // The dihedral group of order ten, computed instead of tabulated: d5 multiplication of (a, b).
    let multiply = |a: u32, b: u32| match (a < 5, b < 5) {
        (true, true) => (a + b) % 5,
        (true, false) => 5 + (a + b - 5) % 5,
        (false, true) => 5 + (a - 5 + 5 - b) % 5,
        (false, false) => (5 + a - b) % 5,
    };
    const PERMUTATION: [u32; 10] = [1, 5, 7, 6, 2, 8, 3, 0, 9, 4];
    let sum = d.iter().rev().enumerate().fold(0, |sum, (at, &digit)| {
        let permuted = (0..at % 8).fold(digit, |value, _| PERMUTATION[value as usize]);
        multiply(sum, permuted)
    });
    sum == 0
}
