//! The colours: the Government Analysis Function's accessible palette, greys for lines, and tints for
//! cells. Wherever two colours meet in one chart they also differ in lightness, place or label.

/// Red, green and blue, 0 to 255.
pub(super) type Ink = (u8, u8, u8);

pub(super) const BLUE: Ink = (0x12, 0x43, 0x6D);
pub(super) const ORANGE: Ink = (0xF4, 0x6A, 0x25);
pub(super) const PINK: Ink = (0x80, 0x16, 0x50);
pub(super) const GREY: Ink = (0x3D, 0x3D, 0x3D);
/// Words.
pub(super) const BLACK: Ink = (0x0B, 0x0C, 0x0C);
/// Gridlines.
pub(super) const LINE: Ink = (0xDA, 0xDC, 0xDF);
/// Ground of neutral bars and of empty charts.
pub(super) const PALE: Ink = (0xEC, 0xED, 0xEF);
pub(super) const WHITE: Ink = (0xFF, 0xFF, 0xFF);

/// A step from white (0) to `ink` (1).
pub(super) fn tint(ink: Ink, depth: f64) -> Ink {
    let mix = |part: u8| (255.0 + (f64::from(part) - 255.0) * depth.clamp(0.0, 1.0)).round() as u8;
    (mix(ink.0), mix(ink.1), mix(ink.2))
}

/// Relative luminance by WCAG 2, 0 (black) to 1 (white).
pub(super) fn luminance(ink: Ink) -> f64 {
    let linear = |part: u8| {
        let part = f64::from(part) / 255.0;
        if part <= 0.04045 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
    };
    0.2126 * linear(ink.0) + 0.7152 * linear(ink.1) + 0.0722 * linear(ink.2)
}

/// Full black or white, whichever reads better on this ground: one of them always reaches 4.5 to 1.
pub(super) fn words_on(ground: Ink) -> Ink {
    if luminance(ground) > 0.179 { (0, 0, 0) } else { WHITE }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn contrast(a: Ink, b: Ink) -> f64 {
        let (a, b) = (luminance(a) + 0.05, luminance(b) + 0.05);
        a.max(b) / a.min(b)
    }

    #[test]
    fn words_read_well_on_every_shade() {
        for step in 0..=100 {
            let ground = tint(BLUE, f64::from(step) / 100.0);
            assert!(contrast(ground, words_on(ground)) >= 4.5, "at {step}%");
        }
        for ink in [GREY, PINK, BLACK] {
            assert!(contrast(ink, WHITE) >= 7.0);
        }
    }

    #[test]
    fn bars_stand_out_from_paper_and_from_each_other_in_grey() {
        assert!(contrast(ORANGE, WHITE) >= 2.9);
        assert!(contrast(ORANGE, BLUE) >= 3.0);
        assert!(contrast(PALE, ORANGE) >= 2.4);
    }
}
