//! Types of machines that networks have run, with the date from which they were delivered.

use crate::error::{Result, positive};
use crate::pow::Machine;

/// A type of machine as the network model sees it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MachineType {
    /// From when it was delivered, Unix seconds.
    pub release: i64,
    /// Efficiency, J/TH.
    pub efficiency: f64,
    /// Hash rate sold, relative to the other types'.
    pub weight: f64,
}

/// A type of machine by its data sheet.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct KnownMachine {
    /// Name.
    pub name: &'static str,
    /// From when it was delivered, Unix seconds.
    pub release: i64,
    /// Hash rate and power at the wall.
    pub machine: Machine,
    /// Hash rate sold, relative to the other types': the authors' judgement, 1 for a generation's leading type.
    pub weight: f64,
}

impl MachineType {
    /// The type, if every figure lies in its domain.
    ///
    /// # Errors
    /// [`crate::ModelError::NotPositive`], [`crate::ModelError::NotFinite`].
    pub fn checked(self) -> Result<Self> {
        positive("efficiency of a type of machine", self.efficiency)?;
        positive("weight of a type of machine", self.weight)?;
        Ok(self)
    }
}

impl From<&KnownMachine> for MachineType {
    fn from(known: &KnownMachine) -> Self {
        Self {
            release: known.release,
            efficiency: known.machine.efficiency(),
            weight: known.weight,
        }
    }
}

/// Midnight (UTC) of the first of a month, Unix seconds (Hinnant 2013, "chrono-compatible low-level date algorithms",
/// `days_from_civil`, for years from 1970).
const fn month(year: i64, month: i64) -> i64 {
    let shifted = if month <= 2 { year - 1 } else { year };
    let era = shifted / 400;
    let of_era = shifted - era * 400;
    let of_year = (153 * (if month > 2 { month - 3 } else { month + 9 }) + 2) / 5;
    let days = era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468;
    days * 86_400
}

const fn known(name: &'static str, release: i64, hash_rate: f64, power: f64, weight: f64) -> KnownMachine {
    KnownMachine {
        name,
        release,
        machine: Machine { hash_rate, power },
        weight,
    }
}

/// SHA-256 (Bitcoin, Bitcoin Cash). Hash rate and power as the makers' data sheets state them, delivery to the month.
pub const SHA256: &[KnownMachine] = &[
    known("Radeon HD 5870", month(2010, 7), 0.000_4, 188.0, 1.0),
    known("Icarus FPGA", month(2011, 10), 0.000_38, 19.2, 0.3),
    known("Avalon 1", month(2013, 1), 0.066, 620.0, 0.5),
    known("KnC Jupiter", month(2013, 10), 0.55, 650.0, 0.7),
    known("Antminer S1", month(2013, 11), 0.18, 360.0, 1.0),
    known("Antminer S2", month(2014, 4), 1.0, 1100.0, 0.5),
    known("Antminer S3", month(2014, 7), 0.441, 340.0, 1.0),
    known("Antminer S5", month(2014, 12), 1.155, 590.0, 1.0),
    known("Antminer S7", month(2015, 9), 4.73, 1293.0, 1.0),
    known("AvalonMiner 6", month(2015, 11), 3.5, 1050.0, 0.3),
    known("Antminer S9", month(2016, 6), 13.5, 1323.0, 1.0),
    known("Antminer S9 13T", month(2017, 2), 13.0, 1300.0, 1.0),
    known("AvalonMiner 741", month(2017, 4), 7.3, 1150.0, 0.3),
    known("Antminer S9 14T", month(2017, 11), 14.0, 1372.0, 1.0),
    known("Antminer T9+", month(2018, 1), 10.5, 1432.0, 0.3),
    known("Ebit E10", month(2018, 2), 18.0, 1650.0, 0.3),
    known("AvalonMiner 841", month(2018, 4), 13.6, 1290.0, 0.3),
    known("Antminer S9i", month(2018, 5), 14.0, 1320.0, 1.0),
    known("Antminer S9j", month(2018, 8), 14.5, 1350.0, 1.0),
    known("Whatsminer M10", month(2018, 9), 33.0, 2145.0, 0.5),
    known("Antminer S15", month(2018, 12), 28.0, 1596.0, 0.5),
    known("Antminer S17", month(2019, 4), 56.0, 2520.0, 1.0),
    known("Antminer T17", month(2019, 5), 40.0, 2200.0, 0.7),
    known("Whatsminer M21S", month(2019, 6), 56.0, 3360.0, 0.5),
    known("Antminer S9 SE", month(2019, 7), 16.0, 1280.0, 0.5),
    known("Whatsminer M20S", month(2019, 8), 68.0, 3360.0, 1.0),
    known("AvalonMiner 1066", month(2019, 9), 50.0, 3250.0, 0.3),
    known("Antminer S17+", month(2019, 12), 73.0, 2920.0, 0.7),
    known("Antminer T17+", month(2019, 12), 64.0, 3200.0, 0.5),
    known("Whatsminer M30S", month(2020, 4), 88.0, 3344.0, 1.0),
    known("Whatsminer M31S", month(2020, 4), 76.0, 3220.0, 0.5),
    known("Antminer S19", month(2020, 5), 95.0, 3250.0, 1.0),
    known("Antminer S19 Pro", month(2020, 5), 110.0, 3250.0, 0.7),
    known("Antminer T19", month(2020, 6), 84.0, 3150.0, 0.7),
    known("AvalonMiner 1246", month(2021, 1), 90.0, 3420.0, 0.3),
    known("Antminer S19j Pro", month(2021, 6), 104.0, 3068.0, 1.0),
    known("Antminer S19 XP", month(2022, 7), 140.0, 3010.0, 0.5),
    known("Whatsminer M50", month(2022, 8), 114.0, 3306.0, 0.5),
    known("Antminer S19k Pro", month(2023, 6), 120.0, 2760.0, 1.0),
    known("Antminer S21", month(2024, 1), 200.0, 3500.0, 1.0),
    known("Antminer S21 Pro", month(2024, 7), 234.0, 3531.0, 1.0),
];

