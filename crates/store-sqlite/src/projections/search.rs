//! Search text, by trigrams of a folded copy: languages that put no spaces between words are found
//! like others.

use std::collections::BTreeMap;

use safelane_ledger::RecordId;
use safelane_store::{Limit, StoreResult, fold};
use sqlx::{QueryBuilder, SqliteConnection, SqlitePool};
use uuid::Uuid;

use crate::error::failed;
use crate::rows::{hex_list, insert, number, number_list, uuid, values};

/// By record: its text, empty for none.
pub type Writes = BTreeMap<RecordId, String>;

/// Letters that a trigram needs.
const TRIGRAM: usize = 3;

pub async fn write(conn: &mut SqliteConnection, follower: &str, writes: Writes) -> StoreResult<()> {
    if writes.is_empty() {
        return Ok(());
    }
    drop_replaced(conn, follower, &writes).await?;
    let next: i64 = sqlx::query_scalar("select coalesce(max(k), 0) + 1 from search")
        .fetch_one(&mut *conn)
        .await
        .map_err(failed("numbering search texts"))?;
    let texts: Vec<(Uuid, String)> = writes
        .into_iter()
        .map(|(record, text)| (record.uuid(), fold(&text)))
        .filter(|(_, text)| !text.is_empty())
        .collect();
    let mut rows = Vec::with_capacity(texts.len());
    let mut indexed = Vec::with_capacity(texts.len());
    for (k, (record, text)) in (next..).zip(texts) {
        indexed.push(values![k, text.as_str()]);
        rows.push(values![k, follower, record, text]);
    }
    insert(conn, "insert into search (k, follower, record, text)", rows).await?;
    insert(conn, "insert into search_text (rowid, text)", indexed).await
}

async fn drop_replaced(
    conn: &mut SqliteConnection,
    follower: &str,
    writes: &Writes,
) -> StoreResult<()> {
    let ids: Vec<Uuid> = writes.keys().map(|record| record.uuid()).collect();
    let rows = sqlx::query(
        "select k from search
         where follower = ?1 and record in (select unhex(value) from json_each(?2))",
    )
    .bind(follower)
    .bind(hex_list(ids.iter().map(|id| id.as_bytes().as_slice())))
    .fetch_all(&mut *conn)
    .await
    .map_err(failed("replacing search texts"))?;
    let keys = rows
        .iter()
        .map(|row| number(row, "search", "k"))
        .collect::<StoreResult<Vec<_>>>()?;
    let list = number_list(&keys);
    for sql in [
        "delete from search_text where rowid in (select value from json_each(?1))",
        "delete from search where k in (select value from json_each(?1))",
    ] {
        sqlx::query(sql)
            .bind(list.as_str())
            .execute(&mut *conn)
            .await
            .map_err(failed("replacing search texts"))?;
    }
    Ok(())
}

pub async fn find(pool: &SqlitePool, text: &str, limit: Limit) -> StoreResult<Vec<RecordId>> {
    let folded = fold(text);
    let (long, short): (Vec<&str>, Vec<&str>) = folded
        .split(' ')
        .filter(|word| !word.is_empty())
        .partition(|word| word.chars().count() >= TRIGRAM);
    if long.is_empty() && short.is_empty() {
        return Ok(Vec::new());
    }
    let mut query = QueryBuilder::new("select s.record from search s");
    if long.is_empty() {
        query.push(" where 1");
    } else {
        // A word in quotes is text to the index, whatever is in it.
        let words: Vec<String> = long
            .iter()
            .map(|word| format!("\"{}\"", word.replace('"', "\"\"")))
            .collect();
        query.push(" join search_text t on t.rowid = s.k where search_text match ");
        query.push_bind(words.join(" "));
    }
    for word in short {
        query.push(" and instr(s.text, ").push_bind(word.to_owned());
        query.push(") > 0");
    }
    query.push(if long.is_empty() {
        " order by s.k limit "
    } else {
        " order by t.rank limit "
    });
    query.push_bind(limit.get());
    let rows = query
        .build()
        .fetch_all(pool)
        .await
        .map_err(failed("searching"))?;
    rows.iter()
        .map(|row| uuid(row, "search", "record"))
        .collect()
}
