//! Slows down whoever guesses, by account and by address, and never locks anybody out for good.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};

use safelane_ledger::ReceivedAt;
use safelane_wire::problem::Code;
use tokio::sync::{Semaphore, oneshot};

use super::password;
use crate::problem::{ApiError, ApiResult};

/// Tries that are free; after them one comes back every [`REFILL_SECONDS`].
const BURST: f64 = 10.0;
const REFILL_SECONDS: f64 = 6.0;
/// An office shares one address.
const ADDRESS_BURST: f64 = 60.0;
/// Buckets that are remembered; beyond it the fullest are forgotten.
const MAX_BUCKETS: usize = 10_000;
/// Argon2 takes a core and 19 MiB: two at once, and a short queue.
const AT_ONCE: usize = 2;
const QUEUE: usize = 32;

/// See the module.
#[derive(Debug)]
pub struct Guard {
    accounts: Mutex<HashMap<String, Bucket>>,
    addresses: Mutex<HashMap<IpAddr, Bucket>>,
    queue: Arc<Semaphore>,
    hashing: Hashing,
}

impl Default for Guard {
    fn default() -> Self {
        Self {
            accounts: Mutex::default(),
            addresses: Mutex::default(),
            queue: Arc::new(Semaphore::new(QUEUE)),
            hashing: Hashing::default(),
        }
    }
}

type Job = Box<dyn FnOnce() + Send>;

/// Threads for Argon2 alone, [`AT_ONCE`] of them. What it needs stays with the thread that ran it: among a
/// pool of many threads, each would keep its 19 MiB.
#[derive(Debug)]
struct Hashing(Sender<Job>);

impl Default for Hashing {
    fn default() -> Self {
        let (sender, jobs) = channel::<Job>();
        let jobs = Arc::new(Mutex::new(jobs));
        for _ in 0..AT_ONCE {
            let jobs = Arc::clone(&jobs);
            // They end with the guard, whose end of the channel they hang on.
            std::thread::spawn(move || {
                loop {
                    let next = jobs.lock().unwrap_or_else(PoisonError::into_inner).recv();
                    match next {
                        Ok(job) => job(),
                        Err(_) => break,
                    }
                }
            });
        }
        Self(sender)
    }
}

#[derive(Clone, Copy, Debug)]
struct Bucket {
    left: f64,
    at: i64,
}

impl Bucket {
    fn take(&mut self, burst: f64, now: i64) -> bool {
        // A clock that was set back gives nothing and takes nothing.
        let passed = (now - self.at).max(0) as f64;
        self.left = (self.left + passed / REFILL_SECONDS).min(burst);
        self.at = now;
        let may = self.left >= 1.0;
        if may {
            self.left -= 1.0;
        }
        may
    }
}

fn take<K: std::hash::Hash + Eq + Clone>(
    buckets: &Mutex<HashMap<K, Bucket>>,
    key: K,
    burst: f64,
    now: i64,
) -> bool {
    let mut buckets = buckets.lock().unwrap_or_else(PoisonError::into_inner);
    if buckets.len() >= MAX_BUCKETS {
        buckets.retain(|_, bucket| bucket.left < burst / 2.0);
    }
    let full = Bucket {
        left: burst,
        at: now,
    };
    buckets.entry(key).or_insert(full).take(burst, now)
}

impl Guard {
    /// Lets a try pass, or says to wait.
    pub fn admit(&self, account: &str, address: Option<IpAddr>, now: ReceivedAt) -> ApiResult<()> {
        let now = now.unix();
        let account = account.trim().to_lowercase();
        let by_account = account.is_empty() || take(&self.accounts, account, BURST, now);
        let by_address = address.is_none_or(|ip| take(&self.addresses, ip, ADDRESS_BURST, now));
        if by_account && by_address {
            return Ok(());
        }
        Err(ApiError::new(
            Code::TooManyRequests,
            "There were too many tries. Everything on the device is kept; wait a minute and try \
             again.",
        ))
    }

    /// After the right password: earlier tries of this account no longer count.
    pub fn forget(&self, account: &str) {
        let mut accounts = self.accounts.lock().unwrap_or_else(PoisonError::into_inner);
        accounts.remove(&account.trim().to_lowercase());
    }

    /// Whether the password is the account's; takes the same time when there is no account.
    pub async fn check_password(&self, password: String, hash: Option<String>) -> ApiResult<bool> {
        if password.len() > password::MAX_PASSWORD {
            return Ok(false);
        }
        self.run(move || password::holds(&password, hash.as_deref()))
            .await
    }

    /// The hash to keep for a new password.
    pub async fn hash(&self, password: String) -> ApiResult<String> {
        self.run(move || password::hash_password(&password))
            .await?
            .map_err(ApiError::internal)
    }

    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> ApiResult<T> {
        let _place = self.queue.try_acquire().map_err(|_| {
            ApiError::new(
                Code::TooManyRequests,
                "Many people sign in at this moment. Everything on the device is kept; try again \
                 in a few seconds.",
            )
        })?;
        let (tell, told) = oneshot::channel();
        let job: Job = Box::new(move || {
            // Whoever asked may have gone away.
            let _ = tell.send(work());
        });
        self.hashing.0.send(job).map_err(ApiError::internal)?;
        told.await.map_err(ApiError::internal)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> ReceivedAt {
        ReceivedAt::from_unix(1_795_000_000 + seconds).unwrap()
    }

    #[test]
    fn guessing_is_slowed_and_nobody_is_locked_out_for_good() {
        let guard = Guard::default();
        for _ in 0..10 {
            assert!(guard.admit("Fern", None, at(0)).is_ok());
        }
        assert!(guard.admit(" fern", None, at(0)).is_err());
        assert!(guard.admit("reed", None, at(0)).is_ok());
        assert!(guard.admit("fern", None, at(7)).is_ok());
        guard.forget("fern");
        assert!(guard.admit("fern", None, at(7)).is_ok());
    }

    #[test]
    fn one_address_cannot_try_one_password_on_everybody() {
        let guard = Guard::default();
        let ip = Some(IpAddr::from([10, 0, 0, 7]));
        let passed = (0..1_000).filter(|n| guard.admit(&format!("person {n}"), ip, at(0)).is_ok());
        assert_eq!(passed.count(), 60);
    }
}
