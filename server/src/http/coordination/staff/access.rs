//! Who may sign in: invitations, and closing an access.

use app::{
    api::error::{AppError, ErrorCode},
    coordination::{
        address::STAFF,
        staff::{
            Done, Filled,
            access::{FreshInvitation, INVITED, MailForm},
        },
    },
    domain::{
        coded::Code,
        ids::{AccountId, InvitationId, PromeneurId},
        person::{Me, Role},
        staff::{Faults, NAME_LENGTH, StaffFault, name},
        typed::text,
    },
    shells,
};
use axum::{
    Form,
    extract::{Path, State},
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Redirect, Response},
};

use super::{
    super::{AppState, Caller, Sent, answer, html, malformed},
    Asked, Forms, back,
    promeneur::page_of,
    shown, structure_of,
};
use crate::{
    auth::token::Token,
    clock::day_in,
    db::{
        Tx, failed,
        invitations::{self, Invitee, Linked},
        mail_outbox,
        people::{self, Place},
        staff,
    },
    http::invitation::{link_of, outline_of},
    mail::is_address,
    waiting::Days,
};

/// Makes an invitation and shows its link, which is never shown again.
async fn invite(
    state: &AppState,
    headers: &HeaderMap,
    me: &Me,
    mut tx: Tx,
    name: &str,
    invitee: Invitee,
) -> Result<Response, AppError> {
    let token = Token::fresh().map_err(|_| AppError::new(ErrorCode::Internal))?;
    let zone = people::scheme(&mut tx).await.map_err(failed)?.time_zone;
    // The operator may have given a longer one.
    let name: String = name.chars().take(NAME_LENGTH).collect();
    let made = invitations::create(&mut tx, me, &name, invitee, &token.hash()).await.map_err(failed)?;
    tx.commit().await.map_err(failed)?;
    tracing::info!(by = %me.account, role = invitee.role().code(), "invitation made");
    let linked = Linked { name, role: invitee.role().into(), is_recovery: invitee.is_recovery(), until: made.until };
    linked_page(state, me, made.id, linked, &zone, &link_of(state, headers, &token), MailForm::default())
}

