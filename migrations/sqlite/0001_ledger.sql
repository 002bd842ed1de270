-- The ledger and what is derived from it. Ids and UUIDs are blobs of 32 and 16 bytes; moments are
-- seconds since 1970-01-01T00:00:00Z; coordinates are whole units of 1e-7 degree.

-- Whose store this is.
create table identity (
    one     integer primary key check (one = 1),
    ledger  blob not null check (length(ledger) = 16),
    hub     blob not null check (length(hub) = 16),
    hub_key blob not null check (length(hub_key) = 32)
) strict;

---------------------------------------------------------------- the ledger: only ever added

-- Every revision that is kept, inside the ledger or held outside it: its exact bytes, and beside
-- them the few fields by which it is looked up (verified against the bytes).
create table revision (
    k          integer primary key,
    id         blob not null unique check (length(id) = 32),
    bytes      blob not null,
    signature  blob not null check (length(signature) = 64),
    device     blob not null check (length(device) = 16),
    seq        integer not null,
    prev       blob,
    submission blob
) strict;
create index revision_device on revision (device, seq);
create index revision_submission on revision (submission) where submission is not null;

-- Bodies stand apart, so that one can be erased while id and signature still hold.
-- key = k * 4 + tier (1, 2, 3).
create table body (
    key   integer primary key,
    bytes blob not null
) strict;

-- The log.
create table leaf (
    n        integer primary key,
    k        integer not null unique references revision (k),
    record   blob not null check (length(record) = 16),
    bytes    blob not null,
    head     blob not null check (length(head) = 32),
    received integer not null,
    -- The number in the record's reference, if this leaf gives one.
    number   integer
) strict;
create index leaf_record on leaf (record, n);
create index leaf_number on leaf (number) where number is not null;

-- Revisions kept outside the ledger, and why; one with a leaf has been admitted.
create table held (
    k       integer primary key references revision (k),
    reason  text not null,
    at      integer not null,
    -- The author's roles at receipt, as a JSON array.
    roles   text not null
) strict;

-- Bodies that a recorded act erased.
create table erased (
    key integer primary key,
    by  integer not null references revision (k)
) strict;

create trigger revision_is_kept before delete on revision
begin select raise(abort, 'a revision is never deleted'); end;
create trigger revision_is_fixed before update on revision
begin select raise(abort, 'a revision is never changed'); end;
create trigger leaf_is_kept before delete on leaf
begin select raise(abort, 'a leaf is never deleted'); end;
create trigger leaf_is_fixed before update on leaf
begin select raise(abort, 'a leaf is never changed'); end;
create trigger held_is_kept before delete on held
begin select raise(abort, 'a held revision is never deleted'); end;
create trigger held_is_fixed before update on held
begin select raise(abort, 'a held revision is never changed'); end;
create trigger body_is_fixed before update on body
begin select raise(abort, 'a body is never changed'); end;
create trigger body_is_kept before delete on body
when not exists (select 1 from erased where erased.key = old.key)
begin select raise(abort, 'a body is deleted only by a recorded erasure'); end;
create trigger erased_is_kept before delete on erased
begin select raise(abort, 'an erasure is never deleted'); end;
create trigger erased_is_fixed before update on erased
begin select raise(abort, 'an erasure is never changed'); end;

---------------------------------------------------------------- derived in the push transaction

-- Where each record stands. Its key is the log number of its first revision.
create table record (
    first     integer primary key,
    id        blob not null unique check (length(id) = 16),
    last      integer not null unique,
    kind      text not null,
    reference text,
    standing  text not null,
    -- 1 official, 2 open, 4 returned, 8 two versions, 16 ended
    flags     integer not null,
    -- The ids, 32 bytes each, one list after the other.
    officials blob not null,
    open      blob not null,
    returned  blob not null,
    disputed  blob not null,
    missing   blob not null,
    received  integer not null,
    -- Temporary numbers, one a line.
    aliases   text not null,
    west  integer, south integer, east integer, north integer
) strict;
create index record_kind on record (kind, first);
create index record_waiting on record (first) where length(missing) > 0;

