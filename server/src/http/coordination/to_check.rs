//! « À vérifier », and what can be decided there. After a decision one is sent back to the list, which says what was done.

use app::{
    api::to_check::{Notice, ToCheck, WORDS_LENGTH},
    coordination::{
        address::TO_CHECK,
        to_decide::{Act, Decision},
    },
    domain::{
        coded::Code,
        correction::{self, Field},
        fault::Fault,
        ids::{OpId, PromeneurId},
        person::Me,
        record::Body,
    },
    shells,
};
use axum::{
    Form,
    extract::{
        Path, Query, State,
        rejection::{FormRejection, QueryRejection},
    },
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use serde::Deserialize;

use super::{AppState, Caller, answer, html};
use crate::{
    db::failed,
    decisions,
    held::Parts,
    waiting::{self, Days, Opened},
};

/// What the page may be told by its address.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Asked {
    #[serde(default)]
    fait: String,
}

/// `GET /coordination/a-verifier`.
pub(super) async fn page(
    State(state): State<AppState>,
    Caller(me): Caller,
    asked: Result<Query<Asked>, QueryRejection>,
) -> Response {
    let notice = asked.ok().and_then(|Query(asked)| Notice::from_code(&asked.fait));
    answer(&state, async {
        // What settles itself when the page is looked at is nobody's act.
        let mut tx = state.db.of(me.scheme).await.map_err(failed)?;
        let days = Days::of(&mut tx).await.map_err(failed)?;
        let (groups, more) = waiting::groups(&mut tx, &days).await.map_err(failed)?;
        tx.commit().await.map_err(failed)?;
        Ok(html(shells::desk::to_check(state.desk_of(&me), ToCheck { today: days.today, groups, more, notice })))
    })
    .await
}

/// Back to the list, which says what was done.
fn back(notice: Notice) -> Response {
    Redirect::to(&format!("{TO_CHECK}?fait={}", notice.code())).into_response()
}

/// Whether to stand over what the server holds.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Accept {
    #[serde(default)]
    par_dessus: String,
}

/// `POST …/accepter`.
pub(super) async fn accept(
    State(state): State<AppState>,
    Caller(me): Caller,
    Path(op): Path<OpId>,
    form: Result<Form<Accept>, FormRejection>,
) -> Response {
    let over = form.is_ok_and(|Form(form)| form.par_dessus == "1");
    answer(&state, async { Ok(back(Box::pin(decisions::accept(&state.desk, &me, op, over)).await?)) }).await
}

/// Whose.
#[derive(Debug, Deserialize)]
pub(super) struct AcceptAll {
    promeneur: PromeneurId,
}

/// `POST …/tout-accepter`.
pub(super) async fn accept_all(
    State(state): State<AppState>,
    Caller(me): Caller,
    Form(form): Form<AcceptAll>,
) -> Response {
    answer(&state, async { Ok(back(Box::pin(decisions::accept_all(&state.desk, &me, form.promeneur)).await?)) }).await
}

/// What was typed, and what is wrong with it.
#[derive(Default)]
struct Typed {
    pairs: Vec<(String, String)>,
    faults: Vec<Fault>,
    fault: Option<Notice>,
}

impl Typed {
    fn get(&self, name: &str) -> Option<&str> {
        self.pairs.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }
}

/// The page of a decision.
fn decision(state: &AppState, me: &Me, act: Act, opened: &Opened, typed: Typed) -> Response {
    let draft = opened.waiting.draft.as_ref().filter(|_| act == Act::Correct);
    let fields = draft.map_or_else(Vec::new, |draft| {
        let fields = correction::fields(draft, &opened.waiting.faults).into_iter();
        let shown =
            |field: &Field| typed.get(field.name).map_or_else(|| correction::value_of(draft, field), str::to_owned);
        fields.map(|field| (field, shown(&field))).collect()
    });
    let status =
        if typed.fault.is_some() || !typed.faults.is_empty() { StatusCode::BAD_REQUEST } else { StatusCode::OK };
    let wrong = (!typed.faults.is_empty()).then_some(Notice::Refused);
    let fault = typed.fault.or(wrong).map(Code::label);
    let words = typed.get("mots").unwrap_or_default().to_owned();
    // As long as nothing was typed, what is wrong is what was wrong when it came.
    let faults = if typed.pairs.is_empty() { opened.waiting.faults.clone() } else { typed.faults };
    let (today, name, waiting) = (opened.today, opened.author.name.clone(), opened.waiting.clone());
    let decision = Decision { act, today, name, waiting, fields, words, fault, faults };
    (status, html(shells::desk::decide(state.desk_of(me), decision))).into_response()
}

