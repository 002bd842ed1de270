//! Programs made here are cut and run by Node.

use std::process::Command;

use walrus::ValType;

use super::*;

/// `run` calls `double` by name, `today` what stands at the first place of the table, `by_place` any of them.
fn program() -> Vec<u8> {
    let mut module = Module::default();
    let table = module
        .tables
        .add_local(false, 2, Some(2), walrus::RefType::FUNCREF);
    let nothing = module.types.add(&[], &[]);
    let (linked, _) = module.add_import_func("page", "link", nothing);
    let number = module.types.add(&[ValType::I32], &[ValType::I32]);
    let memory = module.memories.add_local(false, false, 1, None, None);
    module.exports.add("memory", memory);
    let times = |module: &mut Module, name: &str, factor: i32| {
        let argument = module.locals.add(ValType::I32);
        let mut function =
            FunctionBuilder::new(&mut module.types, &[ValType::I32], &[ValType::I32]);
        function.name(name.to_owned());
        function
            .func_body()
            .local_get(argument)
            .i32_const(factor)
            .binop(walrus::ir::BinaryOp::I32Mul);
        function.finish(vec![argument], &mut module.funcs)
    };
    let double = times(&mut module, "page::form::double", 2);
    let triple = times(&mut module, "page::form::triple", 3);
    let fivefold = times(&mut module, "page::today::fivefold", 5);
    let kind = ElementKind::Active {
        table,
        offset: ConstExpr::Value(Value::I32(0)),
    };
    let element = module
        .elements
        .add(kind, ElementItems::Functions(vec![fivefold, triple]));
    module.tables.get_mut(table).elem_segments.insert(element);

    let mut link = FunctionBuilder::new(&mut module.types, &[], &[]);
    link.func_body().call(linked);
    let link = link.finish(Vec::new(), &mut module.funcs);
    module.exports.add(LINK, link);

    let argument = module.locals.add(ValType::I32);
    let mut run = FunctionBuilder::new(&mut module.types, &[ValType::I32], &[ValType::I32]);
    run.func_body().local_get(argument).call(double);
    let run = run.finish(vec![argument], &mut module.funcs);
    module.exports.add("run", run);

    let argument = module.locals.add(ValType::I32);
    let mut today = FunctionBuilder::new(&mut module.types, &[ValType::I32], &[ValType::I32]);
    today
        .func_body()
        .local_get(argument)
        .i32_const(0)
        .call_indirect(number, table);
    let today = today.finish(vec![argument], &mut module.funcs);
    module.exports.add("today", today);

    let (argument, place) = (
        module.locals.add(ValType::I32),
        module.locals.add(ValType::I32),
    );
    let pair = [ValType::I32, ValType::I32];
    let mut by_place = FunctionBuilder::new(&mut module.types, &pair, &[ValType::I32]);
    by_place
        .func_body()
        .local_get(argument)
        .local_get(place)
        .call_indirect(number, table);
    let by_place = by_place.finish(vec![argument, place], &mut module.funcs);
    module.exports.add("by_place", by_place);
    module.emit_wasm()
}

/// Runs JavaScript that has both parts, `first` started, and `links`, how often the later part was linked.
fn in_a_browser(parts: &Parts, script: &str) {
    let script = format!(
        "const assert = require('node:assert'); let links = 0;
         const part = (bytes, imports) => new WebAssembly.Instance(new WebAssembly.Module(new Uint8Array(bytes)), imports).exports;
         const link = () => {{ links += 1; part({:?}, {{ first }}); }};
         const first = part({:?}, {{ page: {{ link }} }});
         {script}",
        parts.later, parts.first
    );
    let status = Command::new("node").args(["-e", &script]).status();
    assert!(status.expect("Node is there").success());
}

fn parts() -> Parts {
    let names = Names::read("# pages\npage::form\n");
    split(&program(), &names, LINK).expect("it can be cut")
}

#[test]
fn a_call_before_the_later_part_is_there_links_it_once_and_gives_the_same_answer() {
    in_a_browser(
        &parts(),
        "assert.equal(first.today(7), 35); assert.equal(first.by_place(7, 0), 35); assert.equal(links, 0);
         assert.equal(first.run(7), 14); assert.equal(links, 1);
         assert.equal(first.by_place(7, 1), 21); assert.equal(first.run(8), 16); assert.equal(links, 1);",
    );
    in_a_browser(
        &parts(),
        "assert.equal(first.by_place(7, 1), 21); assert.equal(first.run(7), 14); assert.equal(links, 1);",
    );
}

#[test]
fn a_part_linked_in_time_is_never_asked_for() {
    in_a_browser(
        &parts(),
        "link(); assert.equal(first.run(7), 14); assert.equal(first.by_place(7, 1), 21); assert.equal(links, 1);",
    );
}

#[test]
fn what_the_later_part_alone_needs_goes_with_it() {
    let parts = parts();
    let whole = program();
    let bodies = |wasm: &[u8]| {
        Module::from_buffer(wasm)
            .expect("it is valid")
            .funcs
            .iter_local()
            .count()
    };
    assert_eq!((bodies(&whole), bodies(&parts.later)), (7, 2));
}

#[test]
fn short_names_are_given_whole_words_alone() {
    let renamed = [("__wbg_call_a4".to_owned(), "i1".to_owned())];
    assert_eq!(
        rename("{ __wbg_call_a4: f, __wbg_call_a4b: g }", &renamed),
        "{ i1: f, __wbg_call_a4b: g }"
    );
}
