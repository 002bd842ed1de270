//! Cuts a program in two: the part that the first pages need, and a later part that is linked to it afterwards.
//!
//! Which functions go into the later part is a matter of size alone, never of what the program does. The two
//! parts share memory, tables and globals. A function of the later part has a place in the first part's table
//! of functions, where a *hole* stands for it until the later part is linked: a function that has the later
//! part linked at once and then calls through the table again, where the real function stands by now.
//!
//! A function belongs to the later part when its name holds one of the given patterns, or when nothing but
//! such functions leads to it (`reach.rs`). The names are Rust's (mangling `v0`, read by wasm-bindgen), so that
//! a generic function's name tells for which types it is.

use std::collections::{BTreeMap, HashMap, HashSet};

use anyhow::{Context, Result, bail};
use walrus::ir::{Call, CallIndirect, Instr, InstrSeq, Value, VisitorMut, dfs_pre_order_mut};
use walrus::{
    ConstExpr, ElementItems, ElementKind, ExportItem, FunctionBuilder, FunctionId, FunctionKind,
    GlobalKind, ImportId, ImportKind, ImportedFunction, LocalFunction, Module, ModuleConfig,
    TableId, TypeId,
};

use crate::names::Names;
use crate::reach::Ground;

/// The export by which a program has its later part linked at once (`platform/later.rs` of the app).
pub const LINK: &str = "link_later_part";

/// By which name the later part imports what the first part exports for it.
const FIRST: &str = "first";

/// The two programs.
pub struct Parts {
    /// What is started.
    pub first: Vec<u8>,
    /// What is linked to it: its imports are the first part's exports.
    pub later: Vec<u8>,
    /// The long names of what the first part imports, and the short ones that it has now.
    pub renamed: Vec<(String, String)>,
}

/// Cuts `wasm`. `link` is the export that the first part calls to have the later part linked at once.
pub fn split(wasm: &[u8], names: &Names, link: &str) -> Result<Parts> {
    let (mut first, mut later) = (read(wasm)?, read(wasm)?);
    // The same plan twice: an id belongs to the module that it was read with.
    let plan = Plan::of(&later, names)?;
    later_part(&mut later, &plan)?;
    let plan = Plan::of(&first, names)?;
    let functions: Vec<FunctionId> = first.funcs.iter().map(walrus::Function::id).collect();
    first_part(&mut first, &plan, link)?;
    for import in later.imports.iter() {
        match import.kind {
            ImportKind::Function(id) => {
                first.exports.add(&import.name, functions[id.index()]);
            }
            // Of the others there are a handful.
            ImportKind::Table(id) => {
                let of = first
                    .tables
                    .iter()
                    .find(|table| table.id().index() == id.index());
                let id = of.context("no such table")?.id();
                first.exports.add(&import.name, id);
            }
            ImportKind::Memory(id) => {
                let of = first
                    .memories
                    .iter()
                    .find(|memory| memory.id().index() == id.index());
                let id = of.context("no such memory")?.id();
                first.exports.add(&import.name, id);
            }
            ImportKind::Global(id) => {
                let of = first
                    .globals
                    .iter()
                    .find(|global| global.id().index() == id.index());
                let id = of.context("no such global")?.id();
                first.exports.add(&import.name, id);
            }
            ImportKind::Tag(_) => bail!("the program uses exceptions, which are not divided"),
        }
    }
    walrus::passes::gc::run(&mut first);
    let renamed = rename_imports(&mut first);
    Ok(Parts {
        first: first.emit_wasm(),
        later: later.emit_wasm(),
        renamed,
    })
}

fn read(wasm: &[u8]) -> Result<Module> {
    let mut config = ModuleConfig::new();
    // The names have done their work when the functions are divided.
    config.generate_name_section(false);
    config.generate_producers_section(false);
    config.parse(wasm)
}

