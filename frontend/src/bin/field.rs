//! The field bundle.

fn main() {
    safelane_frontend::start::mount(safelane_frontend::field::App);
}