/// The page of an invitation whose link is known.
fn linked_page(
    state: &AppState,
    me: &Me,
    id: InvitationId,
    linked: Linked,
    zone: &str,
    link: &str,
    mail: MailForm,
) -> Result<Response, AppError> {
    let (outline, cells) = outline_of(link).ok_or(ErrorCode::Internal)?;
    let is_refused = mail.fault.is_some();
    let invitation = FreshInvitation {
        id,
        name: linked.name,
        role: linked.role,
        is_recovery: linked.is_recovery,
        link: link.to_owned(),
        outline,
        cells,
        until: day_in(zone, linked.until),
        mail: state.mailer.is_some().then_some(mail),
    };
    let page = html(shells::desk::invitation(state.desk_of(me), invitation));
    let status = if is_refused { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    Ok((status, page).into_response())
}

/// `POST /coordination/equipe/invitations/{id}/envoyer`: the link goes by e-mail, to whom it is shown still.
pub(in super::super) async fn mail(
    State(state): State<AppState>,
    Caller(me): Caller,
    Path(id): Path<InvitationId>,
    headers: HeaderMap,
    form: Sent,
) -> Response {
    answer(&state, async {
        let post = state.mailer.as_ref().ok_or(ErrorCode::NotFound)?;
        let Form(typed) = form.map_err(malformed)?;
        let token = text(&typed, "lien").rsplit('/').next().and_then(Token::parse).ok_or(ErrorCode::NotFound)?;
        let mut tx = state.db.by(&me).await.map_err(failed)?;
        let zone = people::scheme(&mut tx).await.map_err(failed)?.time_zone;
        let linked = invitations::of_link(&mut tx, id, &token.hash()).await.map_err(failed)?;
        let linked = linked.ok_or(ErrorCode::NotFound)?;
        // Of ours, whatever the form said it was.
        let link = link_of(&state, &headers, &token);
        let address = text(&typed, "adresse").to_owned();
        let fault = if !is_address(&address) {
            Some(StaffFault::Mail)
        } else if mail_outbox::put(&mut tx, &me, id, &address, &link).await.map_err(failed)? {
            None
        } else {
            Some(StaffFault::Mails)
        };
        let mailed = mail_outbox::standing(&mut tx, id).await.map_err(failed)?;
        tx.commit().await.map_err(failed)?;
        if fault.is_none() {
            tracing::info!(by = %me.account, invitation = %id, "an invitation goes by e-mail");
            post.wake();
        }
        let address = if fault.is_some() { address } else { String::new() };
        linked_page(&state, &me, id, linked, &zone, &link, MailForm { address, fault, mailed })
    })
    .await
}

/// `POST /coordination/equipe/promeneurs/{id}/inviter`.
pub(in super::super) async fn invite_promeneur(
    State(state): State<AppState>,
    Caller(me): Caller,
    Path(id): Path<PromeneurId>,
    headers: HeaderMap,
) -> Response {
    answer(&state, async {
        let mut tx = state.db.by(&me).await.map_err(failed)?;
        staff::hold(&mut tx).await.map_err(failed)?;
        let today = Days::of(&mut tx).await.map_err(failed)?.today;
        let person = staff::person(&mut tx, id, today).await.map_err(failed)?.ok_or(ErrorCode::NotFound)?;
        if !staff::accesses(&mut tx, Some(id), None).await.map_err(failed)?.is_empty() {
            tx.rollback().await.map_err(failed)?;
            return Ok(Redirect::to(&page_of(id)).into_response());
        }
        let invitee = Invitee::Newcomer(Place::Promeneur(id));
        invite(&state, &headers, &me, tx, &person.name, invitee).await
    })
    .await
}

/// `POST /coordination/equipe/invitations`.
pub(in super::super) async fn invite_other(
    State(state): State<AppState>,
    Caller(me): Caller,
    headers: HeaderMap,
    form: Sent,
) -> Response {
    answer(&state, async {
        let Form(typed) = form.map_err(malformed)?;
        let mut tx = state.db.by(&me).await.map_err(failed)?;
        staff::hold(&mut tx).await.map_err(failed)?;
        let role = Role::from_code(text(&typed, "role")).filter(|role| INVITED.contains(role));
        let person = name(&typed, "personne");
        let mut faults = if role.is_none() { vec![("role", StaffFault::Role)] } else { Faults::new() };
        if person.is_none() {
            faults.push(("personne", StaffFault::Name));
        }
        let place = match role {
            Some(Role::StructureManager) => {
                structure_of(&mut tx, &typed, "direction").await?.map(Place::StructureManager)
            }
            Some(Role::Caf) => Some(Place::Caf),
            Some(Role::Committee) => Some(Place::Committee),
            _ => Some(Place::Coordinator),
        };
        if place.is_none() {
            faults.push(("direction", StaffFault::Structure));
        }
        match (role, person, place) {
            (Some(_), Some(person), Some(place)) if faults.is_empty() => {
                invite(&state, &headers, &me, tx, &person, Invitee::Newcomer(place)).await
            }
            _ => {
                tx.rollback().await.map_err(failed)?;
                let forms = Forms { invitation: Filled { typed, faults }, ..Forms::default() };
                shown(&state, &me, Asked::default(), forms).await
            }
        }
    })
    .await
}

/// `POST /coordination/equipe/invitations/{id}/retirer`.
pub(in super::super) async fn revoke_invitation(
    State(state): State<AppState>,
    Caller(me): Caller,
    Path(id): Path<InvitationId>,
) -> Response {
    answer(&state, async {
        let mut tx = state.db.by(&me).await.map_err(failed)?;
        invitations::revoke(&mut tx, id).await.map_err(failed)?;
        tx.commit().await.map_err(failed)?;
        tracing::info!(by = %me.account, invitation = %id, "invitation taken back");
        Ok(back(STAFF, Done::Revoked))
    })
    .await
}

/// `POST /coordination/equipe/acces/{account}/lien`.
pub(in super::super) async fn recover(
    State(state): State<AppState>,
    Caller(me): Caller,
    Path(account): Path<AccountId>,
    headers: HeaderMap,
) -> Response {
    answer(&state, async {
        let mut tx = state.db.by(&me).await.map_err(failed)?;
        staff::hold(&mut tx).await.map_err(failed)?;
        let access = staff::accesses(&mut tx, None, Some(account)).await.map_err(failed)?.pop();
        let access = access.filter(|access| access.closed_on.is_none()).ok_or(ErrorCode::NotFound)?;
        let role = access.role.known().ok_or(ErrorCode::NotFound)?;
        invite(&state, &headers, &me, tx, &access.name, Invitee::Holder(account, role)).await
    })
    .await
}

async fn set_closed(state: AppState, me: Me, account: AccountId, is_closed: bool) -> Response {
    answer(&state, async {
        // Whoever shuts themselves out has nobody to open again.
        if account == me.account {
            return Err(ErrorCode::Forbidden.into());
        }
        let mut tx = state.db.by(&me).await.map_err(failed)?;
        staff::hold(&mut tx).await.map_err(failed)?;
        if !staff::set_closed(&mut tx, account, is_closed).await.map_err(failed)? {
            return Err(ErrorCode::NotFound.into());
        }
        let promeneur = staff::promeneur_of(&mut tx, account).await.map_err(failed)?;
        tx.commit().await.map_err(failed)?;
        tracing::info!(by = %me.account, %account, is_closed, "access closed or opened");
        let done = if is_closed { Done::Closed } else { Done::Reopened };
        Ok(back(&promeneur.map_or_else(|| STAFF.to_owned(), page_of), done))
    })
    .await
}

/// `POST /coordination/equipe/acces/{account}/fermer`.
pub(in super::super) async fn close(
    State(state): State<AppState>,
    Caller(me): Caller,
    Path(account): Path<AccountId>,
) -> Response {
    set_closed(state, me, account, true).await
}

/// `POST /coordination/equipe/acces/{account}/rouvrir`.
pub(in super::super) async fn reopen(
    State(state): State<AppState>,
    Caller(me): Caller,
    Path(account): Path<AccountId>,
) -> Response {
    set_closed(state, me, account, false).await
}