/// What goes where.
struct Plan {
    /// The functions of the later part.
    later: HashSet<FunctionId>,
    /// Where functions of the later part stand in the table.
    places: BTreeMap<u64, FunctionId>,
    /// The place by which a function is called.
    place_of: HashMap<FunctionId, u64>,
    /// The table of functions.
    table: TableId,
    /// Its size, and its size with the places added for functions that stood nowhere in it.
    old_size: u64,
    size: u64,
}

impl Plan {
    fn of(module: &Module, names: &Names) -> Result<Self> {
        let table = module
            .tables
            .main_function_table()?
            .context("the program has no table of functions")?;
        let in_table = functions_in(module, table)?;
        let ground = Ground::of(module, in_table.clone())?;
        let exported: HashSet<FunctionId> = module
            .exports
            .iter()
            .filter_map(|export| match export.item {
                ExportItem::Function(id) => Some(id),
                _ => None,
            })
            .chain(module.start)
            .collect();
        let is_named = |id: FunctionId| {
            let name = module.funcs.get(id).name.as_ref();
            ground.has(id)
                && !exported.contains(&id)
                && name.is_some_and(|name| names.are_later(name))
        };
        let stays = ground.reached(exported.iter().copied(), is_named);
        let later: HashSet<FunctionId> = module
            .funcs
            .iter_local()
            .map(|(id, _)| id)
            .filter(|id| !stays.contains(id))
            .collect();
        let mut places: BTreeMap<u64, FunctionId> = in_table
            .into_iter()
            .filter(|(_, id)| later.contains(id))
            .collect();
        let mut place_of: HashMap<FunctionId, u64> =
            places.iter().map(|(place, id)| (*id, *place)).collect();
        let old_size = module.tables.get(table).initial;
        let mut size = old_size;
        let mut called: Vec<FunctionId> = stays
            .iter()
            .flat_map(|id| ground.called_by(*id))
            .filter(|id| later.contains(id))
            .collect();
        // In an order that the same program always gets.
        called.sort_unstable();
        for id in called {
            place_of.entry(id).or_insert_with(|| {
                places.insert(size, id);
                size += 1;
                size - 1
            });
        }
        Ok(Self {
            later,
            places,
            place_of,
            table,
            old_size,
            size,
        })
    }
}

/// The functions of a table by their places.
fn functions_in(module: &Module, table: TableId) -> Result<BTreeMap<u64, FunctionId>> {
    let mut found = BTreeMap::new();
    for element in module.elements.iter() {
        let offset = match &element.kind {
            ElementKind::Active { table: of, offset } if *of == table => match offset {
                ConstExpr::Value(Value::I32(offset)) => u64::from(offset.cast_unsigned()),
                _ => bail!("a part of the table of functions has no fixed place"),
            },
            _ => continue,
        };
        let ElementItems::Functions(functions) = &element.items else {
            bail!("the table of functions holds more than functions");
        };
        found.extend((offset..).zip(functions.iter().copied()));
    }
    Ok(found)
}

/// Everything of the first part becomes an import; the table gets the functions of this part.
fn later_part(module: &mut Module, plan: &Plan) -> Result<()> {
    let exports: Vec<_> = module.exports.iter().map(walrus::Export::id).collect();
    for id in exports {
        module.exports.delete(id);
    }
    let data: Vec<_> = module.data.iter().map(walrus::Data::id).collect();
    let elements: Vec<_> = module.elements.iter().map(walrus::Element::id).collect();
    for memory in module.memories.iter_mut() {
        memory.data_segments.clear();
    }
    for table in module.tables.iter_mut() {
        table.elem_segments.clear();
    }
    for id in data {
        module.data.delete(id);
    }
    for id in elements {
        module.elements.delete(id);
    }
    module.start = None;
    let imports: Vec<ImportId> = module.imports.iter().map(walrus::Import::id).collect();
    for id in imports {
        module.imports.delete(id);
    }
    import_all(module, plan);
    // Runs of neighbours, so that the section stays short.
    let mut runs: Vec<(u64, Vec<FunctionId>)> = Vec::new();
    for (place, id) in &plan.places {
        match runs.last_mut() {
            Some((from, run)) if *from + run.len() as u64 == *place => run.push(*id),
            _ => runs.push((*place, vec![*id])),
        }
    }
    for (from, run) in runs {
        let offset = ConstExpr::Value(Value::I32(i32::try_from(from)?));
        let kind = ElementKind::Active {
            table: plan.table,
            offset,
        };
        let element = module.elements.add(kind, ElementItems::Functions(run));
        let table = module.tables.get_mut(plan.table);
        table.elem_segments.insert(element);
    }
    walrus::passes::gc::run(module);
    Ok(())
}

