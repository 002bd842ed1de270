//! The suite that every store passes, over signed revisions of people with keys.
//!
//! A store crate expands `safelane_store::store_conformance!(open)` in its tests, where `open` gives
//! an empty store of [`safelane_ledger::testkit::ledger`]. Each fact is listed once, in that macro.

pub mod accounts;
pub mod concurrency;
pub mod followers;
pub mod held;
pub mod keeping;
pub mod media;
pub mod office;
pub mod records;
pub mod revisions;
pub mod spatial;

pub use office::Office;

/// Expands one test for each fact, each on an empty store of its own.
///
/// `$open` is the path of an async function without arguments; what it gives derefs to the store.
#[macro_export]
macro_rules! store_conformance {
    ($open:path) => {
        $crate::store_conformance! { @each $open;
            revisions::append_is_idempotent,
            revisions::many_records_are_read_as_one_by_one,
            revisions::a_duplicate_gets_the_same_leaf_again,
            revisions::the_log_chains_its_leaves,
            revisions::the_log_knows_how_far_it_was_at_an_instant,
            revisions::a_failed_batch_leaves_nothing,
            revisions::references_count_in_the_order_of_the_log,
            revisions::a_parent_may_come_later,
            revisions::a_body_that_validation_refuses_is_returned_at_once,
            revisions::an_unknown_kind_is_carried,
            held::a_second_revision_with_the_same_number_is_a_fork,
            held::a_link_that_does_not_fit_is_a_fork,
            held::a_forked_device_is_held_until_enrolled_anew,
            held::an_author_without_the_right_is_held_and_can_be_admitted,
            held::a_person_on_another_ones_device_is_held,
            held::a_revoked_device_is_held,
            held::rights_count_from_the_next_item_on,
            held::too_many_open_versions_are_held,
            records::concurrent_revisions_become_two_heads,
            records::an_approval_makes_official,
            records::rebuild_equals_incremental,
            records::the_programme_s_settings_count_for_old_records_too,
            records::lists_filter_and_page,
            records::records_are_found_by_every_number,
            records::views_carry_the_bodies_of_current_statements,
            records::statements_wait_in_order,
            records::a_person_s_numbers_hold_what_judges_their_work,
            spatial::bbox_agrees_with_brute_force,
            spatial::the_box_covers_reported_and_official_shapes,
            concurrency::many_callers_share_one_log,
            concurrency::a_bad_batch_among_many_fails_alone,
            followers::steps_equal_a_replay,
            followers::a_stale_step_is_refused,
            followers::another_version_starts_from_nothing,
            followers::search_finds_folded_words,
            followers::features_come_by_layer_and_box,
            followers::checks_are_listed_by_record_and_life,
            followers::a_check_and_its_mirror_are_listed_once,
            accounts::names_are_unique_without_regard_to_case,
            accounts::a_newcomer_comes_whole_or_not_at_all,
            accounts::sessions_end_and_expire,
            accounts::a_link_works_once,
            accounts::an_erased_account_leaves_nothing,
            accounts::tokens_expire_and_are_erased,
            media::a_file_comes_in_pieces,
            media::a_wrong_file_is_dropped,
            media::photos_are_known_by_their_records,
            keeping::an_untouched_store_verifies,
            keeping::a_backup_is_a_store,
        }
    };
    (@each $open:path; $($group:ident :: $fact:ident,)+) => {
        $(
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $fact() {
                let store = $open().await;
                $crate::conformance::$group::$fact(&*store).await;
            }
        )+
    };
}
