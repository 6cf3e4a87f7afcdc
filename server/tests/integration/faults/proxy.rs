//! What lies between a phone and the office: a proxy that cuts, swallows, repeats, holds and forges, as told.

use std::{
    collections::VecDeque,
    net::SocketAddr,
    sync::{Arc, Mutex, MutexGuard},
};

use app::sync::messages::{OpResult, PushAnswer};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::watch,
    time::{Duration, Instant, sleep_until},
};

/// What happens to one request.
#[derive(Clone, Debug)]
pub enum Fault {
    /// Nothing.
    Pass,
    /// Only so many hundredths of the request reach the office, then both lines are cut.
    CutRequest(usize),
    /// The head reaches the office, and nothing of the body.
    CutBeforeBody,
    /// The office answers, and of its answer only so many hundredths reach the phone.
    CutAnswer(usize),
    /// The office never hears of it, and this is the answer.
    Forge(String),
    /// The office takes it and answers, and this is what the phone hears.
    ForgeAfterAnswer(String),
    /// It reaches the office twice, one after the other; the phone hears the second answer.
    Twice,
    /// It reaches the office twice at once; the phone hears one of the answers.
    TwiceAtOnce,
    /// It waits until [`Proxy::release`].
    Hold,
    /// It is read, and nothing ever comes back.
    Stall,
    /// Both ways at so many bytes in each hundredth of a second.
    Slow(usize),
    /// Forged as refused by what stands before the office, if its body is longer.
    AtMost(usize, String),
}

/// One request as it came, and how it was answered by the office.
#[derive(Clone, Debug)]
pub struct Passed {
    pub bytes: Vec<u8>,
    pub answers: Vec<Vec<u8>>,
}

impl Passed {
    /// What the office answered, each time.
    pub fn verdicts(&self) -> Vec<Vec<OpResult>> {
        let read = |answer: &Vec<u8>| {
            let text = String::from_utf8_lossy(answer);
            // Between the braces: what frames it on the line is of no concern here.
            let json = text.find('{').zip(text.rfind('}')).map_or("", |(from, until)| &text[from..=until]);
            serde_json::from_str::<PushAnswer>(json).map(|answer| answer.results).unwrap_or_default()
        };
        self.answers.iter().map(read).collect()
    }

    /// How many operations it held.
    pub fn ops(&self) -> usize {
        String::from_utf8_lossy(&self.bytes).matches("\"op\":").count()
    }

    pub fn is_push(&self) -> bool {
        self.bytes.starts_with(b"POST /api/v1/sync_push ")
    }
}

#[derive(Debug)]
struct Inner {
    /// Those that answer, by turns.
    offices: VecDeque<SocketAddr>,
    next: VecDeque<(&'static str, Fault)>,
    always: Fault,
    passed: Vec<Passed>,
}

/// The proxy. It ends with the runtime of its test.
#[derive(Clone, Debug)]
pub struct Proxy {
    pub address: SocketAddr,
    inner: Arc<Mutex<Inner>>,
    /// How many requests have come.
    came: Arc<watch::Sender<usize>>,
    /// How many of them are over.
    over: Arc<watch::Sender<usize>>,
    /// Whether what is held may go on.
    released: Arc<watch::Sender<bool>>,
}

impl Proxy {
    pub async fn before(office: SocketAddr) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let inner = Inner { offices: [office].into(), next: VecDeque::new(), always: Fault::Pass, passed: Vec::new() };
        let (came, over) = (Arc::new(watch::Sender::new(0)), Arc::new(watch::Sender::new(0)));
        let released = Arc::new(watch::Sender::new(false));
        let proxy = Self { address, inner: Arc::new(Mutex::new(inner)), came, over, released };
        let serving = proxy.clone();
        tokio::spawn(async move {
            while let Ok((phone, _)) = listener.accept().await {
                let proxy = serving.clone();
                // Lines that break are its business.
                tokio::spawn(async move { proxy.carry(phone).await });
            }
        });
        proxy
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().expect("not poisoned")
    }

    /// What happens to the next request of a path that nothing is planned for yet.
    pub fn next(&self, path: &'static str, fault: Fault) {
        self.inner().next.push_back((path, fault));
    }

    /// What happens to every request that nothing else is planned for.
    pub fn always(&self, fault: Fault) {
        self.inner().always = fault;
    }

    /// The office has moved.
    pub fn point_at(&self, office: SocketAddr) {
        self.inner().offices = [office].into();
    }

    /// Several answer, by turns; one that nobody listens at is passed over, as every proxy does.
    pub fn spread(&self, offices: [SocketAddr; 2]) {
        self.inner().offices = offices.into();
    }

    /// Whose turn it is.
    async fn office(&self) -> SocketAddr {
        let offices = {
            let mut inner = self.inner();
            inner.offices.rotate_left(1);
            inner.offices.clone()
        };
        if offices.len() > 1 {
            for office in &offices {
                if TcpStream::connect(office).await.is_ok() {
                    return *office;
                }
            }
        }
        offices[0]
    }

    /// Lets everything go on that is held, now or later.
    pub fn release(&self) {
        self.released.send_replace(true);
    }

    /// Waits until so many requests have come, in all.
    pub async fn came(&self, count: usize) {
        self.came.subscribe().wait_for(|came| *came >= count).await.expect("the proxy lives");
    }

    /// Waits until so many requests are over, in all.
    pub async fn over(&self, count: usize) {
        self.over.subscribe().wait_for(|over| *over >= count).await.expect("the proxy lives");
    }

    /// How many requests have come so far.
    pub fn count(&self) -> usize {
        *self.came.borrow()
    }

