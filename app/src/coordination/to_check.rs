//! « À vérifier »: what was handed over or refused, each with why it is here, what it says, and what can be done.

use chrono::NaiveDate;
use leptos::prelude::*;

use super::{
    address::{RESCUE, TO_CHECK},
    notice::NoticeBox,
    words,
};
use crate::{
    api::to_check::{Group, Standing, ToCheck, Waiting},
    domain::{coded::Code, correction::label_of, fr, indicators::count_of, record::Draft},
    ui::icon::Icon,
};

/// What a card is called.
pub fn title(waiting: &Waiting, today: NaiveDate) -> String {
    match (&waiting.draft, &waiting.standing) {
        (_, Some(Standing { draft: Some(draft), .. })) if waiting.withdraws => {
            format!("Retirer\u{202f}: {}", words::title(draft, today))
        }
        (_, _) if waiting.withdraws => "Retirer une saisie".to_owned(),
        (Some(draft), _) => words::title(draft, today),
        (None, _) => "Saisie qui ne peut pas être montrée".to_owned(),
    }
}

/// Why it is here, in a sentence or two.
pub fn why(waiting: &Waiting, today: NaiveDate) -> String {
    let known = |text: &str| fr::spaced(text);
    let source = waiting.source.known().map_or("", Code::label);
    let reason = waiting.reason.known().map_or("Elle n’a pas pu être prise.", Code::label);
    let arrived = fr::long_date(waiting.received_on, today);
    format!("{} {} Arrivée le {arrived}.", known(source), known(reason))
}

/// The page.
#[component]
pub fn ToCheckPage(
    /// What to show.
    to_check: ToCheck,
) -> impl IntoView {
    let ToCheck { today, groups, more, notice } = to_check;
    let notice = notice.map(|notice| view! { <NoticeBox text=notice.label() done=notice.is_done() /> });
    let count: usize = groups.iter().map(|group| group.waiting.len()).sum();
    let count = count_of(count);
    let body = if groups.is_empty() {
        view! {
            <section class="nothing">
                <div class="halo"><Icon name="check" /></div>
                <h2>"Rien à vérifier"</h2>
                <p>"Ce qu’un téléphone retiré remet, ce qu’un fichier de secours contient et ce qui a été refusé apparaîtra ici."</p>
            </section>
        }
        .into_any()
    } else {
        groups.into_iter().map(|group| section(group, today)).collect_view().into_any()
    };
    let sum = (count > 0).then(|| {
        let words = fr::count(count, "saisie attend", "saisies attendent");
        let words = if more { format!("Au moins {words}") } else { words };
        view! { <p>{format!("{words} votre décision. Tant qu’elle n’est pas prise, rien ne compte et rien ne se perd.")}</p> }
    });
    view! {
        <div class="report-head">
            <h1>"À vérifier"</h1>
            {sum}
            {notice}
        </div>
        {body}
        <p><a class="lone" href=RESCUE>"Importer un fichier de secours"</a></p>
    }
    .into_any()
}

fn section(group: Group, today: NaiveDate) -> AnyView {
    let heading = format!("de-{}", group.promeneur);
    let acceptable =
        group.waiting.iter().filter(|it| it.may_accept() && !it.replaces() && it.question.is_none()).count();
    let all = (acceptable > 1).then(|| {
        view! {
            <form
                method="post"
                action=format!("{TO_CHECK}/tout-accepter")
                aria-label=format!("Accepter les saisies de {}", group.name)
            >
                <input type="hidden" name="promeneur" value=group.promeneur.to_string() />
                <button class="btn">
                    {format!("Accepter les {acceptable} saisies qui peuvent l’être")}
                    <span class="sr-only">{format!(", de {}", group.name)}</span>
                </button>
            </form>
        }
    });
    let mut cards = Vec::new();
    let mut titles: Vec<String> = Vec::new();
    for waiting in &group.waiting {
        let title = title(waiting, today);
        // Two of one day are told apart by their place in the list, also for who only hears the buttons.
        let nth = titles.iter().filter(|other| **other == title).count() + 1;
        let nth = if nth > 1 { format!(", {nth}\u{1d49}") } else { String::new() };
        titles.push(title.clone());
        let of = format!("\u{202f}: {title}{nth}, de {}", group.name);
        cards.push(card(waiting, title, of, today));
    }
    let structure = group.structure.map(|name| view! { <p class="quiet">{name}</p> });
    view! {
        <section class="form" aria-labelledby=heading.clone()>
            <h2 id=heading.clone()>{group.name}</h2>
            {structure}
            {all}
            <ul class="cards">{cards}</ul>
        </section>
    }
    .into_any()
}

/// What is known of one, without what can be done.
pub fn content(waiting: &Waiting, today: NaiveDate) -> AnyView {
    let said = waiting.draft.as_ref().map(|draft| view! { <p>{words::facts(draft)}</p> });
    let texts = waiting.draft.as_ref().is_some_and(words::has_texts).then(|| {
        view! { <p class="quiet">"Elle contient aussi un texte, que seul son auteur ou son autrice lit."</p> }
    });
    let faults = waiting.draft.as_ref().filter(|_| !waiting.faults.is_empty()).map(|draft| {
        let lines = waiting.faults.iter().map(|fault| fault_line(draft, fault)).collect_view();
        view! { <ul>{lines}</ul> }
    });
    let standing = waiting.standing.as_ref().filter(|_| !waiting.withdraws).map(|standing| {
        let text = match &standing.draft {
            _ if standing.withdrawn => "elle a été retirée".to_owned(),
            None => "une version que le serveur ne sait pas lire".to_owned(),
            Some(draft) => format!("{} · {}", words::title(draft, today), words::facts(draft)),
        };
        view! { <p>{format!("Sur le serveur, pour la même saisie\u{202f}: {text}.")}</p> }
    });
    let question = waiting.question.as_ref().map(|(text, on)| {
        let on = fr::long_date(*on, today);
        view! {
            <p>
                {format!("Question posée le {on}\u{202f}: ")} <q>{text.clone()}</q>
                ". Elle attend la réponse du téléphone."
            </p>
        }
    });
    view! {
        <p class="quiet">{why(waiting, today)}</p>
        {said}
        {texts}
        {faults}
        {standing}
        {question}
    }
    .into_any()
}

