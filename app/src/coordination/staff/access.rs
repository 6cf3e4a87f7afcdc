//! Who may sign in: invitations by a link that opens once, and closing an access.

use chrono::NaiveDate;
use leptos::prelude::*;

use super::Filled;
use crate::{
    coordination::{
        address::STAFF,
        form::{Line, choice},
        notice::NoticeBox,
    },
    domain::{
        coded::{Code, Coded},
        fr,
        ids::{AccountId, InvitationId},
        person::Role,
        staff::StaffFault,
    },
    ui::fault::Refused,
};

/// Somebody who may sign in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Access {
    /// The account.
    pub account: AccountId,
    /// What to call them.
    pub name: String,
    /// As what.
    pub role: Coded<Role>,
    /// The structure they direct.
    pub structure: Option<String>,
    /// What they sign in with.
    pub login: String,
    /// The day on which it was closed.
    pub closed_on: Option<NaiveDate>,
}

impl Access {
    /// Whether it opens, and with what, in a line.
    pub(super) fn state(&self) -> String {
        match self.closed_on {
            Some(day) => format!("accès fermé le {}", fr::date(day)),
            None => format!("identifiant {}", self.login),
        }
    }
}

/// An invitation that is open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invited {
    /// Its id.
    pub id: InvitationId,
    /// Who.
    pub name: String,
    /// As what.
    pub role: Coded<Role>,
    /// Whether it is for somebody who has an access already, and has lost their passphrase.
    pub is_recovery: bool,
    /// The last day of the link.
    pub until: NaiveDate,
    /// How its last e-mail stands, where it was to go by one.
    pub mailed: Option<Mailed>,
}

/// An e-mail that was to carry a link.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mailed {
    address: String,
    how: Delivery,
}

/// How an e-mail stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Delivery {
    Waiting,
    Sent,
    Refused,
}

impl Mailed {
    /// How one to an address stands: it went, or what kept it from going.
    pub fn new(address: String, is_sent: bool, fault: Option<&str>) -> Self {
        let how = match fault {
            _ if is_sent => Delivery::Sent,
            None | Some("unreachable") => Delivery::Waiting,
            Some(_) => Delivery::Refused,
        };
        Self { address, how }
    }

    /// In words.
    fn words(&self) -> String {
        let Self { address, how } = self;
        match how {
            Delivery::Waiting => {
                format!("E-mail à {address}\u{202f}: il part dès que le serveur de messagerie répond.")
            }
            Delivery::Sent => format!("E-mail parti à {address}."),
            Delivery::Refused => {
                format!("E-mail refusé pour {address}\u{202f}: vérifiez l’adresse, puis faites un nouveau lien.")
            }
        }
    }
}

/// Who may sign in, promeneurs apart.
#[derive(Clone, Debug)]
pub struct AccessList {
    /// Those who may.
    pub open: Vec<Access>,
    /// Invitations that are open, promeneurs' too.
    pub invited: Vec<Invited>,
    /// Who looks: nobody closes their own access.
    pub me: AccountId,
}

/// The roles that are given by an invitation of their own; a promeneur's is given on their page.
pub const INVITED: [Role; 4] = [Role::Coordinator, Role::StructureManager, Role::Caf, Role::Committee];

/// The part of the page about who may sign in.
#[component]
pub fn AccessSection(
    /// Who.
    list: AccessList,
    /// The structures to choose from.
    choices: Vec<(String, String)>,
    /// The form of an invitation.
    filled: Filled,
) -> impl IntoView {
    let AccessList { open, invited, me } = list;
    let open = open.iter().map(|it| access_item(it, me == it.account)).collect_view();
    let waiting = (!invited.is_empty()).then(|| {
        let items = invited.iter().map(invited_item).collect_view();
        view! {
            <section aria-labelledby="invitations">
                <h2 id="invitations">"Invitations en attente"</h2>
                <ul class="phones accounts">{items}</ul>
            </section>
        }
    });
    let roles = INVITED.iter().map(|role| (role.code().to_owned(), role.label().to_owned())).collect();
    view! {
        <section aria-labelledby="acces">
            <h2 id="acces">"Autres accès"</h2>
            <p class="quiet">"La coordination, les directions de structure, la Caf et les comités. Chacun·e ne lit que ce que sa fonction permet."</p>
            <ul class="phones accounts">{open}</ul>
        </section>
        {waiting}
        <section class="form decision" aria-labelledby="inviter">
            <h2 id="inviter">"Inviter quelqu’un d’autre"</h2>
            <form class="form" method="post" action=format!("{STAFF}/invitations#inviter") aria-labelledby="inviter">
                {named_line(&filled)}
                {choice("role", "Fonction", roles, &filled.value("role"), true, filled.fault("role"))}
                {choice("direction", "Structure, pour qui en dirige une", choices, &filled.value("direction"), false, filled.fault("direction"))}
                <p><button class="btn btn-primary">"Créer l’invitation"</button></p>
            </form>
        </section>
    }
    .into_any()
}

fn named_line(filled: &Filled) -> AnyView {
    use crate::domain::staff::NAME_LENGTH;
    Line {
        is_asked: true,
        length: Some(NAME_LENGTH),
        value: filled.value("personne"),
        fault: filled.fault("personne"),
        ..Line::new("personne", "Son nom", "text")
    }
    .view()
}

fn access_item(it: &Access, is_me: bool) -> AnyView {
    let structure = it.structure.as_ref().map(|name| format!(", {name}"));
    let acts = if is_me { view! { <p class="quiet">"Vous"</p> }.into_any() } else { access_acts(it) };
    view! {
        <li>
            <div>
                <p><b>{it.name.clone()}</b></p>
                <p>{it.role.label().to_owned()} {structure}</p>
                <p class="quiet">{fr::capital(&it.state())}</p>
            </div>
            {acts}
        </li>
    }
    .into_any()
}

