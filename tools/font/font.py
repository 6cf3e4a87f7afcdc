"""Makes the one face that every page loads, from the npm package of it: `make font`.

    font.py <the package's Latin file> <the file to write>

What a phone downloads is what its screens show. Of the variable face stay the weights that the styles name (every
weight beside them is outlines once more) and the letters in the names and words of France and its neighbours; what else
somebody types is drawn by the system's own face. Kerning and tabular figures stay; stacked accents, fractions and what
other languages need go.
"""

import io
import sys

from fontTools import subset
from fontTools.ttLib import TTFont
from fontTools.varLib import instancer

# style/*.css names 400 to 750, and the face's own default is 400.
WEIGHTS = (400, 400, 750)
# Accented letters of Latin-1 are in the names of people and places; its signs are in nothing that one reads here.
LETTERS = {*range(0x20, 0x7F), *range(0xC0, 0x100), *map(ord, "ıŒœŸ")}
SIGNS = set(map(ord, "\u00a0§©«»°²·½€–—‘’‚“”„•…‹›−"))
FEATURES = ["kern", "tnum", "pnum"]


def plain(font: TTFont) -> TTFont:
    """The same face without its packing, which the two steps after this cannot read as it comes."""
    out = io.BytesIO()
    font.flavor = None
    font.save(out)
    out.seek(0)
    return TTFont(out, recalcTimestamp=False)


def main(source: str, target: str) -> None:
    font = instancer.instantiateVariableFont(TTFont(source, recalcTimestamp=False), {"wght": WEIGHTS})
    font = plain(font)
    # A glyph that is the same in every weight that is left has lost its entry; the subsetter looks for one.
    for glyph in font.getGlyphOrder():
        font["gvar"].variations.setdefault(glyph, [])
    options = subset.Options(hinting=False, notdef_outline=True, glyph_names=False, layout_features=FEATURES)
    # Copyright, names and licence go with the face, as its licence asks.
    options.name_IDs = [0, 1, 2, 3, 4, 5, 6, 13, 14]
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=(LETTERS | SIGNS) & set(font.getBestCmap()))
    subsetter.subset(font)
    font.flavor = "woff2"
    font.save(target, reorderTables=False)


if __name__ == "__main__":
    main(*sys.argv[1:])