fn import_all(module: &mut Module, plan: &Plan) {
    let functions: Vec<(FunctionId, TypeId)> = module
        .funcs
        .iter()
        .filter(|function| !plan.later.contains(&function.id()))
        .map(|function| (function.id(), function.ty()))
        .collect();
    for (id, ty) in functions {
        let import = module.imports.add(FIRST, &name('f', id.index()), id);
        module.funcs.get_mut(id).kind = FunctionKind::Import(ImportedFunction { import, ty });
    }
    let tables: Vec<TableId> = module.tables.iter().map(walrus::Table::id).collect();
    for id in tables {
        let import = module.imports.add(FIRST, &name('t', id.index()), id);
        let table = module.tables.get_mut(id);
        table.import = Some(import);
        table.init = None;
        if id == plan.table {
            (table.initial, table.maximum) = (plan.size, None);
        }
    }
    let memories: Vec<_> = module.memories.iter().map(walrus::Memory::id).collect();
    for id in memories {
        let import = module.imports.add(FIRST, &name('m', id.index()), id);
        module.memories.get_mut(id).import = Some(import);
    }
    let globals: Vec<_> = module.globals.iter().map(walrus::Global::id).collect();
    for id in globals {
        let import = module.imports.add(FIRST, &name('g', id.index()), id);
        module.globals.get_mut(id).kind = GlobalKind::Import(import);
    }
}

/// wasm-bindgen's names tell a reader much and a phone nothing; each is fetched twice, here and in JavaScript.
fn rename_imports(module: &mut Module) -> Vec<(String, String)> {
    let mut renamed = Vec::new();
    for (index, import) in module.imports.iter_mut().enumerate() {
        if import.name.starts_with("__wb") {
            let short = name('i', index);
            renamed.push((std::mem::replace(&mut import.name, short.clone()), short));
        }
    }
    renamed
}

/// Gives the same short names to JavaScript that has the long ones.
pub fn rename(script: &str, renamed: &[(String, String)]) -> String {
    let short: HashMap<&str, &str> = renamed
        .iter()
        .map(|(long, short)| (&**long, &**short))
        .collect();
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '$';
    let mut out = String::with_capacity(script.len());
    let mut rest = script;
    while let Some(from) = rest.find(is_part) {
        let end = rest[from..]
            .find(|c| !is_part(c))
            .map_or(rest.len(), |end| from + end);
        let word = &rest[from..end];
        out.push_str(&rest[..from]);
        out.push_str(short.get(word).unwrap_or(&word));
        rest = &rest[end..];
    }
    out + rest
}

fn name(sort: char, index: usize) -> String {
    format!("{sort}{index:x}")
}

/// Every function of the later part becomes a hole; calls of them go through the table.
fn first_part(module: &mut Module, plan: &Plan, link: &str) -> Result<()> {
    let link = module
        .exports
        .get_func(link)
        .with_context(|| format!("the program does not export `{link}`"))?;
    let table = module.tables.get_mut(plan.table);
    table.initial = plan.size;
    table.maximum = None;
    let added: Vec<FunctionId> = plan
        .places
        .range(plan.old_size..)
        .map(|(_, id)| *id)
        .collect();
    call_through_the_table(module, plan);
    let mut doors: HashMap<TypeId, FunctionId> = HashMap::new();
    for (place, id) in place_by_function(plan) {
        let ty = module.funcs.get(id).ty();
        let door = match doors.get(&ty) {
            Some(door) => *door,
            None => *doors
                .entry(ty)
                .or_insert(door_of(module, ty, plan.table, link)),
        };
        let hole = hole_of(module, ty, place, door)?;
        module.funcs.get_mut(id).kind = FunctionKind::Local(hole);
    }
    if !added.is_empty() {
        let offset = ConstExpr::Value(Value::I32(i32::try_from(plan.old_size)?));
        let kind = ElementKind::Active {
            table: plan.table,
            offset,
        };
        let element = module.elements.add(kind, ElementItems::Functions(added));
        let table = module.tables.get_mut(plan.table);
        table.elem_segments.insert(element);
    }
    Ok(())
}

