//! The least that speaks SOAP: one connection, requests by hand, answers searched as text. It costs the client little, so that
//! what is measured is the server. Plain HTTP, for both servers alike.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use crate::failure::Failure;

/// So long an answer may take. The longest one, all machines of the largest world to eight clients at once, takes seconds.
const ANSWER: Duration = Duration::from_secs(90);

/// A connection to a server, and the session that was opened over it.
pub struct Connection {
    reader: BufReader<TcpStream>,
    host: SocketAddr,
    cookie: String,
    /// So many calls were made over it.
    pub calls: usize,
}

/// A reference as it stands in an answer.
#[derive(Clone, Debug)]
pub struct Reference {
    /// Its type.
    pub kind: String,
    /// Its id.
    pub id: String,
}

impl Reference {
    /// A reference that every server has.
    pub fn new(kind: &str, id: &str) -> Self {
        Self { kind: kind.to_owned(), id: id.to_owned() }
    }

    /// As an element of this name.
    pub fn element(&self, name: &str) -> String {
        format!("<{name} type=\"{}\">{}</{name}>", self.kind, self.id)
    }
}

impl Connection {
    /// Connects, without a session.
    pub fn open(host: SocketAddr) -> Result<Self, Failure> {
        let stream = TcpStream::connect(host).map_err(Failure::Connect)?;
        stream.set_nodelay(true).map_err(Failure::Connect)?;
        stream.set_read_timeout(Some(ANSWER)).map_err(Failure::Connect)?;
        Ok(Self { reader: BufReader::with_capacity(1 << 16, stream), host, cookie: String::new(), calls: 0 })
    }

    /// Opens a session.
    pub fn login(&mut self) -> Result<(), Failure> {
        let manager = Reference::new("SessionManager", "SessionManager");
        let arguments = "<userName>administrator@vsphere.local</userName><password>seatrial</password>";
        self.call(&manager, "Login", arguments).map(drop)
    }

    /// Calls a method of vim25; the answer's text. In the namespace of CNS, as its clients do: else a task does not tell its result.
    pub fn call(&mut self, this: &Reference, method: &str, arguments: &str) -> Result<String, Failure> {
        self.post("/sdk", "urn:vsan", this, method, arguments)
    }

    /// Calls a method of CNS.
    pub fn cns(&mut self, method: &str, arguments: &str) -> Result<String, Failure> {
        self.post("/vsanHealth", "urn:vsan", &Reference::new("CnsVolumeManager", "cns-volume-manager"), method, arguments)
    }

    fn post(&mut self, path: &str, namespace: &str, this: &Reference, method: &str, arguments: &str) -> Result<String, Failure> {
        let this = this.element("_this");
        let body = format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?><soapenv:Envelope xmlns:soapenv=\"http://schemas.xmlsoap.org/soap/envelope/\" \
             xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xmlns:xsd=\"http://www.w3.org/2001/XMLSchema\"><soapenv:Body>\
             <{method} xmlns=\"{namespace}\">{this}{arguments}</{method}></soapenv:Body></soapenv:Envelope>"
        );
        let head = format!(
            "POST {path} HTTP/1.1\r\nHost: {}\r\nContent-Type: text/xml; charset=\"utf-8\"\r\nSOAPAction: {namespace}/8.0.3.0\r\n\
             Cookie: {}\r\nContent-Length: {}\r\n\r\n{body}",
            self.host,
            self.cookie,
            body.len()
        );
        self.calls += 1;
        self.reader.get_mut().write_all(head.as_bytes()).map_err(Failure::Exchange)?;
        let (status, answer) = self.answer()?;
        if status == 200 { Ok(answer) } else { Err(Failure::Refused { method: method.to_owned(), answer }) }
    }

    fn line(&mut self) -> Result<String, Failure> {
        let mut line = String::new();
        self.reader.read_line(&mut line).map_err(Failure::Exchange)?;
        Ok(line.trim_end().to_owned())
    }

    fn answer(&mut self) -> Result<(u16, String), Failure> {
        let first = self.line()?;
        let status = first.split(' ').nth(1).and_then(|code| code.parse().ok()).ok_or(Failure::NoHttp)?;
        let (mut length, mut chunked) = (0, false);
        loop {
            let line = self.line()?;
            let Some((name, value)) = line.split_once(": ") else { break };
            match name.to_ascii_lowercase().as_str() {
                "content-length" => length = value.parse().map_err(|_| Failure::NoHttp)?,
                "transfer-encoding" => chunked = value == "chunked",
                "set-cookie" => self.cookie = value.split(';').next().unwrap_or_default().to_owned(),
                _ => {}
            }
        }
        let mut body = Vec::new();
        if chunked {
            loop {
                let size = usize::from_str_radix(&self.line()?, 16).map_err(|_| Failure::NoHttp)?;
                self.take(size, &mut body)?;
                self.line()?;
                if size == 0 {
                    break;
                }
            }
        } else {
            self.take(length, &mut body)?;
        }
        String::from_utf8(body).map(|body| (status, body)).map_err(|_| Failure::NoHttp)
    }

    fn take(&mut self, size: usize, body: &mut Vec<u8>) -> Result<(), Failure> {
        let start = body.len();
        body.resize(start + size, 0);
        self.reader.read_exact(&mut body[start..]).map_err(Failure::Exchange)
    }
}

/// The reference in the first element of this name.
pub fn reference(answer: &str, name: &str) -> Result<Reference, Failure> {
    references(answer, name).next().ok_or_else(|| Failure::Unlike { wanted: name.to_owned(), answer: answer.to_owned() })
}

/// The references in all elements of this name.
pub fn references<'a>(answer: &'a str, name: &'a str) -> impl Iterator<Item = Reference> + 'a {
    let mut rest = answer;
    std::iter::from_fn(move || {
        loop {
            let place = rest.find(name)?;
            let before = &rest[..place];
            rest = &rest[place + name.len()..];
            let Some(attributes) = rest.split('>').next().filter(|attributes| before.ends_with('<') && attributes.starts_with(' ')) else {
                continue;
            };
            let Some(kind) = attributes.split(" type=\"").nth(1).and_then(|kind| kind.split('"').next()) else { continue };
            let id = rest[attributes.len() + 1..].split('<').next()?;
            return Some(Reference::new(kind, id));
        }
    })
}

/// The text of the first element of this name without attributes.
pub fn text<'a>(answer: &'a str, name: &str) -> Result<&'a str, Failure> {
    let open = format!("<{name}>");
    let rest = answer.split(open.as_str()).nth(1).and_then(|rest| rest.split('<').next());
    rest.ok_or_else(|| Failure::Unlike { wanted: name.to_owned(), answer: answer.to_owned() })
}
