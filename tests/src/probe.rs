//! The probe program (`tests/programs/builtins-probe`) on LiteSVM: the compiler's 128-bit and memory functions, run
//! inside the VM.

use anyhow::Context;
use litesvm::LiteSVM;
use solana_account::Account;
use solana_address::Address;
use solana_instruction::{AccountMeta, Instruction};
use solana_keypair::Keypair;
use solana_message::Message;
use solana_signer::Signer;
use solana_transaction::Transaction;

use crate::programs;

/// Bytes that memory operations act on.
pub const REGION: usize = 1024;

/// An operation on the account's records; the number is the program's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Arithmetic {
    /// Nothing but a load, an exclusive or, and a store: the baseline of measurements.
    Baseline = 0,
    /// `wrapping_mul` (`__multi3`).
    Mul = 1,
    /// `u128::checked_div` (`__udivti3`).
    Div = 2,
    /// `u128::checked_rem` (`__umodti3`).
    Rem = 3,
    /// `i128::wrapping_div` (`__divti3`).
    SignedDiv = 4,
    /// `i128::wrapping_rem` (`__modti3`).
    SignedRem = 5,
    /// `u128::wrapping_shl`.
    Shl = 6,
    /// `u128::wrapping_shr`.
    Shr = 7,
    /// `i128::wrapping_shr`.
    SignedShr = 8,
    /// `u128::checked_mul`.
    CheckedMul = 9,
    /// `i128::checked_mul`.
    SignedCheckedMul = 10,
    /// `i128::checked_div`.
    SignedCheckedDiv = 11,
    /// `/`, which aborts at a zero divisor.
    UncheckedDiv = 12,
}

/// An operation on the account's region; the number is the program's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Memory {
    /// Nothing: the baseline of measurements.
    Baseline = 64,
    /// `copy_from_slice` from the region's first half into its second (`memcpy`).
    Copy = 65,
    /// `copy_within` (`memmove`).
    Move = 66,
    /// `fill` (`memset`).
    Fill = 67,
    /// `cmp` (`memcmp`): 0 less, 1 equal, 2 greater.
    Compare = 68,
    /// `==` (`bcmp` or `memcmp`).
    Equal = 69,
}

/// One memory operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MemoryRecord {
    /// Offset written to, or of the left operand.
    pub target: u32,
    /// Offset read from, or of the right operand.
    pub source: u32,
    /// Bytes.
    pub length: u32,
    /// The byte to fill with; holds a comparison's answer afterwards.
    pub value: u8,
}

/// What a run left behind.
pub struct Ran<T> {
    /// Its results.
    pub results: T,
    /// Compute units of the whole transaction.
    pub compute_units: u64,
}

/// The program, loaded.
pub struct Probe {
    vm: LiteSVM,
    program: Address,
    account: Address,
    payer: Keypair,
}

impl Probe {
    /// Loads the compiled probe.
    ///
    /// # Errors
    /// When it has not been compiled or does not load.
    pub fn load() -> anyhow::Result<Self> {
        let (program, account) = (Address::new_from_array([2; 32]), Address::new_from_array([3; 32]));
        let payer = Keypair::new_from_array([4; 32]);
        // The same operation may run twice; its transactions are the same then.
        let mut vm = LiteSVM::new().with_transaction_history(0);
        vm.airdrop(&payer.pubkey(), 1_000_000_000_000)
            .map_err(|failed| anyhow::anyhow!("airdrop: {:?}", failed.err))?;
        let file = programs::compiled("builtins_probe")?;
        vm.add_program_from_file(program, &file)
            .with_context(|| format!("{} does not load", file.display()))?;
        Ok(Self {
            vm,
            program,
            account,
            payer,
        })
    }

    /// Runs an arithmetic operation on pairs; `None` is a checked operation's refusal.
    ///
    /// # Errors
    /// When the program fails.
    pub fn arithmetic(
        &mut self,
        operation: Arithmetic,
        pairs: &[(u128, u128)],
    ) -> anyhow::Result<Ran<Vec<Option<u128>>>> {
        let data = pairs
            .iter()
            .flat_map(|(a, b)| [a.to_le_bytes(), b.to_le_bytes(), [0xee; 16], [0xee; 16]])
            .flatten()
            .collect();
        let Ran {
            results,
            compute_units,
        } = self.run(operation as u8, data)?;
        let word = |bytes: &[u8]| bytes.try_into().map(u128::from_le_bytes);
        let results = results
            .chunks_exact(64)
            .map(|record| Ok((word(&record[48..64])? == 1).then_some(word(&record[32..48])?)))
            .collect::<anyhow::Result<_>>()?;
        Ok(Ran {
            results,
            compute_units,
        })
    }

    /// Runs a memory operation, record after record on the same region; gives back the region and the records'
    /// values.
    ///
    /// # Errors
    /// When the program fails.
    pub fn memory(
        &mut self,
        operation: Memory,
        region: &[u8; REGION],
        records: &[MemoryRecord],
    ) -> anyhow::Result<Ran<(Vec<u8>, Vec<u8>)>> {
        let mut data = region.to_vec();
        for MemoryRecord {
            target,
            source,
            length,
            value,
        } in records
        {
            data.extend(
                [*target, *source, *length, u32::from(*value)]
                    .map(u32::to_le_bytes)
                    .as_flattened(),
            );
        }
        let Ran {
            results,
            compute_units,
        } = self.run(operation as u8, data)?;
        let (region, records) = results.split_at(REGION);
        let values = records.chunks_exact(16).map(|record| record[12]).collect();
        Ok(Ran {
            results: (region.to_vec(), values),
            compute_units,
        })
    }

    fn run(&mut self, operation: u8, data: Vec<u8>) -> anyhow::Result<Ran<Vec<u8>>> {
        let account = Account {
            lamports: self.vm.minimum_balance_for_rent_exemption(data.len()),
            data,
            owner: self.program,
            ..Account::default()
        };
        self.vm.set_account(self.account, account)?;
        let instructions = [
            largest_budget(),
            Instruction {
                program_id: self.program,
                accounts: vec![AccountMeta::new(self.account, false)],
                data: vec![operation],
            },
        ];
        let message = Message::new(&instructions, Some(&self.payer.pubkey()));
        let transaction = Transaction::new(&[&self.payer], message, self.vm.latest_blockhash());
        let outcome = self
            .vm
            .send_transaction(transaction)
            .map_err(|failed| anyhow::anyhow!("{:?}: {:?}", failed.err, failed.meta.logs))?;
        let account = self
            .vm
            .get_account(&self.account)
            .context("the probe's account is gone")?;
        Ok(Ran {
            results: account.data,
            compute_units: outcome.compute_units_consumed,
        })
    }
}

/// Asks for the largest compute budget: `SetComputeUnitLimit(1_400_000)`.
fn largest_budget() -> Instruction {
    const COMPUTE_BUDGET: Address = Address::from_str_const("ComputeBudget111111111111111111111111111111");
    let mut data = vec![2];
    data.extend(1_400_000_u32.to_le_bytes());
    Instruction {
        program_id: COMPUTE_BUDGET,
        accounts: Vec::new(),
        data,
    }
}
