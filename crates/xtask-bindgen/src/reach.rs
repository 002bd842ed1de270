//! Which functions a program can get to from some of them without passing others, as far as that can be seen.
//!
//! A function calls others by name, or holds the place of one in the table of functions, or the address of
//! something in memory that holds places and addresses in turn: the tables of methods behind `dyn Trait`, the
//! lists of kinds. WASM does not say which of its numbers are places and addresses, so every number that could
//! be one counts as one. An address that was folded into another is missed; `split` takes care of that.

use std::collections::{BTreeMap, HashMap, HashSet};

use anyhow::{Result, bail};
use walrus::ir::{Const, Instr, InstrLocId, Value, Visitor, dfs_in_order};
use walrus::{ConstExpr, DataKind, FunctionId, LocalFunction, Module};

/// What can be seen of a program's functions and its memory at the start.
pub struct Ground {
    functions: HashMap<FunctionId, Leads>,
    places: BTreeMap<u64, FunctionId>,
    memory: Memory,
}

impl Ground {
    /// Reads it; `places` are the functions in the table.
    pub fn of(module: &Module, places: BTreeMap<u64, FunctionId>) -> Result<Self> {
        let functions: HashMap<FunctionId, Leads> = module
            .funcs
            .iter_local()
            .map(|(id, function)| (id, Leads::of(function)))
            .collect();
        let numbers = functions
            .values()
            .flat_map(|leads| leads.numbers.iter().chain(&leads.addresses));
        Ok(Self {
            memory: Memory::of(module, numbers.copied())?,
            functions,
            places,
        })
    }

    /// Whether the function has a body in this program.
    pub fn has(&self, id: FunctionId) -> bool {
        self.functions.contains_key(&id)
    }

    /// The functions that a function calls by name.
    pub fn called_by(&self, id: FunctionId) -> impl Iterator<Item = FunctionId> {
        self.functions
            .get(&id)
            .into_iter()
            .flat_map(|leads| leads.calls.iter().copied())
    }

    /// Everything that `roots` lead to; the search ends at functions that are `beyond`.
    pub fn reached(
        &self,
        roots: impl IntoIterator<Item = FunctionId>,
        beyond: impl Fn(FunctionId) -> bool,
    ) -> HashSet<FunctionId> {
        let mut reached = HashSet::new();
        let mut seen = HashSet::new();
        let mut next: Vec<FunctionId> = roots.into_iter().collect();
        while let Some(id) = next.pop() {
            if !reached.insert(id) {
                continue;
            }
            let Some(leads) = self.functions.get(&id) else {
                continue;
            };
            next.extend(leads.calls.iter().copied().filter(|id| !beyond(*id)));
            let mut numbers = leads.numbers.clone();
            numbers.extend(
                leads
                    .addresses
                    .iter()
                    .flat_map(|at| self.look_at(*at, &mut seen)),
            );
            while let Some(number) = numbers.pop() {
                let held = self.places.get(&u64::from(number)).copied();
                next.extend(held.filter(|id| !beyond(*id)));
                numbers.extend(self.look_at(number, &mut seen));
            }
        }
        reached
    }

    /// The numbers in what lies at an address, the first time that somebody looks.
    fn look_at(&self, address: u32, seen: &mut HashSet<usize>) -> Vec<u32> {
        match self.memory.thing_at(address) {
            Some(thing) if seen.insert(thing) => self.memory.numbers_in(thing),
            _ => Vec::new(),
        }
    }
}

/// What one function holds.
#[derive(Default)]
struct Leads {
    calls: Vec<FunctionId>,
    /// What may be a place or an address.
    numbers: Vec<u32>,
    /// What may be an address alone: something is added to it.
    addresses: Vec<u32>,
    last: Option<u32>,
}

impl Leads {
    fn of(function: &LocalFunction) -> Self {
        let mut leads = Self::default();
        dfs_in_order(&mut leads, function, function.entry_block());
        let last = leads.last.take();
        leads.numbers.extend(last);
        leads
    }
}

impl Visitor<'_> for Leads {
    // References to functions count as calls too.
    fn visit_function_id(&mut self, id: &FunctionId) {
        self.calls.push(*id);
    }

    fn visit_instr(&mut self, instr: &Instr, _: &InstrLocId) {
        match instr {
            Instr::Binop(_) => self.addresses.extend(self.last.take()),
            Instr::Load(load) => self.addresses.extend(u32::try_from(load.arg.offset)),
            Instr::Store(store) => self.addresses.extend(u32::try_from(store.arg.offset)),
            _ => {}
        }
        self.numbers.extend(self.last.take());
        if let Instr::Const(Const {
            value: Value::I32(number),
        }) = instr
        {
            self.last = Some(number.cast_unsigned());
        }
    }
}

/// The memory as it is at the start, taken apart at every address that somebody holds.
struct Memory {
    from: u32,
    bytes: Vec<u8>,
    starts: Vec<u32>,
}

impl Memory {
    fn of(module: &Module, numbers: impl Iterator<Item = u32>) -> Result<Self> {
        let mut pieces = Vec::new();
        for data in module.data.iter() {
            match &data.kind {
                DataKind::Active {
                    offset: ConstExpr::Value(Value::I32(offset)),
                    ..
                } => pieces.push((offset.cast_unsigned(), &data.value)),
                _ => bail!("a part of the memory has no fixed place"),
            }
        }
        let from = pieces.iter().map(|(at, _)| *at).min().unwrap_or(0) & !3;
        let mut bytes = Vec::new();
        for (at, piece) in pieces {
            let at = (at - from) as usize;
            bytes.resize(bytes.len().max(at + piece.len()), 0);
            bytes[at..at + piece.len()].copy_from_slice(piece);
        }
        bytes.resize(bytes.len().next_multiple_of(4), 0);
        let mut memory = Self {
            from,
            bytes,
            starts: Vec::new(),
        };
        let words = memory.words(0..memory.bytes.len());
        let mut starts: Vec<u32> = numbers
            .chain(words)
            .filter(|at| memory.holds(*at))
            .collect();
        starts.push(from);
        starts.sort_unstable();
        starts.dedup();
        memory.starts = starts;
        Ok(memory)
    }

    fn holds(&self, address: u32) -> bool {
        address
            .checked_sub(self.from)
            .is_some_and(|at| (at as usize) < self.bytes.len())
    }

    fn words(&self, bytes: std::ops::Range<usize>) -> Vec<u32> {
        let word = |four: &[u8]| u32::from_le_bytes([four[0], four[1], four[2], four[3]]);
        self.bytes[bytes].chunks_exact(4).map(word).collect()
    }

    /// The thing that lies at an address: from one address that somebody holds to the next.
    fn thing_at(&self, address: u32) -> Option<usize> {
        self.holds(address)
            .then(|| self.starts.partition_point(|start| *start <= address) - 1)
    }

    fn numbers_in(&self, thing: usize) -> Vec<u32> {
        let end = self
            .starts
            .get(thing + 1)
            .map_or(self.bytes.len(), |end| (end - self.from) as usize);
        let from = (self.starts[thing] - self.from) as usize;
        let from = from.next_multiple_of(4).min(end);
        self.words(from..end)
    }
}
