//! Light or dark, as the person has chosen it on « Cet appareil »; the shell's own script does it (frontend/boot/theme.js).

use app::promeneur::port::Theme;
use js_sys::{Function, Reflect};
use wasm_bindgen::{JsCast, JsValue};

/// Under which name the choice is kept on the phone. It tells nothing of anybody, and stays for the next person.
const KEY: &str = "lanterne-theme";

fn local() -> Option<web_sys::Storage> {
    web_sys::window()?.local_storage().ok().flatten()
}

/// What was chosen.
pub(crate) fn chosen() -> Theme {
    let code = local().and_then(|local| local.get_item(KEY).ok().flatten());
    Theme::ALL.into_iter().find(|theme| theme.code() == code.as_deref()).unwrap_or_default()
}

/// Chooses, and shows it at once.
pub(crate) fn choose(theme: Theme) {
    if let Some(local) = local() {
        let _ = match theme.code() {
            Some(code) => local.set_item(KEY, code),
            None => local.remove_item(KEY),
        };
    }
    let light = Reflect::get(&js_sys::global(), &"light".into()).ok().and_then(|it| it.dyn_into::<Function>().ok());
    if let Some(light) = light {
        let _ = light.call0(&JsValue::UNDEFINED);
    }
}
