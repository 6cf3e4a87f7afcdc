//! What becomes of messages.

use std::rc::Rc;

use app::{
    domain::ids::OpId,
    sync::{
        engine::WireFault,
        hash::BodyHash,
        messages::{OpResult, PushRequest, Refusal, Verdict},
    },
};
use serde_json::value::{RawValue, to_raw_value};

use super::{
    super::{
        history::Fate,
        net::{Flight, Message, Reply},
        office::Office,
    },
    POISON, World,
};

impl<O: Office> World<'_, O> {
    /// A message meets its fate.
    pub(super) fn meet(&mut self, flight: Flight, fate: Fate) {
        if let Message::Push(request) = &flight.message
            && let Some(answer) = self.office.imagined(request, fate)
        {
            *flight.slot.borrow_mut() = Some(Ok(Reply::Push(answer)));
            return;
        }
        let fault = |world: &Self, fault| world.net.answer(&flight, Err(fault));
        match fate {
            Fate::Lost => fault(self, WireFault::Unreachable),
            Fate::Late => {
                fault(self, WireFault::Unreachable);
                let late = Flight { held: true, slot: Rc::default(), ..flight };
                self.net.flights.borrow_mut().push(late);
            }
            Fate::AnswerLost => {
                let _ = self.deliver(&flight, false);
                fault(self, WireFault::Unreachable);
            }
            Fate::Held => self.net.flights.borrow_mut().push(Flight { held: true, ..flight }),
            Fate::Portal => fault(self, WireFault::Portal),
            Fate::TooLarge => fault(self, WireFault::TooLarge),
            Fate::SignedOut => fault(self, WireFault::SignedOut),
            Fate::OfficeDies => {
                let answer = self.deliver(&flight, true);
                self.net.answer(&flight, answer);
            }
            Fate::Doubled => {
                let _ = self.deliver(&flight, false);
                let answer = self.deliver(&flight, false);
                self.net.answer(&flight, answer);
            }
            Fate::Again => {
                let answer = self.deliver(&flight, false);
                self.net.answer(&flight, answer);
                let again = Flight { held: true, slot: Rc::default(), ..flight };
                self.net.flights.borrow_mut().push(again);
            }
            Fate::Damaged(which) => {
                let message = damaged(&flight.message, which);
                let answer = self.deliver(&Flight { message, ..flight.clone() }, false);
                self.net.answer(&flight, answer);
            }
            Fate::Deferred(which) => {
                let answer = self.deferred(&flight, which);
                self.net.answer(&flight, answer);
            }
            Fate::Arrives | Fate::Stranger | Fate::LineLost(_) | Fate::HashDiffers(_) => {
                let answer = self.deliver(&flight, false).map(|answer| altered(answer, fate));
                self.net.answer(&flight, answer);
            }
        }
    }

    fn deliver(&mut self, flight: &Flight, dies: bool) -> Result<Reply, WireFault> {
        let session = flight.session;
        let answer = match &flight.message {
            Message::Push(request) if request.ops.iter().any(|op| is_poison(op)) => Err(WireFault::TooLarge),
            Message::Push(request) => self.office.push(session, &through_json(request), dies).map(Reply::Push),
            Message::Pull(request) => self.office.pull(session, &through_json(request)).map(Reply::Pull),
            Message::Escrow(request) => self.office.escrow(session, &through_json(request)).map(Reply::Escrow),
        };
        self.archive();
        answer
    }

    /// The office puts one operation off: it takes the others, and says so.
    fn deferred(&mut self, flight: &Flight, which: u8) -> Result<Reply, WireFault> {
        let Message::Push(request) = &flight.message else { return self.deliver(flight, false) };
        let at = usize::from(which) % request.ops.len();
        let mut request = request.clone();
        let put_off: serde_json::Value = serde_json::from_str(request.ops.remove(at).get()).expect("our own operation");
        let op: Option<OpId> = put_off["op"].as_str().and_then(|text| text.parse().ok());
        let answer = self.deliver(&Flight { message: Message::Push(request), ..flight.clone() }, false)?;
        Ok(match answer {
            Reply::Push(mut answer) => {
                answer.results.push(OpResult { op, verdict: Verdict::deferred(Refusal::TryAgain) });
                Reply::Push(answer)
            }
            other => other,
        })
    }

    pub(super) fn release(&mut self, which: u8) {
        let held: Vec<usize> = {
            let flights = self.net.flights.borrow();
            (0..flights.len()).filter(|at| flights[*at].held).collect()
        };
        if held.is_empty() {
            return;
        }
        let flight = self.net.flights.borrow_mut().remove(held[usize::from(which) % held.len()]);
        self.meet(flight, Fate::Arrives);
    }
}

/// A message as the other side reads it.
fn through_json<T: serde::Serialize + serde::de::DeserializeOwned>(message: &T) -> T {
    serde_json::from_str(&serde_json::to_string(message).expect("JSON")).expect("our own message")
}

/// What was acknowledged once can be read.
fn is_poison(op: &RawValue) -> bool {
    op.get().contains(POISON) && !op.get().contains("\"refill\":true")
}

fn altered(answer: Reply, fate: Fate) -> Reply {
    match (answer, fate) {
        (Reply::Push(mut answer), Fate::LineLost(which)) if !answer.results.is_empty() => {
            let at = usize::from(which) % answer.results.len();
            answer.results.remove(at);
            Reply::Push(answer)
        }
        (Reply::Push(mut answer), Fate::HashDiffers(which)) if !answer.results.is_empty() => {
            let at = usize::from(which) % answer.results.len();
            if let Verdict::Applied { hash, .. } | Verdict::Duplicate { hash, .. } = &mut answer.results[at].verdict {
                *hash = BodyHash::of("something else");
            }
            Reply::Push(answer)
        }
        (Reply::Push(mut answer), Fate::Stranger) => {
            answer.sync = 0;
            Reply::Push(answer)
        }
        (Reply::Pull(mut answer), Fate::Stranger) => {
            answer.sync = 0;
            Reply::Pull(answer)
        }
        (Reply::Escrow(mut answer), Fate::Stranger) => {
            answer.sync = 0;
            Reply::Escrow(answer)
        }
        (answer, _) => answer,
    }
}

/// The message with one body that is not what was sent.
fn damaged(message: &Message, which: u8) -> Message {
    let Message::Push(request) = message else { return message.clone() };
    let at = usize::from(which) % request.ops.len();
    let mut request: PushRequest = request.clone();
    let mut op: serde_json::Value = serde_json::from_str(request.ops[at].get()).expect("our own operation");
    if op["body"].is_object() {
        op["body"]["x_a"] = "damaged".into();
        request.ops[at] = to_raw_value(&op).expect("JSON");
    }
    Message::Push(request)
}
