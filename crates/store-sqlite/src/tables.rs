//! Every row of every table as text: to compare two folders.

use std::collections::BTreeMap;
use std::path::Path;

use safelane_store::StoreResult;
use sqlx::{AssertSqlSafe, Connection as _};

use crate::error::failed;
use crate::open::{Mode, connect, file};
use crate::rebuild;

/// The rows of every table, in the order in which the tables give them. The tables in which SQLite
/// keeps its trees and texts are read through what they stand for.
pub async fn tables(data: &Path) -> StoreResult<BTreeMap<String, Vec<String>>> {
    let mut conn = connect(&file(data), Mode::Read).await?;
    let names: Vec<String> = sqlx::query_scalar(
        "select t.name from pragma_table_list t
         where t.schema = 'main' and t.type in ('table', 'virtual')
           and t.name not like 'sqlite_%' order by t.name",
    )
    .fetch_all(&mut conn)
    .await
    .map_err(failed("listing the tables"))?;
    let mut tables = BTreeMap::new();
    for name in names {
        // The names are the database's own.
        let rows = sqlx::query(AssertSqlSafe(format!("select * from \"{name}\"")))
            .fetch_all(&mut conn)
            .await
            .map_err(failed("reading a table"))?;
        tables.insert(name, rows.iter().map(rebuild::text).collect());
    }
    conn.close().await.map_err(failed("closing"))?;
    Ok(tables)
}
