//! « De quoi avons-nous besoin ? »: what the statements wish for and meet with, by subject (I17). Told by the office alone, to whom
//! reads the statements.

use super::{Chart, Section};
use crate::{
    domain::{
        coded::Code,
        fr::{self, NNBSP},
        indicators::Indicator,
        needs::{NeedFigures, Subject},
        taxonomy::label_of,
    },
    ui::table::Table,
};

/// The subjects of which most speak, in words; none where nobody speaks of one that has a name.
fn first_of(needs: &[NeedFigures], of: fn(&NeedFigures) -> i64) -> Option<String> {
    let mut named: Vec<&NeedFigures> =
        needs.iter().filter(|it| of(it) > 0 && it.subject != Subject::Other.code()).collect();
    named.sort_by_key(|it| std::cmp::Reverse(of(it)));
    let named: Vec<String> = named
        .iter()
        .take(3)
        .map(|it| format!("{} ({})", fr::small(&label_of::<Subject>(&it.subject)), of(it)))
        .collect();
    let named: Vec<&str> = named.iter().map(String::as_str).collect();
    (!named.is_empty()).then(|| fr::list(&named))
}

/// What is said of texts that may be erased already (R8).
pub const GONE: &str = "Les textes les plus anciens de la période sont effacés, à la durée de conservation choisie\u{202f}: ce qu’ils disaient n’est plus compté.";

/// The section; `words_are_gone` where texts of the period may be erased already (R8), and what they said with them.
pub fn section(needs: &[NeedFigures], words_are_gone: bool) -> Section {
    let (wishing, struggling) = (|it: &NeedFigures| it.wishing, |it: &NeedFigures| it.struggling);
    let wishes = first_of(needs, wishing).map(|list| format!("Se former, d’abord{NNBSP}: {list}."));
    let difficulties = first_of(needs, struggling).map(|list| format!("Des difficultés, d’abord{NNBSP}: {list}."));
    let mut said = wishes.into_iter().chain(difficulties);
    let gone = words_are_gone.then(|| GONE.to_owned());
    let nothing = if needs.is_empty() && words_are_gone {
        "Les textes encore gardés ne disent ni souhait de formation ni difficulté."
    } else if needs.is_empty() {
        "Les relevés de la période ne disent ni souhait de formation ni difficulté."
    } else {
        "Aucun sujet connu ne revient dans les relevés."
    };
    let fact = said.next().unwrap_or_else(|| nothing.to_owned());
    let row =
        |it: &NeedFigures| vec![label_of::<Subject>(&it.subject), fr::integer(it.wishing), fr::integer(it.struggling)];
    Section {
        id: "besoins",
        heading: "De quoi avons-nous besoin\u{202f}?",
        fact,
        quiet: said.chain(gone).collect(),
        indicators: vec![Indicator::I17],
        chart: (!needs.is_empty()).then(|| {
            Chart::Table(Table {
                caption: "Promeneurs·euses qui en parlent",
                columns: ["Sujet", "Se former", "Difficultés"].map(Into::into).into(),
                rows: needs.iter().map(row).collect(),
                ..Table::default()
            })
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn need(subject: &str, wishing: i64, struggling: i64) -> NeedFigures {
        NeedFigures { subject: subject.to_owned(), wishing, struggling }
    }

    #[test]
    fn what_most_speak_of_comes_first_and_what_has_no_name_is_only_counted() {
        let needs = [need("law", 2, 0), need("other", 9, 9), need("screens", 3, 1), need("time", 0, 4)];
        let section = section(&needs, false);
        assert_eq!(
            section.fact,
            "Se former, d’abord\u{202f}: santé et écrans (3) et droit du numérique, données, image (2)."
        );
        assert_eq!(
            section.quiet,
            ["Des difficultés, d’abord\u{202f}: temps et organisation (4) et santé et écrans (1)."]
        );
        let Some(Chart::Table(table)) = section.chart else { panic!("a table") };
        assert_eq!(table.rows[1], ["Autre sujet", "9", "9"]);
    }

    #[test]
    fn nothing_said_is_said() {
        let none = section(&[], false);
        assert_eq!(none.fact, "Les relevés de la période ne disent ni souhait de formation ni difficulté.");
        assert_eq!((none.quiet.len(), none.chart), (0, None));
        assert_eq!(section(&[need("other", 1, 0)], false).fact, "Aucun sujet connu ne revient dans les relevés.");
    }

    #[test]
    fn what_was_erased_is_not_told_as_nothing() {
        let gone = section(&[], true);
        assert_eq!(gone.fact, "Les textes encore gardés ne disent ni souhait de formation ni difficulté.");
        assert_eq!(section(&[need("law", 2, 0)], true).quiet.last().map(String::as_str), Some(GONE));
    }
}
