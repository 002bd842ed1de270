//! Accounts, sessions, links and tokens.

use async_trait::async_trait;
use safelane_ledger::{PersonId, ReceivedAt, Role};
use safelane_store::{
    Account, AccountChange, Accounts, Appended, Invite, Newcomer, SecretHash, Session, StoreError,
    StoreResult, Token, fold,
};
use sqlx::SqliteConnection;
use sqlx::sqlite::{SqliteQueryResult, SqliteRow};

use crate::SqliteStore;
use crate::error::{corrupt, failed, is_taken};
use crate::rows::{at_most_one, get, hash, moment, uuid};
use crate::writer::Job;

const ACCOUNT: &str = "account";

fn account(row: &SqliteRow) -> StoreResult<Account> {
    Ok(Account {
        person: uuid(row, ACCOUNT, "person")?,
        name: get(row, ACCOUNT, "name")?,
        display: get(row, ACCOUNT, "display")?,
        password: get(row, ACCOUNT, "password")?,
        language: get(row, ACCOUNT, "language")?,
        created: moment(row, ACCOUNT, "created")?,
    })
}

fn token(row: &SqliteRow) -> StoreResult<Token> {
    let name: String = get(row, "token", "name")?;
    let expires: Option<i64> = get(row, "token", "expires")?;
    Ok(Token {
        token: SecretHash::from_bytes(hash(row, "token", "token")?),
        role: read_role(get(row, "token", "role")?)
            .map_err(|error| corrupt("token", "role", &name, error))?,
        created: moment(row, "token", "created")?,
        expires: expires
            .map(|_| moment(row, "token", "expires"))
            .transpose()?,
        name,
    })
}

fn read_role(word: &str) -> Result<Role, serde_json::Error> {
    serde_json::from_value(word.into())
}

fn role_word(role: Role) -> StoreResult<String> {
    match serde_json::to_value(role) {
        Ok(serde_json::Value::String(word)) => Ok(word),
        other => Err(corrupt("token", "role", "?", format!("{other:?}"))),
    }
}

fn bytes(person: PersonId) -> Vec<u8> {
    person.uuid().as_bytes().to_vec()
}

fn secret(token: SecretHash) -> Vec<u8> {
    token.as_bytes().to_vec()
}

fn taken(what: &'static str) -> impl Fn(sqlx::Error) -> StoreError {
    move |error| {
        if is_taken(&error) {
            StoreError::Taken { what }
        } else {
            failed("writing accounts")(error)
        }
    }
}

fn there(done: &SqliteQueryResult, what: &'static str) -> StoreResult<()> {
    if done.rows_affected() == 0 {
        Err(StoreError::Absent { what })
    } else {
        Ok(())
    }
}

#[async_trait]
impl Accounts for SqliteStore {
    async fn add_account(&self, account: &Account) -> StoreResult<()> {
        let account = account.clone();
        self.writer()?
            .run(move |conn| Box::pin(async move { add_account(conn, &account).await }))
            .await
    }

    async fn add_newcomer(&self, newcomer: Newcomer) -> StoreResult<Appended> {
        let Newcomer {
            account,
            stated,
            invite,
        } = newcomer;
        let beside: Job = Box::new(move |conn| {
            Box::pin(async move {
                add_account(conn, &account).await?;
                put_invite(conn, &invite).await
            })
        });
        self.writer()?.append_with(stated, beside).await
    }

    async fn change_account(&self, person: PersonId, change: AccountChange) -> StoreResult<()> {
        self.writer()?
            .run(move |conn| Box::pin(change_account(conn, person, change)))
            .await
    }

    async fn erase_account(&self, person: PersonId) -> StoreResult<()> {
        self.writer()?
            .run(move |conn| Box::pin(erase_account(conn, person)))
            .await
    }

    async fn account(&self, person: PersonId) -> StoreResult<Option<Account>> {
        let row = sqlx::query("select * from account where person = ?1")
            .bind(bytes(person))
            .fetch_optional(&self.inner.readers)
            .await
            .map_err(failed("reading an account"))?;
        at_most_one(row, account)
    }

