//! The wire format: fields of a message, one after the other.

use super::ProtobufError;

/// What a field holds.
#[derive(Clone, Copy, Debug)]
pub(super) enum Payload<'a> {
    Varint(u64),
    Fixed64(u64),
    Fixed32,
    Bytes(&'a [u8]),
}

/// A field of a message.
#[derive(Clone, Copy, Debug)]
pub(super) struct WireField<'a> {
    pub(super) within: &'a str,
    pub(super) number: u32,
    pub(super) payload: Payload<'a>,
}

impl<'a> WireField<'a> {
    pub(super) fn bytes(&self) -> Result<&'a [u8], ProtobufError> {
        if let Payload::Bytes(bytes) = self.payload { Ok(bytes) } else { Err(self.wrong_type()) }
    }

    pub(super) fn text(&self) -> Result<&'a str, ProtobufError> {
        std::str::from_utf8(self.bytes()?).map_err(|_| self.malformed("UTF-8"))
    }

    /// A whole number; negative ones are sent as 64 bits whatever their type.
    pub(super) fn integer(&self) -> Result<i64, ProtobufError> {
        if let Payload::Varint(number) = self.payload { Ok(number.cast_signed()) } else { Err(self.wrong_type()) }
    }

    pub(super) fn float(&self) -> Result<f64, ProtobufError> {
        if let Payload::Fixed64(bits) = self.payload { Ok(f64::from_bits(bits)) } else { Err(self.wrong_type()) }
    }

    pub(super) fn malformed(&self, expected: &'static str) -> ProtobufError {
        ProtobufError::Malformed { within: self.within.to_owned(), number: self.number, expected }
    }

    fn wrong_type(&self) -> ProtobufError {
        let wire = match self.payload {
            Payload::Varint(_) => 0,
            Payload::Fixed64(_) => 1,
            Payload::Bytes(_) => 2,
            Payload::Fixed32 => 5,
        };
        ProtobufError::WireType { within: self.within.to_owned(), number: self.number, wire }
    }
}

/// The fields of a message in the order in which they were sent.
pub(super) struct Fields<'a> {
    within: &'a str,
    rest: &'a [u8],
}

impl<'a> Fields<'a> {
    pub(super) fn new(within: &'a str, bytes: &'a [u8]) -> Self {
        Self { within, rest: bytes }
    }

    fn read(&mut self) -> Option<WireField<'a>> {
        let tag = self.varint()?;
        let number = u32::try_from(tag >> 3).ok()?;
        let payload = match tag & 7 {
            0 => Payload::Varint(self.varint()?),
            1 => Payload::Fixed64(u64::from_le_bytes(self.take(8)?.try_into().ok()?)),
            2 => {
                let length = usize::try_from(self.varint()?).ok()?;
                Payload::Bytes(self.take(length)?)
            }
            5 => {
                self.take(4)?;
                Payload::Fixed32
            }
            _ => return None,
        };
        Some(WireField { within: self.within, number, payload })
    }

    fn take(&mut self, length: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.rest.split_at_checked(length)?;
        self.rest = rest;
        Some(taken)
    }

    fn varint(&mut self) -> Option<u64> {
        let mut value = 0_u64;
        for shift in (0..64).step_by(7) {
            let (byte, rest) = self.rest.split_first()?;
            self.rest = rest;
            value |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Some(value);
            }
        }
        None
    }
}

impl<'a> Iterator for Fields<'a> {
    type Item = Result<WireField<'a>, ProtobufError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.rest.is_empty() {
            return None;
        }
        let field = self.read();
        if field.is_none() {
            self.rest = &[];
        }
        Some(field.ok_or_else(|| ProtobufError::CutShort { within: self.within.to_owned() }))
    }
}
