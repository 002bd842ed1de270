//! The desk bundle.

fn main() {
    safelane_frontend::start::mount(safelane_frontend::desk::App);
}
