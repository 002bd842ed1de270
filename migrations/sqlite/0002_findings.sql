-- Results of checks by the record that was checked, with the days on which they hold, what they
-- forbid and who has answered them. Derived: the follower grows them anew.
drop table finding_record;
drop table finding;
delete from follower where name = 'findings';

create table finding (
    k        integer primary key,
    follower text not null,
    key      text not null,
    -- The record that was checked.
    checked  blob not null,
    -- The same for a result and its mirror: what is found from both of two records is one result.
    about    text not null,
    code     text not null,
    number   integer not null,
    severity text not null,
    life     text not null,
    -- Ids of the records, 16 bytes each.
    records  blob not null,
    lon integer, lat integer,
    args     text not null,
    blocks   integer not null,
    -- First and last day on which it holds, since 1970.
    since_day integer, until_day integer,
    answers  text not null,
    since    integer not null,
    unique (follower, key)
) strict;
create index finding_checked on finding (follower, checked);
create index finding_about on finding (about);
create table finding_record (
    record blob not null,
    k      integer not null references finding (k) on delete cascade,
    primary key (record, k)
) strict, without rowid;
create index finding_record_k on finding_record (k);