/// Scrypt (Litecoin, Dogecoin). As [`SHA256`].
pub const SCRYPT: &[KnownMachine] = &[
    known("Radeon HD 7950", month(2012, 1), 0.6e-6, 250.0, 1.0),
    known("Gridseed Blade", month(2014, 3), 5.2e-6, 140.0, 0.5),
    known("KnC Titan", month(2014, 9), 300e-6, 900.0, 0.7),
    known("Innosilicon A4 Dominator", month(2016, 10), 280e-6, 1050.0, 0.5),
    known("Antminer L3+", month(2017, 3), 504e-6, 800.0, 1.0),
    known("Antminer L3++", month(2018, 5), 580e-6, 942.0, 0.7),
    known("Innosilicon A6 LTCMaster", month(2018, 8), 1.23e-3, 1500.0, 0.5),
    known("Innosilicon A6+ LTCMaster", month(2019, 10), 2.2e-3, 2100.0, 0.7),
    known("Antminer L7", month(2021, 11), 9.5e-3, 3425.0, 1.0),
];

/// Ethash and Etchash (Ethereum Classic). As [`SHA256`]; graphics cards with their share of the computer's power.
pub const ETCHASH: &[KnownMachine] = &[
    known("Radeon R9 290", month(2013, 11), 30e-6, 250.0, 1.0),
    known("Radeon RX 480", month(2016, 6), 29e-6, 135.0, 1.0),
    known("GeForce GTX 1070", month(2016, 6), 30e-6, 125.0, 0.7),
    known("Antminer E3", month(2018, 7), 190e-6, 760.0, 0.5),
    known("Innosilicon A10", month(2018, 10), 485e-6, 850.0, 0.5),
    known("Radeon RX 5700", month(2019, 7), 54e-6, 130.0, 1.0),
    known("GeForce RTX 3080", month(2020, 9), 98e-6, 235.0, 1.0),
    known("Antminer E9", month(2022, 7), 2.4e-3, 1920.0, 1.0),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tables_are_in_order_and_every_type_is_admissible() {
        for table in [SHA256, SCRYPT, ETCHASH] {
            assert!(table.windows(2).all(|pair| pair[0].release <= pair[1].release));
            for known in table {
                MachineType::from(known).checked().unwrap();
            }
        }
        assert_eq!(SHA256[10].release, 1_464_739_200, "2016-06-01");
        assert_eq!(month(2020, 2), 1_580_515_200);
        assert_eq!(month(1970, 1), 0);
    }
}
