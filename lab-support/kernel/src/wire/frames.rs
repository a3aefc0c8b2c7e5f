use std::io::{self, ErrorKind};

use bytes::Bytes;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};

/// A message as the sockets carry it.
pub type Frames = Vec<Bytes>;

const MORE: u8 = 1;
const LONG: u8 = 2;
const COMMAND: u8 = 4;

/// Frames that one message may have: Jupyter's have about eight, and one for each buffer.
const MOST_FRAMES: usize = 1_000;

/// Bytes of a command; those that exist have fewer than a hundred.
const MOST_COMMAND: usize = 1 << 12;

/// The first ten bytes, by which a peer is told from whoever else may connect.
const SIGNATURE: [u8; 10] = [0xff, 0, 0, 0, 0, 0, 0, 0, 0, 0x7f];

const GREETING_SIZE: usize = 64;

/// What arrives after the greeting.
#[derive(Debug, PartialEq)]
pub enum Received {
    Message(Frames),
    /// Its name and what follows.
    Command(Bytes),
}

/// Both sides say which protocol they speak, then what kind of socket they are. Returns the name that the other one has,
/// if it has one.
pub async fn greet(
    reader: &mut (impl AsyncRead + Unpin),
    writer: &mut (impl AsyncWrite + Unpin),
    kind: &str,
    identity: &[u8],
) -> io::Result<Option<Bytes>> {
    let mut greeting = [0; GREETING_SIZE];
    greeting[..10].copy_from_slice(&SIGNATURE);
    greeting[10] = 3;
    greeting[12..16].copy_from_slice(b"NULL");
    writer.write_all(&greeting).await?;
    let mut ready = b"\x05READY".to_vec();
    for (name, value) in [("Socket-Type", kind.as_bytes()), ("Identity", identity)] {
        ready.push(name.len() as u8);
        ready.extend_from_slice(name.as_bytes());
        ready.extend_from_slice(&(value.len() as u32).to_be_bytes());
        ready.extend_from_slice(value);
    }
    let mut theirs = [0; GREETING_SIZE];
    reader.read_exact(&mut theirs).await?;
    if theirs[0] != 0xff || theirs[9] & 1 != 1 || theirs[10] < 3 || !theirs[12..].starts_with(b"NULL\0") {
        return Err(wrong("no greeting of ZMTP 3"));
    }
    let length = u8::try_from(ready.len()).map_err(|_| wrong("a name that is too long"))?;
    writer.write_all(&[&[COMMAND, length], ready.as_slice()].concat()).await?;
    writer.flush().await?;
    match read(reader, 0).await? {
        Received::Command(command) if command.starts_with(b"\x05READY") => {
            Ok(identity_in(command.slice(6..)))
        }
        other => Err(wrong(&format!("not ready: {other:?}"))),
    }
}

/// The value of the property `Identity`.
fn identity_in(mut properties: Bytes) -> Option<Bytes> {
    while !properties.is_empty() {
        let name = take(&mut properties, 1)?;
        let name = take(&mut properties, usize::from(name[0]))?;
        let length = take(&mut properties, 4)?;
        let length = u32::from_be_bytes(length[..].try_into().ok()?);
        let value = take(&mut properties, length as usize)?;
        if name.eq_ignore_ascii_case(b"identity") {
            return Some(value).filter(|value| !value.is_empty());
        }
    }
    None
}

fn take(bytes: &mut Bytes, count: usize) -> Option<Bytes> {
    (count <= bytes.len()).then(|| bytes.split_to(count))
}

/// A message of at most `most` bytes, or a command.
///
/// # Errors
/// When the connection ends, or this is neither. The connection is of no use then.
pub async fn read(reader: &mut (impl AsyncRead + Unpin), most: usize) -> io::Result<Received> {
    let (mut frames, mut left) = (Frames::new(), most);
    loop {
        let flags = reader.read_u8().await?;
        if flags & !(MORE | LONG | COMMAND) != 0 || flags & COMMAND != 0 && flags & MORE != 0 {
            return Err(wrong("flags that ZMTP does not have"));
        }
        let length =
            if flags & LONG != 0 { reader.read_u64().await? } else { reader.read_u8().await?.into() };
        let length = usize::try_from(length).unwrap_or(usize::MAX);
        if flags & COMMAND != 0 {
            let is_alone = frames.is_empty() && length <= MOST_COMMAND;
            return match is_alone {
                true => Ok(Received::Command(read_exactly(reader, length).await?)),
                false => Err(wrong("a command that is too long")),
            };
        }
        left = left.checked_sub(length).ok_or_else(|| wrong("a message that is too long"))?;
        if frames.len() == MOST_FRAMES {
            return Err(wrong("too many frames"));
        }
        frames.push(read_exactly(reader, length).await?);
        if flags & MORE == 0 {
            return Ok(Received::Message(frames));
        }
    }
}

/// There is only as much memory taken as bytes have arrived.
async fn read_exactly(reader: &mut (impl AsyncRead + Unpin), length: usize) -> io::Result<Bytes> {
    let mut bytes = Vec::new();
    reader.take(length as u64).read_to_end(&mut bytes).await?;
    if bytes.len() < length { Err(ErrorKind::UnexpectedEof.into()) } else { Ok(bytes.into()) }
}

pub async fn write(writer: &mut (impl AsyncWrite + Unpin), frames: &[Bytes]) -> io::Result<()> {
    for (frame, number) in frames.iter().zip(1..) {
        let more = if number < frames.len() { MORE } else { 0 };
        match u8::try_from(frame.len()) {
            Ok(length) => writer.write_all(&[more, length]).await?,
            Err(_) => {
                writer.write_u8(more | LONG).await?;
                writer.write_u64(frame.len() as u64).await?;
            }
        }
        writer.write_all(frame).await?;
    }
    Ok(())
}

fn wrong(what: &str) -> io::Error {
    io::Error::new(ErrorKind::InvalidData, what)
}
