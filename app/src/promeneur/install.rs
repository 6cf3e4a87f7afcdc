//! The offer to put Lanterne on the home screen: quiet, once something has been noted and nobody is waiting.

use leptos::prelude::*;

use super::{carnet::Carnet, port::Install};
use crate::ui::{focus::keep_focus, icon::Icon};

/// The offer on « Ce soir ». Between two messages with teenagers is not the moment, nor is the very first opening.
pub fn offer(carnet: Carnet) -> AnyView {
    let is_moment = Memo::new(move |_| {
        carnet.lines.with(|lines| {
            let runs = lines
                .values()
                .any(|line| line.is_shown() && line.presence().is_some_and(|presence| presence.ended_at.is_none()));
            !runs && lines.values().next().is_some()
        })
    });
    let is_wanted = move || !carnet.install_later.get() && is_moment.get();
    let notice = move || carnet.install.get().filter(|_| is_wanted()).map(|how| way(carnet, how));
    notice.into_any()
}

/// How it is done on this phone; « Cet appareil » shows it also to those who want to be asked no more.
pub fn way(carnet: Carnet, how: Install) -> AnyView {
    let install = move |_| carnet.port.with_value(|port| port.install());
    let later = move |_| {
        carnet.port.with_value(|port| port.install_later());
        keep_focus();
    };
    let (words, action) = match how {
        Install::Offered => (
            view! { <p>"Elle s’ouvre alors d’un geste, en plein écran, même sans réseau."</p> }.into_any(),
            Some(view! { <button type="button" class="btn btn-small" on:click=install>"Installer"</button> }),
        ),
        // Safari has no such question: the two buttons to look for are drawn as they look there.
        Install::BySteps => (
            view! {
                <ol class="steps">
                    <li>"Touchez " <Icon name="share" /> " Partager, dans la barre de Safari."</li>
                    <li>"Puis " <Icon name="add-to-home" /> " Sur l’écran d’accueil."</li>
                </ol>
            }
            .into_any(),
            None,
        ),
    };
    view! {
        <section class="notice" aria-labelledby="installer">
            <Icon name="device" />
            <div>
                <h2 id="installer">"Mettez Lanterne sur l’écran d’accueil"</h2>
                {words}
            </div>
            <div class="actions">
                {action}
                {move || {
                    (!carnet.install_later.get())
                        .then(|| {
                            view! {
                                <button type="button" class="btn btn-quiet btn-small" on:click=later>"Plus tard"</button>
                            }
                        })
                }}
            </div>
        </section>
    }
    .into_any()
}