    async fn account_named(&self, name: &str) -> StoreResult<Option<Account>> {
        let row = sqlx::query("select * from account where folded = ?1")
            .bind(fold(name))
            .fetch_optional(&self.inner.readers)
            .await
            .map_err(failed("reading an account"))?;
        at_most_one(row, account)
    }

    async fn accounts(&self) -> StoreResult<Vec<Account>> {
        let rows = sqlx::query("select * from account order by folded")
            .fetch_all(&self.inner.readers)
            .await
            .map_err(failed("reading accounts"))?;
        rows.iter().map(account).collect()
    }

    async fn put_session(&self, session: &Session) -> StoreResult<()> {
        let session = session.clone();
        self.writer()?
            .run(move |conn| {
                Box::pin(async move {
                    sqlx::query(
                        "insert or replace into session (token, person, expires, data)
                         values (?1, ?2, ?3, ?4)",
                    )
                    .bind(secret(session.token))
                    .bind(bytes(session.person))
                    .bind(session.expires.unix())
                    .bind(session.data)
                    .execute(conn)
                    .await
                    .map(|_| ())
                    .map_err(failed("writing a session"))
                })
            })
            .await
    }

    async fn session(&self, token: SecretHash, now: ReceivedAt) -> StoreResult<Option<Session>> {
        let row = sqlx::query(
            "select person, expires, data from session where token = ?1 and expires > ?2",
        )
        .bind(secret(token))
        .bind(now.unix())
        .fetch_optional(&self.inner.readers)
        .await
        .map_err(failed("reading a session"))?;
        at_most_one(row, |row| {
            Ok(Session {
                token,
                person: uuid(row, "session", "person")?,
                expires: moment(row, "session", "expires")?,
                data: get(row, "session", "data")?,
            })
        })
    }

    async fn end_session(&self, token: SecretHash) -> StoreResult<()> {
        self.erase("delete from session where token = ?1", secret(token))
            .await
    }

    async fn end_sessions(&self, person: PersonId) -> StoreResult<()> {
        self.erase("delete from session where person = ?1", bytes(person))
            .await
    }

    async fn put_invite(&self, invite: &Invite) -> StoreResult<()> {
        let invite = invite.clone();
        self.writer()?
            .run(move |conn| Box::pin(async move { put_invite(conn, &invite).await }))
            .await
    }

    async fn take_invite(
        &self,
        token: SecretHash,
        now: ReceivedAt,
    ) -> StoreResult<Option<PersonId>> {
        self.writer()?
            .run(move |conn| {
                Box::pin(async move {
                    let row = sqlx::query(
                        "delete from invite where token = ?1 and expires > ?2 returning person",
                    )
                    .bind(secret(token))
                    .bind(now.unix())
                    .fetch_optional(conn)
                    .await
                    .map_err(failed("using a link up"))?;
                    at_most_one(row, |row| uuid(row, "invite", "person"))
                })
            })
            .await
    }

    async fn invited(&self, now: ReceivedAt) -> StoreResult<Vec<PersonId>> {
        let rows = sqlx::query("select person from invite where expires > ?1 order by person")
            .bind(now.unix())
            .fetch_all(&self.inner.readers)
            .await
            .map_err(failed("reading links"))?;
        rows.iter()
            .map(|row| uuid(row, "invite", "person"))
            .collect()
    }

    async fn add_token(&self, token: &Token) -> StoreResult<()> {
        let token = token.clone();
        let role = role_word(token.role)?;
        self.writer()?
            .run(move |conn| {
                Box::pin(async move {
                    sqlx::query(
                        "insert into token (token, name, role, created, expires)
                         values (?1, ?2, ?3, ?4, ?5)",
                    )
                    .bind(secret(token.token))
                    .bind(token.name)
                    .bind(role)
                    .bind(token.created.unix())
                    .bind(token.expires.map(ReceivedAt::unix))
                    .execute(conn)
                    .await
                    .map(|_| ())
                    .map_err(taken("a token of that name"))
                })
            })
            .await
    }

    async fn token(&self, hash: SecretHash, now: ReceivedAt) -> StoreResult<Option<Token>> {
        let row = sqlx::query(
            "select * from token where token = ?1 and (expires is null or expires > ?2)",
        )
        .bind(secret(hash))
        .bind(now.unix())
        .fetch_optional(&self.inner.readers)
        .await
        .map_err(failed("reading a token"))?;
        at_most_one(row, token)
    }

