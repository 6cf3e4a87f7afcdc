//! Markup as text, for what is only read: a report never changes once it stands. As views of the framework its sections
//! would be the largest part of what a phone downloads.

/// Markup under construction. Literals alone are taken as markup; whatever else is written is escaped.
#[derive(Debug, Default)]
pub struct Html(String);

impl Html {
    /// Adds markup.
    pub fn markup(&mut self, markup: &'static str) {
        self.0.push_str(markup);
    }

    /// Adds a text, also inside of quoted attributes.
    pub fn text(&mut self, text: &str) {
        for character in text.chars() {
            match character {
                '&' => self.0.push_str("&amp;"),
                '<' => self.0.push_str("&lt;"),
                '>' => self.0.push_str("&gt;"),
                '"' => self.0.push_str("&quot;"),
                other => self.0.push(other),
            }
        }
    }

    /// The text of it all.
    pub fn finish(self) -> String {
        self.0
    }
}

/// A text as it must stand in a `<textarea>`: the framework writes its children as they are, and one that holds the end of
/// the element would end it.
#[cfg(feature = "ssr")]
pub fn in_textarea(text: &str) -> String {
    let mut out = Html::default();
    out.text(text);
    out.finish()
}

/// Adds to an [`Html`]: literals as markup, expressions in parentheses as escaped texts.
macro_rules! html {
    ($out:expr;) => {};
    ($out:expr; $markup:literal $($rest:tt)*) => {
        $out.markup($markup);
        $crate::ui::html::html!($out; $($rest)*);
    };
    ($out:expr; ($text:expr) $($rest:tt)*) => {
        $out.text(AsRef::<str>::as_ref(&$text));
        $crate::ui::html::html!($out; $($rest)*);
    };
}
pub(crate) use html;

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(feature = "ssr")]
    #[test]
    fn a_text_does_not_end_the_field_that_it_stands_in() {
        use leptos::prelude::*;
        let text = in_textarea("a</textarea><script>b & c");
        let field = view! { <textarea>{text}</textarea> }.to_html();
        assert_eq!(field, "<textarea>a&lt;/textarea&gt;&lt;script&gt;b &amp; c</textarea>");
    }

    #[test]
    fn what_is_no_literal_is_escaped() {
        let mut out = Html::default();
        html!(out; "<p title=\"" ("a\"b") "\">" (format!("{} & co", "<i>")) "</p>");
        assert_eq!(out.finish(), "<p title=\"a&quot;b\">&lt;i&gt; &amp; co</p>");
    }
}
