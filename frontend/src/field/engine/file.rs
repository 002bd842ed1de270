//! Unsent records as one file: what the office takes in when a tablet cannot reach it.

use safelane_sync::SendState;
use serde_json::json;

use super::vault::{self, Identity};
use crate::platform::store::{self, Area};
use crate::platform::{PlatformError, Result, clock, files};

/// Saves everything that no hub has received; gives the number of records in the file.
pub async fn save(identity: &Identity) -> Result<usize> {
    let device = identity.device.ok_or(PlatformError::NoKeys)?;
    let all = vault::outbox(identity).await?;
    // What the hub refused is on this device alone, so it goes along.
    let unsent: Vec<_> = all
        .iter()
        .filter(|one| matches!(one.state, SendState::Waiting | SendState::Refused { .. }))
        .collect();
    let mut photos = serde_json::Map::new();
    for photo in all
        .iter()
        .flat_map(|one| &one.photos)
        .filter(|photo| !photo.sent)
    {
        let sha256 = photo.sha256.to_string();
        if let Some(bytes) = store::get_bytes(Area::Media, &sha256).await? {
            photos.insert(sha256, base64(&bytes).into());
        }
    }
    let content = json!({
        "safelane": "unsent/1",
        "ledger": identity.info.ledger,
        "hub": identity.info.hub,
        "device": device,
        "saved": clock::now_rfc3339(),
        "revisions": unsent.iter().map(|one| &one.text).collect::<Vec<_>>(),
        "photos": photos,
    });
    let demo = if identity.info.programme.demo {
        "DEMO_"
    } else {
        ""
    };
    let name = format!(
        "{demo}unsent-{}-{}.json",
        identity.short,
        clock::today_local()
    );
    files::save(&name, "application/json", vault::json(&content)?.as_bytes())?;
    Ok(unsent.len())
}

/// RFC 4648, with padding.
fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let bits = chunk
            .iter()
            .fold(0_u32, |bits, byte| bits << 8 | u32::from(*byte))
            << (8 * (3 - chunk.len()));
        for place in 0..4 {
            let letter = LETTERS[(bits >> (18 - 6 * place) & 63) as usize];
            out.push(if place <= chunk.len() {
                char::from(letter)
            } else {
                '='
            });
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::base64;

    #[test]
    fn base64_is_that_of_the_rfc() {
        let made =
            ["", "f", "fo", "foo", "foob", "fooba", "foobar"].map(|text| base64(text.as_bytes()));
        assert_eq!(
            made,
            [
                "", "Zg==", "Zm8=", "Zm9v", "Zm9vYg==", "Zm9vYmE=", "Zm9vYmFy"
            ]
        );
    }
}