fn place_by_function(plan: &Plan) -> BTreeMap<u64, FunctionId> {
    plan.place_of
        .iter()
        .map(|(id, place)| (*place, *id))
        .collect()
}

/// What stands for a function until the later part is linked.
fn hole_of(module: &mut Module, ty: TypeId, place: u64, door: FunctionId) -> Result<LocalFunction> {
    let place = i32::try_from(place)?;
    let (params, results) = signature(module, ty);
    let arguments: Vec<_> = params.iter().map(|ty| module.locals.add(*ty)).collect();
    let mut hole = FunctionBuilder::new(&mut module.types, &params, &results);
    let mut body = hole.func_body();
    for argument in &arguments {
        body.local_get(*argument);
    }
    body.i32_const(place).call(door);
    Ok(hole.local_func(arguments))
}

/// One for all holes of a type: links the later part, then calls what stands at the place now.
fn door_of(module: &mut Module, ty: TypeId, table: TableId, link: FunctionId) -> FunctionId {
    let (mut params, results) = signature(module, ty);
    params.push(walrus::ValType::I32);
    let arguments: Vec<_> = params.iter().map(|ty| module.locals.add(*ty)).collect();
    let mut door = FunctionBuilder::new(&mut module.types, &params, &results);
    let mut body = door.func_body();
    body.call(link);
    for argument in &arguments {
        body.local_get(*argument);
    }
    body.call_indirect(ty, table);
    door.finish(arguments, &mut module.funcs)
}

fn signature(module: &Module, ty: TypeId) -> (Vec<walrus::ValType>, Vec<walrus::ValType>) {
    let (params, results) = module.types.params_results(ty);
    (params.to_vec(), results.to_vec())
}

fn call_through_the_table(module: &mut Module, plan: &Plan) {
    struct Calls<'a> {
        plan: &'a Plan,
        types: &'a HashMap<FunctionId, TypeId>,
    }
    impl VisitorMut for Calls<'_> {
        fn start_instr_seq_mut(&mut self, sequence: &mut InstrSeq) {
            let is_later = |instr: &Instr| matches!(instr, Instr::Call(Call { func }) if self.types.contains_key(func));
            if !sequence.instrs.iter().any(|(instr, _)| is_later(instr)) {
                return;
            }
            let old = std::mem::take(&mut sequence.instrs);
            for (instr, location) in old {
                let Instr::Call(Call { func }) = &instr else {
                    sequence.instrs.push((instr, location));
                    continue;
                };
                let Some(ty) = self.types.get(func) else {
                    sequence.instrs.push((instr, location));
                    continue;
                };
                let place = self.plan.place_of[func];
                let value = Value::I32(place as i32);
                let (ty, table) = (*ty, self.plan.table);
                sequence
                    .instrs
                    .push((walrus::ir::Const { value }.into(), location));
                sequence
                    .instrs
                    .push((CallIndirect { ty, table }.into(), location));
            }
        }
    }
    let types: HashMap<FunctionId, TypeId> = plan
        .place_of
        .keys()
        .map(|id| (*id, module.funcs.get(*id).ty()))
        .collect();
    let mut calls = Calls {
        plan,
        types: &types,
    };
    for (id, function) in module.funcs.iter_local_mut() {
        if !plan.later.contains(&id) {
            let entry = function.entry_block();
            dfs_pre_order_mut(&mut calls, function, entry);
        }
    }
}

#[cfg(test)]
mod tests;