create virtual table record_box using rtree_i32 (first, west, east, south, north);

create table statement (
    n           integer primary key,
    status      text not null,
    needs       integer,
    release     integer not null,
    -- People whose approval counts, 16 bytes each.
    approved_by blob not null
) strict;
create index statement_status on statement (status, n);

-- Texts by which a record is found, folded. Rank: 0 reference, 1 temporary number, 2 number in
-- another system, 3 name.
create table name (
    text  text not null,
    rank  integer not null,
    first integer not null,
    primary key (text, rank, first)
) strict, without rowid;
create index name_record on name (first);

create table media (
    sha256 blob not null,
    first  integer not null,
    bytes  integer not null,
    type   text not null,
    primary key (sha256, first, bytes, type)
) strict, without rowid;
create index media_record on media (first);

-- Who has written about which record.
create table author (
    person blob not null,
    record blob not null,
    primary key (person, record)
) strict, without rowid;

create table device (
    id       blob primary key check (length(id) = 16),
    person   blob not null,
    key      blob not null check (length(key) = 32),
    label    text not null,
    revoked  integer not null,
    enrolled integer not null
) strict, without rowid;

create table grant_of (
    record       blob primary key,
    person       blob not null,
    roles        text not null,
    organisation blob,
    team         blob
) strict, without rowid;
create index grant_person on grant_of (person);

---------------------------------------------------------------- derived by followers afterwards

create table follower (
    name    text primary key,
    version integer not null,
    reached integer not null
) strict, without rowid;

create table finding (
    k        integer primary key,
    follower text not null,
    key      text not null,
    code     text not null,
    number   integer not null,
    severity text not null,
    life     text not null,
    -- Ids of the records, 16 bytes each.
    records  blob not null,
    lon integer, lat integer,
    args     text not null,
    since    integer not null,
    unique (follower, key)
) strict;
create index finding_life on finding (life, severity);
create table finding_record (
    record blob not null,
    k      integer not null references finding (k) on delete cascade,
    primary key (record, k)
) strict, without rowid;
create index finding_record_k on finding_record (k);

create table layer (
    k    integer primary key,
    name text not null unique
) strict;
create table feature (
    k          integer primary key,
    follower   text not null,
    layer      integer not null references layer (k),
    record     blob not null,
    part       integer not null,
    kind       text not null,
    status     text not null,
    class      text not null,
    geometry   blob not null,
    west integer not null, south integer not null, east integer not null, north integer not null,
    vertices   integer not null,
    properties text not null,
    rank       integer not null,
    received   integer not null,
    unique (layer, record, part)
) strict;
create index feature_follower on feature (follower);
-- The layer is a dimension of the tree, so that one layer is searched without the others.
create virtual table feature_box using rtree_i32 (k, west, east, south, north, layer_from, layer_to);

create table search (
    k        integer primary key,
    follower text not null,
    record   blob not null,
    text     text not null,
    unique (record, follower)
) strict;
create virtual table search_text using fts5 (text, content='', contentless_delete=1, tokenize='trigram');

create table value (
    follower text not null,
    key      text not null,
    value    blob not null,
    primary key (follower, key)
) strict, without rowid;

---------------------------------------------------------------- beside the ledger: changeable and erasable

create table account (
    person   blob primary key check (length(person) = 16),
    name     text not null,
    -- Folded, so that case does not make two accounts.
    folded   text not null unique,
    display  text not null,
    password text,
    language text not null,
    created  integer not null
) strict, without rowid;

create table session (
    token   blob primary key check (length(token) = 32),
    person  blob not null,
    expires integer not null,
    data    text not null
) strict, without rowid;
create index session_person on session (person);

create table invite (
    token   blob primary key check (length(token) = 32),
    person  blob not null unique,
    expires integer not null
) strict, without rowid;

create table token (
    token   blob primary key check (length(token) = 32),
    name    text not null unique,
    role    text not null,
    created integer not null,
    expires integer
) strict, without rowid;