async fn decision_page(state: AppState, me: Me, op: OpId, act: Act) -> Response {
    answer(&state, async {
        Ok(match Box::pin(decisions::open(&state.desk, &me, op)).await? {
            Some(opened) => decision(&state, &me, act, &opened, Typed::default()),
            None => back(Notice::Gone),
        })
    })
    .await
}

/// `GET …/corriger`.
pub(super) async fn correct_page(State(state): State<AppState>, Caller(me): Caller, Path(op): Path<OpId>) -> Response {
    decision_page(state, me, op, Act::Correct).await
}

/// `GET …/demander`.
pub(super) async fn ask_page(State(state): State<AppState>, Caller(me): Caller, Path(op): Path<OpId>) -> Response {
    decision_page(state, me, op, Act::Ask).await
}

/// `GET …/ecarter`.
pub(super) async fn drop_page(State(state): State<AppState>, Caller(me): Caller, Path(op): Path<OpId>) -> Response {
    decision_page(state, me, op, Act::Drop).await
}

/// The words of a decision: some, and not too many.
fn words(typed: &Typed) -> Option<String> {
    let text = typed.get("mots")?.replace("\r\n", "\n").trim().to_owned();
    let fits = !text.is_empty() && text.chars().count() <= WORDS_LENGTH;
    let readable = !text.chars().any(|c| c.is_control() && c != '\n');
    (fits && readable).then_some(text)
}

async fn decide(state: AppState, me: Me, op: OpId, act: Act, pairs: Vec<(String, String)>) -> Response {
    answer(&state, async {
        let Some(opened) = Box::pin(decisions::open(&state.desk, &me, op)).await? else {
            return Ok(back(Notice::Gone));
        };
        let mut typed = Typed { pairs, ..Typed::default() };
        let Some(words) = words(&typed) else {
            typed.fault = Some(Notice::Words);
            return Ok(decision(&state, &me, act, &opened, typed));
        };
        let notice = match act {
            Act::Ask => Box::pin(decisions::ask(&state.desk, &me, &opened, &words)).await?,
            Act::Drop => Box::pin(decisions::set_aside(&state.desk, &me, &opened, &words)).await?,
            Act::Correct => match corrected(&opened, &typed) {
                Ok(body) => Box::pin(decisions::correct(&state.desk, &me, &opened, body, &words)).await?,
                Err(faults) if faults.is_empty() => Notice::Unfit,
                Err(faults) => {
                    typed.faults = faults;
                    return Ok(decision(&state, &me, act, &opened, typed));
                }
            },
        };
        Ok(back(notice))
    })
    .await
}

/// The body with what was typed, when it keeps every rule; its faults otherwise, none where it cannot be corrected.
fn corrected(opened: &Opened, typed: &Typed) -> Result<String, Vec<Fault>> {
    let body = Parts::of(&opened.held.raw).body;
    let (Some(body), Some(draft), true) = (body, &opened.waiting.draft, opened.waiting.may_correct()) else {
        return Err(Vec::new());
    };
    let fields = correction::fields(draft, &opened.waiting.faults);
    let text = correction::apply(&body, draft, &fields, &|name| typed.get(name).map(str::to_owned))?;
    Body::from_json(&text)?.parse(opened.today)?;
    Ok(text)
}

type Pairs = Form<Vec<(String, String)>>;

/// `POST …/corriger`.
pub(super) async fn correct(
    State(state): State<AppState>,
    Caller(me): Caller,
    Path(op): Path<OpId>,
    Form(pairs): Pairs,
) -> Response {
    decide(state, me, op, Act::Correct, pairs).await
}

/// `POST …/demander`.
pub(super) async fn ask(
    State(state): State<AppState>,
    Caller(me): Caller,
    Path(op): Path<OpId>,
    Form(pairs): Pairs,
) -> Response {
    decide(state, me, op, Act::Ask, pairs).await
}

/// `POST …/ecarter`.
pub(super) async fn set_aside(
    State(state): State<AppState>,
    Caller(me): Caller,
    Path(op): Path<OpId>,
    Form(pairs): Pairs,
) -> Response {
    decide(state, me, op, Act::Drop, pairs).await
}
