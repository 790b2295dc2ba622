//! A picture as a PNG for print. Letters are rasterised from their outlines at parts of a pixel, which
//! keeps the spacing that the layout measured.

use std::collections::BTreeMap;

use ab_glyph::{Font, PxScale, point};
use plotters::backend::{BitMapBackend, DrawingBackend};
use plotters::style::{Color, RGBColor};

use super::Error;
use super::picture::{Line, Picture, SCALE};

/// Dots a metre when 1,800 pixels fill the 170 mm between an A4 page's margins.
const DOTS_A_METRE: u32 = 10_588;
/// Steps from no ink to full ink at the edge of a letter.
const STEPS: f64 = 10.0;

impl Picture {
    /// The picture as a PNG file.
    pub fn png(&self) -> Result<Vec<u8>, Error> {
        let (width, height) = self.pixels()?;
        let mut pixels = vec![0xFF; width as usize * height as usize * 3];
        {
            let mut paper = BitMapBackend::with_buffer(&mut pixels, (width, height));
            self.paint(&mut paper, set)?;
        }
        let mut file = Vec::new();
        let mut encoder = ::png::Encoder::new(&mut file, width, height);
        encoder.set_depth(::png::BitDepth::Eight);
        // Most rows repeat the one above, which this pair packs well at a fifth of the usual time.
        encoder.set_filter(::png::FilterType::Up);
        encoder.set_compression(::png::Compression::Fast);
        encoder.set_pixel_dims(Some(::png::PixelDimensions {
            xppu: DOTS_A_METRE,
            yppu: DOTS_A_METRE,
            unit: ::png::Unit::Meter,
        }));
        let data = if let Some((palette, indices)) = indexed(&pixels) {
            encoder.set_color(::png::ColorType::Indexed);
            encoder.set_palette(palette);
            indices
        } else {
            encoder.set_color(::png::ColorType::Rgb);
            pixels
        };
        let mut writer = encoder.write_header()?;
        writer.write_image_data(&data)?;
        writer.finish()?;
        Ok(file)
    }
}

/// The picture by a palette, a quarter of the size, where 256 colours are enough.
fn indexed(pixels: &[u8]) -> Option<(Vec<u8>, Vec<u8>)> {
    let mut places: BTreeMap<[u8; 3], u8> = BTreeMap::new();
    let mut palette = Vec::new();
    let mut indices = Vec::with_capacity(pixels.len() / 3);
    let mut last = None;
    for pixel in pixels.as_chunks::<3>().0 {
        let known = match last {
            Some((colour, index)) if colour == *pixel => Some(index),
            _ => places.get(pixel).copied(),
        };
        let index = if let Some(index) = known {
            index
        } else {
            let index = u8::try_from(places.len()).ok()?;
            places.insert(*pixel, index);
            palette.extend_from_slice(pixel);
            index
        };
        last = Some((*pixel, index));
        indices.push(index);
    }
    Some((palette, indices))
}

/// Sets a line of text.
fn set(paper: &mut BitMapBackend<'_>, line: &Line) -> Result<(), Error> {
    let font = line.face.font();
    let unit = line.size * SCALE / line.face.units();
    // ab_glyph's scale is the height from descender to ascender, not the em.
    let scale = PxScale::from((f64::from(font.height_unscaled()) * unit) as f32);
    let (width, height) = paper.get_size();
    let colour = RGBColor(line.ink.0, line.ink.1, line.ink.2);
    for (glyph, place) in line.face.glyphs(&line.words).0 {
        let x = line.x * SCALE + place * unit;
        let at = point(x as f32, (line.baseline * SCALE).round() as f32);
        let Some(outline) = font.outline_glyph(glyph.with_scale_and_position(scale, at)) else {
            continue;
        };
        let corner = outline.px_bounds().min;
        let mut failed = None;
        outline.draw(|dx, dy, cover| {
            let (x, y) = (corner.x as i32 + dx as i32, corner.y as i32 + dy as i32);
            let inside = x >= 0 && y >= 0 && x < width as i32 && y < height as i32;
            // Few steps of cover keep the picture within a palette; at this size they do not show.
            let cover = (f64::from(cover.min(1.0)) * STEPS).round() / STEPS;
            if inside && cover > 0.0 {
                let ink = colour.mix(cover).to_backend_color();
                failed = paper.draw_pixel((x, y), ink).err().or(failed.take());
            }
        });
        if let Some(error) = failed {
            return Err(Error::Drawing(error.to_string()));
        }
    }
    Ok(())
}
