//! Certificate and CertificateStatus messages; what the certificates say is not read here.

use super::{Reader, WireError};

/// The certificates (DER) of a message of TLS 1.2 and before, the server's own first.
///
/// # Errors
/// What breaks the form.
pub fn certificate_list(body: &[u8]) -> Result<Vec<Vec<u8>>, WireError> {
    let mut list = Reader::new(Reader::new(body).vector(3)?);
    let mut certificates = Vec::new();
    while !list.is_empty() {
        certificates.push(list.vector(3)?.to_vec());
    }
    Ok(certificates)
}

/// The certificates (DER) of a message of TLS 1.3, the server's own first.
///
/// # Errors
/// What breaks the form.
pub fn tls13_certificate_list(body: &[u8]) -> Result<Vec<Vec<u8>>, WireError> {
    let mut reader = Reader::new(body);
    reader.vector(1)?;
    let mut list = Reader::new(reader.vector(3)?);
    let mut certificates = Vec::new();
    while !list.is_empty() {
        certificates.push(list.vector(3)?.to_vec());
        list.vector(2)?;
    }
    Ok(certificates)
}

/// The OCSP response (DER) of a CertificateStatus.
///
/// # Errors
/// What breaks the form, or another type than OCSP.
pub fn stapled_response(body: &[u8]) -> Result<Vec<u8>, WireError> {
    let mut reader = Reader::new(body);
    if reader.u8()? != 1 {
        return Err(WireError::Malformed);
    }
    Ok(reader.vector(3)?.to_vec())
}