fn fault_line(draft: &Draft, fault: &crate::domain::fault::Fault) -> AnyView {
    let sentence = fault.code.known().map_or("Cette valeur est à corriger.", Code::label);
    let label = label_of(draft, &fault.field).filter(|label| !label.starts_with("Enlever"));
    let text = label
        .map_or_else(|| fr::spaced(sentence), |label| format!("{label}\u{202f}: {}", fr::small(&fr::spaced(sentence))));
    view! {
        <li class="fault">
            <Icon name="fix" />
            <span>{text}</span>
        </li>
    }
    .into_any()
}

/// One that waits; `of` says to a screen reader what each button acts on.
fn card(waiting: &Waiting, title: String, of: String, today: NaiveDate) -> AnyView {
    let link = |shown: bool, act: &'static str, words: &'static str| {
        let (href, of) = (format!("{TO_CHECK}/{}/{act}", waiting.op), of.clone());
        shown.then(|| {
            view! {
                <a class="btn btn-quiet btn-small" href=href>
                    {words}
                    <span class="sr-only">{of}</span>
                </a>
            }
        })
    };
    let accept = waiting.may_accept().then(|| {
        let over = waiting.replaces();
        let words = if over { "Accepter à la place de celle du serveur" } else { "Accepter" };
        view! {
            <form
                method="post"
                action=format!("{TO_CHECK}/{}/accepter", waiting.op)
                aria-label=format!("{words}{of}")
            >
                <input type="hidden" name="par_dessus" value=if over { "1" } else { "" } />
                <button class="btn btn-small">
                    {words}
                    <span class="sr-only">{of.clone()}</span>
                </button>
            </form>
        }
    });
    let ask = if waiting.question.is_some() { "Changer la question" } else { "Demander" };
    view! {
        <li class="card">
            <h3>{title}</h3>
            {content(waiting, today)}
            <div class="actions">
                {accept}
                {link(waiting.may_correct(), "corriger", "Corriger")}
                {link(waiting.may_ask(), "demander", ask)}
                {link(true, "ecarter", "Écarter")}
            </div>
        </li>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        api::to_check::{Reason, Source},
        domain::{
            ids::{OpId, PromeneurId},
            record::Body,
        },
    };

    fn today() -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, 11, 24).unwrap()
    }

    fn waiting(body: &str) -> Waiting {
        let read = Body::from_json(body).ok();
        Waiting {
            op: OpId(uuid::Uuid::from_u128(7)),
            source: Source::Escrow.into(),
            reason: Reason::Revoked.into(),
            withdraws: false,
            faults: read.as_ref().and_then(|body| body.parse(today()).err()).unwrap_or_default(),
            draft: read.map(|body| body.draft),
            received_on: today(),
            standing: None,
            question: None,
            whole: true,
            named: true,
        }
    }

    const MEETING: &str =
        r#"{"kind":"meeting","schema":1,"occurred_on":"2026-11-19","young_count":2,"themes":[],"note":"Léa <b>"}"#;

    fn page(waiting: Vec<Waiting>) -> String {
        let promeneur = PromeneurId(uuid::Uuid::from_u128(1));
        let group = Group { promeneur, name: "Anne".to_owned(), structure: Some("MJC".to_owned()), waiting };
        let groups = if group.waiting.is_empty() { Vec::new() } else { vec![group] };
        let to_check = ToCheck { today: today(), groups, more: false, notice: None };
        Owner::new().with(|| view! { <ToCheckPage to_check=to_check /> }.to_html()).replace("<!>", "")
    }

    #[test]
    fn a_card_says_what_and_why_and_never_the_note() {
        let page = page(vec![waiting(MEETING)]);
        for said in [
            "Rencontre, jeudi 19\u{a0}novembre",
            "2 jeunes",
            "un téléphone qui a été retiré",
            "Elle contient aussi un texte",
        ] {
            assert!(page.contains(said), "{said} is missing from {page}");
        }
        assert!(!page.contains("Léa"), "{page}");
        for act in ["accepter", "corriger", "demander", "ecarter"] {
            assert!(page.contains(&format!("/{act}\"")), "{act}: {page}");
        }
    }

    #[test]
    fn what_cannot_be_done_is_not_offered() {
        let faulty = waiting(&MEETING.replace("\"young_count\":2", "\"young_count\":0"));
        assert!(!faulty.may_accept() && faulty.may_correct());
        assert!(page(vec![faulty]).contains("Jeunes rencontrés\u{202f}: indiquez le nombre de jeunes (au moins 1)."));
        let unreadable = Waiting { whole: false, named: false, ..waiting("{") };
        let page = page(vec![unreadable.clone()]);
        assert!(!unreadable.may_accept() && !unreadable.may_correct() && !unreadable.may_ask());
        assert!(
            page.contains("Saisie qui ne peut pas être montrée")
                && page.contains("/ecarter\"")
                && !page.contains("/accepter\"")
        );
        let gone = Waiting { reason: Reason::Withdrawn.into(), ..waiting(MEETING) };
        assert!(!gone.may_accept() && !gone.may_correct() && gone.may_ask());
    }

    #[test]
    fn nothing_is_an_empty_page() {
        assert!(page(Vec::new()).contains("Rien à vérifier"));
    }
}
