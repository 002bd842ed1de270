//! `/api/media/{sha256}`: photos by their hash. The bytes are never changed, and are given only to
//! somebody who may read a record that names them.

use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use safelane_ledger::Digest;
use safelane_store::Upload;
use safelane_wire::media::{
    MAX_MEDIA_BYTES, MediaAnswer, UPLOAD_COMPLETE, UPLOAD_LENGTH, UPLOAD_OFFSET,
};
use safelane_wire::problem::Code;

use crate::app::App;
use crate::extract::{Actor, Json, Path, Reader, body_bytes};
use crate::problem::{ApiError, ApiResult};
use crate::sync::reader_scope;

/// `HEAD`: how many bytes are here, and whether that is the whole file.
pub async fn head(
    State(app): State<App>,
    _actor: Actor,
    Path(sha256): Path<Digest>,
) -> ApiResult<Response> {
    let (offset, complete) = match app.store().media_state(sha256).await? {
        Upload::Complete { bytes } => (bytes, "?1"),
        Upload::Partial { offset } => (offset, "?0"),
        Upload::Absent => (0, "?0"),
    };
    let mut response = StatusCode::OK.into_response();
    let headers = response.headers_mut();
    headers.insert(UPLOAD_OFFSET, HeaderValue::from(offset));
    headers.insert(UPLOAD_COMPLETE, HeaderValue::from_static(complete));
    Ok(response)
}

/// `PUT`: a file or a piece of it. Sending the same again changes nothing.
pub async fn put(
    State(app): State<App>,
    _actor: Actor,
    Path(sha256): Path<Digest>,
    request: Request,
) -> ApiResult<Json<MediaAnswer>> {
    let offset = header_number(request.headers(), UPLOAD_OFFSET)?.unwrap_or(0);
    let declared = header_number(request.headers(), UPLOAD_LENGTH)?;
    let piece = body_bytes(request, MAX_MEDIA_BYTES as usize).await?;
    let end = offset.checked_add(piece.len() as u64);
    let total = declared.or(end).unwrap_or(u64::MAX);
    let is_within = end.is_some_and(|end| end <= total);
    if !is_within || total > MAX_MEDIA_BYTES || piece.is_empty() {
        return Err(ApiError::new(
            Code::TooLarge,
            format!(
                "A file has 1 to {MAX_MEDIA_BYTES} bytes. It was not kept; make it smaller and send it again."
            ),
        ));
    }
    if offset == 0 && media_type(&piece).is_none() {
        return Err(ApiError::new(
            Code::UnsupportedMediaType,
            "This file is no photo: only JPEG, PNG and WebP are taken. It was not kept, and the \
             record that names it is not touched; take the photo again.",
        ));
    }
    let upload = app.store().put_media(sha256, offset, total, &piece).await?;
    let (offset, complete) = match upload {
        Upload::Complete { bytes } => (bytes, true),
        Upload::Partial { offset } => (offset, false),
        Upload::Absent => (0, false),
    };
    Ok(Json(MediaAnswer {
        sha256,
        offset,
        complete,
    }))
}

/// `GET`: the bytes, through a record that the reader may read.
pub async fn get(
    State(app): State<App>,
    actor: Actor,
    Path(sha256): Path<Digest>,
) -> ApiResult<Response> {
    if !may_read(&app, &Reader::from(&actor), sha256).await? {
        return Err(ApiError::not_found());
    }
    let bytes = app
        .store()
        .media(sha256)
        .await?
        .ok_or_else(ApiError::not_found)?;
    let kind = media_type(&bytes).unwrap_or("application/octet-stream");
    let mut response = bytes.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    // Named by its content, so it never changes; private, so no proxy keeps it.
    headers.insert(
        header::CACHE_CONTROL,
        HeaderValue::from_static("private, max-age=86400, immutable"),
    );
    headers.insert(
        header::CONTENT_DISPOSITION,
        HeaderValue::from_static("inline"),
    );
    Ok(response)
}

async fn may_read(app: &App, reader: &Reader, sha256: Digest) -> ApiResult<bool> {
    let named = app.store().media_records(sha256).await?;
    Ok(app.board().read(|board| {
        let scope = reader_scope(board, reader);
        named
            .iter()
            .filter_map(|one| board.get(one.record))
            .any(|known| scope.holds(known) && scope.shows_bodies(known))
    }))
}

fn header_number(headers: &HeaderMap, name: &str) -> ApiResult<Option<u64>> {
    let Some(value) = headers.get(name) else {
        return Ok(None);
    };
    let number = value.to_str().ok().and_then(|text| text.parse().ok());
    number
        .map(Some)
        .ok_or_else(|| ApiError::parameter(name, "is no number of bytes"))
}

/// The type that the first bytes are, of those that are taken; names and headers say nothing.
fn media_type(bytes: &[u8]) -> Option<&'static str> {
    match bytes {
        [0xff, 0xd8, 0xff, ..] => Some("image/jpeg"),
        [0x89, b'P', b'N', b'G', 0x0d, 0x0a, 0x1a, 0x0a, ..] => Some("image/png"),
        [
            b'R',
            b'I',
            b'F',
            b'F',
            _,
            _,
            _,
            _,
            b'W',
            b'E',
            b'B',
            b'P',
            ..,
        ] => Some("image/webp"),
        _ => None,
    }
}

/// Photos held and named by a record's current statements.
pub async fn counts(app: &App, record: safelane_ledger::RecordId) -> ApiResult<(u32, u32)> {
    let named = app.store().media_of(record).await?;
    let held = named.iter().filter(|one| one.held).count();
    Ok((held as u32, named.len() as u32))
}

#[cfg(test)]
mod tests {
    use super::media_type;

    #[test]
    fn the_first_bytes_decide_what_a_photo_is() {
        assert_eq!(media_type(b"\xff\xd8\xff\xe0rest"), Some("image/jpeg"));
        assert_eq!(media_type(b"\x89PNG\r\n\x1a\nrest"), Some("image/png"));
        assert_eq!(media_type(b"RIFF\0\0\0\0WEBPVP8 "), Some("image/webp"));
        for bad in [
            &b"<svg onload=alert(1)>"[..],
            b"GIF89a",
            b"",
            b"RIFF",
            b"%PDF-1.7",
        ] {
            assert_eq!(media_type(bad), None);
        }
    }
}