    async fn tokens(&self) -> StoreResult<Vec<Token>> {
        let rows = sqlx::query("select * from token order by name")
            .fetch_all(&self.inner.readers)
            .await
            .map_err(failed("reading tokens"))?;
        rows.iter().map(token).collect()
    }

    async fn erase_token(&self, name: &str) -> StoreResult<()> {
        let name = name.to_owned();
        self.writer()?
            .run(move |conn| {
                Box::pin(async move {
                    let done = sqlx::query("delete from token where name = ?1")
                        .bind(name)
                        .execute(conn)
                        .await
                        .map_err(failed("erasing a token"))?;
                    there(&done, "token")
                })
            })
            .await
    }

    async fn sweep(&self, now: ReceivedAt) -> StoreResult<()> {
        self.writer()?
            .run(move |conn| {
                Box::pin(async move {
                    for sql in [
                        "delete from session where expires <= ?1",
                        "delete from invite where expires <= ?1",
                        "delete from token where expires <= ?1",
                    ] {
                        sqlx::query(sql)
                            .bind(now.unix())
                            .execute(&mut *conn)
                            .await
                            .map_err(failed("erasing what has expired"))?;
                    }
                    Ok(())
                })
            })
            .await
    }
}

impl SqliteStore {
    async fn erase(&self, sql: &'static str, key: Vec<u8>) -> StoreResult<()> {
        self.writer()?
            .run(move |conn| {
                Box::pin(async move {
                    sqlx::query(sql)
                        .bind(key)
                        .execute(conn)
                        .await
                        .map(|_| ())
                        .map_err(failed("erasing"))
                })
            })
            .await
    }
}

/// The person's earlier link gives way: there is one for each person.
async fn put_invite(conn: &mut SqliteConnection, invite: &Invite) -> StoreResult<()> {
    sqlx::query("insert or replace into invite (token, person, expires) values (?1, ?2, ?3)")
        .bind(secret(invite.token))
        .bind(bytes(invite.person))
        .bind(invite.expires.unix())
        .execute(conn)
        .await
        .map(|_| ())
        .map_err(failed("writing a link"))
}

async fn add_account(conn: &mut SqliteConnection, account: &Account) -> StoreResult<()> {
    sqlx::query(
        "insert into account (person, name, folded, display, password, language, created)
         values (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
    )
    .bind(bytes(account.person))
    .bind(account.name.trim())
    .bind(fold(&account.name))
    .bind(account.display.as_str())
    .bind(account.password.as_deref())
    .bind(account.language.as_str())
    .bind(account.created.unix())
    .execute(conn)
    .await
    .map(|_| ())
    .map_err(taken("an account of that name or person"))
}

async fn change_account(
    conn: &mut SqliteConnection,
    person: PersonId,
    change: AccountChange,
) -> StoreResult<()> {
    let done = sqlx::query(
        "update account set name = coalesce(?2, name), folded = coalesce(?3, folded),
             display = coalesce(?4, display), language = coalesce(?5, language),
             password = case when ?6 then ?7 else password end
         where person = ?1",
    )
    .bind(bytes(person))
    .bind(change.name.as_deref().map(str::trim))
    .bind(change.name.as_deref().map(fold))
    .bind(change.display)
    .bind(change.language)
    .bind(change.password.is_some())
    .bind(change.password.flatten())
    .execute(conn)
    .await
    .map_err(taken("an account of that name"))?;
    there(&done, "account")
}

async fn erase_account(conn: &mut SqliteConnection, person: PersonId) -> StoreResult<()> {
    for sql in [
        "delete from session where person = ?1",
        "delete from invite where person = ?1",
    ] {
        sqlx::query(sql)
            .bind(bytes(person))
            .execute(&mut *conn)
            .await
            .map_err(failed("erasing an account"))?;
    }
    let done = sqlx::query("delete from account where person = ?1")
        .bind(bytes(person))
        .execute(conn)
        .await
        .map_err(failed("erasing an account"))?;
    there(&done, "account")
}
