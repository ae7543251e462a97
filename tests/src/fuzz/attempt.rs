//! One transaction that may or may not be accepted.

use std::fmt;

use solana_instruction::Instruction;
use solana_keypair::Keypair;

use crate::substitution;
use crate::world::{Sent, World};

/// A transaction and what is known about it.
pub struct Attempt {
    /// The instruction under test, by name.
    pub instruction: &'static str,
    /// The whole transaction.
    pub instructions: Vec<Instruction>,
    /// Who signs beside those whom the world knows.
    pub signers: Vec<Keypair>,
    /// What is wrong with it, where it must be refused.
    pub wrong: Option<&'static str>,
    /// For a reader.
    pub note: String,
}

impl Attempt {
    /// An attempt of one instruction.
    pub fn new(name: &'static str, instruction: Instruction) -> Self {
        Self {
            instruction: name,
            instructions: vec![instruction],
            signers: Vec::new(),
            wrong: None,
            note: String::new(),
        }
    }

    /// Says more.
    pub fn noted(mut self, note: impl Into<String>) -> Self {
        self.note = note.into();
        self
    }

    /// Sends it.
    pub fn send(&self, world: &mut World) -> Sent {
        let signers: Vec<&Keypair> = self.signers.iter().collect();
        world.send_with(&self.instructions, &signers)
    }

    /// The instruction under test: the last one.
    pub fn tested(&mut self) -> Option<&mut Instruction> {
        self.instructions.last_mut()
    }
}

impl fmt::Display for Attempt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.instruction, self.note)?;
        if let Some(wrong) = self.wrong {
            write!(f, " [{wrong}]")?;
        }
        Ok(())
    }
}

/// The answer in a word.
pub fn answer(sent: &Sent) -> String {
    match sent {
        Ok(_) => "accepted".to_owned(),
        Err(failed) => substitution::transaction_error(&failed.err),
    }
}