/// What may be done with an access.
pub(super) fn access_acts(it: &Access) -> AnyView {
    let post = |act: &str, words: &'static str, class: &'static str| {
        let name = format!("{words}, {}", it.name);
        view! {
            <form method="post" action=format!("{STAFF}/acces/{}/{act}", it.account) aria-label=name>
                <button class=class>{words} <span class="sr-only">{format!(", {}", it.name)}</span></button>
            </form>
        }
        .into_any()
    };
    if it.closed_on.is_some() {
        return post("rouvrir", "Rouvrir", "btn btn-quiet btn-small");
    }
    view! {
        <div class="row-actions">
            {post("lien", "Lien de secours", "btn btn-quiet btn-small")}
            {post("fermer", "Fermer", "btn btn-quiet btn-small btn-danger")}
        </div>
    }
    .into_any()
}

fn invited_item(it: &Invited) -> AnyView {
    let words = if it.is_recovery { "lien de secours" } else { "invitation" };
    let name = format!("Retirer, {}", it.name);
    view! {
        <li>
            <div>
                <p><b>{it.name.clone()}</b></p>
                <p>{it.role.label().to_owned()}</p>
                <p class="quiet">{fr::capital(&format!("{words} valable jusqu’au {}", fr::date(it.until)))}</p>
                {it.mailed.as_ref().map(|mailed| view! { <p class="quiet">{mailed.words()}</p> })}
            </div>
            <form method="post" action=format!("{STAFF}/invitations/{}/retirer", it.id) aria-label=name>
                <button class="btn btn-quiet btn-small btn-danger">"Retirer" <span class="sr-only">{format!(", {}", it.name)}</span></button>
            </form>
        </li>
    }
    .into_any()
}

/// An invitation that was just made: its link is shown this once.
#[derive(Clone, Debug)]
pub struct FreshInvitation {
    /// Its id.
    pub id: InvitationId,
    /// For whom.
    pub name: String,
    /// As what.
    pub role: Coded<Role>,
    /// Whether they have an access already.
    pub is_recovery: bool,
    /// The address.
    pub link: String,
    /// The same as a code to be read by a phone: the outline of its dark cells.
    pub outline: String,
    /// How many cells wide that is.
    pub cells: usize,
    /// The last day of the link.
    pub until: NaiveDate,
    /// What became of sending it by e-mail; none where no mail server is named.
    pub mail: Option<MailForm>,
}

/// The form that sends a link by e-mail.
#[derive(Clone, Debug, Default)]
pub struct MailForm {
    /// What was typed.
    pub address: String,
    /// Why it is not taken.
    pub fault: Option<StaffFault>,
    /// How the last one stands.
    pub mailed: Option<Mailed>,
}

/// The page of a fresh invitation.
#[component]
pub fn InvitationPage(
    /// Which.
    invitation: FreshInvitation,
) -> impl IntoView {
    let FreshInvitation { id, name, role, is_recovery, link, outline, cells, until, mail } = invitation;
    let mail = mail.map(|form| mail_form(id, &link, form));
    let title = if is_recovery { format!("Lien de secours pour {name}") } else { format!("Invitation pour {name}") };
    let told = if is_recovery {
        "Il sert une fois, à choisir une nouvelle phrase de passe. L’ancienne ne s’ouvrira plus."
    } else {
        "Il sert une fois, à choisir un identifiant et une phrase de passe."
    };
    // A quiet zone of four cells, without which cameras find nothing.
    let sides = cells + 8;
    view! {
        <div class="report-head">
            <p><a href=STAFF>"Équipe et accès"</a></p>
            <h1>{title}</h1>
            <p class="quiet">{role.label().to_owned()}</p>
            <NoticeBox text="Ce lien n’est montré que maintenant : copiez-le, ou faites lire le code." done=true />
        </div>
        <section class="invite decision" aria-labelledby="lien-titre">
            <h2 id="lien-titre">"Le lien"</h2>
            <p>{format!("{told} Il vaut jusqu’au {}.", fr::date(until))}</p>
            <div class="field">
                <label class="field-label" for="lien">"À copier dans un message"</label>
                <input class="input" id="lien" readonly value=link />
            </div>
            <svg class="qr" role="img" aria-label="Le même lien, en code à lire avec l’appareil photo du téléphone" viewBox=format!("-4 -4 {sides} {sides}") shape-rendering="crispEdges">
                <path d=outline></path>
            </svg>
        </section>
        {mail}
    }
    .into_any()
}

fn mail_form(id: InvitationId, link: &str, form: MailForm) -> AnyView {
    let MailForm { address, fault, mailed } = form;
    let told = mailed.map(|mailed| view! { <p role="status">{mailed.words()}</p> });
    let field = Line {
        is_asked: true,
        length: Some(254),
        value: address,
        fault: fault.map(Refused::of),
        ..Line::new("adresse", "Son adresse", "email")
    };
    view! {
        <section class="form decision" aria-labelledby="mail">
            <h2 id="mail">"Par e-mail"</h2>
            {told}
            <form class="form" method="post" action=format!("{STAFF}/invitations/{id}/envoyer#mail") aria-labelledby="mail">
                <input type="hidden" name="lien" value=link.to_owned() />
                {field.view()}
                <p><button class="btn btn-primary">"Envoyer le lien"</button></p>
            </form>
        </section>
    }
    .into_any()
}