    /// Every request that the office has heard or that was forged, in the order of their ends.
    pub fn passed(&self) -> Vec<Passed> {
        self.inner().passed.clone()
    }

    /// The pushes among them.
    pub fn pushes(&self) -> Vec<Passed> {
        self.passed().into_iter().filter(Passed::is_push).collect()
    }

    /// Sends a request once more, as it was, and returns the office's answer.
    pub async fn repeat(&self, request: &[u8]) -> Vec<u8> {
        let office = self.office().await;
        exchange(office, request).await.expect("the office answers")
    }

    async fn carry(&self, mut phone: TcpStream) -> std::io::Result<()> {
        let request = read_message(&mut phone).await?;
        let office = self.office().await;
        let fault = {
            let mut inner = self.inner();
            let text = String::from_utf8_lossy(&request[..request.len().min(80)]).into_owned();
            let planned = inner.next.iter().position(|(path, _)| text.contains(path));
            let fault = planned.and_then(|at| inner.next.remove(at)).map(|(_, fault)| fault);
            fault.unwrap_or_else(|| inner.always.clone())
        };
        self.came.send_modify(|came| *came += 1);
        let mut answers = Vec::new();
        let heard = self.suffer(fault, office, &request, &mut phone, &mut answers).await;
        self.inner().passed.push(Passed { bytes: request, answers });
        self.over.send_modify(|over| *over += 1);
        heard
    }

    /// Does to a request what was planned.
    async fn suffer(
        &self,
        fault: Fault,
        office: SocketAddr,
        request: &[u8],
        phone: &mut TcpStream,
        answers: &mut Vec<Vec<u8>>,
    ) -> std::io::Result<()> {
        match fault {
            Fault::CutRequest(hundredths) => {
                let mut line = TcpStream::connect(office).await?;
                line.write_all(&request[..request.len() * hundredths / 100]).await
            }
            Fault::CutBeforeBody => {
                let mut line = TcpStream::connect(office).await?;
                line.write_all(&request[..head_length(request).unwrap_or(0)]).await
            }
            Fault::Forge(answer) => phone.write_all(answer.as_bytes()).await,
            Fault::AtMost(most, answer) if request.len() - head_length(request).unwrap_or(0) > most => {
                phone.write_all(answer.as_bytes()).await
            }
            Fault::Stall => {
                // Until the phone goes away.
                phone.read(&mut [0]).await.map(drop)
            }
            Fault::Slow(bytes) => {
                pace(request.len(), bytes).await;
                answers.push(exchange(office, request).await?);
                write_paced(phone, &answers[0], bytes).await
            }
            Fault::TwiceAtOnce => {
                let (one, other) = tokio::join!(exchange(office, request), exchange(office, request));
                answers.extend([one?, other?]);
                phone.write_all(&answers[1]).await
            }
            fault => {
                if matches!(fault, Fault::Hold) {
                    let _ = self.released.subscribe().wait_for(|released| *released).await;
                }
                if matches!(fault, Fault::Twice) {
                    answers.push(exchange(office, request).await?);
                }
                let answer = exchange(office, request).await?;
                answers.push(answer.clone());
                match fault {
                    Fault::CutAnswer(hundredths) => phone.write_all(&answer[..answer.len() * hundredths / 100]).await,
                    Fault::ForgeAfterAnswer(forged) => phone.write_all(forged.as_bytes()).await,
                    _ => phone.write_all(&answer).await,
                }
            }
        }
    }
}

/// As long as so many bytes take. A line that is this slow is itself what is tested.
async fn pace(length: usize, bytes: usize) {
    let hundredths = u64::try_from(length / bytes.max(1)).unwrap_or(u64::MAX);
    sleep_until(
        Instant::now() + Duration::from_millis(10).saturating_mul(u32::try_from(hundredths).unwrap_or(u32::MAX)),
    )
    .await;
}

async fn write_paced(phone: &mut TcpStream, answer: &[u8], bytes: usize) -> std::io::Result<()> {
    for piece in answer.chunks(bytes) {
        pace(piece.len(), bytes).await;
        phone.write_all(piece).await?;
    }
    Ok(())
}

/// One request to the office and its whole answer, on a line of its own.
async fn exchange(office: SocketAddr, request: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut line = TcpStream::connect(office).await?;
    line.write_all(request).await?;
    read_message(&mut line).await
}

/// One whole message of HTTP/1.1. Both sides announce lengths or close the line.
async fn read_message(line: &mut TcpStream) -> std::io::Result<Vec<u8>> {
    let mut message = Vec::new();
    loop {
        if let Some(head) = head_length(&message) {
            let body = message.len() - head;
            if announced(&message[..head]).is_some_and(|length| body >= length) {
                return Ok(message);
            }
        }
        if line.read_buf(&mut message).await? == 0 {
            let whole = head_length(&message).is_some_and(|head| announced(&message[..head]).is_none());
            return if whole { Ok(message) } else { Err(std::io::ErrorKind::UnexpectedEof.into()) };
        }
    }
}

fn head_length(message: &[u8]) -> Option<usize> {
    message.windows(4).position(|window| window == b"\r\n\r\n").map(|at| at + 4)
}

fn announced(head: &[u8]) -> Option<usize> {
    let head = String::from_utf8_lossy(head).to_ascii_lowercase();
    head.lines().find_map(|line| line.strip_prefix("content-length:")?.trim().parse().ok())
}

/// An answer that is not the office's.
pub fn forged(status: &str, kind: &str, body: &str) -> String {
    let length = body.len();
    format!("HTTP/1.1 {status}\r\ncontent-type: {kind}\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{body}")
}
