//! Passwords: Argon2id, never more than two at once, never longer than a kilobyte.

use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use safelane_wire::problem::{Code, FieldProblem};

use crate::problem::{ApiError, ApiResult};

/// Bytes of a password.
pub const MAX_PASSWORD: usize = 1_024;
/// Characters of a new password.
const MIN_PASSWORD: usize = 10;

/// Passwords that everybody tries first.
const COMMON: [&str; 8] = [
    "1234567890",
    "password12",
    "password123",
    "qwertyuiop",
    "0123456789",
    "1111111111",
    "iloveyou12",
    "safelane12",
];

/// The Argon2 text of a password. Takes some 20 ms and 19 MiB: not for an async thread.
pub fn hash_password(password: &str) -> Result<String, argon2::password_hash::Error> {
    Ok(Argon2::default()
        .hash_password(password.as_bytes())?
        .to_string())
}

/// Whether a password is the one of the hash. Without a hash as much time goes by, so that nobody
/// learns which names exist.
pub fn holds(password: &str, hash: Option<&str>) -> bool {
    let verify = |hash: &str| {
        PasswordHash::new(hash).is_ok_and(|hash| {
            Argon2::default()
                .verify_password(password.as_bytes(), &hash)
                .is_ok()
        })
    };
    if let Some(hash) = hash {
        verify(hash)
    } else {
        let _ = hash_password(password);
        false
    }
}

/// Refuses what is guessed at once.
pub fn check_strength(password: &str) -> ApiResult<()> {
    let weak = |key: &str| {
        let field = FieldProblem {
            field: "password".to_owned(),
            key: key.to_owned(),
            args: [("min".to_owned(), MIN_PASSWORD.to_string())].into(),
        };
        Err(ApiError::new(
            Code::Invalid,
            format!(
                "The password must have {MIN_PASSWORD} characters or more and be none of the \
                 common ones. The link still works; choose another."
            ),
        )
        .with_fields(vec![field]))
    };
    if password.chars().count() < MIN_PASSWORD {
        return weak("password-too-short");
    }
    if password.len() > MAX_PASSWORD {
        return weak("password-too-long");
    }
    let folded = password.to_lowercase();
    let mut letters = folded.chars();
    let first = letters.next();
    if COMMON.contains(&folded.as_str()) || letters.all(|letter| Some(letter) == first) {
        return weak("password-common");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_holds_against_its_own_hash_alone() {
        let hash = hash_password("under the mango tree").unwrap();
        assert!(holds("under the mango tree", Some(&hash)));
        assert!(!holds("under the mango trees", Some(&hash)));
        assert!(!holds("under the mango tree", None));
        assert!(!holds("under the mango tree", Some("no hash")));
    }

    #[test]
    fn what_is_guessed_at_once_is_refused() {
        for bad in ["short", "password123", "aaaaaaaaaaaa", &"x".repeat(2_000)] {
            assert!(check_strength(bad).is_err());
        }
        assert!(check_strength("under the mango tree").is_ok());
    }
}
