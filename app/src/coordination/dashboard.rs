//! The page at `/coordination`: reads the address, asks the server, shows the report or why there is none.

use leptos::{either::Either, prelude::*};
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

use super::{
    address::{Asked, HOME},
    report::Report,
    sorting::Sort,
};
use crate::{
    api::{
        error::{AppError, ErrorCode},
        report::{Dashboard, read_dashboard},
    },
    domain::fr,
    ui::icon::Icon,
};

/// The page.
#[component]
pub fn DashboardPage() -> impl IntoView {
    let query = use_query_map();
    let asked = Memo::new(move |_| query.with(Asked::of));
    let dashboard = Resource::new_blocking(move || asked.get(), |asked| read_dashboard(asked.periode, asked.perimetre));
    let order = Memo::new(move |_| query.with(|query| query.get("tri").and_then(|text| Sort::parse(&text))));
    let (arriving, set_arriving) = signal(false);
    // Only a browser waits. On the server the effect that tells it would read, on another thread, what the page is just
    // writing, and the framework's locks do not wait for each other: it would panic now and then.
    let set_pending: Option<SignalSetter<bool>> = (!cfg!(feature = "ssr")).then(|| set_arriving.into());
    view! {
        // A screen reader says what comes into a region: this one stands before there is something to say.
        <div class="arriving" role="status">{move || arriving.get().then_some("Les chiffres arrivent.")}</div>
        <Transition fallback=|| () nostrip:set_pending=set_pending>
            {move || {
                let order = order.get();
                Suspend::new(async move {
                match dashboard.await {
                    Ok(dashboard) => {
                        Either::Left(
                            view! {
                                <Title text=title_of(&dashboard) />
                                <Report dashboard=dashboard order=order />
                            },
                        )
                    }
                    Err(error) => {
                        Either::Right(
                            view! {
                                <Title text="Tableau de bord – Lanterne" />
                                <Refused error=error />
                            },
                        )
                    }
                }
                })
            }}
        </Transition>
    }
}

/// Several periods in several tabs, and the history, are told apart by it.
fn title_of(dashboard: &Dashboard) -> String {
    format!("{}, {} – Tableau de bord – Lanterne", fr::capital(&dashboard.period.label()), dashboard.scope_name)
}

/// Why there is no report, and where to go.
#[component]
pub fn Refused(
    /// The server's answer.
    error: AppError,
) -> impl IntoView {
    let (address, way) = if error.code.is(ErrorCode::SignedOut) {
        ("/connexion?retour=/coordination", "Se reconnecter")
    } else {
        (HOME, "Voir l’année en cours, pour tout le réseau")
    };
    view! {
        <div class="report-head">
            <h1>"Ce que fait le réseau"</h1>
            <div class="notice" data-kind="fault" data-code=error.code.code().to_owned() role="alert">
                <Icon name="fix" />
                <p>{fr::spaced(&error.sentence)}</p>
                <div class="actions"><a class="btn" href=address>{way}</a></div>
            </div>
        </div>
    }
    .into_any()
}
